# ruff: noqa: E501
"""Kinds of classes: enumerations, dataclasses, named tuples, exceptions, protocols, registered ones."""

from catalogue import case

case(
    "an enumeration keeps its members when a method changes",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    def m(self): return 1",
    "from m import E\na = E.A",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    def m(self): return 2\n    def k(self): return 3",
    "a is E.A",
    "a.m() == 2",
    "a.k() == 3",
    "E(1) is a",
    "isinstance(a, E)",
)
case(
    "an enumeration takes a new member and keeps the old ones",
    "import enum\nclass E(enum.Enum):\n    A = 1",
    "from m import E\na = E.A",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2",
    "a is E.A",
    "E.B.value == 2",
    "E(2) is E.B",
    "list(E) == [E.A, E.B]",
    "isinstance(E.B, E)",
    "E['B'] is E.B",
)
case(
    "an enumeration's member takes a changed value",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2",
    "from m import E\na = E.A",
    "import enum\nclass E(enum.Enum):\n    A = 5\n    B = 2",
    "E.A.value == 5",
    "E(5) is E.A",
    "a is E.A",
    "len(E) == 2",
)
case(
    "an integer enumeration takes a changed value",
    "import enum\nclass E(enum.IntEnum):\n    A = 1",
    "from m import E",
    "import enum\nclass E(enum.IntEnum):\n    A = 5",
    "E.A == 5",
    "E(5) is E.A",
    "isinstance(E.A, E)",
)
case(
    "an enumeration's member taken away is gone",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2",
    "from m import E",
    "import enum\nclass E(enum.Enum):\n    A = 1",
    "not hasattr(E, 'B')",
    "len(E) == 1",
)
case(
    "flags go on combining after a new one",
    "import enum\nclass F(enum.Flag):\n    A = 1\n    B = 2",
    "from m import F\nab = F.A | F.B",
    "import enum\nclass F(enum.Flag):\n    A = 1\n    B = 2\n    C = 4",
    "(F.A | F.C).value == 5",
    "F.A in ab",
)
case(
    "a dataclass takes a new method",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1",
    "from m import C\nc = C()",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1\n    def m(self): return self.x",
    "c.m() == 1",
    "type(c) is C",
    "c == C()",
)
case(
    "a dataclass takes a new field",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1",
    "from m import C\nc = C()",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1\n    y: int = 2",
    "C().y == 2",
    "C(5, 6).y == 6",
    "c.y == 2",
    "[f.name for f in __import__('dataclasses').fields(C)] == ['x', 'y']",
)
case(
    "a dataclass loses a field",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1\n    y: int = 2",
    "from m import C",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1",
    "not hasattr(C(), 'y')",
)
case(
    "a dataclass whose default changes makes new instances with it",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1",
    "from m import C",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 2",
    "C().x == 2",
)
case(
    "a frozen dataclass takes new methods",
    "import dataclasses\n@dataclasses.dataclass(frozen=True, order=True)\nclass C:\n    x: int = 1\n    def m(self): return 1",
    "from m import C\nc = C()",
    "import dataclasses\n@dataclasses.dataclass(frozen=True, order=True)\nclass C:\n    x: int = 1\n    z: int = 0\n    def m(self): return 2",
    "c.m() == 2",
    "type(c) is C",
    "C(1) < C(2)",
    "hash(C(1)) == hash(C(1))",
)
case(
    "a dataclass with slots takes new methods",
    "import dataclasses\n@dataclasses.dataclass(slots=True)\nclass C:\n    x: int = 1\n    def m(self): return 1",
    "from m import C\nc = C()",
    "import dataclasses\n@dataclasses.dataclass(slots=True)\nclass C:\n    x: int = 1\n    def m(self): return 2\n    def k(self): return 3",
    "c.m() == 2",
    "c.k() == 3",
    "type(c) is C",
)
case(
    "a dataclass in another module inherits a new field",
    {
        "a.py": "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int = 1",
        "m.py": "import dataclasses\nfrom a import A\n@dataclasses.dataclass\nclass B(A):\n    y: int = 2",
    },
    "from m import B",
    {
        "a.py": "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int = 1\n    w: int = 9"
    },
    "B().w == 9",
    "B(1, 2, 3).y == 3",
)
case(
    "a field with a factory stays a field",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: list = dataclasses.field(default_factory=list)",
    "from m import C",
    "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: list = dataclasses.field(default_factory=list)\n    def m(self): return 1",
    "C().x == []",
    "C().x is not C().x",
    "C().m() == 1",
)
case(
    "a named tuple takes a new method and a new field",
    "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int",
    "from m import P\np = P(1)",
    "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: int = 2\n    def m(self): return self.x",
    "p.m() == 1",
    "P(1).y == 2",
    "P._fields == ('x', 'y')",
    "isinstance(p, P)",
)
case(
    "a collections.namedtuple takes a new field",
    "from collections import namedtuple\nP = namedtuple('P', 'x')",
    "from m import P\np = P(1)",
    "from collections import namedtuple\nP = namedtuple('P', 'x y')",
    "P(1, 2).y == 2",
    "isinstance(p, P)",
)
case(
    "an exception class is caught as what it is",
    "class E(Exception):\n    def m(self): return 1\ndef f(): raise E()",
    "from m import E, f",
    "class E(Exception):\n    code = 5\n    def m(self): return 2\ndef f(): raise E('x')",
    "got == (2, 5)",
    then="try:\n    f()\nexcept E as e:\n    got = (e.m(), e.code)",
)
case(
    "a pickle of an old instance is loaded as the new class",
    "class C:\n    def m(self): return 1",
    "import pickle\nfrom m import C\nd = pickle.dumps(C())",
    "class C:\n    A = 1\n    def m(self): return 2",
    "pickle.loads(d).m() == 2",
    "pickle.loads(pickle.dumps(C())).A == 1",
)
case(
    "an old instance can be pickled",
    "class C:\n    def m(self): return 1",
    "import pickle\nfrom m import C\nc = C()",
    "class C:\n    A = 1\n    def m(self): return 2",
    "pickle.loads(pickle.dumps(c)).m() == 2",
)
case(
    "a cached property takes its new body for new instances",
    "import functools\nclass C:\n    @functools.cached_property\n    def p(self): return 1",
    "from m import C",
    "import functools\nclass C:\n    @functools.cached_property\n    def p(self): return 2",
    "C().p == 2",
)
case(
    "a decorated method takes a new body",
    "def deco(fn):\n    def w(*a): return fn(*a) + 100\n    return w\nclass C:\n    @deco\n    def m(self): return 1",
    "from m import C\nc = C(); b = c.m",
    "def deco(fn):\n    def w(*a): return fn(*a) + 100\n    return w\nclass C:\n    @deco\n    def m(self): return 2",
    "c.m() == 102",
    "b() == 102",
)
case(
    "an lru_cache on a method does not answer with the old body",
    "import functools\nclass C:\n    @functools.lru_cache(None)\n    def m(self): return 1",
    "from m import C\nc = C(); c.m()",
    "import functools\nclass C:\n    @functools.lru_cache(None)\n    def m(self): return 2",
    "c.m() == 2",
)
case(
    "a class in a registry is there once and as itself",
    "R = []\ndef reg(c):\n    R.append(c)\n    return c\n@reg\nclass C:\n    A = 1",
    "import m",
    "R = []\ndef reg(c):\n    R.append(c)\n    return c\n@reg\nclass C:\n    A = 2",
    "m.R == [m.C]",
    "m.R[0].A == 2",
)
case(
    "a class registered in another module is there once and as itself",
    {
        "r.py": "R = {}\ndef reg(c):\n    R[c.__name__] = c\n    return c",
        "m.py": "import r\n@r.reg\nclass C:\n    A = 1",
    },
    "import r, m",
    {"m.py": "import r\n@r.reg\nclass C:\n    A = 2"},
    "r.R == {'C': m.C}",
    "m.C.A == 2",
)
case(
    "__init_subclass__ registers a subclass once",
    {
        "a.py": "class A:\n    subs = []\n    def __init_subclass__(cls):\n        A.subs.append(cls)",
        "m.py": "from a import A\nclass B(A):\n    X = 1",
    },
    "import a, m",
    {"m.py": "from a import A\nclass B(A):\n    X = 2"},
    "a.A.subs == [m.B]",
    "m.B.X == 2",
)
case(
    "__subclasses__ names each class once",
    "class A: pass\nclass B(A):\n    X = 1",
    "import m",
    "class A: pass\nclass B(A):\n    X = 2",
    "m.A.__subclasses__() == [m.B]",
)
case(
    "__set_name__ is called for a new descriptor",
    "class D:\n    def __set_name__(self, o, n): self.n = n\n    def __get__(self, i, o): return self.n\nclass C:\n    a = D()",
    "from m import C\nc = C()",
    "class D:\n    def __set_name__(self, o, n): self.n = n\n    def __get__(self, i, o): return self.n\nclass C:\n    a = D()\n    b = D()",
    "c.b == 'b'",
    "c.a == 'a'",
)
case(
    "a singleton made at import keeps its state when a method changes",
    "class S:\n    def __init__(self): self.n = 0\n    def up(self): self.n += 1\ns = S()",
    "import m\nm.s.up(); m.s.up()\nold = m.s",
    "class S:\n    def __init__(self): self.n = 0\n    def up(self): self.n += 10\ns = S()",
    "m.s is old",
    "m.s.n == 12",
    then="m.s.up()",
)
case(
    "total_ordering follows a changed comparison",
    "import functools\n@functools.total_ordering\nclass C:\n    def __init__(self, v): self.v = v\n    def __eq__(self, o): return self.v == o.v\n    def __lt__(self, o): return self.v < o.v",
    "from m import C\na, b = C(1), C(2)",
    "import functools\n@functools.total_ordering\nclass C:\n    def __init__(self, v): self.v = v\n    def __eq__(self, o): return self.v == o.v\n    def __lt__(self, o): return self.v > o.v",
    "b < a",
    "a >= b",
)
case(
    "a class used as a decorator argument or table key stays one class",
    "class C:\n    A = 1\nT = {C: 'c'}",
    "import m\nfrom m import C",
    "class C:\n    A = 2\nT = {C: 'c'}",
    "m.T[C] == 'c'",
    "len(m.T) == 1",
)
case(
    "a protocol goes on matching",
    "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass P(Protocol):\n    def m(self): ...",
    "from m import P\nclass X:\n    def m(self): ...\n    def k(self): ...\nclass Y:\n    def m(self): ...",
    "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass P(Protocol):\n    def m(self): ...\n    def k(self): ...",
    "isinstance(X(), P)",
    needs=(3, 12),
)
