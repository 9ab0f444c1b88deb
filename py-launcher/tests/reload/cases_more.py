# ruff: noqa: E501
"""Less common shapes of code."""

from catalogue import case

case(
    "a function defined in a branch follows the branch",
    "X = 1\nif X == 1:\n    def f(): return 'one'\nelse:\n    def f(): return 'two'",
    "from m import f\nL = [f]",
    "X = 2\nif X == 1:\n    def f(): return 'one'\nelse:\n    def f(): return 'two'",
    "f() == 'two'",
    "__import__('m').f() == 'two'",
)
case(
    "a function defined in a branch takes a new body",
    "try:\n    def f(): return 1\nexcept ImportError:\n    f = None",
    "from m import f\nL = [f]",
    "try:\n    def f(): return 2\nexcept ImportError:\n    f = None",
    "f() == 2",
    "L[0]() == 2",
    runs=0,
)
case(
    "a fallback import that becomes possible is taken",
    "try:\n    from late import X\nexcept ImportError:\n    X = 'none'",
    "import m",
    {
        "late.py": "X = 'late'",
        "m.py": "try:\n    from late import X\nexcept ImportError:\n    X = 'nothing'",
    },
    "m.X == 'late'",
)
case(
    "a stack of decorators in another order acts so",
    "def a(f): return lambda: 'a' + f()\ndef b(f): return lambda: 'b' + f()\n@a\n@b\ndef f(): return 'f'",
    "from m import f",
    "def a(f): return lambda: 'a' + f()\ndef b(f): return lambda: 'b' + f()\n@b\n@a\ndef f(): return 'f'",
    "f() == 'baf'",
)
case(
    "a callback held by an instance has the new body",
    "def cb(): return 1\nclass C:\n    def __init__(self): self.cb = cb\nc = C()",
    "from m import c",
    "def cb(): return 2\nclass C:\n    def __init__(self): self.cb = cb\nc = C()",
    "c.cb() == 2",
)
case(
    "weak references to functions and classes stay alive",
    "def f(): return 1\nclass C:\n    A = 1",
    "import m, weakref\nr, k = weakref.ref(m.f), weakref.ref(m.C)",
    "def f(x=2): return x\nclass C:\n    A = 2",
    "r()() == 2",
    "k().A == 2",
)
case(
    "private names of a class follow",
    "class C:\n    __k = 1\n    def m(self): return self.__k",
    "from m import C\nc = C()",
    "class C:\n    __k = 2\n    def m(self): return self.__k + 1",
    "c.m() == 3",
)
case(
    "overloads change nothing",
    "from typing import overload\n@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ...\ndef f(x): return x",
    "from m import f\nL = [f]",
    "from typing import overload\n@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ...\ndef f(x): return [x]",
    "f(1) == [1]",
    "L[0](1) == [1]",
)
case(
    "a function wrapped by an assignment follows its body",
    "def deco(f): return lambda: f() + 10\ndef f(): return 1\nf = deco(f)",
    "from m import f\nL = [f]",
    "def deco(f): return lambda: f() + 10\ndef f(): return 2\nf = deco(f)",
    "f() == 12",
    "L[0]() == 12",
)
case(
    "a function wrapped by an assignment follows its signature",
    "def deco(f): return lambda: f() + 10\ndef f(): return 1\nf = deco(f)",
    "from m import f\nL = [f]",
    "def deco(f): return lambda: f() + 10\ndef f(x=5): return x\nf = deco(f)",
    "f() == 15",
    "L[0]() == 15",
)
case(
    "a function replaced by an import is the imported one",
    "def f(x): return 1",
    "import m\nfrom m import f",
    "from math import sqrt as f",
    "f(4) == 2.0",
    "m.f(4) == 2.0",
)
case(
    "automatic enumeration values are counted anew",
    "import enum\nclass E(enum.Enum):\n    A = enum.auto()\n    B = enum.auto()",
    "from m import E\nb = E.B",
    "import enum\nclass E(enum.Enum):\n    N = enum.auto()\n    A = enum.auto()\n    B = enum.auto()",
    "E.B.value == 3",
    "b is E.B",
    "list(E) == [E.N, E.A, E.B]",
)
case(
    "string enumerations follow",
    "import enum\nclass E(str, enum.Enum):\n    A = 'a'",
    "from m import E",
    "import enum\nclass E(str, enum.Enum):\n    A = 'x'\n    B = 'b'",
    "E.A == 'x'",
    "E('b') is E.B",
)
case(
    "an enumeration made by a call follows",
    "import enum\nE = enum.Enum('E', 'A B')",
    "from m import E\na = E.A",
    "import enum\nE = enum.Enum('E', 'A B C')",
    "E.C.value == 3",
    "a is E.A",
)
case(
    "a metaclass that writes into its classes writes again",
    "class M(type):\n    def __new__(mc, n, b, d):\n        d['tag'] = 1\n        return super().__new__(mc, n, b, d)\nclass C(metaclass=M): pass",
    "from m import C\nc = C()",
    "class M(type):\n    def __new__(mc, n, b, d):\n        d['tag'] = 2\n        return super().__new__(mc, n, b, d)\nclass C(metaclass=M): pass",
    "C.tag == 2",
    "c.tag == 2",
)
case(
    "__init_subclass__ that changes acts on subclasses elsewhere",
    {
        "a.py": "class A:\n    def __init_subclass__(cls): cls.tag = 1",
        "m.py": "from a import A\nclass B(A): pass",
    },
    "from m import B",
    {"a.py": "class A:\n    def __init_subclass__(cls): cls.tag = 2"},
    "B.tag == 2",
)
case(
    "an exception's base that changes is caught as the new one",
    "class E(Exception): pass\ndef f(): raise E",
    "from m import f, E",
    "class E(ValueError): pass\ndef f(): raise E",
    "got",
    then="try:\n    f()\nexcept ValueError:\n    got = True",
)
case(
    "a subclass in the notebook of a class whose slots change gets the new methods",
    "class C:\n    __slots__ = ('v',)",
    "import m\nclass D(m.C): pass",
    "class C:\n    __slots__ = ('v', 'w')\n    def m(self): return 1",
    "D().m() == 1",
    kept="memory layout",
)
case(
    "thread-local and context variables are kept",
    "import threading, contextvars\nt = threading.local()\nv = contextvars.ContextVar('v', default=1)\nX = 1",
    "import m\nm.t.a = 1; t = m.t; v = m.v",
    "import threading, contextvars\nt = threading.local()\nv = contextvars.ContextVar('v', default=1)\nX = 2",
    "m.t is t",
    "m.v is v",
    runs=1,
)
case(
    "__all__ that is added to follows",
    {"a.py": "__all__ = ['X']\nX = 1\n_Y = 1", "m.py": "from a import *"},
    "import m",
    {"a.py": "__all__ = ['X']\n__all__ += ['_Y']\nX = 1\n_Y = 2"},
    "m._Y == 2",
)
case(
    "a dataclass field's default from a constant follows",
    "from dataclasses import dataclass, field\nK = 1\n@dataclass\nclass C:\n    x: int = field(default=K, repr=False)",
    "from m import C",
    "from dataclasses import dataclass, field\nK = 2\n@dataclass\nclass C:\n    x: int = field(default=K, repr=False)",
    "C().x == 2",
    "repr(C()) == 'C()'",
)
case(
    "an assignment expression follows",
    "if (N := 3) > 2:\n    Y = N",
    "import m",
    "if (N := 5) > 2:\n    Y = N",
    "m.Y == 5",
    "m.N == 5",
)
case(
    "a match statement follows",
    "X = 1\nmatch X:\n    case 1: Y = 'one'\n    case n: Y = n",
    "import m",
    "X = 7\nmatch X:\n    case 1: Y = 'one'\n    case n: Y = n",
    "m.Y == 7",
    "m.n == 7",
)
case(
    "a with statement at module level follows",
    "import contextlib\nX = 1\nwith contextlib.nullcontext(X) as Y: pass",
    "import m",
    "import contextlib\nX = 2\nwith contextlib.nullcontext(X) as Y: pass",
    "m.Y == 2",
)
case(
    "unpacking follows",
    "A, (B, *C) = 1, (2, 3, 4)",
    "from m import A, B, C",
    "A, (B, *C) = 5, (6, 7)",
    "(A, B, C) == (5, 6, [7])",
)
case(
    "a chained assignment follows",
    "A = B = []",
    "import m",
    "A = B = [1]",
    "m.A == [1]",
    "m.A is m.B",
)
case(
    "two names of one list that are parted are two lists",
    "A = []\nB = A",
    "import m",
    "A = []\nB = []",
    "m.A is not m.B",
    "m.A == []",
)
case(
    "a type alias follows",
    "K = int\nAlias = list[K]",
    "import m",
    "K = str\nAlias = list[K]",
    "m.Alias == list[str]",
)
case(
    "an async generator takes a new body",
    "async def g():\n    yield 1",
    "from m import g",
    "async def g():\n    yield 2",
    "out == [2]",
    then="import asyncio\nasync def run(): return [x async for x in g()]\nout = asyncio.run(run())",
)
case(
    "a descriptor class that changes acts in old classes",
    "class D:\n    def __get__(self, i, o): return 1\nclass C:\n    d = D()",
    "from m import C\nc = C()",
    "class D:\n    def __get__(self, i, o): return 2\nclass C:\n    d = D()",
    "c.d == 2",
)
case(
    "a mixin's method follows through two levels",
    {
        "a.py": "class Mix:\n    def m(self): return 1",
        "b.py": "from a import Mix\nclass B(Mix, dict): pass",
        "m.py": "from b import B\nb = B()",
    },
    "from m import b",
    {"a.py": "class Mix:\n    def m(self): return 2\n    def k(self): return 3"},
    "b.m() == 2",
    "b.k() == 3",
)
case(
    "an instance in another module of a class that gets another base is of the new class",
    {
        "a.py": "class A:\n    def a(self): return 1\nclass C: pass",
        "m.py": "import a\nc = a.C()\nclass D(a.C): pass",
    },
    "import a, m\nd = m.D()",
    {"a.py": "class A:\n    def a(self): return 1\nclass C(A): pass"},
    "m.c.a() == 1",
    "isinstance(m.c, a.C)",
    "issubclass(m.D, a.A)",
    "d.a() == 1",
)
case(
    "a class that becomes a function is a function",
    "class C:\n    pass",
    "import m\nfrom m import C",
    "def C(): return 5",
    "C() == 5",
    "m.C() == 5",
)
case(
    "a class that becomes a dataclass is one",
    "class C:\n    x = 1",
    "from m import C\nc = C()",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 2",
    "C(5).x == 5",
    "type(c) is C",
    "c.x == 2",
)
case(
    "a dataclass that stops being one is an ordinary class",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 2",
    "from m import C\nc = C(1)",
    "class C:\n    x = 3",
    "'__init__' not in vars(C)",
    "c.x == 1",
    "C().x == 3",
)
case(
    "a named tuple loses a field",
    "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: int",
    "from m import P",
    "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int",
    "P(1) == (1,)",
    "P._fields == ('x',)",
)
case(
    "methods made by a loop over a table follow",
    "T = {'a': 1}\nclass C: pass\nfor n, v in T.items():\n    setattr(C, n, lambda self, v=v: v)",
    "from m import C\nc = C()",
    "T = {'a': 2, 'b': 3}\nclass C: pass\nfor n, v in T.items():\n    setattr(C, n, lambda self, v=v: v)",
    "c.a() == 2",
    "c.b() == 3",
)
case(
    "an import that an unused name shadows makes no trouble",
    "import os\npath = os.path\nX = 1",
    "import m",
    "import os\npath = os.path\nX = 2",
    "m.X == 2",
    "m.path.join('a', 'b')",
)
case(
    "a registry keyed by class finds classes that were defined again",
    {"r.py": "H = {}", "m.py": "import r\nclass C:\n    A = 1\nr.H[C] = 'handler'"},
    "import r, m",
    {"m.py": "import r\nclass C:\n    A = 2\nr.H[C] = 'handler'"},
    "r.H[m.C] == 'handler'",
    "len(r.H) == 1",
)
case(
    "a lambda default in a class follows",
    "class C:\n    key = lambda self: 1",
    "from m import C\nc = C()",
    "class C:\n    key = lambda self: 2",
    "c.key() == 2",
)
case(
    "a string of several modules and an alias in the notebook follow",
    {"a.py": "def f(): return 1", "b.py": "from a import f as g", "m.py": "import b\nh = b.g"},
    "from m import h\nk = [h]",
    {"a.py": "def f(x=2): return x"},
    "h() == 2",
    "k[0]() == 2",
)
case(
    "a new parameter with a default in __init__ is for new instances",
    "class C:\n    def __init__(self): pass\n    def m(self): return 0",
    "from m import C\nc = C()",
    "class C:\n    def __init__(self, x=3): self.x = x\n    def m(self): return getattr(self, 'x', 'old')",
    "c.m() == 'old'",
    "C().m() == 3",
)
case(
    "a submodule named like a function of its package stays right",
    {"p/__init__.py": "from .run import run", "p/run.py": "def run(): return 1"},
    "from p import run",
    {"p/run.py": "def run(): return 2"},
    "run() == 2",
    "__import__('p').run() == 2",
)
case(
    "an empty file and back is followed",
    "X = 1\ndef f(): return 1",
    "import m",
    ["", "X = 2\ndef f(): return 2"],
    "m.X == 2",
    "m.f() == 2",
)
case(
    "objects that raise when they are looked at are left in peace",
    "class P:\n    @property\n    def __class__(self): raise RuntimeError('no context')\n    def __getattr__(self, n): raise RuntimeError(n)\np = P()\ndef f(): return 1",
    "import m\nold = m.p",
    "class P:\n    @property\n    def __class__(self): raise RuntimeError('no context')\n    def __getattr__(self, n): raise RuntimeError(n)\np = P()\ndef f(x=1): return x + 1",
    "m.f() == 2",
    "m.p is old",
)
case(
    "values that do not compare are no obstacle",
    "class A:\n    def __eq__(self, o): raise ValueError('ambiguous')\n    __ne__ = __eq__\n    __hash__ = None\na = A()\ndef f(x=a, *, y=a): return 1",
    "from m import f",
    "class A:\n    def __eq__(self, o): raise ValueError('ambiguous')\n    __ne__ = __eq__\n    __hash__ = None\na = A()\ndef f(x=a, *, y=a, z=2): return z",
    "f() == 2",
)
