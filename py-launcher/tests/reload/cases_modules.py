"""Modules and packages: imports, moves, deletions, names and files."""

from catalogue import case

case(
    "a package's re-export follows a constant of a submodule",
    {"pkg/__init__.py": "from .a import X", "pkg/a.py": "X = 1"},
    "import pkg\nfrom pkg import X",
    {"pkg/a.py": "X = 2"},
    "pkg.X == 2",
    "X == 2",
)
case(
    "a package's re-export follows a function of a submodule",
    {"pkg/__init__.py": "from .a import f", "pkg/a.py": "def f(): return 1"},
    "from pkg import f",
    {"pkg/a.py": "def f(): return 2"},
    "f() == 2",
)
case(
    "deep relative imports follow",
    {
        "p/__init__.py": "",
        "p/q/__init__.py": "",
        "p/q/r/__init__.py": "",
        "p/base.py": "X = 1",
        "p/q/r/leaf.py": "from ...base import X\nfrom ... import base\nY = X + base.X",
    },
    "from p.q.r import leaf",
    {"p/base.py": "X = 5"},
    "leaf.Y == 10",
)
case(
    "a namespace package's module follows",
    {"ns/a.py": "X = 1"},
    "from ns import a\nimport ns.a",
    {"ns/a.py": "X = 2"},
    "a.X == 2",
    "ns.a.X == 2",
)
case(
    "a namespace package that gets an __init__ is a package",
    {"ns/a.py": "X = 1"},
    "import ns.a",
    {"ns/__init__.py": "Z = 3"},
    "ns.Z == 3",
    "ns.a.X == 1",
    "ns.__file__.endswith('__init__.py')",
)
case(
    "a package that loses its __init__ is a namespace package",
    {"ns/__init__.py": "Z = 3", "ns/a.py": "X = 1"},
    "import ns.a",
    {"ns/__init__.py": None},
    "not hasattr(ns, 'Z')",
    "ns.a.X == 1",
)
case(
    "a new function can be imported by a module of the same batch",
    {"a.py": "", "m.py": "Y = 0"},
    "import m",
    {"a.py": "def f(): return 4", "m.py": "from a import f\nY = f()"},
    "m.Y == 4",
)
case(
    "a new file can be imported by a module of the same batch",
    {"m.py": "Y = 0"},
    "import m",
    {"new.py": "X = 4", "m.py": "from new import X\nY = X"},
    "m.Y == 4",
)
case(
    "a new sub-package can be imported by a module of the same batch",
    {"pkg/__init__.py": "", "pkg/m.py": "Y = 0"},
    "import pkg.m",
    {
        "pkg/sub/__init__.py": "from .deep import X",
        "pkg/sub/deep.py": "X = 4",
        "pkg/m.py": "from .sub import X as Y",
    },
    "pkg.m.Y == 4",
)
case(
    "a new file can be imported by the next cell",
    {"m.py": "Y = 0"},
    "import m",
    {"new.py": "X = 4"},
    "new.X == 4",
    then="import new",
)
case(
    "a new import edge loads modules in the right order",
    {"a.py": "X = 1", "b.py": "Y = 1", "m.py": "import b, a\nZ = 0"},
    "import m, b, a",
    {"a.py": "from b import Y\nX = Y + 1", "b.py": "Y = 10", "m.py": "import b, a\nZ = a.X"},
    "a.X == 11",
    "m.Z == 11",
)
case(
    "a new file between two changed modules sees the new code",
    {"base.py": "X = 1", "m.py": "Z = 0"},
    "import base, m",
    {"base.py": "X = 7", "mid.py": "from base import X\nY = X", "m.py": "from mid import Y\nZ = Y"},
    "m.Z == 7",
)
case(
    "modules that import each other follow",
    {"a.py": "import b\nX = 1\ndef f(): return b.g()", "b.py": "import a\ndef g(): return a.X"},
    "import a, b",
    {"a.py": "import b\nX = 5\ndef f(): return b.g() + 1"},
    "a.f() == 6",
)
case(
    "an import that moves from one module to another follows",
    {"a.py": "X = 1", "b.py": "X = 2", "m.py": "from a import X\nY = X"},
    "from m import Y",
    {"m.py": "from b import X\nY = X"},
    "Y == 2",
)
case(
    "an alias added to an import runs nothing else",
    {"m.py": "import os\nopened = []\nopened.append(os.getpid())\nC = object()"},
    "import m\nold = m.C",
    {"m.py": "import os, sys\nopened = []\nopened.append(os.getpid())\nC = object()"},
    "m.C is old",
    "m.sys.path",
    runs=1,
)
case(
    "a module that becomes a package keeps its object and gets its submodules",
    {"m.py": "X = 1\nclass C: pass"},
    "import m\nfrom m import X, C\nc = C()",
    {
        "m.py": None,
        "m/__init__.py": "from .part import X\nclass C:\n    def f(self): return X",
        "m/part.py": "X = 2",
    },
    "m.X == 2",
    "X == 2",
    "c.f() == 2",
    "m.__path__",
    "__import__('sys').modules['m'] is m",
)
case(
    "a package that becomes a module keeps its object",
    {"m/__init__.py": "from .part import X", "m/part.py": "X = 1"},
    "import m\nfrom m import X",
    {"m/__init__.py": None, "m/part.py": None, "m.py": "X = 2"},
    "m.X == 2",
    "X == 2",
    "not hasattr(m, '__path__')",
)
case(
    "a deleted module cannot be imported any more",
    {"a.py": "X = 1", "m.py": "import a\nY = 1"},
    "import m, a",
    {"a.py": None, "m.py": "Y = 2"},
    "m.Y == 2",
    "gone",
    "a.X == 1",
    then="try:\n    import a as again\n    gone = False\nexcept ImportError:\n    gone = True",
)
case(
    "a deleted module that is still imported is refused",
    {"a.py": "X = 1", "m.py": "import a\nY = a.X"},
    "import m, a",
    {"a.py": None},
    "m.a.X == 1",
    "a is __import__('sys').modules['a']",
    fails="a",
)
case(
    "a deleted module that comes back is the same object with the new text",
    {"a.py": "X = 1"},
    "import a\nold = a",
    [{"a.py": None}, {"a.py": "X = 2"}],
    "a is old",
    "a.X == 2",
    then="import a",
)
case(
    "a deleted submodule is gone from its package",
    {"p/__init__.py": "", "p/a.py": "X = 1"},
    "import p.a",
    {"p/a.py": None},
    "not hasattr(p, 'a')",
)
case(
    "a class moved to another module takes its old instances along",
    {"a.py": "class C:\n    def m(self): return 1", "b.py": ""},
    "import a, b\nc = a.C()",
    {"a.py": "from b import C", "b.py": "class C:\n    def m(self): return 2"},
    "c.m() == 2",
    "isinstance(c, b.C)",
    "type(c) is a.C",
)
case(
    "a file imported under two names is new under both",
    {"pkg/__init__.py": "", "pkg/a.py": "X = 1\ndef f(): return X"},
    "import sys, os, pkg.a\nsys.path.append(os.path.dirname(pkg.__file__))\nimport a",
    {"pkg/a.py": "X = 2\ndef f(): return X"},
    "a.f() == 2",
    "pkg.a.f() == 2",
    "a is not pkg.a",
    then="sys.path.pop()",
)
case(
    "a module that the user imported in a function follows",
    "X = 1",
    "def get():\n    from m import X\n    return X\nfirst = get()",
    "X = 2",
    "get() == 2",
)
case(
    "a source in another encoding is read as declared",
    b"# coding: latin-1\nX = '\xe9'",
    "import m",
    {"m.py": b"# coding: latin-1\nX = '\xe8'"},
    "m.X == '\\xe8'",
)
case(
    "a byte order mark and carriage returns are no difference",
    "X = 1\ndef f(): return X\n",
    "import m",
    {"m.py": b"\xef\xbb\xbfX = 1\r\ndef f(): return X\r\n"},
    "m.f() == 1",
    runs=0,
)
case(
    "a change of the same size at the same time is seen",
    "X = 1",
    "import m\nfrom m import X",
    "X = 2",
    "m.X == 2",
    "X == 2",
)
case(
    "a module outside the roots is never touched",
    {"m.py": "import json\nX = json.dumps(1)"},
    "import m, json\nold = json.dumps",
    "import json\nX = 2",
    "json.dumps is old",
    "m.X == 2",
)
case(
    "a future import that is added changes how annotations are kept",
    "def f(x: int): pass",
    "from m import f",
    "from __future__ import annotations\ndef f(x: int): pass",
    "f.__annotations__ == {'x': 'int'}",
)
case(
    "a lazy attribute of a module (PEP 562) takes its new code",
    "def __getattr__(name):\n    if name == 'late': return 1\n    raise AttributeError(name)",
    "import m\nv = m.late",
    "def __getattr__(name):\n    if name == 'late': return 2\n    raise AttributeError(name)",
    "m.late == 2",
)
case(
    "a renamed module is followed by those who import it",
    {"old.py": "X = 1", "m.py": "from old import X\nY = X"},
    "import m",
    {"old.py": None, "new.py": "X = 2", "m.py": "from new import X\nY = X"},
    "m.Y == 2",
)
case(
    "an import under TYPE_CHECKING makes no order",
    {
        "a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from m import Y\nX = 1",
        "m.py": "from a import X\nY = X",
    },
    "import m",
    {"a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from m import Y\nX = 2"},
    "m.Y == 2",
)
case(
    "a submodule reached through its package follows",
    {"p/__init__.py": "", "p/a.py": "X = 1", "m.py": "import p.a\nY = p.a.X"},
    "import m",
    {"p/a.py": "X = 2"},
    "m.Y == 2",
)
