# ruff: noqa: E501
"""Classes of every make: what their old instances, subclasses and holders see."""

from catalogue import case

case(
    "a class that gains a base in front of another keeps its identity",
    "class X: pass\nclass A: pass\nclass B(X, A): pass",
    "from m import A, B\na, b = A(), B()",
    "class X:\n    def x(self): return 1\nclass A(X): pass\nclass B(A): pass",
    "a.x() == 1",
    "b.x() == 1",
    "isinstance(b, A)",
    "type(b) is B",
)
case(
    "subclasses are named once after an edit of a subclass",
    "class A: pass\nclass B(A):\n    X = 1",
    "import m",
    ["class A: pass\nclass B(A):\n    X = 2", "class A:\n    Y = 1\nclass B(A):\n    X = 3"],
    "m.A.__subclasses__() == [m.B]",
)
case(
    "a subclass that is taken away is no longer named by its base",
    "class A: pass\nclass B(A): pass\nclass C(A): pass",
    "import m",
    "class A: pass\nclass B(A): pass",
    "m.A.__subclasses__() == [m.B]",
)
case(
    "a runtime protocol with another member matches by it",
    "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass P(Protocol):\n    def a(self): ...",
    "from m import P\nclass N:\n    def a(self): ...\nisinstance(N(), P)",
    "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass P(Protocol):\n    def a(self): ...\n    def b(self): ...",
    "not isinstance(N(), P)",
)
case(
    "a typed dictionary takes another key",
    "from typing import TypedDict\nclass T(TypedDict):\n    a: int",
    "from m import T",
    "from typing import TypedDict\nclass T(TypedDict, total=False):\n    a: int\n    b: str",
    "set(T.__annotations__) == {'a', 'b'}",
    "T.__optional_keys__ == {'a', 'b'}",
    "T.__required_keys__ == frozenset()",
)
case(
    "the type variables of a generic class follow",
    "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass G(Generic[T]):\n    def m(self): return 1",
    "from m import G\ng = G[int]()",
    "from typing import Generic, TypeVar\nT = TypeVar('T')\nU = TypeVar('U')\nclass G(Generic[T, U]):\n    def m(self): return 2",
    "len(G.__parameters__) == 2",
    "g.m() == 2",
    "G[int, str]",
)
case(
    "an enumeration with a rule for missing values follows",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    @classmethod\n    def _missing_(cls, v): return cls.A",
    "from m import E\na = E.A",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\n    @classmethod\n    def _missing_(cls, v): return cls.B",
    "E(99) is E.B",
    "E.A is a",
)
case(
    "an enumeration in another order is in that order",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2",
    "from m import E\na, b = E.A, E.B",
    "import enum\nclass E(enum.Enum):\n    B = 2\n    A = 1",
    "list(E) == [b, a]",
    "a is E.A",
)
case(
    "an enumeration's alias becomes a member",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 1",
    "from m import E",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2",
    "[m.name for m in E] == ['A', 'B']",
    "E.B.value == 2",
    "E(2) is E.B",
)
case(
    "an enumeration's member becomes an alias",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2",
    "from m import E",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 1",
    "E.B is E.A",
    "len(E) == 1",
)
case(
    "members with fields of their own take new ones",
    "import enum\nclass P(enum.Enum):\n    EARTH = (1, 'e')\n    def __init__(self, n, tag): self.n, self.tag = n, tag",
    "from m import P\ne = P.EARTH",
    "import enum\nclass P(enum.Enum):\n    EARTH = (3, 'x')\n    def __init__(self, n, tag): self.n, self.tag = n * 10, tag",
    "(e.n, e.tag) == (30, 'x')",
    "e is P.EARTH",
)
case(
    "a dictionary keyed by members is found by them after an edit",
    "import enum\nclass E(enum.Enum):\n    A = 1\nD = {E.A: 'a'}",
    "from m import E, D\nmine = {E.A: 1}",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    def m(self): return 5\nD = {E.A: 'a'}",
    "D[E.A] == 'a'",
    "mine[E.A] == 1",
    "E.A.m() == 5",
)
case(
    "an integer flag with old combinations follows",
    "import enum\nclass F(enum.Flag):\n    A = 1\n    B = 2",
    "from m import F\nab = F.A | F.B",
    "import enum\nclass F(enum.Flag):\n    A = 1\n    B = 2\n    C = 4\n    def both(self): return F.A in self and F.B in self",
    "ab.both()",
    "ab == F.A | F.B",
)
case(
    "a dataclass with keyword-only and init-only fields follows",
    "from dataclasses import dataclass, field, InitVar\n@dataclass\nclass C:\n    x: int = 1\n    s: InitVar[int] = 2\n    def __post_init__(self, s): self.y = s",
    "from m import C",
    "from dataclasses import dataclass, field, InitVar\n@dataclass(kw_only=True, order=True)\nclass C:\n    x: int = 1\n    s: InitVar[int] = 5\n    def __post_init__(self, s): self.y = s * 2",
    "C(x=3).y == 10",
    "C(x=1) < C(x=2)",
    "C.__match_args__ == ()",
)
case(
    "a dataclass's factory that changes makes new values",
    "from dataclasses import dataclass, field\ndef make(): return [1]\n@dataclass\nclass C:\n    x: list = field(default_factory=make)",
    "from m import C\nc = C()",
    "from dataclasses import dataclass, field\ndef make(): return [2]\n@dataclass\nclass C:\n    x: list = field(default_factory=make)",
    "C().x == [2]",
    "c.x == [1]",
)
case(
    "a dataclass that is no longer frozen can be written",
    "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass C:\n    x: int = 1",
    "from m import C\nc = C()",
    "from dataclasses import dataclass\n@dataclass\nclass C:\n    x: int = 1",
    "c.x == 5",
    then="c.x = 5",
)
case(
    "a dataclass that becomes frozen refuses writing",
    "from dataclasses import dataclass\n@dataclass\nclass C:\n    x: int = 1",
    "from m import C\nc = C()",
    "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass C:\n    x: int = 1",
    "refused",
    "hash(c) == hash(C())",
    then="try:\n    c.x = 5\nexcept AttributeError:\n    refused = True",
)
case(
    "a field of a base in another module reaches a dataclass two modules away",
    {
        "a.py": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1",
        "b.py": "from a import A\nfrom dataclasses import dataclass\n@dataclass\nclass B(A):\n    y: int = 2",
        "m.py": "from b import B\nfrom dataclasses import dataclass\n@dataclass\nclass C(B):\n    z: int = 3",
    },
    "from m import C",
    {
        "a.py": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\n    w: int = 9"
    },
    "C().w == 9",
    "repr(C()) == 'C(x=1, w=9, y=2, z=3)'",
)
case(
    "a dataclass used as a default of another follows",
    "from dataclasses import dataclass, field, asdict\n@dataclass(frozen=True)\nclass In:\n    k: int = 1\n@dataclass\nclass Out:\n    i: In = In()",
    "from m import Out, asdict",
    "from dataclasses import dataclass, field, asdict\n@dataclass(frozen=True)\nclass In:\n    k: int = 7\n@dataclass\nclass Out:\n    i: In = In()",
    "asdict(Out()) == {'i': {'k': 7}}",
)
case(
    "a property's setter that is taken away is gone",
    "class C:\n    _x = 1\n    @property\n    def x(self): return self._x\n    @x.setter\n    def x(self, v): self._x = v",
    "from m import C\nc = C()",
    "class C:\n    _x = 1\n    @property\n    def x(self): return self._x + 1",
    "c.x == 2",
    "refused",
    then="try:\n    c.x = 5\nexcept AttributeError:\n    refused = True",
)
case(
    "a property becomes a cached property for old instances",
    "class C:\n    @property\n    def x(self): return 1",
    "from m import C\nc = C()",
    "import functools\nclass C:\n    @functools.cached_property\n    def x(self): return 2",
    "c.x == 2",
    "vars(c) == {'x': 2}",
)
case(
    "a plain attribute becomes a property and back",
    "class C:\n    x = 1",
    "from m import C\nc = C()",
    ["class C:\n    @property\n    def x(self): return 2", "class C:\n    x = 3"],
    "c.x == 3",
    "C.x == 3",
)
case(
    "a descriptor's data is kept when something else of the class changes",
    "import weakref\nclass D:\n    def __init__(self): self.data = weakref.WeakKeyDictionary()\n    def __set__(self, i, v): self.data[i] = v\n    def __get__(self, i, o): return self if i is None else self.data[i]\nclass C:\n    d = D()\n    K = 1",
    "from m import C\nc = C()\nc.d = 5",
    "import weakref\nclass D:\n    def __init__(self): self.data = weakref.WeakKeyDictionary()\n    def __set__(self, i, v): self.data[i] = v\n    def __get__(self, i, o): return self if i is None else self.data[i]\nclass C:\n    d = D()\n    K = 2",
    "c.d == 5",
    "C.K == 2",
)
case(
    "a descriptor that learns its name learns the new one",
    "class D:\n    def __set_name__(self, o, n): self.n = n\n    def __get__(self, i, o): return self.n\nclass C:\n    a = D()",
    "from m import C",
    "class D:\n    def __set_name__(self, o, n): self.n = n\n    def __get__(self, i, o): return self.n\nclass C:\n    b = D()",
    "C.b == 'b'",
    "not hasattr(C, 'a')",
)
case(
    "a singleton made in __new__ stays one",
    "class S:\n    _one = None\n    def __new__(cls):\n        if cls._one is None: cls._one = super().__new__(cls)\n        return cls._one\n    def m(self): return 1",
    "from m import S\ns = S()\ns.v = 5",
    "class S:\n    _one = None\n    K = 1\n    def __new__(cls):\n        if cls._one is None: cls._one = super().__new__(cls)\n        return cls._one\n    def m(self, x=2): return x",
    "S() is s",
    "s.m() == 2",
    "s.v == 5",
)
case(
    "a class attribute list filled below the class is filled anew",
    "class C:\n    items = []\nC.items.append(1)\nC.items.append(2)",
    "from m import C",
    "class C:\n    items = [0]\nC.items.append(1)\nC.items.append(2)",
    "C.items == [0, 1, 2]",
)
case(
    "a class made by type() follows",
    "def f(self): return 1\nC = type('C', (), {'f': f, 'k': 1})",
    "from m import C\nc = C()",
    "def f(self): return 2\nC = type('C', (dict,), {'f': f, 'k': 5})",
    "C.k == 5",
    "C().f() == 2",
    "issubclass(C, dict)",
)
case(
    "a class made by a function follows its body for old instances",
    "def make(n):\n    class L:\n        def m(self): return n\n    return L\nL = make(1)",
    "from m import L, make\no = L()\nmine = make(7)()",
    "def make(n):\n    class L:\n        def m(self): return n + 10\n    return L\nL = make(1)",
    "L().m() == 11",
    "o.m() == 11",
    "mine.m() == 17",
)
case(
    "a local class's method that gains a parameter is for new ones",
    "def make():\n    class L:\n        def m(self): return 1\n    return L",
    "from m import make\no = make()()",
    "def make():\n    class L:\n        def m(self, x=2): return x\n    return L",
    "make()().m() == 2",
)
case(
    "an instance's own attribute is kept when the class gets a property of another name",
    "class C:\n    def __init__(self): self.v = 1",
    "from m import C\nc = C()",
    "class C:\n    def __init__(self): self.w = 1\n    @property\n    def total(self): return getattr(self, 'v', 0) + getattr(self, 'w', 0)",
    "c.total == 1",
    "C().total == 1",
)
case(
    "slots: methods that use super() find their class",
    "class A:\n    __slots__ = ()\n    def m(self): return 1\nclass B(A):\n    __slots__ = ('v',)\n    def m(self): return super().m()",
    "from m import B\nb = B()",
    "class A:\n    __slots__ = ()\n    def m(self): return 5\nclass B(A):\n    __slots__ = ('v',)\n    def m(self, k=1): return super().m() + k",
    "b.m() == 6",
)
case(
    "a decorated method that gains super() finds its class",
    "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a)\n    return w\nclass A:\n    def m(self): return 1\nclass B(A):\n    @deco\n    def m(self): return 2",
    "from m import B\nb = B()\nbound = b.m",
    "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a)\n    return w\nclass A:\n    def m(self): return 1\nclass B(A):\n    @deco\n    def m(self): return super().m() + 10",
    "b.m() == 11",
    "bound() == 11",
)
case(
    "__class__ in a nested function of a method is the class",
    "class A:\n    def m(self):\n        def inner(): return __class__\n        return inner()",
    "from m import A\na = A()",
    "class A:\n    K = 1\n    def m(self, x=1):\n        def inner(): return __class__\n        return inner()",
    "a.m() is A",
)
case(
    "hash and equality taken away are object's again",
    "class C:\n    def __eq__(self, o): return True\n    def __hash__(self): return 1",
    "from m import C\na, b = C(), C()",
    "class C: pass",
    "a != b",
    "hash(a) == object.__hash__(a)",
)
case(
    "equality without hash makes old instances unhashable",
    "class C: pass",
    "from m import C\na = C()",
    "class C:\n    def __eq__(self, o): return True",
    "C.__hash__ is None",
    "a == 1",
)
case(
    "context manager methods that are added work on old instances",
    "class C: pass",
    "from m import C\nc = C()",
    "class C:\n    def __enter__(self): return 7\n    def __exit__(self, *a): return True",
    "got == 7",
    then="with c as got:\n    raise ValueError",
)
case(
    "iteration, length, call and attribute lookup that are added work on old instances",
    "class C: pass",
    "from m import C\nc = C()",
    "class C:\n    def __iter__(self): return iter((1, 2))\n    def __len__(self): return 2\n    def __call__(self): return 'called'\n    def __getattr__(self, n): return n",
    "list(c) == [1, 2]",
    "len(c) == 2",
    "c() == 'called'",
    "c.zzz == 'zzz'",
)
case(
    "attribute lookup taken away is gone",
    "class C:\n    def __getattr__(self, n): return n\n    def __setattr__(self, n, v): raise TypeError",
    "from m import C\nc = C()",
    "class C: pass",
    "not hasattr(c, 'zzz')",
    "c.a == 1",
    then="c.a = 1",
)
case(
    "a subclass of a builtin keeps its content and gets new methods",
    "class D(dict):\n    def total(self): return sum(self.values())\nclass S(str): pass\nclass N(int): pass",
    "from m import D, S, N\nd, s, n = D(a=1), S('x'), N(5)",
    "class D(dict):\n    K = 1\n    def total(self, k=10): return sum(self.values()) + k\nclass S(str):\n    def up(self): return self.upper()\nclass N(int):\n    def __add__(self, o): return 'sum'",
    "d.total() == 11",
    "s.up() == 'X'",
    "n + 1 == 'sum'",
)
case(
    "a class whose layout changes is replaced and the report says so",
    "class C:\n    def m(self): return 1",
    "from m import C\nc = C()",
    "class C(int):\n    def m(self): return 2",
    "C(5).m() == 2",
    "C(5) + 1 == 6",
    "c.m() == 2",
    kept="instance",
)
case(
    "an exception that gets fields is caught and has them",
    "class E(Exception): pass\ndef f(): raise E('a')",
    "from m import f, E",
    "class E(Exception):\n    def __init__(self, *a, code=5):\n        super().__init__(*a)\n        self.code = code\ndef f(): raise E('a', code=7)",
    "code == 7",
    then="try:\n    f()\nexcept E as e:\n    code = e.code",
)
case(
    "a tuple of exceptions in another module catches the class",
    {
        "a.py": "class E(Exception): pass\nclass F(Exception): pass",
        "m.py": "from a import E, F\nERRORS = (E, F)\ndef g(x):\n    try:\n        raise x\n    except ERRORS:\n        return 'caught'",
    },
    "import a\nfrom m import g",
    {"a.py": "class E(Exception):\n    k = 1\nclass F(E): pass"},
    "g(a.F()) == 'caught'",
    "g(a.E()) == 'caught'",
)
case(
    "a class in the notebook overrides a method that changes its signature",
    "class C:\n    def m(self): return 1\n    def run(self): return self.m()",
    "from m import C\nclass D(C):\n    def m(self): return super().m() + 100\nd = D()",
    "class C:\n    def m(self, k=5): return k\n    def run(self): return self.m() * 2",
    "d.run() == 210",
)
case(
    "a decorator that makes another class follows",
    "def deco(c):\n    return type(c.__name__, (c,), {'tag': 1, '__module__': c.__module__})\n@deco\nclass C:\n    def m(self): return 1",
    "from m import C\nc = C()",
    "def deco(c):\n    return type(c.__name__, (c,), {'tag': 2, '__module__': c.__module__})\n@deco\nclass C:\n    def m(self): return 2",
    "C.tag == 2",
    "C().m() == 2",
    "c.m() == 2",
    "isinstance(c, C)",
)
case(
    "abstract classes: a class that implements what is asked can be made",
    {
        "a.py": "import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...",
        "m.py": "from a import A\nclass B(A):\n    def f(self): return 1",
    },
    "from m import B\nb = B()",
    {
        "a.py": "import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\n    @abc.abstractmethod\n    def g(self): ...",
        "m.py": "from a import A\nclass B(A):\n    def f(self): return 1\n    def g(self): return 2",
    },
    "B().g() == 2",
    "b.g() == 2",
)
case(
    "abstract classes: a subclass in another module lacks what is asked anew",
    {
        "a.py": "import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...",
        "m.py": "from a import A\nclass B(A):\n    def f(self): return 1",
    },
    "from m import B",
    {
        "a.py": "import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\n    @abc.abstractmethod\n    def g(self): ..."
    },
    "refused",
    then="try:\n    B()\nexcept TypeError:\n    refused = True",
)
case(
    "a parameterised class follows",
    "class C[T]:\n    def m(self) -> T: return 1\ndef f[T](x: T) -> T: return x\ntype Alias = list[int]",
    "from m import C, f, Alias\nc = C[int]()\nL = [f]",
    "class C[T, U]:\n    def m(self) -> T: return 2\n    def n(self): return 3\ndef f[T](x: T) -> T: return [x]\ntype Alias = dict[str, int]",
    "c.m() == 2",
    "c.n() == 3",
    "len(C.__type_params__) == 2",
    "L[0](1) == [1]",
    "Alias.__value__ == dict[str, int]",
    needs=(3, 12),
)
case(
    "a subclass elsewhere of a class that is replaced by one of the same name has the new methods",
    {
        "a.py": "class C:\n    def m(self): return 1",
        "m.py": "from a import C\nclass D(C): pass\nd = D()",
    },
    "import a\nfrom m import d, D",
    {"a.py": "class Base:\n    def n(self): return 5\nclass C(Base):\n    def m(self): return 2"},
    "d.m() == 2",
    "d.n() == 5",
    "isinstance(d, a.C)",
)
