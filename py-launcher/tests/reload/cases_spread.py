# ruff: noqa: E501
"""How far a change reaches: other branches, other modules, what others remember of a definition."""

from catalogue import case

case(
    "a star import that runs again hands on what changes later in the same batch",
    {
        "a.py": "f = lambda: 1\ng = lambda: f()\nH = {'k': f}",
        "m.py": "from a import *\nX = H['k']()",
    },
    "import m",
    {"a.py": "def f():\n    return 2\ng = lambda: f()\nH = {'k': f}"},
    "m.X == 2",
)
case(
    "a statement that moves above what its function reads is refused, as at a fresh start",
    "D = {'a': 1}\nf = lambda: len(D)\nX = f()",
    "import m",
    "f = lambda: len(D)\nX = f()\nD = {'a': 1}",
    "m.X == 1",
    fails="NameError",
)
case(
    "a name that is new by exec comes along with a star import",
    {"a.py": "K = 1", "m.py": "from a import *"},
    "import m",
    {"a.py": "K = 1\nexec('L = K + 1')"},
    "m.L == 2",
)
case(
    "an import that gives another module of the project the old name is followed through functions",
    {
        "p/__init__.py": "",
        "p/a.py": "def f(): return 'a'",
        "p/b.py": "def f(): return 'b'",
        "m.py": "import p.a as impl\ndef run(): return impl.f()\nV = run()",
    },
    "import m\nrun = m.run",
    {"m.py": "import p.b as impl\ndef run(): return impl.f()\nV = run()"},
    "(m.V, run()) == ('b', 'b')",
)
case(
    "an import that gives another library the old name is followed through functions",
    "import json as j\ndef f(): return j.__name__\nV = f()",
    "import m",
    "import pickle as j\ndef f(): return j.__name__\nV = f()",
    "m.V == 'pickle'",
)
case(
    "a class defined in both branches of a condition is that of the branch that is taken",
    "F = True\nif F:\n    class C:\n        v = 1\n        only = 1\nelse:\n    class C:\n        v = 2",
    "import m\nc = m.C()",
    "F = False\nif F:\n    class C:\n        v = 1\n        only = 1\nelse:\n    class C:\n        v = 2",
    "m.C.v == 2 and c.v == 2 and type(c) is m.C",
    "not hasattr(m.C, 'only')",
)
case(
    "a class body's condition that turns takes its names along",
    "F = True\nclass C:\n    if F:\n        x = 1\n    else:\n        y = 2",
    "import m\nc = m.C()",
    "F = False\nclass C:\n    if F:\n        x = 1\n    else:\n        y = 2",
    "c.y == 2 and not hasattr(m.C, 'x')",
)
case(
    "a task class's list of its instances holds each task once",
    "class Task:\n    all = []\n    def __init__(self, fn): self.fn = fn; Task.all.append(self)\n    def __call__(self): return self.fn()\n@Task\ndef one(): return 1",
    "import m\none = m.one",
    "class Task:\n    all = []\n    def __init__(self, fn): self.fn = fn; Task.all.append(self)\n    def __call__(self): return self.fn()\n@Task\ndef one(): return 2",
    "m.Task.all == [m.one] and m.one is one and one() == 2",
)
case(
    "a class that moves between two modules of a package keeps its instances",
    {
        "p/__init__.py": "from .a import C",
        "p/a.py": "class C:\n    def m(self): return 1",
        "p/b.py": "",
    },
    "import p\nfrom p import C\nc = C()",
    {
        "p/__init__.py": "from .b import C",
        "p/a.py": "",
        "p/b.py": "class C:\n    def m(self): return 2",
    },
    "isinstance(c, p.C) and c.m() == 2 and C is p.C and C.__module__ == 'p.b'",
)
case(
    "a class that is renamed and keeps its old name as an alias keeps its instances",
    "class Old:\n    def m(self): return 1",
    "import m\nfrom m import Old\no = Old()",
    "class New:\n    def m(self): return 2\nOld = New",
    "isinstance(o, m.Old) and o.m() == 2 and Old is m.New",
)
case(
    "a list that several modules fill is filled in the order in which they were imported",
    {
        "a.py": "L = []",
        "b.py": "from a import L\nL.append('b')",
        "c.py": "from a import L\nL.append('c')",
    },
    "import b, c, a",
    {"b.py": "from a import L\nL.append('B')"},
    "a.L == ['B', 'c']",
)
case(
    "a cached property of an object forgets what the old body has computed",
    "from functools import cached_property\nclass A:\n    @cached_property\n    def v(self): return 1\na = A()\nT = a.v",
    "import m\nmine = m.A()\nmine.v",
    "from functools import cached_property\nclass A:\n    @cached_property\n    def v(self): return 2\na = A()\nT = a.v",
    "(m.a.v, m.T, mine.v) == (2, 2, 2)",
)
case(
    "a cached property forgets its result when a constant that it reads changes, and no other result",
    "from functools import cached_property\nK = 1\nclass A:\n    @cached_property\n    def v(self): return K\n    @cached_property\n    def w(self): return object()",
    "import m\na = m.A()\na.v, (w := a.w)",
    "from functools import cached_property\nK = 2\nclass A:\n    @cached_property\n    def v(self): return K\n    @cached_property\n    def w(self): return object()",
    "a.v == 2 and a.w is w",
)
case(
    "an lru_cache under a static method and under another decorator does not answer with the old body",
    "import functools\nK = 1\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a)\n    return w\nclass A:\n    @staticmethod\n    @functools.lru_cache\n    def g(n): return K + n\n@deco\n@functools.lru_cache\ndef h(n): return K + n",
    "import m\nm.A.g(1), m.h(1)",
    "import functools\nK = 5\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a)\n    return w\nclass A:\n    @staticmethod\n    @functools.lru_cache\n    def g(n): return K + n\n@deco\n@functools.lru_cache\ndef h(n): return K + n",
    "(m.A.g(1), m.h(1)) == (6, 6)",
)
_META = "class Meta(type):\n    def __new__(mcs, n, b, ns):\n        ns['%s'] = lambda self: 1\n        return super().__new__(mcs, n, b, ns)\nclass A(metaclass=Meta): pass"
case(
    "what a metaclass no longer puts into its classes is gone, time and again",
    _META % "one",
    "import m\na = m.A()",
    [_META % "two", _META % "three"],
    "a.three() == 1 and a.mine == 1",
    "not hasattr(m.A, 'one') and not hasattr(m.A, 'two')",
    between="m.A.mine = 1",
)
_ABC = "from abc import ABC\nclass Base(ABC): pass\n"
case(
    "a class that is no longer registered with an abstract class is none of its subclasses",
    {
        "a.py": _ABC,
        "m.py": "from a import Base\n@Base.register\nclass V: pass\nOK = issubclass(V, Base)",
    },
    "import m, a\nisinstance(m.V(), a.Base)",
    {"m.py": "from a import Base\nclass V: pass\nOK = issubclass(V, Base)"},
    "not m.OK and not issubclass(m.V, a.Base)",
)
case(
    "a registration with an abstract class that is taken away as a line is taken back, the other stays",
    {
        "a.py": _ABC,
        "m.py": "from a import Base\nclass V: pass\nclass W: pass\nBase.register(V)\nBase.register(W)",
    },
    "import m, a\nisinstance(m.V(), a.Base)",
    {"m.py": "from a import Base\nclass V: pass\nclass W: pass\nBase.register(W)"},
    "not issubclass(m.V, a.Base) and issubclass(m.W, a.Base)",
)
_PROTOCOL = "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass P(Protocol):\n    def run(self): ...\n%sclass A:\n    def run(self): return 1\nOK = isinstance(A(), P)"
case(
    "a protocol that asks for more is not fulfilled by what it was before",
    _PROTOCOL % "",
    "import m\nfrom m import P\na = m.A()\nisinstance(a, P)",
    _PROTOCOL % "    def stop(self): ...\n",
    "not m.OK and not isinstance(a, P)",
)
_LAZY = "_L = {'x': 'p.a'}\ndef __getattr__(n):\n    import importlib\n    if n in _L: return getattr(importlib.import_module(_L[n]), n)\n    raise AttributeError(n)"
case(
    "a name that a package makes when asked follows the module that it comes from",
    {"p/__init__.py": _LAZY, "p/a.py": "x = 1", "m.py": "from p import x\nX = x + 1"},
    "import p, m\nfrom p import x",
    {"p/a.py": "x = 2"},
    "(p.x, x, m.X) == (2, 2, 3)",
)
_KEPT = "def __getattr__(n):\n    import importlib\n    if n == 'x':\n        globals()['x'] = importlib.import_module('p.a').x\n        return globals()['x']\n    raise AttributeError(n)"
case(
    "a name that a package makes once and keeps follows the module that it comes from",
    {"p/__init__.py": _KEPT, "p/a.py": "x = 1"},
    "import p\nfrom p import x",
    {"p/a.py": "x = 2"},
    "(p.x, x) == (2, 2)",
)
_LOG = "import logging\nlog = logging.getLogger('notesync-twice')\nhandler = logging.StreamHandler()\nhandler.setFormatter(logging.Formatter('%s: %%(message)s'))\nlog.addHandler(handler)"
case(
    "a logger whose handler is made anew does not say everything twice",
    _LOG % "one",
    "import m, logging\nm.log.addHandler(mine := logging.NullHandler())",
    _LOG % "two",
    "m.log.handlers == [mine, m.handler]",
    "m.handler.formatter._fmt == 'two: %(message)s'",
)
_SETUP = "import logging\ndef setup(name):\n    log = logging.getLogger(name)\n    h = logging.StreamHandler()\n    h.setFormatter(logging.Formatter('%s: %%(message)s'))\n    log.addHandler(h)\n    return log"
case(
    "a logger that another module sets up has one handler after an edit of that module",
    {"a.py": _SETUP % "one", "m.py": "from a import setup\nlog = setup('notesync-set-up')"},
    "import m",
    {"a.py": _SETUP % "two"},
    "[h.formatter._fmt for h in m.log.handlers] == ['two: %(message)s']",
)
case(
    "a text that is executed follows what it reads",
    "class C:\n    def __init__(self): self.v = 1\nexec('K = C().v')\nL = eval('C().v + 1')",
    "import m",
    "class C:\n    def __init__(self): self.v = 5\nexec('K = C().v')\nL = eval('C().v + 1')",
    "(m.K, m.L) == (5, 6)",
)
case(
    "a function that loses the decorator of another module is in its register no more",
    {
        "a.py": "R = {}\ndef reg(f):\n    R[f.__name__] = f\n    return f",
        "m.py": "import a\n@a.reg\ndef f(): return 1\n@a.reg\ndef g(): return 1",
    },
    "import m, a",
    {"m.py": "import a\ndef f(): return 2\n@a.reg\ndef g(): return 1"},
    "list(a.R) == ['g'] and m.f() == 2",
)
case(
    "what is asked of a module by name, by hasattr and by listing follows new names",
    {
        "a.py": "A = 1\ndef job_a(): return 1",
        "m.py": "import a, inspect\nHAS = hasattr(a, 'B')\nVAL = getattr(a, 'A')\nN = [n for n in dir(a) if n.startswith('job')]\nJ = dict(inspect.getmembers(a, inspect.isfunction))\nD = sorted(n for n in a.__dict__ if n.startswith('job'))",
    },
    "import m",
    {"a.py": "A = 2\nB = 1\ndef job_a(): return 1\ndef job_c(): return 3"},
    "m.HAS and m.VAL == 2 and m.N == m.D == list(m.J) == ['job_a', 'job_c']",
)
case(
    "asking a module for one name runs nothing when others change",
    {"a.py": "A = 1\nB = 1", "m.py": "import a\nVAL = [getattr(a, 'A', 0)]"},
    "import m\nval = m.VAL",
    {"a.py": "A = 1\nB = 2"},
    "m.VAL is val",
)
case(
    "a value computed from a list of imported plugins follows a plugin",
    {
        "p/__init__.py": "import importlib\nMODS = [importlib.import_module('p.' + n) for n in ['one']]\nV = [m.run() + m.K for m in MODS]",
        "p/one.py": "K = 1\ndef run(): return 1",
    },
    "import p\nmods = p.MODS",
    [{"p/one.py": "K = 2\ndef run(): return 1"}, {"p/one.py": "K = 2\ndef run(): return 10"}],
    "p.V == [12] and p.MODS is mods",
)
case(
    "a value computed by a method inherited over three modules follows a method between",
    {
        "x.py": "class A:\n    def f(self): return self.g()\n    def g(self): return 'A'",
        "y.py": "from x import A\nclass B(A):\n    def g(self): return 'B' + super().g()",
        "m.py": "from y import B\nclass C(B):\n    def g(self): return 'C' + super().g()\nV = C().f()",
    },
    "import m\nc = m.C()",
    {"y.py": "from x import A\nclass B(A):\n    pass"},
    "m.V == 'CA' and c.f() == 'CA'",
)
case(
    "a package's constant that its submodule imports follows although they import each other",
    {
        "p/__init__.py": "VERSION = '1'\nfrom . import a",
        "p/a.py": "from p import VERSION\ndef v(): return 'v' + VERSION\nW = v()",
    },
    "import p\nfrom p.a import v",
    {"p/__init__.py": "VERSION = '2'\nfrom . import a"},
    "(p.a.W, v(), p.a.VERSION) == ('v2', 'v2', '2')",
)
case(
    "modules that import each other in the middle see of each other what they saw at first",
    {"m.py": "A = 1\nimport b\nC = b.B + 1", "b.py": "import m\nB = m.A * 10"},
    "import m",
    {"m.py": "A = 2\nimport b\nC = b.B + 1", "b.py": "import m\nB = m.A * 100"},
    "(m.b.B, m.C) == (200, 201)",
)
case(
    "a circle through a module that nothing touches follows",
    {
        "p/__init__.py": "K = 1\nfrom p import mid",
        "p/mid.py": "import p.leaf",
        "p/leaf.py": "from p import K\nJ = K * 10",
    },
    "import p",
    {"p/__init__.py": "K = 2\nfrom p import mid"},
    "p.leaf.J == 20",
)
case(
    "a thread that the module has started is not started again when what it calls changes",
    "import threading\nout = []\ntick, done = threading.Semaphore(0), threading.Semaphore(0)\ndef work(): return 'old'\ndef loop():\n    while tick.acquire() and (r := work()) != 'end':\n        out.append(r); done.release()\nt = threading.Thread(target=loop, daemon=True); t.start()",
    "import m, threading\nt, before = m.t, threading.active_count()",
    "import threading\nout = []\ntick, done = threading.Semaphore(0), threading.Semaphore(0)\ndef work(): return 'new'\ndef loop():\n    while tick.acquire() and (r := work()) != 'end':\n        out.append(r); done.release()\nt = threading.Thread(target=loop, daemon=True); t.start()",
    "m.t is t and threading.active_count() == before",
    "(m.tick.release(), m.done.acquire(timeout=5), m.out[-1])[-1] == 'new'",
    runs=0,
)
case(
    "a name that a statement bound in a branch and does not bind any more is gone",
    "state = 'a'\ntry:\n    x = 1 / 1\nexcept ZeroDivisionError:\n    state = 'b'",
    "import m",
    "state = 'a'\ntry:\n    x = 1 / 0\nexcept ZeroDivisionError:\n    state = 'b'",
    "not hasattr(m, 'x') and m.state == 'b'",
)
case(
    "a module that keeps its state through a reload by itself may do so",
    "try:\n    cache\nexcept NameError:\n    cache = []\nK = 1",
    "import m\nm.cache.append(1)",
    "try:\n    cache\nexcept NameError:\n    cache = {}\nK = 1",
    "m.cache == [1]",
)
case(
    "a loop variable that is deleted after the loop is deleted again",
    "R = []\nfor i in range(3):\n    R.append(i)\ndel i",
    "import m",
    "R = []\nfor i in range(2):\n    R.append(i * 10)\ndel i",
    "m.R == [0, 10] and not hasattr(m, 'i')",
)
_NODES = "class Node:\n    nodes = []\n    def __init__(self, n):\n        self.n = n\n        Node.nodes.append(self)\na = Node('a')\n%sN = [x.n for x in Node.nodes]"
case(
    "a class that keeps a list of its objects gets a new one and makes no other anew",
    _NODES % "",
    "import m\na = m.a",
    _NODES % "b = Node('b')\n",
    "m.a is a and m.N == ['a', 'b'] and m.Node.nodes == [m.a, m.b]",
)
case(
    "a class that keeps a list of its objects loses one that is taken away",
    _NODES % "b = Node('b')\n",
    "import m\na = m.a",
    _NODES % "",
    "m.a is a and m.N == ['a'] and m.Node.nodes == [m.a]",
)
case(
    "a class that keeps a list of its objects has one that is made otherwise once",
    _NODES % "b = Node('b')\n",
    "import m\na = m.a",
    _NODES % "b = Node('B')\n",
    "m.a is a and m.N == ['a', 'B'] and m.Node.nodes == [m.a, m.b]",
)
case(
    "a star import that is new hands on all names to those who star-import from its module",
    {"a.py": "K = 1", "b.py": "J = 1", "m.py": "from b import *"},
    "import a, m",
    {"b.py": "from a import *\nJ = 1"},
    "m.K == 1",
)
case(
    "data of a class that its own function computes follow the function",
    "class A:\n    def f(x): return x + 1\n    T = f(1)\n    seen = []",
    "import m\nA, seen = m.A, m.A.seen\nseen.append(1)",
    "class A:\n    def f(x): return x + 10\n    T = f(1)\n    seen = []",
    "m.A.T == 11 and m.A is A and A.seen is seen and seen == [1]",
)
_PLUG = "class Plug:\n    reg = {}\n    def __init_subclass__(cls, key): Plug.reg[key] = cls"
_HEIRS = "from b import Plug\nclass A(Plug, key='%s'):\n    def run(self): return 1\nclass B(A, key='b'):\n    def run(self): return super().run() + 1\nR = Plug.reg['b']().run()"
case(
    "a statement below a class finds the class that stays in its register",
    {"b.py": _PLUG, "m.py": _HEIRS % "a"},
    "import m, b\no = m.B()",
    {"m.py": (_HEIRS % "c").replace("return 1", "return 10")},
    "m.R == 11 and o.run() == 11 and b.Plug.reg == {'c': m.A, 'b': m.B}",
)
case(
    "what a function of another module finds out about a class it is given follows",
    {
        "b.py": "class B: pass\ndef subs(c): return sorted(s.__name__ for s in c.__subclasses__())",
        "x.py": "from b import B\nclass X(B): pass",
        "m.py": "import x\nfrom b import B, subs\nN = subs(B)",
    },
    "import m",
    {"x.py": "from b import B\nclass X(B): pass\nclass Y(B): pass"},
    "m.N == ['X', 'Y']",
)
case(
    "numbers drawn after a seed are those of a fresh start",
    "import random\nrandom.seed(1)\nX = random.random()\nY = random.random()",
    "import m, random",
    "import random\nrandom.seed(1)\nX = random.random()\nW = [random.random()]\nY = random.random()",
    "(random.seed(1), [m.X, m.W[0], m.Y] == [random.random() for _ in range(3)])[1]",
)
case(
    "numbers drawn from a generator of the module are those of a fresh start, in functions too",
    "import random\nrng = random.Random(1)\ndef draw(): return rng.random()\nX = draw()\nY = draw()",
    "import m, random",
    "import random\nrng = random.Random(1)\ndef draw(): return rng.random()\nX = [draw(), draw()]\nY = draw()",
    "[*m.X, m.Y] == [(r := random.Random(1)).random(), r.random(), r.random()]",
)
case(
    "numbers that were drawn without a seed are left alone",
    "import random\nX = random.random()\nY = random.random()",
    "import m\nx = m.X",
    "import random\nX = random.random()\nY = [random.random()]",
    "m.X == x",
    runs=1,
)
case(
    "a list of another module that is read through a function before it is filled is made again",
    {
        "a.py": "L = [1]\ndef n(): return 0",
        "m.py": "from a import n, L\nV = [n()]\nL.append(2)",
    },
    "import a, m",
    {"a.py": "L = [1]\ndef n(): return len(L)"},
    "m.V == [1]",
    "a.L == m.L == [1, 2]",
)
case(
    "a name that exec has bound since, and that is gone again, is missed by who imports it",
    {"a.py": "X = 1", "m.py": "from a import X"},
    "import a, m",
    [
        {"a.py": "X = 1\nexec('K = 2')", "m.py": "from a import X, K"},
        {"a.py": "X = 1"},
    ],
    "m.K == 2",
    fails="cannot import name 'K'",
)
