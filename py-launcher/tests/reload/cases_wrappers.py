# ruff: noqa: E501
"""Decorators: a wrapper that is only returned does not run at import, whatever else does."""

from catalogue import case

_HELP = "def help(): return {0}\n"
_DECO = """
from functools import wraps
from h import help
def deco(f):
    @wraps(f)
    def wrapper(*a):
        wrapper.calls += 1
        return f(*a) + help()
    wrapper.calls = 0
    return wrapper
"""


def _kept(title: str, deco: str, use: str, *checks: str, **options: object) -> None:
    """`help` of `h` changes from 1 to 5; nothing runs again, `m.N` and the wrapper stay."""
    case(
        f"kept: {title}",
        {"h.py": _HELP.format(1), "d.py": deco, "m.py": f"from d import *\nN = [0]\n{use}"},
        "import m\nm.N[0] = 3\nold = m.f\nfirst = m.f()",
        {"h.py": _HELP.format(5)},
        "m.N == [3]",
        "m.f is old",
        *checks,
        runs=0,
        **options,
    )


def _again(title: str, deco: str, use: str, *checks: str) -> None:
    """`help` of `h` changes from 1 to 5 where something calls it at import."""
    case(
        f"again: {title}",
        {"h.py": _HELP.format(1), "d.py": deco, "m.py": f"from d import *\n{use}"},
        "import m",
        {"h.py": _HELP.format(5)},
        *checks,
    )


_kept(
    "a wrapper that calls what changed",
    _DECO,
    "@deco\ndef f(): return 10",
    "m.f() == 15",
    "m.f.calls == 2",
)
_kept(
    "a wrapper that functools.wraps makes afterwards",
    """
    import functools
    from h import help
    def deco(f):
        def wrapper(): return f() + help()
        return functools.wraps(f)(wrapper)
    """,
    "@deco\ndef f(): return 10",
    "m.f() == 15",
)
_kept(
    "a wrapper that update_wrapper dresses",
    """
    from functools import update_wrapper
    from h import help
    def deco(f):
        def wrapper(): return f() + help()
        update_wrapper(wrapper, f)
        return wrapper
    """,
    "@deco\ndef f(): return 10",
    "m.f() == 15",
)
_kept(
    "a decorator with arguments",
    """
    from functools import wraps
    from h import help
    def deco(n):
        def take(f):
            @wraps(f)
            def wrapper(): return f() + n * help()
            return wrapper
        return take
    """,
    "@deco(2)\ndef f(): return 10",
    "m.f() == 20",
)
_kept(
    "a lambda that is returned",
    "from h import help\ndef deco(f): return lambda: f() + help()",
    "@deco\ndef f(): return 10",
    "m.f() == 15",
)
_kept(
    "two wrappers, one above the other",
    _DECO,
    "@deco\n@deco\ndef f(): return 10",
    "m.f() == 20",
)
_kept(
    "a wrapper below one of the standard library",
    _DECO + "import functools, contextlib",
    "@functools.lru_cache\n@deco\ndef f(): return 10",
    "m.f() == 15",
)
_kept(
    "a decorated method",
    _DECO,
    "class C:\n    @deco\n    def g(self): return 10\nc = C()\ndef f(): return c.g()",
    "m.f() == 15",
    "m.C.g.calls == 2",
)
_kept(
    "a decorated method of a dataclass with a base",
    _DECO,
    """
from dataclasses import dataclass
class B: pass
@dataclass
class C(B):
    x: int = 1
    @deco
    def g(self): return 10
c = C()
def f(): return c.g()
""",
    "m.f() == 15",
)
_kept(
    "a function that a call makes",
    _DECO,
    "def g(): return 10\nf = deco(g)",
    "m.f() == 15",
    "m.f.calls == 2",
)
_kept(
    "a wrapper that is imported under another name",
    _DECO,
    "from d import deco as other\n@other\ndef f(): return 10",
    "m.f() == 15",
)
_kept(
    "a decorator that is a class",
    """
    from functools import update_wrapper
    from h import help
    class deco:
        def __init__(self, f):
            update_wrapper(self, f)
            self.f = f
            self.calls = 0
        def __call__(self):
            self.calls += 1
            return self.f() + help()
    """,
    "@deco\ndef f(): return 10",
    "m.f() == 15",
    "m.f.calls == 2",
)
_kept(
    "an object whose class is called later",
    "from h import help\nclass Model:\n    def __init__(self): self.w = 1\n    def __call__(self): return self.w + help()",
    "f = Model()",
    "m.f() == 6",
)
_kept(
    "a context manager that a decorator makes",
    """
    from contextlib import contextmanager
    from h import help
    @contextmanager
    def opened():
        yield help()
    """,
    "K = [1]\ndef f():\n    with opened() as x: return x",
    "m.f() == 5",
)

_again(
    "another statement calls the decorated function",
    _DECO,
    "@deco\ndef f(): return 10\nV = f()",
    "m.V == 15",
    "m.f() == 15",
)
_again(
    "another module calls the decorated function",
    _DECO + "@deco\ndef f(): return 10",
    "V = f()",
    "m.V == 15",
)
_again(
    "the decorator calls its function, and that what changed",
    "def deco(f):\n    x = f()\n    def w(): return x\n    return w",
    "from h import help\n@deco\ndef f(): return help() + 10",
    "m.f() == 15",
)
_again(
    "the decorator calls its wrapper",
    "from h import help\ndef deco(f):\n    def w(): return f() + help()\n    x = w()\n    return lambda: x",
    "@deco\ndef f(): return 10",
    "m.f() == 15",
)
_again(
    "the wrapper is called through another nested function",
    "from h import help\ndef deco(f):\n    def w(): return f() + help()\n    def v(): return w()\n    x = v()\n    return lambda: x",
    "@deco\ndef f(): return 10",
    "m.f() == 15",
)
_again(
    "the wrapper is put into a list that a statement calls",
    "from h import help\nALL = []\ndef deco(f):\n    def w(): return f() + help()\n    ALL.append(w)\n    return w",
    "@deco\ndef f(): return 10\nV = [g() for g in ALL]",
    "m.V == [15]",
)
_again(
    "the wrapper is kept in a dict that a function of the module calls",
    "from h import help\nALL = {}\ndef deco(f):\n    def w(): return f() + help()\n    ALL[f.__name__] = w\n    return w\ndef run(): return {k: g() for k, g in ALL.items()}",
    "@deco\ndef f(): return 10\nV = run()",
    "m.V == {'f': 15}",
)
_again(
    "the decorator above calls the wrapper below",
    _DECO + "def now(f):\n    x = f()\n    return lambda: x",
    "@now\n@deco\ndef f(): return 10",
    "m.f() == 15",
)
_again(
    "the factory above calls the wrapper below",
    _DECO
    + "def now(n):\n    def take(f):\n        x = f() * n\n        return lambda: x\n    return take",
    "@now(2)\n@deco\ndef f(): return 10",
    "m.f() == 30",
)
_again(
    "the decorator above hands the wrapper below on",
    _DECO + "def call(f): return f()\ndef now(f):\n    x = call(f)\n    return lambda: x",
    "@now\n@deco\ndef f(): return 10",
    "m.f() == 15",
)
_again(
    "the decorator above takes the wrapper below under another name",
    _DECO + "def now(f):\n    g = f\n    x = g()\n    return lambda: x",
    "@now\n@deco\ndef f(): return 10",
    "m.f() == 15",
)
_again(
    "the decorator of the class calls a decorated method",
    _DECO + "def made(cls):\n    cls.V = cls().g()\n    return cls",
    "@made\nclass C:\n    @deco\n    def g(self): return 10",
    "m.C.V == 15",
)
_again(
    "the base calls a decorated method when it is derived from",
    _DECO + "class B:\n    def __init_subclass__(cls): cls.V = cls().g()",
    "class C(B):\n    @deco\n    def g(self): return 10",
    "m.C.V == 15",
)
_again(
    "the metaclass calls a decorated method",
    _DECO + "class M(type):\n    def __init__(cls, *a): cls.V = cls.g(cls)",
    "class C(metaclass=M):\n    @deco\n    def g(self): return 10",
    "m.C.V == 15",
)
_again(
    "the class body calls a decorated method",
    _DECO,
    "class C:\n    @deco\n    def g(self=None): return 10\n    V = g()",
    "m.C.V == 15",
)
_again(
    "a branch calls the decorated function",
    _DECO,
    "if True:\n    @deco\n    def f(): return 10\n    V = f()",
    "m.V == 15",
)
_again(
    "what a factory returns is called at once",
    "from h import help\ndef make():\n    def inner(): return help()\n    return inner",
    "V = make()()",
    "m.V == 5",
)
_again(
    "what a factory returns is called by a later statement",
    "from h import help\ndef make():\n    def inner(): return help()\n    return inner",
    "g = make()\nV = g()",
    "m.V == 5",
)
_again(
    "what a factory returns is called in a list",
    "from h import help\ndef make():\n    def inner(): return help()\n    return inner",
    "V = [make()() for _ in range(2)]",
    "m.V == [5, 5]",
)
_again(
    "what a factory of decorators returns is kept and used",
    "from h import help\ndef make(n):\n    def take(f):\n        x = f() + n * help()\n        return lambda: x\n    return take",
    "twice = make(2)\n@twice\ndef f(): return 10",
    "m.f() == 20",
)
_again(
    "a generator that a context manager runs at import",
    "from contextlib import contextmanager\nfrom h import help\n@contextmanager\ndef opened():\n    yield help()",
    "with opened() as V: pass",
    "m.V == 5",
)
_again(
    "a cached function that is called at import",
    _DECO + "import functools",
    "@functools.lru_cache\n@deco\ndef f(): return 10\nV = f()",
    "m.V == 15",
    "m.f() == 15",
)
_again(
    "an implementation of a single dispatch that is called at import",
    _DECO + "import functools",
    "@functools.singledispatch\ndef f(x): return 0\n@f.register(int)\n@deco\ndef _(x): return 10\nV = f(1)",
    "m.V == 15",
)
_again(
    "a comparison that total_ordering makes",
    _DECO + "import functools",
    """
@functools.total_ordering
class C:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    @deco
    def __lt__(self, o): return self.n - o.n
V = C(1) > C(1)
W = C(-4) < C(-3)
X = C(2) < C(7)
""",
    "m.X == 0",
)
_again(
    "a cached property that is read at import",
    _DECO + "import functools",
    "class C:\n    @functools.cached_property\n    @deco\n    def g(self): return 10\nc = C()\nV = c.g",
    "m.V == 15",
    "m.c.g == 15",
)
_again(
    "an object that is called by a later statement",
    "from h import help\nclass Model:\n    def __call__(self): return help()",
    "x = Model()\nV = x()",
    "m.V == 5",
)
_again(
    "an object that calls itself when it is made",
    "from h import help\nclass Model:\n    def __init__(self): self.v = self()\n    def __call__(self): return help()",
    "x = Model()",
    "m.x.v == 5",
)
_again(
    "an object that hands itself on when it is made",
    "from h import help\ndef call(x): return x()\nclass Model:\n    def __init__(self): self.v = call(self)\n    def __call__(self): return help()",
    "x = Model()",
    "m.x.v == 5",
)
_again(
    "an object whose base uses an operator of it when it is made",
    "from h import help\nclass B:\n    def __init__(self): self.v = len(self)\nclass Model(B):\n    def __len__(self): return help()",
    "x = Model()",
    "m.x.v == 5",
)
_again(
    "an object of a class with arguments that decorates",
    "from h import help\nclass deco:\n    def __init__(self, n): self.n = n\n    def __call__(self, f):\n        x = f() + self.n * help()\n        return lambda: x",
    "@deco(2)\ndef f(): return 10",
    "m.f() == 20",
)
_again(
    "a wrapper that remembers what it computed",
    "from h import help\ndef deco(f):\n    seen = {}\n    def w(x):\n        if x not in seen: seen[x] = f(x) + help()\n        return seen[x]\n    return w",
    "@deco\ndef f(x): return x\nf(1)",
    "m.f(1) == 6",
)
_again(
    "a wrapper that remembers in its own attribute",
    "from h import help\ndef deco(f):\n    def w(x):\n        if x not in w.seen: w.seen[x] = f(x) + help()\n        return w.seen[x]\n    w.seen = {}\n    return w",
    "@deco\ndef f(x): return x\nf(1)",
    "m.f(1) == 6",
)
case(
    "a wrapper's own new body reaches what it decorates, and nothing runs again",
    {
        "d.py": _DECO,
        "h.py": _HELP.format(1),
        "m.py": "from d import deco\n@deco\ndef f(): return 10",
    },
    "import m\nm.f()\nold = m.f",
    {"d.py": _DECO.replace("f(*a) +", "f(*a) * 2 +")},
    "m.f() == 21",
    "m.f is old",
    "m.f.calls == 2",
    runs=0,
)
case(
    "a wrapper's own new body is seen by a statement that calls it",
    {
        "d.py": _DECO,
        "h.py": _HELP.format(1),
        "m.py": "from d import deco\n@deco\ndef f(): return 10\nV = f()",
    },
    "import m",
    {"d.py": _DECO.replace("f(*a) +", "f(*a) * 2 +")},
    "m.f() == 21",
    "m.V == 21",
)
case(
    "a wrapper that needs another variable is made again",
    {
        "d.py": "def deco(f):\n    n = 3\n    def w(): return f()\n    return w",
        "m.py": "from d import deco\n@deco\ndef f(): return 10",
    },
    "import m",
    {"d.py": "def deco(f):\n    n = 3\n    def w(): return f() + n\n    return w"},
    "m.f() == 13",
)
case(
    "a wrapper with another default is made again",
    {
        "d.py": "def deco(f):\n    def w(n=1): return f() + n\n    return w",
        "m.py": "from d import deco\n@deco\ndef f(): return 10",
    },
    "import m",
    {"d.py": "def deco(f):\n    def w(n=2): return f() + n\n    return w"},
    "m.f() == 12",
)
case(
    "a wrapper counts in its module: an edit of one function keeps the count",
    {
        "d.py": "CALLS = {}\ndef count(f):\n    def w(*a, **k):\n        CALLS[f.__name__] = CALLS.get(f.__name__, 0) + 1\n"
        "        return f(*a, **k)\n    return w",
        "m.py": "from d import count\n@count\ndef f(x=1): return x\n@count\ndef g(): return 7",
    },
    "import m, d\nm.f(); m.f(); m.g()",
    {"m.py": "from d import count\n@count\ndef f(x=5): return x\n@count\ndef g(): return 7"},
    "m.f() == 5",
    "d.CALLS == {'f': 3, 'g': 1}",
    runs=1,
)
case(
    "an object whose call registers what it decorates, without the function that is gone",
    {
        "d.py": "NAMES = []\nclass Reg:\n    def __call__(self, f):\n        NAMES.append(f.__name__)\n        return f\nreg = Reg()",
        "m.py": "from d import reg\n@reg\ndef a(): return 1\n@reg\ndef b(): return 2",
    },
    "import m, d",
    {"m.py": "from d import reg\n@reg\ndef a(): return 1"},
    "d.NAMES == ['a']",
)
case(
    "an object with arguments whose call registers what it decorates",
    {
        "d.py": "NAMES = []\nclass reg:\n    def __init__(self, n): self.n = n\n    def __call__(self, f):\n        NAMES.append(f.__name__)\n        return f",
        "m.py": "from d import reg\n@reg(1)\ndef a(): return 1\n@reg(2)\ndef b(): return 2",
    },
    "import m, d",
    {"m.py": "from d import reg\n@reg(1)\ndef a(): return 1"},
    "d.NAMES == ['a']",
)
_again(
    "an object calls itself through a helper of its base when it is made",
    "from h import help\nclass B:\n    def __init__(self): self.go()\n    def go(self): self.v = len(self)\nclass M(B):\n    def __len__(self): return help()",
    "x = M()",
    "m.x.v == 5",
)
_again(
    "a decorated method that the decorator calls at once",
    "def now(f):\n    x = f(None)\n    return lambda self: x",
    "from h import help\nclass C:\n    @now\n    def g(self): return help()",
    "m.C().g() == 5",
)
_again(
    "a factory of factories calls the function at its third call",
    "from h import help\ndef a(x):\n    def b(y):\n        def c(f):\n            v = f() + help()\n            return lambda: v\n        return c\n    return b",
    "@a(1)(2)\ndef f(): return 10",
    "m.f() == 15",
)
_again(
    "a partial of a decorator",
    "from functools import partial\nfrom h import help\ndef deco(f, n=1):\n    v = f() + n * help()\n    return lambda: v\np = partial(deco, n=2)",
    "@p\ndef f(): return 10",
    "m.f() == 20",
)
_again(
    "functions that are decorated in a list and called",
    _DECO,
    "FS = [deco(lambda i=i: i) for i in range(2)]\nV = [f() for f in FS]",
    "m.V == [5, 6]",
)
_again(
    "a wrapper that is handed on as a key",
    "from h import help\ndef mk():\n    def key(x): return (help() - 3) * x\n    return key",
    "V = sorted([1, 2, 3], key=mk())\nK = mk()\nW = sorted([1, 2, 3], key=K)",
    "m.V == m.W == [1, 2, 3]",
)
_again(
    "a tuple of wrappers",
    "from h import help\ndef mk():\n    def a(): return help()\n    def b(): return a() * 2\n    return a, b",
    "A, B = mk()\nV = B()",
    "m.V == 10",
)
_again(
    "a wrapper that is put on its function",
    "from h import help\ndef deco(f):\n    def w(): return f() + help()\n    f.w = w\n    return f",
    "@deco\ndef f(): return 10\nV = f.w()",
    "m.V == 15",
)
_again(
    "a method that a class decorator adds",
    "from h import help\ndef deco(c):\n    def extra(self): return help()\n    c.extra = extra\n    return c",
    "@deco\nclass C: pass\nV = C().extra()",
    "m.V == m.C().extra() == 5",
)
_again(
    "a wrapper that fills a list of its module when it is called at import",
    "from h import help\nS = []\ndef deco(f):\n    def w():\n        S.append(help())\n        return f()\n    return w\n@deco\ndef g(): return 1",
    "import d\nd.g()\nV = list(d.S)",
    "m.V == m.d.S == [5]",
)
_again(
    "a wrapper that counts in a dict of its module when it is called at import",
    "from h import help\nS = {'v': 0}\ndef deco(f):\n    def w():\n        S['v'] += help()\n        return f()\n    return w",
    "import d\n@deco\ndef f(): return 1\nf(); f()\nV = d.S['v']",
    "m.V == 10",
)
_again(
    "a context manager that decorates a function that is called at import",
    "from contextlib import ContextDecorator\nfrom h import help\nLOG = []\nclass cd(ContextDecorator):\n    def __enter__(self): LOG.append(help())\n    def __exit__(self, *a): return False",
    "@cd()\ndef f(): return 1\nf()\nV = list(LOG)",
    "m.V == [5]",
)
_again(
    "a wrapper that is run by its name in a text",
    "from h import help\ndef deco(f):\n    def w(): return f() + help()\n    return eval('w')()",
    "@deco\ndef f(): return 10",
    "m.f == 15",
)
_again(
    "a wrapper that another nested function replaces",
    "from h import help\ndef deco(f):\n    def w(): return f()\n    def put():\n        nonlocal w\n        old = w\n        w = lambda: old() + help()\n    put()\n    return w()",
    "@deco\ndef f(): return 10",
    "m.f == 15",
)
_again(
    "a wrapper that is the default of another",
    "from h import help\ndef deco(f):\n    def w(): return f() + help()\n    def v(x=w()): return x\n    return v",
    "@deco\ndef f(): return 10",
    "m.f() == 15",
)
_again(
    "an object that keeps a function and is asked for its result by another",
    "from h import help\nclass K:\n    def __init__(self, f): self.f = f\n    def v(self): return self.f()\ndef use(k): return k.v()",
    "def g(): return help()\nk = K(g)\nV = use(k)\nW = k.v()\nX = k.f()",
    "m.V == m.W == m.X == m.k.v() == 5",
)
_again(
    "an object that calls the functions that it is given one by one",
    "class K:\n    def __init__(self, *fs): self.w = [f() for f in fs]",
    "from h import help\ndef g(): return help()\nk = K(g)",
    "m.k.w == [5]",
)
