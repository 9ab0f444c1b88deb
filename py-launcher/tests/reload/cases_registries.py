# ruff: noqa: E501
"""What is filled at import: registries of every make, discovered plugins, files that are read."""

from catalogue import case

_BASE = "class Base:\n    registry = {}\n    def __init_subclass__(cls, tag=None): Base.registry[tag or cls.__name__] = cls\n"

case(
    "a subclass that is taken away leaves the registry of its base",
    _BASE + "class A(Base): pass\nclass B(Base): pass",
    "import m",
    _BASE + "class A(Base): pass",
    "list(m.Base.registry) == ['A']",
)
case(
    "a subclass in another module that is taken away leaves the registry of its base",
    {"a.py": _BASE, "m.py": "from a import Base\nclass A(Base): pass\nclass B(Base): pass"},
    "import a, m",
    {"m.py": "from a import Base\nclass A(Base): pass"},
    "list(a.Base.registry) == ['A']",
)
case(
    "a subclass under another key of a registry is under that key only",
    _BASE + "class A(Base, tag='x'): pass",
    "import m\nA = m.A",
    _BASE + "class A(Base, tag='y'): pass",
    "m.Base.registry == {'y': A}",
    "m.A is A",
)
case(
    "a subclass that is renamed is in the registry under its new name",
    _BASE + "class A(Base): pass",
    "import m",
    _BASE + "class Z(Base): pass",
    "m.Base.registry == {'Z': m.Z}",
)
case(
    "a metaclass's registry names each class once and none that is gone",
    "class Meta(type):\n    classes = []\n    def __new__(mc, n, b, d):\n        c = super().__new__(mc, n, b, d)\n        mc.classes.append(c)\n        return c\nclass A(metaclass=Meta): X = 1\nclass B(metaclass=Meta): X = 1",
    "import m",
    "class Meta(type):\n    classes = []\n    def __new__(mc, n, b, d):\n        c = super().__new__(mc, n, b, d)\n        mc.classes.append(c)\n        return c\nclass A(metaclass=Meta): X = 2",
    "m.Meta.classes == [m.A]",
    "m.Meta.classes[0].X == 2",
)
case(
    "a weak set of classes names each class once",
    "import weakref\nALL = weakref.WeakSet()\ndef reg(c):\n    ALL.add(c)\n    return c\n@reg\nclass A: X = 1",
    "import m",
    "import weakref\nALL = weakref.WeakSet()\ndef reg(c):\n    ALL.add(c)\n    return c\n@reg\nclass A: X = 2",
    "list(m.ALL) == [m.A]",
)
case(
    "a weak set filled by __init_subclass__ names each class once",
    {
        "a.py": "import weakref\nALL = weakref.WeakSet()\nclass Base:\n    def __init_subclass__(cls): ALL.add(cls)",
        "m.py": "from a import Base\nclass A(Base): X = 1",
    },
    "import a, m",
    {"m.py": "from a import Base\nclass A(Base): X = 2"},
    "list(a.ALL) == [m.A]",
)
case(
    "a weak dictionary of classes holds the class that the module has",
    {
        "a.py": "import weakref\nALL = weakref.WeakValueDictionary()\nclass Base:\n    def __init_subclass__(cls): ALL[cls.__name__] = cls",
        "m.py": "from a import Base\nclass A(Base): X = 1",
    },
    "import a, m",
    {"m.py": "from a import Base\nclass A(Base): X = 2"},
    "a.ALL['A'] is m.A",
    "a.ALL['A'].X == 2",
)
case(
    "a registry made anew is filled again by other modules",
    {
        "a.py": "H = {}\ndef reg(f):\n    H[f.__name__] = f\n    return f",
        "m.py": "from a import reg\n@reg\ndef p(): return 1",
    },
    "import a, m",
    {"a.py": "H = {'none': None}\ndef reg(f):\n    H[f.__name__] = f\n    return f"},
    "sorted(a.H) == ['none', 'p']",
    "a.H['p'] is m.p",
)
case(
    "a registry class with a class method forgets what is taken away",
    "class Reg:\n    items = {}\n    @classmethod\n    def add(cls, f):\n        cls.items[f.__name__] = f\n        return f\n@Reg.add\ndef a(): return 1\n@Reg.add\ndef b(): return 2",
    "import m",
    "class Reg:\n    items = {}\n    @classmethod\n    def add(cls, f):\n        cls.items[f.__name__] = f\n        return f\n@Reg.add\ndef a(): return 1",
    "list(m.Reg.items) == ['a']",
)
case(
    "a registry that is an object forgets what is taken away",
    {
        "a.py": "class App:\n    def __init__(self): self.routes = {}\n    def route(self, p):\n        def deco(f):\n            self.routes[p] = f\n            return f\n        return deco\napp = App()",
        "m.py": "from a import app\n@app.route('/a')\ndef a(): return 1\n@app.route('/b')\ndef b(): return 2",
    },
    "import a, m",
    {"m.py": "from a import app\n@app.route('/a')\ndef a(): return 1"},
    "list(a.app.routes) == ['/a']",
)
case(
    "a route whose path changes is at the new path only",
    "class App:\n    def __init__(self): self.routes = {}\n    def route(self, p):\n        def deco(f):\n            self.routes[p] = f\n            return f\n        return deco\napp = App()\n@app.route('/a')\ndef a(): return 1",
    "import m",
    "class App:\n    def __init__(self): self.routes = {}\n    def route(self, p):\n        def deco(f):\n            self.routes[p] = f\n            return f\n        return deco\napp = App()\n@app.route('/z')\ndef a(): return 2",
    "{k: f() for k, f in m.app.routes.items()} == {'/z': 2}",
)
case(
    "a single dispatch forgets an implementation that is taken away",
    "from functools import singledispatch\n@singledispatch\ndef f(x): return 'any'\n@f.register\ndef _(x: int): return 'int'\n@f.register(str)\ndef _s(x): return 'str'",
    "from m import f",
    "from functools import singledispatch\n@singledispatch\ndef f(x): return 'any'\n@f.register(str)\ndef _s(x): return 'text'",
    "f(1) == 'any'",
    "f('') == 'text'",
)
case(
    "a single dispatch takes an implementation from another module anew",
    {
        "a.py": "from functools import singledispatch\n@singledispatch\ndef f(x): return 'any'",
        "m.py": "from a import f\n@f.register(int)\ndef _i(x): return 'int'",
    },
    "import m\nfrom a import f",
    {"m.py": "from a import f\n@f.register(float)\ndef _i(x): return 'float'"},
    "f(1.0) == 'float'",
    "f(1) == 'any'",
)
case(
    "a method that dispatches on a type takes new bodies",
    "from functools import singledispatchmethod\nclass C:\n    @singledispatchmethod\n    def f(self, x): return 'any'\n    @f.register\n    def _(self, x: int): return 'int'",
    "from m import C\nc = C()",
    "from functools import singledispatchmethod\nclass C:\n    @singledispatchmethod\n    def f(self, x): return 'all'\n    @f.register\n    def _(self, x: int): return 'number'",
    "c.f(1) == 'number'",
    "c.f('') == 'all'",
)
case(
    "plugins found by pkgutil: a new file is found",
    {
        "p/__init__.py": "import importlib, pkgutil\nNAMES = []\nfor _m in pkgutil.iter_modules(__path__):\n    importlib.import_module(f'{__name__}.{_m.name}')\n    NAMES.append(_m.name)",
        "p/a.py": "X = 1",
    },
    "import p",
    {"p/b.py": "X = 2"},
    "p.NAMES == ['a', 'b']",
    "p.b.X == 2",
)
case(
    "plugins found by a listing: a deleted file is no longer named",
    {
        "p/__init__.py": "from pathlib import Path\nNAMES = sorted(f.stem for f in Path(__file__).parent.glob('*.py') if f.stem != '__init__')",
        "p/a.py": "X = 1",
        "p/b.py": "X = 2",
    },
    "import p",
    {"p/b.py": None},
    "p.NAMES == ['a']",
)
case(
    "a data file that is read at import is read again when it changes",
    {
        "conf.json": '{"k": 1}',
        "m.py": "import json, pathlib\nCONF = json.loads(pathlib.Path(__file__).with_name('conf.json').read_text())\nK = CONF['k']\nLOG = ['once']",
    },
    "import m\nfrom m import K\nlog = m.LOG",
    {"conf.json": '{"k": 5}'},
    "K == 5",
    "m.CONF == {'k': 5}",
    "m.LOG is log",
)
case(
    "a data file that a function reads at import is read again when it changes",
    {
        "p/__init__.py": "",
        "p/q.sql": "select 1",
        "p/a.py": "import os\ndef read(name):\n    with open(os.path.join(os.path.dirname(__file__), name)) as f:\n        return f.read()\nQ = read('q.sql')",
        "m.py": "from p.a import Q\nLONG = Q + ' limit 1'",
    },
    "import m",
    {"p/q.sql": "select 2"},
    "m.LONG == 'select 2 limit 1'",
)
case(
    "a data file that nobody names runs nothing",
    {"a.csv": "1", "m.py": "X = 1"},
    "import m",
    {"a.csv": "2"},
    "m.X == 1",
    runs=0,
)
case(
    "a fallback import becomes possible by a new file alone",
    {
        "m.py": "try:\n    import late\nexcept ImportError:\n    late = None\nX = late.X if late else 'none'"
    },
    "import m",
    {"late.py": "X = 'late'"},
    "m.X == 'late'",
)
case(
    "a fallback from-import in a package becomes possible by a new file alone",
    {
        "p/__init__.py": "",
        "p/m.py": "try:\n    from .fast import f\nexcept ImportError:\n    def f(): return 'slow'",
    },
    "import p.m",
    {"p/fast.py": "def f(): return 'fast'"},
    "p.m.f() == 'fast'",
)
case(
    "an optional import falls back when its file is deleted",
    {
        "late.py": "X = 'late'",
        "m.py": "try:\n    from late import X\nexcept ImportError:\n    X = 'none'",
    },
    "import m",
    {"late.py": None},
    "m.X == 'none'",
)
case(
    "a module that only a function imports may be deleted",
    {"late.py": "X = 1", "m.py": "def f():\n    import late\n    return late.X\nY = 1"},
    "import m\nm.f()",
    {"late.py": None},
    "caught",
    then="try:\n    m.f()\nexcept ImportError:\n    caught = True",
)
case(
    "a broken file that nobody has loaded hinders nothing",
    {"m.py": "X = 1", "other.py": "Y = 1"},
    "import m",
    {"m.py": "X = 2", "other.py": "def broken(:"},
    "m.X == 2",
)
case(
    "a broken file that is deleted is a repair",
    {"m.py": "import a\nX = 1", "a.py": "Y = 1"},
    "import m",
    [{"m.py": "import a\nX = 2", "a.py": "def broken(:"}, {"m.py": "X = 3", "a.py": None}],
    "m.X == 3",
)
case(
    "a config object set by another module is set again",
    {
        "a.py": "class Cfg: pass\ncfg = Cfg()\ncfg.level = 1",
        "m.py": "import a\na.cfg.level = 5",
        "c.py": "import m\nfrom a import cfg\nL = cfg.level",
    },
    "import c, a",
    {"m.py": "import a\na.cfg.level = 7"},
    "a.cfg.level == 7",
    "c.L == 7",
)
case(
    "a constant set in another module wins over its own line",
    {"a.py": "X = 1", "m.py": "import a\na.X = 5"},
    "import a, m",
    {"a.py": "X = 2"},
    "a.X == 5",
)
case(
    "a constant set in another module no more has its own value",
    {"a.py": "X = 1\nY = X", "m.py": "import a\na.X = 5\nZ = 1"},
    "import a, m",
    {"m.py": "import a\nZ = 1"},
    "a.X == 1",
)
case(
    "a method set on a class of another module is set again",
    {
        "a.py": "class C:\n    def f(self): return 1",
        "m.py": "import a\ndef g(self): return 'g'\na.C.f = g",
    },
    "import a, m\nc = a.C()",
    {"a.py": "class C:\n    def f(self): return 2\n    def h(self, x=1): return x"},
    "c.f() == 'g'",
    "c.h() == 1",
)
case(
    "an attribute set on a class from outside and taken away is gone",
    "class C: pass\nC.k = 1\nC.j = 2",
    "from m import C",
    "class C: pass\nC.k = 3",
    "C.k == 3",
    "not hasattr(C, 'j')",
)
case(
    "an attribute set on a function from outside and taken away is gone",
    "def f(): return 1\nf.k = 1\nf.j = 2",
    "from m import f",
    "def f(): return 1\nf.k = 3",
    "f.k == 3",
    "not hasattr(f, 'j')",
)
case(
    "methods made by a loop and no longer made are gone",
    "class C: pass\nfor n in ('a', 'b'):\n    setattr(C, n, lambda self, n=n: n)",
    "from m import C\nc = C()",
    "class C: pass\nfor n in ('a',):\n    setattr(C, n, lambda self, n=n: n * 2)",
    "c.a() == 'aa'",
    "not hasattr(c, 'b')",
)
case(
    "a handler of a logger is there once",
    "import logging\nlog = logging.getLogger('notesync-case')\nlog.handlers.clear()\nhandler = logging.StreamHandler()\nhandler.setLevel(10)\nlog.addHandler(handler)",
    "import m",
    "import logging\nlog = logging.getLogger('notesync-case')\nlog.handlers.clear()\nhandler = logging.StreamHandler()\nhandler.setLevel(20)\nlog.addHandler(handler)",
    "m.log.handlers == [m.handler]",
    "m.handler.level == 20",
)
case(
    "a copyreg reducer that changes is used",
    "import copyreg\nclass C:\n    def __init__(self, v=0): self.v = v\ndef red(c): return (C, (c.v,))\ncopyreg.pickle(C, red)",
    "import m, pickle\nc = m.C(1)",
    "import copyreg\nclass C:\n    def __init__(self, v=0): self.v = v\ndef red(c): return (C, (c.v + 10,))\ncopyreg.pickle(C, red)",
    "pickle.loads(pickle.dumps(c)).v == 11",
)
case(
    "environment variables that a module sets follow",
    "import os\nos.environ['NOTESYNC_CASE'] = 'one'\nX = os.environ['NOTESYNC_CASE']",
    "import m",
    "import os\nos.environ['NOTESYNC_CASE'] = 'two'\nX = os.environ['NOTESYNC_CASE']",
    "m.X == 'two'",
)
case(
    "what is computed from a registry of subclasses follows a subclass that is added or taken away",
    {
        "a.py": _BASE,
        "m.py": "from a import Base\nclass A(Base): pass\nclass B(Base): pass",
        "n.py": "import m\nfrom a import Base\nNAMES = sorted(Base.registry)\ndef count(): return len(Base.registry)\nN = count()",
    },
    "import n",
    [
        {"m.py": "from a import Base\nclass A(Base): pass"},
        {
            "m.py": "from a import Base\nclass A(Base): pass\nclass C(Base): pass\nclass D(Base): pass"
        },
    ],
    "n.NAMES == ['A', 'C', 'D']",
    "n.N == 3",
)
case(
    "what is computed from a registry of a class method follows",
    "class Reg:\n    items = {}\n    @classmethod\n    def add(cls, f):\n        cls.items[f.__name__] = f\n        return f\n@Reg.add\ndef a(): return 1\n@Reg.add\ndef b(): return 2\nN = [f() for f in Reg.items.values()]",
    "import m",
    "class Reg:\n    items = {}\n    @classmethod\n    def add(cls, f):\n        cls.items[f.__name__] = f\n        return f\n@Reg.add\ndef a(): return 5\nN = [f() for f in Reg.items.values()]",
    "m.N == [5]",
)
case(
    "what is computed from the subclasses of a class follows",
    "class A: pass\nclass B(A): pass\nclass C(A): pass\nNAMES = [c.__name__ for c in A.__subclasses__()]",
    "import m",
    [
        "class A: pass\nclass B(A): pass\nNAMES = [c.__name__ for c in A.__subclasses__()]",
        "class A: pass\nclass B(A): pass\nclass Z(A): pass\nNAMES = [c.__name__ for c in A.__subclasses__()]",
    ],
    "m.NAMES == ['B', 'Z']",
)
case(
    "a class that becomes a constant leaves the registry of its base",
    _BASE + "class A(Base): pass\nclass B(Base): pass",
    "import m",
    _BASE + "class A(Base): pass\nB = 5",
    "list(m.Base.registry) == ['A']",
    "m.B == 5",
)
case(
    "a class that gets another base is in the registry of that base only",
    _BASE + _BASE.replace("Base", "Other") + "class A(Base): pass",
    "import m\na = m.A()",
    _BASE + _BASE.replace("Base", "Other") + "class A(Other): pass",
    "m.Base.registry == {}",
    "m.Other.registry == {'A': m.A}",
    "isinstance(a, m.Other)",
)
case(
    "a value computed by a single dispatch follows what an implementation calls",
    "from functools import singledispatch\ndef k(): return 1\n@singledispatch\ndef d(x): return 0\n@d.register(int)\ndef _(x): return k()\n@d.register(str)\ndef _(x): return 's'\ndef f(): return d(5)\nV = f()",
    "import m",
    "from functools import singledispatch\ndef k(): return 7\n@singledispatch\ndef d(x): return 0\n@d.register(int)\ndef _(x): return k()\n@d.register(str)\ndef _(x): return 's'\ndef f(): return d(5)\nV = f()",
    "m.V == 7",
)
_ADD = """
class R:
    L = []
    @classmethod
    def add(cls, f):
        cls.L.append(f.__name__)
        return f
"""
case(
    "a list of names on a class that decorators of two modules fill has every name once",
    {
        "a.py": _ADD,
        "m.py": "from a import R\n@R.add\ndef a(): return 1\n@R.add\ndef b(): return 2",
        "n.py": "from a import R\n@R.add\ndef c(): return 3",
    },
    "import a, m, n\nheld = a.R.L",
    {"m.py": "from a import R\n@R.add\ndef a(q=1): return q\n@R.add\ndef d(): return 2"},
    "a.R.L == ['a', 'd', 'c']",
    "held is a.R.L",
)
case(
    "a list of names on a class that decorators fill is as before after a refused batch",
    {"a.py": _ADD, "m.py": "from a import R\n@R.add\ndef a(): return 1\n@R.add\ndef b(): return 2"},
    "import a, m",
    {"m.py": "from a import R\n@R.add\ndef a(q=1): return q\nX = 1 / 0"},
    "a.R.L == ['a', 'b']",
    fails="ZeroDivisionError",
)
case(
    "a count on a function that is called at import is what a fresh start counts",
    "def f():\n    f.n += 1\n    return f.n\nf.n = 0\nf()\nf()\nV = f.n",
    "import m",
    "def f():\n    f.n += 2\n    return f.n\nf.n = 0\nf()\nf()\nV = f.n",
    "m.V == 4",
    "m.f.n == 4",
)
case(
    "a count on a function that nothing calls at import is kept",
    "def f():\n    f.n += 1\n    return f.n\nf.n = 0",
    "import m\nm.f(); m.f()",
    "def f():\n    f.n += 10\n    return f.n\nf.n = 0",
    "m.f() == 12",
    runs=0,
)
for _where in ("site-packages", "dist-packages"):
    _USE = (
        f"import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), '{_where}'))\n"
        f"from once_{_where[:4]} import Base\nclass T(Base):\n    def m(self): return 1"
    )
    case(
        f"a class that a library in {_where} takes once gets a new method",
        {
            f"{_where}/once_{_where[:4]}.py": "class Meta(type):\n    seen = set()\n    def __init__(cls, n, b, d):\n        assert n not in cls.seen, 'taken already'\n        cls.seen.add(n)\nclass Base(metaclass=Meta): pass",
            "m.py": _USE,
        },
        "import m\nt = m.T()",
        {"m.py": _USE.replace("return 1", "return 2") + "\n    def k(self, x=3): return x"},
        "(t.m(), t.k()) == (2, 3)",
    )
case(
    "a class that a library takes once and that must be made again is refused with the way out",
    {
        "site-packages/once_more.py": "class Meta(type):\n    seen = set()\n    def __init__(cls, n, b, d):\n        assert n not in cls.seen, 'taken already'\n        cls.seen.add(n)\nclass Base(metaclass=Meta): pass",
        "m.py": "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'site-packages'))\nfrom once_more import Base\nclass T(Base):\n    X = 1",
    },
    "import m\nt = m.T()",
    {
        "m.py": "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'site-packages'))\nfrom once_more import Base\nclass T(Base):\n    X = 2"
    },
    "t.X == m.T.X == 1",
    fails="taken already",
    says="once_more may take T only once: restart the kernel to load it",
)
