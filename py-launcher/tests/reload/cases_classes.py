# ruff: noqa: E501
"""Classes: methods on old instances, attributes, bases, slots, metaclasses, enumerations,
dataclasses."""

from catalogue import case

case(
    "an old instance has the new method body",
    "class C:\n    def m(self): return 1",
    "from m import C\nc = C()",
    "class C:\n    def m(self): return 2",
    "c.m() == 2",
    "isinstance(c, C)",
    "type(c) is C",
    runs=0,
)
case(
    "an old instance has a new method",
    "class C:\n    pass",
    "from m import C\nc = C()",
    "class C:\n    def m(self): return 2",
    "c.m() == 2",
    "type(c) is C",
    "C is __import__('m').C",
)
case(
    "a method taken away is gone from old instances",
    "class C:\n    def m(self): return 1",
    "from m import C\nc = C()",
    "class C:\n    pass",
    "not hasattr(c, 'm')",
)
case(
    "a bound method held by the notebook has the new body",
    "class C:\n    def m(self): return 1",
    "from m import C\nb = C().m",
    "class C:\n    def m(self): return 2",
    "b() == 2",
)
case(
    "a bound method has the new signature",
    "class C:\n    def m(self): return 1",
    "from m import C\nb = C().m",
    "class C:\n    def m(self, x=5): return x",
    "b() == 5",
    "b(6) == 6",
)
case(
    "a class attribute that changes is seen by old instances",
    "class C:\n    A = 1",
    "from m import C\nc = C()",
    "class C:\n    A = 2",
    "c.A == 2",
    "C.A == 2",
)
case(
    "a class attribute that counts keeps its count",
    "class C:\n    n = 0\n    def m(self): return 1",
    "from m import C\nC.n = 7",
    "class C:\n    n = 0\n    def m(self, x=1): return 2",
    "C.n == 7",
    "C().m() == 2",
)
case(
    "a class attribute computed from a constant follows",
    "K = 1\nclass C:\n    A = K",
    "from m import C",
    "K = 2\nclass C:\n    A = K",
    "C.A == 2",
)
case(
    "a class attribute computed from another follows",
    "class C:\n    A = 1\n    B = A + 1",
    "from m import C",
    "class C:\n    A = 5\n    B = A + 1",
    "C.B == 6",
)
case(
    "a class attribute that the user has added stays",
    "class C:\n    def m(self): return 1",
    "from m import C\nC.extra = 5",
    "class C:\n    A = 1\n    def m(self): return 2",
    "C.extra == 5",
)
case(
    "a subclass in another module inherits the new method",
    {"a.py": "class A:\n    def m(self): return 1", "m.py": "from a import A\nclass B(A): pass"},
    "from m import B\nb = B()",
    {"a.py": "class A:\n    def m(self): return 2"},
    "b.m() == 2",
)
case(
    "a subclass in the notebook inherits the new method",
    "class A:\n    def m(self): return 1",
    "from m import A\nclass B(A):\n    def m(self): return super().m() + 10\nb = B()",
    "class A:\n    def m(self): return 2\n    def k(self): return 3",
    "b.m() == 12",
    "b.k() == 3",
    "issubclass(B, A)",
)
case(
    "super() goes on working after the class is defined again",
    "class A:\n    def m(self): return 1\nclass B(A):\n    def m(self): return super().m() + 1",
    "from m import B\nb = B()",
    "class A:\n    X = 1\n    def m(self): return 10\nclass B(A):\n    X = 2\n    def m(self): return super().m() + 2",
    "b.m() == 12",
)
case(
    "super() added to a method finds the old class",
    "class A:\n    def m(self): return 1\nclass B(A):\n    def m(self): return 5",
    "from m import B\nb = B()\nbm = b.m",
    "class A:\n    def m(self): return 1\nclass B(A):\n    def m(self): return super().m() + 5",
    "b.m() == 6",
    "B().m() == 6",
    "bm() == 6",
)
case(
    "super(B, self) goes on working",
    "class A:\n    def m(self): return 1\nclass B(A):\n    def m(self): return super(B, self).m() + 1",
    "from m import B\nb = B()",
    "class A:\n    def m(self): return 1\nclass B(A):\n    def m(self): return super(B, self).m() + 2",
    "b.m() == 3",
)
case(
    "a method becomes a property",
    "class C:\n    def m(self): return 1",
    "from m import C\nc = C()",
    "class C:\n    @property\n    def m(self): return 2",
    "c.m == 2",
)
case(
    "a property becomes a method",
    "class C:\n    @property\n    def m(self): return 1",
    "from m import C\nc = C()",
    "class C:\n    def m(self): return 2",
    "c.m() == 2",
)
case(
    "a property takes a new body and a setter",
    "class C:\n    @property\n    def p(self): return 1",
    "from m import C\nc = C()",
    "class C:\n    @property\n    def p(self): return self.v\n    @p.setter\n    def p(self, v): self.v = v * 2",
    "c.p == 6",
    then="c.p = 3",
)
case(
    "a static method becomes a class method",
    "class C:\n    A = 5\n    @staticmethod\n    def m(): return 1",
    "from m import C\nc = C()",
    "class C:\n    A = 5\n    @classmethod\n    def m(cls): return cls.A",
    "c.m() == 5",
)
case(
    "static and class methods held by the notebook take new bodies",
    "class C:\n    @staticmethod\n    def s(): return 1\n    @classmethod\n    def k(cls): return 1",
    "from m import C\ns, k = C.s, C.k",
    "class C:\n    @staticmethod\n    def s(): return 2\n    @classmethod\n    def k(cls): return 2",
    "s() == 2",
    "k() == 2",
)
case(
    "a base class that is added is inherited by old instances",
    "class A:\n    def a(self): return 1\nclass C:\n    def m(self): return 1",
    "import m\nfrom m import C\nc = C()",
    "class A:\n    def a(self): return 1\nclass C(A):\n    def m(self): return 2",
    "c.a() == 1",
    "c.m() == 2",
    "type(c) is m.C",
    "isinstance(c, C)",
    "C is m.C",
)
case(
    "a base class that is exchanged is inherited by old instances",
    "class A:\n    def a(self): return 'a'\nclass B:\n    def a(self): return 'b'\nclass C(A): pass",
    "from m import C\nc = C()",
    "class A:\n    def a(self): return 'a'\nclass B:\n    def a(self): return 'b'\nclass C(B): pass",
    "c.a() == 'b'",
    "type(c) is C",
)
case(
    "a chain of base classes in three modules follows",
    {
        "a.py": "class A:\n    def m(self): return 1",
        "b.py": "from a import A\nclass B(A): pass",
        "m.py": "from b import B\nclass C(B):\n    def m(self): return super().m() + 1",
    },
    "from m import C\nc = C()",
    {"a.py": "class A:\n    Z = 1\n    def m(self): return 10"},
    "c.m() == 11",
    "c.Z == 1",
)
case(
    "a dunder method that changes is used by operators",
    "class C:\n    def __add__(self, o): return 1",
    "from m import C\nc = C()",
    "class C:\n    def __add__(self, o): return 2",
    "c + c == 2",
)
case(
    "repr, call, item and length follow",
    "class C: pass",
    "from m import C\nc = C()",
    "class C:\n    def __repr__(self): return 'R'\n    def __call__(self): return 'C'\n"
    "    def __getitem__(self, k): return k\n    def __len__(self): return 3",
    "repr(c) == 'R'",
    "c() == 'C'",
    "c[4] == 4",
    "len(c) == 3",
)
case(
    "__init__ that changes makes new instances and leaves old ones",
    "class C:\n    def __init__(self): self.v = 1",
    "from m import C\nc = C()",
    "class C:\n    def __init__(self): self.v = 2",
    "c.v == 1",
    "C().v == 2",
)
case(
    "slots that stay allow new methods",
    "class C:\n    __slots__ = ('v',)\n    def m(self): return 1",
    "from m import C\nc = C(); c.v = 3",
    "class C:\n    __slots__ = ('v',)\n    def m(self): return self.v\n    def k(self): return 1",
    "c.m() == 3",
    "c.k() == 1",
    "type(c) is C",
)
case(
    "slots that change are for new instances, and the report says so",
    "class C:\n    __slots__ = ('v',)\n    def m(self): return 1",
    "import m\nc = m.C(); c.v = 3",
    "class C:\n    __slots__ = ('v', 'w')\n    def m(self): return 2",
    "c.v == 3",
    "c.m() == 2",
    "m.C().m() == 2",
    kept="memory layout",
)
case(
    "a metaclass's new method acts on its classes",
    "class M(type):\n    def hello(cls): return 1\nclass C(metaclass=M): pass",
    "from m import C",
    "class M(type):\n    def hello(cls): return 2\nclass C(metaclass=M): pass",
    "C.hello() == 2",
)
case(
    "a class with a metaclass takes new methods",
    "class M(type):\n    pass\nclass C(metaclass=M):\n    def m(self): return 1",
    "from m import C\nc = C()",
    "class M(type):\n    pass\nclass C(metaclass=M):\n    def m(self): return 2\n    def k(self): return 3",
    "c.m() == 2",
    "c.k() == 3",
    "type(c) is C",
)
case(
    "a metaclass that is added acts",
    "class M(type):\n    def hello(cls): return 1\nclass C: pass",
    "import m\nc = m.C()",
    "class M(type):\n    def hello(cls): return 1\nclass C(metaclass=M): pass",
    "m.C.hello() == 1",
    "type(c) is m.C",
)
case(
    "an abstract method that is added forbids new instances",
    "import abc\nclass C(abc.ABC):\n    pass",
    "from m import C\nc = C()",
    "import abc\nclass C(abc.ABC):\n    @abc.abstractmethod\n    def m(self): ...",
    "failed",
    then="try:\n    C()\n    failed = False\nexcept TypeError:\n    failed = True",
)
case(
    "an abstract method that is taken away allows new instances",
    "import abc\nclass C(abc.ABC):\n    @abc.abstractmethod\n    def m(self): ...",
    "from m import C",
    "import abc\nclass C(abc.ABC):\n    def m(self): return 1",
    "C().m() == 1",
)
case(
    "virtual subclasses stay registered",
    "import abc\nclass C(abc.ABC):\n    def m(self): return 1",
    "from m import C\nC.register(int)",
    "import abc\nclass C(abc.ABC):\n    A = 1\n    def m(self): return 2",
    "isinstance(3, C)",
    "C.A == 1",
)
case(
    "a nested class takes new methods",
    "class C:\n    class D:\n        def m(self): return 1",
    "from m import C\nd = C.D()",
    "class C:\n    class D:\n        X = 1\n        def m(self): return 2",
    "d.m() == 2",
    "type(d) is C.D",
    "d.X == 1",
)
case(
    "a generic class takes new methods",
    "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass C(Generic[T]):\n    def m(self): return 1",
    "from m import C\nc = C[int]()",
    "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass C(Generic[T]):\n    X = 1\n    def m(self): return 2",
    "c.m() == 2",
    "c.X == 1",
    "isinstance(c, C)",
)
