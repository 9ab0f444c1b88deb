# ruff: noqa: E501
"""Functions: bodies, signatures, aliases, wrappers, caches."""

from catalogue import case

case(
    "a new body is used through the module and through a from-import",
    "def f(): return 1",
    "import m\nfrom m import f",
    "def f(): return 2",
    "m.f() == 2",
    "f() == 2",
    "f is m.f",
    runs=0,
)
case(
    "an alias in the notebook follows a new body",
    "def f(): return 1",
    "from m import f as g\nh = g",
    "def f(): return 2",
    "g() == 2",
    "h() == 2",
)
case(
    "functions in lists, dicts and tuples follow a new body",
    "def f(): return 1",
    "from m import f\nL = [f]; D = {'a': f}; T = (f,)",
    "def f(): return 2",
    "L[0]() == 2",
    "D['a']() == 2",
    "T[0]() == 2",
)
case(
    "a partial follows a new body",
    "def f(x): return x",
    "import functools, m\np = functools.partial(m.f, 3)",
    "def f(x): return x * 2",
    "p() == 6",
)
case(
    "a default value that changes is used by held functions",
    "def f(x=1): return x",
    "from m import f\nL = [f]",
    "def f(x=2): return x",
    "f() == 2",
    "L[0]() == 2",
    "L[0] is f",
)
case(
    "a keyword-only default that changes is used by held functions",
    "def f(*, x=1): return x",
    "from m import f",
    "def f(*, x=2): return x",
    "f() == 2",
)
case(
    "a new signature reaches held functions",
    "def f(): return 1",
    "from m import f\nL = [f]",
    "def f(a, b=2, *c, d): return (a, b, c, d)",
    "L[0](1, d=4) == (1, 2, (), 4)",
    "L[0] is f",
)
case(
    "a function that becomes async is awaited afterwards",
    "def f(): return 1",
    "from m import f",
    "async def f(): return 2",
    "__import__('asyncio').run(f()) == 2",
)
case(
    "an async function takes a new body",
    "async def f(): return 1",
    "from m import f",
    "async def f(): return 2",
    "__import__('asyncio').run(f()) == 2",
    runs=0,
)
case(
    "a function that becomes a generator yields afterwards",
    "def f(): return [1]",
    "from m import f",
    "def f():\n    yield 1\n    yield 2",
    "list(f()) == [1, 2]",
)
case(
    "a docstring that changes is shown",
    "def f():\n    'one'",
    "from m import f",
    "def f():\n    'two'",
    "f.__doc__ == 'two'",
    runs=0,
)
case(
    "annotations that change are shown",
    "def f(x: int): pass",
    "from m import f",
    "def f(x: str): pass",
    "f.__annotations__ == {'x': str}",
)
case(
    "a lambda bound to a name takes a new body",
    "f = lambda: 1",
    "from m import f\nL = [f]",
    "f = lambda: 2",
    "f() == 2",
    "L[0]() == 2",
)
case(
    "a lambda in a table takes a new body",
    "T = {'a': lambda: 1}",
    "from m import T",
    "T = {'a': lambda: 2}",
    "T['a']() == 2",
)
case(
    "a nested function made later has the new body",
    "def make():\n    def inner(): return 1\n    return inner",
    "from m import make",
    "def make():\n    def inner(): return 2\n    return inner",
    "make()() == 2",
)
case(
    "a closure made earlier has the new body and its old variables",
    "def make(n):\n    def inner(): return n\n    return inner",
    "from m import make\ni = make(5)",
    "def make(n):\n    def inner(): return n * 10\n    return inner",
    "i() == 50",
)
case(
    "a counter in a closure keeps its count",
    "def make():\n    n = 0\n    def tick():\n        nonlocal n\n        n += 1\n        return n\n"
    "    return tick\ntick = make()",
    "import m\nfor _ in range(3): m.tick()",
    "def make():\n    n = 0\n    def tick():\n        nonlocal n\n        n += 1\n        return n\n"
    "    return tick\ntick = make()\ndef other(): return 1",
    "m.tick() == 4",
)
case(
    "a decorated function takes a new body inside its wrapper",
    "import functools\ndef deco(fn):\n    @functools.wraps(fn)\n    def w(*a): return fn(*a) + 100\n"
    "    return w\n@deco\ndef f(): return 1",
    "from m import f\nL = [f]",
    "import functools\ndef deco(fn):\n    @functools.wraps(fn)\n    def w(*a): return fn(*a) + 100\n"
    "    return w\n@deco\ndef f(): return 2",
    "f() == 102",
    "L[0]() == 102",
    "L[0] is f",
)
case(
    "a decorator that changes acts on what it decorated before",
    "def deco(fn):\n    def w(*a): return fn(*a) + 100\n    return w\n@deco\ndef f(): return 1",
    "from m import f",
    "def deco(fn):\n    def w(*a): return fn(*a) + 200\n    return w\n@deco\ndef f(): return 1",
    "f() == 201",
)
case(
    "a decorator added to a function acts for whoever holds the function",
    "def deco(fn):\n    def w(*a): return fn(*a) + 100\n    return w\ndef f(): return 1",
    "from m import f\nL = [f]",
    "def deco(fn):\n    def w(*a): return fn(*a) + 100\n    return w\n@deco\ndef f(): return 1",
    "f() == 101",
    "L[0]() == 101",
)
case(
    "a decorator taken away acts no longer",
    "def deco(fn):\n    def w(*a): return fn(*a) + 100\n    return w\n@deco\ndef f(): return 1",
    "from m import f\nL = [f]",
    "def deco(fn):\n    def w(*a): return fn(*a) + 100\n    return w\ndef f(): return 1",
    "f() == 1",
    "L[0]() == 1",
)
case(
    "a decorator with an argument that changes acts with the new one",
    "def deco(n):\n    def d(fn):\n        def w(): return fn() + n\n        return w\n    return d\n"
    "@deco(10)\ndef f(): return 1",
    "from m import f",
    "def deco(n):\n    def d(fn):\n        def w(): return fn() + n\n        return w\n    return d\n"
    "@deco(20)\ndef f(): return 1",
    "f() == 21",
)
case(
    "a decorator from another module that changes acts on both",
    {
        "d.py": "def deco(fn):\n    def w(): return fn() + 1\n    return w",
        "m.py": "from d import deco\n@deco\ndef f(): return 1",
    },
    "from m import f",
    {"d.py": "def deco(fn):\n    def w(): return fn() + 2\n    return w"},
    "f() == 3",
)
case(
    "an lru_cache does not answer with the old body",
    "import functools\n@functools.lru_cache(None)\ndef f(x): return x + 1",
    "from m import f\nf(1)",
    "import functools\n@functools.lru_cache(None)\ndef f(x): return x + 2",
    "f(1) == 3",
)
case(
    "an lru_cache does not answer with an old constant",
    "import functools\nX = 1\n@functools.cache\ndef f(): return X",
    "from m import f\nf()",
    "import functools\nX = 2\n@functools.cache\ndef f(): return X",
    "f() == 2",
)
case(
    "an lru_cache in a dependant does not answer with an old helper",
    {
        "h.py": "def g(): return 1",
        "m.py": "import functools, h\n@functools.cache\ndef f(): return h.g()",
    },
    "from m import f\nf()",
    {"h.py": "def g(): return 2"},
    "f() == 2",
)
case(
    "an lru_cache keeps its answers while nothing that it uses changes",
    "import functools\ncalls = []\n@functools.cache\ndef f():\n    calls.append(1)\n    return 1",
    "import m\nm.f()",
    "import functools\ncalls = []\n@functools.cache\ndef f():\n    calls.append(1)\n    return 1\ndef other(): pass",
    "m.f() == 1",
    "len(m.calls) == 1",
)
case(
    "a home-made cache does not answer with the old body",
    "def memo(fn):\n    seen = {}\n    def w(x):\n        if x not in seen: seen[x] = fn(x)\n"
    "        return seen[x]\n    return w\n@memo\ndef f(x): return x + 1",
    "from m import f\nf(1)",
    "def memo(fn):\n    seen = {}\n    def w(x):\n        if x not in seen: seen[x] = fn(x)\n"
    "        return seen[x]\n    return w\n@memo\ndef f(x): return x + 2",
    "f(1) == 3",
)
case(
    "a decorator written as a class wraps the new body",
    "class Deco:\n    def __init__(self, fn): self.fn = fn\n    def __call__(self): return self.fn() + 10\n"
    "@Deco\ndef f(): return 1",
    "from m import f\nL = [f]",
    "class Deco:\n    def __init__(self, fn): self.fn = fn\n    def __call__(self): return self.fn() + 10\n"
    "@Deco\ndef f(): return 2",
    "f() == 12",
    "L[0]() == 12",
)
case(
    "a context manager function takes a new body",
    "import contextlib\n@contextlib.contextmanager\ndef c():\n    yield 1",
    "from m import c",
    "import contextlib\n@contextlib.contextmanager\ndef c():\n    yield 2",
    "c().__enter__() == 2",
)
case(
    "a registry filled by a decorator holds a function once and with its new body",
    "R = []\ndef reg(fn):\n    R.append(fn)\n    return fn\n@reg\ndef f(): return 1\n@reg\ndef g(): return 5",
    "import m",
    "R = []\ndef reg(fn):\n    R.append(fn)\n    return fn\n@reg\ndef f(): return 2\n@reg\ndef g(): return 5",
    "[f() for f in m.R] == [2, 5]",
    runs=0,
)
case(
    "a function added to a registry is in it, in order and once",
    "R = []\ndef reg(fn):\n    R.append(fn.__name__)\n    return fn\n@reg\ndef f(): return 1",
    "import m",
    "R = []\ndef reg(fn):\n    R.append(fn.__name__)\n    return fn\n@reg\ndef f(): return 1\n@reg\ndef g(): return 2",
    "m.R == ['f', 'g']",
)
case(
    "a function taken out of a registry's module is no longer in it",
    "R = {}\ndef reg(fn):\n    R[fn.__name__] = fn\n    return fn\n@reg\ndef f(): return 1\n@reg\ndef g(): return 2",
    "import m",
    "R = {}\ndef reg(fn):\n    R[fn.__name__] = fn\n    return fn\n@reg\ndef g(): return 2",
    "list(m.R) == ['g']",
)
case(
    "a plugin that another module registers is there once after an edit of its signature",
    {
        "r.py": "R = {}\ndef reg(fn):\n    R[fn.__name__] = fn\n    return fn",
        "m.py": "import r\n@r.reg\ndef f(): return 1",
    },
    "import m, r",
    {"m.py": "import r\n@r.reg\ndef f(x=3): return x"},
    "r.R['f']() == 3",
    "len(r.R) == 1",
    "r.R['f'] is m.f",
)
case(
    "single dispatch takes new bodies of registered implementations",
    "import functools\n@functools.singledispatch\ndef f(x): return 'any'\n@f.register(int)\n"
    "def _(x): return 'int'\n@f.register(str)\ndef _(x): return 'str'",
    "from m import f",
    "import functools\n@functools.singledispatch\ndef f(x): return 'any'\n@f.register(int)\n"
    "def _(x): return 'INT'\n@f.register(str)\ndef _(x): return 'str'",
    "f(1) == 'INT'",
    "f('a') == 'str'",
    "f(1.5) == 'any'",
)
case(
    "a name moved from one function to another leaves both functions as they are",
    "def foo(): return 'foo'\ndef bar(): return 'bar'\nf = foo",
    "import m\nfrom m import f, foo",
    "def foo(): return 'foo'\ndef bar(): return 'bar'\nf = bar",
    "m.f() == 'bar'",
    "m.foo() == 'foo'",
    "foo() == 'foo'",
    "f() == 'bar'",
)
case(
    "a function that becomes a class is a class for importers",
    {"a.py": "def f(): return 1", "m.py": "from a import f\nV = f()"},
    "import m\nfrom m import f",
    {"a.py": "class f: pass"},
    "isinstance(m.f, type)",
    "isinstance(f, type)",
    "type(m.V).__name__ == 'f'",
)
case(
    "a function moved to another module and imported back is the same for the notebook",
    {"a.py": "def f(): return 1", "b.py": ""},
    "import a, b\nfrom a import f",
    {"a.py": "from b import f", "b.py": "def f(): return 2"},
    "f() == 2",
    "a.f is b.f",
    "f is b.f",
)
case(
    "a recursive function takes a new body",
    "def f(n): return 1 if n == 0 else n * f(n - 1)",
    "from m import f",
    "def f(n): return 0 if n == 0 else n + f(n - 1)",
    "f(4) == 10",
)
case(
    "a thread target that is called again runs the new body",
    "import threading\ndef work(out): out.append(1)",
    "import m, threading\nout = []",
    "import threading\ndef work(out): out.append(2)",
    "out == [2]",
    then="t = threading.Thread(target=m.work, args=(out,)); t.start(); t.join()",
)
case(
    "a generator that is running finishes with the code it began with",
    "def g():\n    yield 1\n    yield 2",
    "from m import g\nit = g(); first = next(it)",
    "def g():\n    yield 10\n    yield 20",
    "next(it) == 2",
    "list(g()) == [10, 20]",
)
case(
    "a function patched by unittest.mock stays patched and is new when the patch ends",
    "def f(): return 1",
    "import m\nfrom unittest import mock\np = mock.patch('m.f', return_value=7); p.start()",
    "def f(x=2): return x",
    "seen == 7",
    "m.f() == 2",
    then="seen = m.f(); p.stop()",
)
