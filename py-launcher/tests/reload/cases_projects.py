# ruff: noqa: E501
"""Projects as they change: packages, moves, circles, paths, errors in odd places."""

from catalogue import case

case(
    "a source layout below the root is followed",
    {
        "src/q/__init__.py": "",
        "src/q/a.py": "X = 1",
        "src/q/b.py": "from q.a import X\nY = X",
        "m.py": "import sys, os\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'src'))\nimport q.b\nZ = q.b.Y",
    },
    "import m",
    {"src/q/a.py": "X = 5"},
    "m.Z == 5",
    "m.q.b.Y == 5",
    then="import sys; sys.path.pop(0)",
)
case(
    "a package is renamed as a whole",
    {
        "old/__init__.py": "from .a import f",
        "old/a.py": "from . import b\ndef f(): return b.K",
        "old/b.py": "K = 1",
        "m.py": "from old import f",
    },
    "import m",
    {
        "old/__init__.py": None,
        "old/a.py": None,
        "old/b.py": None,
        "new/__init__.py": "from .a import f",
        "new/a.py": "from . import b\ndef f(): return b.K",
        "new/b.py": "K = 2",
        "m.py": "from new import f",
    },
    "m.f() == 2",
    "'old.b' not in __import__('sys').modules",
)
case(
    "two modules exchange their contents",
    {
        "a.py": "X = 'a'\ndef f(): return 'a'",
        "b.py": "X = 'b'\ndef f(): return 'b'",
        "m.py": "import a, b\nfrom a import f\nT = a.X + b.X",
    },
    "import m",
    {"a.py": "X = 'b'\ndef f(): return 'b'", "b.py": "X = 'a'\ndef f(): return 'a'"},
    "m.T == 'ba'",
    "m.f() == 'b'",
)
case(
    "a name moves from one module to another with all who import it",
    {
        "a.py": "K = 1\ndef f(): return K",
        "b.py": "",
        "m.py": "from a import K, f\nV = f() + K",
        "n.py": "from a import K\nW = K",
    },
    "import m, n",
    {
        "a.py": "",
        "b.py": "K = 5\ndef f(): return K",
        "m.py": "from b import K, f\nV = f() + K",
        "n.py": "from b import K\nW = K",
    },
    "m.V == 10",
    "n.W == 5",
)
case(
    "a module becomes a package with its contents in a submodule",
    {
        "u.py": "def f(): return 1\nclass C:\n    def m(self): return 1",
        "m.py": "from u import f, C\nc = C()",
    },
    "from m import f, c, C",
    {
        "u.py": None,
        "u/__init__.py": "from .impl import f, C",
        "u/impl.py": "def f(): return 2\nclass C:\n    def m(self): return 2",
    },
    "f() == 2",
    "c.m() == 2",
    "C().m() == 2",
    "isinstance(c, C)",
)
case(
    "a package becomes a module with the contents of its submodule",
    {
        "u/__init__.py": "from .impl import f",
        "u/impl.py": "def f(): return 1",
        "m.py": "from u import f",
    },
    "from m import f",
    {"u/__init__.py": None, "u/impl.py": None, "u.py": "def f(): return 2"},
    "f() == 2",
    "'u.impl' not in __import__('sys').modules",
)
case(
    "a submodule that shares its name with a function of its package changes sides",
    {"p/__init__.py": "from .run import run", "p/run.py": "def run(): return 1"},
    "import p",
    {"p/__init__.py": "from . import run"},
    "p.run.run() == 1",
)
case(
    "a circle of three modules follows",
    {
        "a.py": "import b\nX = 1\ndef f(): return b.g()",
        "b.py": "import c\ndef g(): return c.h()",
        "c.py": "import a\ndef h(): return a.X",
    },
    "import a",
    {
        "a.py": "import b\nX = 5\ndef f(): return b.g() + 1",
        "c.py": "import a\ndef h(): return a.X * 10",
    },
    "a.f() == 51",
)
case(
    "a circle that is opened follows",
    {"a.py": "import b\nX = 1", "b.py": "import a\ndef g(): return a.X"},
    "import a, b",
    {"a.py": "X = 5", "b.py": "from a import X\nY = X\ndef g(): return X"},
    "b.g() == 5",
    "b.Y == 5",
    "not hasattr(a, 'b')",
)
case(
    "an import that becomes lazy and back follows",
    {"a.py": "X = 1", "m.py": "import a\ndef f(): return a.X"},
    "import m",
    [
        {"m.py": "def f():\n    import a\n    return a.X"},
        {"a.py": "X = 5"},
        {"a.py": "X = 7", "m.py": "from a import X\ndef f(): return X"},
    ],
    "m.f() == 7",
)
case(
    "a lazy attribute of a package is not in the way of a submodule of its name",
    {
        "p/__init__.py": "def __getattr__(n):\n    if n == 'late': return 'lazy'\n    raise AttributeError(n)"
    },
    "import p\nv = p.late",
    {"p/late.py": "X = 1", "p/__init__.py": "from . import late"},
    "p.late.X == 1",
)
case(
    "a package that lists its names by dir() follows",
    {
        "p/__init__.py": "from .a import f\n__all__ = [n for n in dir() if not n.startswith('_')]",
        "p/a.py": "def f(): return 1\ndef g(): return 2",
    },
    "import p",
    {"p/__init__.py": "from .a import f, g\n__all__ = [n for n in dir() if not n.startswith('_')]"},
    "sorted(p.__all__) == ['a', 'f', 'g']",
)
case(
    "a list of all names by globals() follows new names",
    "A = 1\nNAMES = sorted(n for n in globals() if n.isupper())",
    "import m",
    "A = 1\nB = 2\nNAMES = sorted(n for n in globals() if n.isupper())",
    "m.NAMES == ['A', 'B']",
)
case(
    "__all__ joined from submodules follows",
    {
        "p/__init__.py": "from . import a, b\nfrom .a import *\nfrom .b import *\n__all__ = a.__all__ + b.__all__",
        "p/a.py": "__all__ = ['x']\nx = 1\ny = 2",
        "p/b.py": "__all__ = ['z']\nz = 3",
        "m.py": "from p import *\nS = x + z",
    },
    "import m, p",
    {"p/a.py": "__all__ = ['x', 'y']\nx = 10\ny = 2"},
    "p.__all__ == ['x', 'y', 'z']",
    "m.y == 2",
    "m.S == 13",
)
case(
    "a from-import of a module through a package alias follows",
    {
        "p/__init__.py": "",
        "p/a.py": "X = 1",
        "m.py": "import p.a as pa\nfrom p import a as a2\nV = pa.X + a2.X",
    },
    "import m",
    {"p/a.py": "X = 5"},
    "m.V == 10",
)
case(
    "a relative import that changes its level follows",
    {
        "p/__init__.py": "",
        "p/k.py": "K = 1",
        "p/s/__init__.py": "",
        "p/s/k.py": "K = 2",
        "p/s/m.py": "from .k import K\nV = K",
    },
    "import p.s.m",
    {"p/s/m.py": "from ..k import K\nV = K"},
    "p.s.m.V == 1",
)
case(
    "an error in a metaclass takes everything back",
    "class Meta(type): pass\nclass C(metaclass=Meta):\n    def m(self): return 1\nX = 1",
    "import m\nc = m.C()",
    "class Meta(type):\n    def __init__(cls, *a): raise RuntimeError('meta')\nclass C(metaclass=Meta):\n    def m(self): return 2\nX = 2",
    "c.m() == 1",
    "m.X == 1",
    "type(c) is m.C",
    fails="meta",
)
case(
    "an error in a decorator takes everything back",
    "def deco(f): return f\n@deco\ndef f(): return 1\nL = [f]",
    "import m\nf = m.f",
    "def deco(f): raise RuntimeError('deco')\n@deco\ndef f(): return 2\nL = [f]",
    "f() == 1",
    "m.L == [f]",
    "m.deco(5) == 5",
    fails="deco",
)
case(
    "an error when names are set takes everything back",
    "class D:\n    def __set_name__(self, o, n): self.n = n\nclass C:\n    a = D()",
    "import m",
    "class D:\n    def __set_name__(self, o, n): raise ValueError('named')\nclass C:\n    a = D()\n    b = D()",
    "m.C.a.n == 'a'",
    "not hasattr(m.C, 'b')",
    fails="Error",
)
case(
    "an endless recursion at import is refused and undone",
    "def f(n): return 1\nX = f(1)",
    "import m",
    "def f(n): return f(n + 1)\nX = f(1)",
    "m.f(1) == 1",
    "m.X == 1",
    fails="RecursionError",
)
case(
    "an interrupt at import is refused and undone",
    "X = 1",
    "import m",
    "X = 2\nraise KeyboardInterrupt",
    "m.X == 1",
    fails="KeyboardInterrupt",
)
case(
    "an error after names were bound by globals() takes them back",
    "globals().update(A=1)\nX = 1",
    "import m",
    "globals().update(A=2, B=3)\nX = 1 / 0",
    "m.A == 1",
    "not hasattr(m, 'B')",
    fails="ZeroDivisionError",
)
case(
    "an error in a dependant takes a purged registry back",
    {
        "a.py": "R = []\nclass Base:\n    subs = []\n    def __init_subclass__(cls): Base.subs.append(cls)\nclass A(Base): pass\nclass B(Base): pass",
        "m.py": "import a\nN = len(a.Base.subs)\nassert N",
    },
    "import m, a",
    {
        "a.py": "R = []\nclass Base:\n    subs = []\n    def __init_subclass__(cls): Base.subs.append(cls)\nclass A(Base): pass",
        "m.py": "import a\nN = 1 / 0",
    },
    "[c.__name__ for c in a.Base.subs] == ['A', 'B']",
    "a.B in a.Base.subs",
    fails="ZeroDivisionError",
)
case(
    "a warning turned into an error is refused like an error",
    "import warnings\nX = 1",
    "import m",
    "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n    warnings.warn('now')\nX = 2",
    "m.X == 1",
    fails="UserWarning",
)
case(
    "an indentation that mixes tabs and spaces is refused with its line",
    "def f():\n    return 1",
    "import m",
    "def f():\n    if True:\n\treturn 2\n",
    "m.f() == 1",
    fails="Error",
)
case(
    "names used before a future import are refused",
    "X = 1",
    "import m",
    "X = 2\nfrom __future__ import annotations",
    "m.X == 1",
    fails="__future__",
)
case(
    "a module that replaces itself in sys.modules is named as kept",
    "import sys\nclass Lazy:\n    X = 1\nsys.modules[__name__] = Lazy()",
    "import m\no = m",
    "import sys\nclass Lazy:\n    X = 2\nsys.modules[__name__] = Lazy()",
    kept="replaced itself",
)
case(
    "a module with a class of its own takes new attributes",
    "import sys, types\nclass M(types.ModuleType):\n    @property\n    def now(self): return 1\nsys.modules[__name__].__class__ = M\nX = 1",
    "import m",
    "import sys, types\nclass M(types.ModuleType):\n    @property\n    def now(self): return 2\nsys.modules[__name__].__class__ = M\nX = 2",
    "m.now == 2",
    "m.X == 2",
)
case(
    "a file under two names keeps both in step through a dependant",
    {
        "p/__init__.py": "import sys, os\nsys.path.insert(0, os.path.dirname(__file__))",
        "p/a.py": "X = 1",
        "m.py": "import p\nimport p.a\nimport a\nV = (p.a.X, a.X)",
    },
    "import m",
    {"p/a.py": "X = 5"},
    "m.V == (5, 5)",
    then="import sys; sys.path.pop(0)",
)
case(
    "a folder of modules without __init__ takes a new module",
    {"ns/a.py": "X = 1", "m.py": "from ns import a"},
    "import m",
    {"ns/b.py": "Y = 5", "m.py": "from ns import a, b\nV = a.X + b.Y"},
    "m.V == 6",
)
case(
    "only type hints change and nothing else runs",
    "from typing import TYPE_CHECKING\nLOG = []\ndef f(x: int) -> int: return x",
    "from m import f\nimport m\nlog = m.LOG",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from elsewhere import Thing\nLOG = []\ndef f(x: 'Thing') -> 'Thing': return x",
    "m.LOG is log",
    "f.__annotations__ == {'x': 'Thing', 'return': 'Thing'}",
)
case(
    "an await at the bottom of a module is refused as a syntax error",
    "X = 1",
    "import m",
    "X = 2\nawait X",
    "m.X == 1",
    fails="SyntaxError",
)
case(
    "an old and a new name of a function live side by side",
    "def old(): return 1\nV = old()",
    "from m import old",
    "def new(x=5): return x\nold = new\nV = old()",
    "old() == 5",
    "__import__('m').V == 5",
)
case(
    "a constant that becomes a property of a settings object follows",
    {
        "cfg.py": "class S:\n    DEBUG = False\ns = S()",
        "m.py": "from cfg import s\nLEVEL = 10 if s.DEBUG else 20",
    },
    "import m",
    {"cfg.py": "class S:\n    @property\n    def DEBUG(self): return True\ns = S()"},
    "m.LEVEL == 10",
)
case(
    "settings made by a class method follow its constants",
    {
        "cfg.py": "HOST = 'a'\nclass S:\n    def __init__(self, url): self.url = url\n    @classmethod\n    def load(cls): return cls(url_of())\ndef url_of(): return 'http://' + HOST\ns = S.load()",
        "m.py": "from cfg import s\nU = s.url",
    },
    "import m",
    {
        "cfg.py": "HOST = 'b'\nclass S:\n    def __init__(self, url): self.url = url\n    @classmethod\n    def load(cls): return cls(url_of())\ndef url_of(): return 'http://' + HOST\ns = S.load()"
    },
    "m.U == 'http://b'",
)
