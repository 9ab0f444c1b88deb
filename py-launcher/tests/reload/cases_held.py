# ruff: noqa: E501
"""Functions that others hold: lambdas, closures, wrappers, tables, names of the notebook."""

from catalogue import case

case(
    "a lambda that is held stays itself when another is put in front of it",
    "T = {'a': lambda: 'a', 'b': lambda: 'b'}",
    "import m\na, b = m.T['a'], m.T['b']",
    "T = {'n': lambda: 'n', 'a': lambda: 'a', 'b': lambda: 'b'}",
    "(a(), b()) == ('a', 'b')",
    "[f() for f in m.T.values()] == ['n', 'a', 'b']",
)
case(
    "a lambda that is held stays itself when one before it is taken away",
    "T = [lambda: 'a', lambda: 'b', lambda: 'c']",
    "import m\nb, c = m.T[1:]",
    "T = [lambda: 'b', lambda: 'c']",
    "(b(), c()) == ('b', 'c')",
)
case(
    "nested functions of one name are told apart when one is added",
    "def make():\n    def w(): return 'first'\n    a = w\n    def w(): return 'second'\n    return a, w",
    "from m import make\na, b = make()",
    "def make():\n    def w(): return 'new'\n    n = w\n    def w(): return 'first'\n    a = w\n    def w(): return 'second'\n    return a, w",
    "(a(), b()) == ('first', 'second')",
    "[f() for f in make()] == ['first', 'second']",
)
case(
    "a closure that needs another variable keeps its old body, and the report says so",
    "def make(a, b):\n    def inner(): return a\n    return inner",
    "from m import make\nf = make(1, 2)",
    "def make(a, b):\n    def inner(): return b * 100\n    return inner",
    "f() == 1",
    "make(1, 2)() == 200",
    kept="other variables",
)
case(
    "a closure that needs one variable more keeps its old body, and the report says so",
    "def make(a, b):\n    def inner(): return a\n    return inner",
    "from m import make\nf = make(1, 2)",
    "def make(a, b):\n    def inner(): return a + b\n    return inner",
    "f() == 1",
    "make(1, 2)() == 3",
    kept="other variables",
)
case(
    "a running generator is named as finishing with its old code",
    "def g():\n    yield 1\n    yield 2",
    "from m import g\nit = g()\nnext(it)",
    "def g():\n    yield 1\n    yield 20",
    "list(it) == [2]",
    "list(g()) == [1, 20]",
    kept="running",
)
case(
    "a coroutine that was not awaited yet is named as running the old code",
    "async def g(): return 1",
    "from m import g\nco = g()",
    "async def g(): return 2",
    "old == 1",
    "new == 2",
    then="import asyncio\nasync def both(): return await co, await g()\nold, new = asyncio.run(both())",
    kept="running",
)
case(
    "a function that the notebook keeps in a dictionary has the new default",
    "K = 1\ndef f(x=K): return x",
    "from m import f\nD = {'f': f, 'p': __import__('functools').partial(f)}",
    "K = 5\ndef f(x=K): return x",
    "D['f']() == 5",
    "D['p']() == 5",
)
case(
    "a signature shown by inspect is the new one through a wrapper",
    "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a, **k): return f(*a, **k)\n    return w\n@deco\ndef f(a): return a",
    "from m import f\nimport inspect",
    "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a, **k): return f(*a, **k)\n    return w\n@deco\ndef f(a, b: int = 2): return a + b",
    "str(inspect.signature(f)) == '(a, b: int = 2)'",
    "f(1) == 3",
)
case(
    "a decorator with state keeps its count when the body changes",
    "def counted(f):\n    def w():\n        w.calls += 1\n        return f()\n    w.calls = 0\n    return w\n@counted\ndef f(): return 1",
    "from m import f\nf(); f()",
    "def counted(f):\n    def w():\n        w.calls += 1\n        return f()\n    w.calls = 0\n    return w\n@counted\ndef f(): return 2",
    "f() == 2",
    "f.calls == 3",
    runs=0,
)
case(
    "a mutable default keeps what it has collected when the body changes",
    "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)",
    "from m import f\nf(1)",
    "def f(x, seen=[]):\n    seen.append(x)\n    return -len(seen)",
    "f(2) == -2",
)
case(
    "adders made in a loop are made anew and held ones have the new body",
    "def make(i):\n    def add(x): return x + i\n    return add\nADDERS = [make(i) for i in range(3)]",
    "import m\nadd1 = m.ADDERS[1]",
    "def make(i):\n    def add(x): return x * 10 + i\n    return add\nADDERS = [make(i) for i in range(3)]",
    "add1(1) == 11",
    "[f(1) for f in m.ADDERS] == [10, 11, 12]",
)
case(
    "a partial method follows",
    "from functools import partialmethod\nclass C:\n    def set(self, v): return v\n    on = partialmethod(set, 1)",
    "from m import C\nc = C()",
    "from functools import partialmethod\nclass C:\n    def set(self, v): return [v]\n    on = partialmethod(set, 2)",
    "c.on() == [2]",
)
case(
    "operator helpers and map objects follow",
    "from operator import methodcaller, itemgetter\nget = itemgetter(0)\nup = methodcaller('upper')\nV = get(('a', 'b')) + up('x')",
    "import m",
    "from operator import methodcaller, itemgetter\nget = itemgetter(1)\nup = methodcaller('lower')\nV = get(('a', 'b')) + up('X')",
    "m.V == 'bx'",
)
case(
    "an alias of a function that is given another function leaves both as they are",
    "def foo(): return 'foo'\ndef bar(): return 'bar'\nf = foo",
    "from m import foo, bar, f",
    "def foo(): return 'foo'\ndef bar(): return 'bar'\nf = bar",
    "(foo(), bar(), f()) == ('foo', 'bar', 'bar')",
)
case(
    "a function assigned into a class keeps its own body as a function",
    "def free(self=None): return 'free'\nclass C:\n    def m(self): return 'm'",
    "import m\nfrom m import C, free\nC.m = free\nc = C()",
    "def free(self=None): return 'free'\nclass C:\n    K = 1\n    def m(self, x=1): return 'new'",
    "free() == 'free'",
    "m.free() == 'free'",
)
case(
    "a method that the user has replaced stays when another part of the class changes",
    "class C:\n    K = 1\n    def m(self): return 'm'",
    "from m import C\ndef mine(self): return 'mine'\nC.m = mine\nc = C()",
    "class C:\n    K = 2\n    def m(self): return 'm'",
    "c.m() == 'mine'",
    "mine(0) == 'mine'",
    "c.K == 2",
)
case(
    "a function becomes a method's implementation by assignment in the class body",
    "def helper(self): return 1\nclass C:\n    run = helper",
    "from m import C, helper\nc = C()",
    "def helper(self): return 2\nclass C:\n    K = 1\n    run = helper",
    "c.run() == 2",
    "helper(0) == 2",
)
case(
    "two names of a class for one method stay one",
    "class C:\n    def a(self): return 1\n    b = a",
    "from m import C\nc = C()",
    "class C:\n    def a(self, x=2): return x\n    b = a",
    "(c.a(), c.b()) == (2, 2)",
    "C.a is C.b",
)
case(
    "a name in the notebook that is an attribute of a constant is the user's own",
    "CFG = {'k': 1}",
    "import m\nk = m.CFG['k']\ncfg = m.CFG",
    "CFG = {'k': 2}",
    "k == 1",
    "cfg == {'k': 2}",
)
case(
    "a notebook's alias of a number is the user's own",
    "X = 1000001\nY = 1000001",
    "import m\nx = m.X",
    "X = 2\nY = 1000001",
    "x == 1000001",
    "m.X == 2",
)
case(
    "an import of a name under several names follows under all",
    "X = 1\ndef f(): return 1",
    "from m import X, X as Y, f, f as g\nfrom m import X as Z",
    "X = 5\ndef f(a=2): return a",
    "(X, Y, Z) == (5, 5, 5)",
    "f() == g() == 2",
)
case(
    "an import in a cell's for loop and with block follows",
    "X = 1",
    "for _ in range(1):\n    from m import X\nimport contextlib\nwith contextlib.nullcontext():\n    from m import X as Y",
    "X = 5",
    "(X, Y) == (5, 5)",
)
case(
    "a name deleted in the notebook does not come back",
    "X = 1\ndef f(): return 1",
    "from m import X, f\ndel X, f",
    "X = 2\ndef f(): return 2",
    "'X' not in dir() and 'f' not in globals()",
)
case(
    "a name imported from a package's submodule by its package follows",
    {
        "p/__init__.py": "from p.a import *",
        "p/a.py": "__all__ = ['f', 'K']\nK = 1\ndef f(): return K",
    },
    "from p import f, K\nimport p as q",
    {"p/a.py": "__all__ = ['f', 'K', 'N']\nK = 5\nN = 7\ndef f(x=0): return K + x"},
    "(f(), K) == (5, 5)",
    "q.N == 7",
)
case(
    "a function used as a key and in a set is found after its signature changes",
    "def f(): return 1\nS = {f}\nD = {f: 'f'}",
    "import m\nmine = {m.f: 1}",
    "def f(x=2): return x\nS = {f}\nD = {f: 'f'}",
    "m.f in m.S",
    "m.D[m.f] == 'f'",
    "mine[m.f] == 1",
)
case(
    "a wrapper from another module keeps acting when the wrapped signature changes",
    {
        "d.py": "import functools\ndef twice(f):\n    @functools.wraps(f)\n    def w(*a, **k): return f(*a, **k) * 2\n    return w",
        "m.py": "from d import twice\n@twice\ndef f(x): return x",
    },
    "from m import f\nL = [f]",
    {"m.py": "from d import twice\n@twice\ndef f(x, y=1): return x + y"},
    "f(1) == 4",
    "L[0](1) == 4",
)
case(
    "a decorator class with arguments follows in its call",
    "class retry:\n    def __init__(self, n): self.n = n\n    def __call__(self, f):\n        def w(): return [f()] * self.n\n        return w\n@retry(2)\ndef f(): return 1",
    "from m import f\nL = [f]",
    "class retry:\n    def __init__(self, n): self.n = n\n    def __call__(self, f):\n        def w(): return (f(),) * self.n\n        return w\n@retry(3)\ndef f(): return 2",
    "f() == (2, 2, 2)",
    "L[0]() == (2, 2, 2)",
)
case(
    "a context manager made by a decorator takes a new signature",
    "from contextlib import contextmanager\n@contextmanager\ndef cm(): yield 1",
    "from m import cm",
    "from contextlib import contextmanager\n@contextmanager\ndef cm(x=5): yield x",
    "got == 5",
    then="with cm() as got: pass",
)
case(
    "a lazily filled global is kept and its function new",
    "_client = None\ndef client():\n    global _client\n    if _client is None: _client = ['made']\n    return _client",
    "import m\nc = m.client()",
    "_client = None\ndef client():\n    global _client\n    if _client is None: _client = ['made']\n    return _client[0]",
    "m.client() == 'made'",
    "m._client is c",
)
case(
    "a pool's threads run the new code at their next task",
    "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)\ndef f(): return 1",
    "import m\np = m.pool\nfirst = p.submit(m.f).result()",
    "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)\ndef f(): return 2",
    "m.pool is p",
    "p.submit(m.f).result() == 2",
    runs=0,
)
case(
    "a weak reference with a callback and a finalizer are not set off",
    "import weakref\nLOG = []\nclass C: pass\nkeep = C()\nref = weakref.ref(keep, LOG.append)\nX = 1",
    "import m",
    "import weakref\nLOG = []\nclass C:\n    def m(self): return 1\nkeep = C()\nref = weakref.ref(keep, LOG.append)\nX = 2",
    "m.LOG == []",
    "m.ref() is m.keep",
    "m.keep.m() == 1",
)
case(
    "a pickle of a function and of a nested class is loaded",
    "class C:\n    class In:\n        def m(self): return 1\ndef f(): return 1",
    "from m import C, f\nimport pickle\ndata = pickle.dumps([C.In(), f])",
    "class C:\n    K = 1\n    class In:\n        def m(self, x=2): return x\ndef f(x=2): return x",
    "[o.m() if hasattr(o, 'm') else o() for o in pickle.loads(data)] == [2, 2]",
    "pickle.loads(pickle.dumps(C.In)) is C.In",
)
case(
    "a deep copy and a shallow copy of an old instance are of the new class",
    "class C:\n    def m(self): return 1",
    "from m import C\nimport copy\nc = C()",
    "class C:\n    K = 1\n    def m(self, x=2): return x",
    "copy.copy(c).m() == copy.deepcopy(c).m() == 2",
    "type(copy.deepcopy(c)) is C",
)
case(
    "a module object held in a container follows",
    {"a.py": "X = 1", "m.py": "import a\nMODS = {'a': a}"},
    "import m\nmods = [m.MODS['a']]",
    {"a.py": "X = 5"},
    "mods[0].X == 5",
    "m.MODS['a'].X == 5",
)
case(
    "a traceback through a wrapper shows the new lines of both",
    "def deco(f):\n    def w():\n        return f()\n    return w\n@deco\ndef f():\n    raise ValueError",
    "from m import f",
    "# one\n# two\ndef deco(f):\n    def w():\n        return f()\n    return w\n@deco\ndef f():\n    raise ValueError",
    "lines == [5, 9]",
    then="import traceback\ntry:\n    f()\nexcept ValueError as e:\n    lines = [x.lineno for x in traceback.extract_tb(e.__traceback__) if x.filename.endswith('m.py')]",
)
case(
    "inspect shows the source of a decorated function, a lambda and a nested one after a move",
    "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(): return f()\n    return w\n@deco\ndef f(): return 1\ng = lambda: 2\ndef h():\n    def inner(): return 3\n    return inner",
    "from m import f, g, h\nimport inspect\ninner = h()",
    "# moved\n\nimport functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(): return f()\n    return w\n@deco\ndef f(): return 10\ng = lambda: 20\ndef h():\n    def inner(): return 30\n    return inner",
    "'return 10' in inspect.getsource(f)",
    "inspect.getsource(g) == 'g = lambda: 20\\n'",
    "'return 30' in inspect.getsource(inner)",
)
