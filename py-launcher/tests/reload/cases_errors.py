# ruff: noqa: E501
"""All or nothing: broken batches, what they leave, how they are repaired."""

from catalogue import case

case(
    "a syntax error keeps the old code and says where",
    "X = 1\ndef f(): return 1",
    "import m",
    "X = 2\ndef f(: return 2",
    "m.X == 1",
    "m.f() == 1",
    fails="SyntaxError",
)
case(
    "an error at run time keeps the old code",
    "X = 1\ndef f(): return 1",
    "import m\nfrom m import f, X",
    "X = 2\ndef f(): return 2\n1 / 0",
    "m.X == 1",
    "m.f() == 1",
    "X == 1",
    fails="ZeroDivisionError",
)
case(
    "an error at run time leaves nothing new behind",
    "X = 1",
    "import m",
    "X = 2\nNEW = 5\nclass C: pass\n1 / 0",
    "not hasattr(m, 'NEW')",
    "not hasattr(m, 'C')",
    "m.X == 1",
    fails="division",
)
case(
    "an error in one module leaves the others of its batch as they were",
    {"a.py": "X = 1\ndef f(): return 1", "m.py": "from a import X\nY = X"},
    "import a, m",
    {"a.py": "X = 2\ndef f(): return 2", "m.py": "from a import X\nY = X / 0"},
    "a.X == 1",
    "a.f() == 1",
    "m.Y == 1",
    "m.X == 1",
    fails="ZeroDivisionError",
)
case(
    "a syntax error in one module leaves the others of its batch as they were",
    {"a.py": "X = 1", "m.py": "Y = 1"},
    "import a, m",
    {"a.py": "X = 2", "m.py": "Y = ("},
    "a.X == 1",
    "m.Y == 1",
    fails="SyntaxError",
)
case(
    "classes and instances are as before after an error",
    "class C:\n    A = 1\n    def m(self): return 1",
    "from m import C\nc = C(); b = c.m",
    "class C:\n    A = 2\n    def m(self, x=9): return x\n    def k(self): return 1\n1 / 0",
    "c.m() == 1",
    "b() == 1",
    "C.A == 1",
    "not hasattr(c, 'k')",
    fails="ZeroDivisionError",
)
case(
    "bases are as before after an error",
    "class A:\n    def a(self): return 'a'\nclass B:\n    def a(self): return 'b'\nclass C(A): pass",
    "from m import C\nc = C()",
    "class A:\n    def a(self): return 'a'\nclass B:\n    def a(self): return 'b'\nclass C(B): pass\n1 / 0",
    "c.a() == 'a'",
    "C.__bases__[0].__name__ == 'A'",
    fails="ZeroDivisionError",
)
case(
    "an enumeration is as before after an error",
    "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2",
    "from m import E\na = E.A",
    "import enum\nclass E(enum.Enum):\n    A = 5\n    C = 3\n1 / 0",
    "E.A.value == 1",
    "E(1) is a",
    "E.B.value == 2",
    "not hasattr(E, 'C')",
    "list(E) == [E.A, E.B]",
    fails="ZeroDivisionError",
)
case(
    "lists and dicts are as before after an error",
    "L = [1]\nD = {}\nD['a'] = 1",
    "import m\nL, D = m.L, m.D",
    "L = [1]\nL.append(2)\nD = {}\nD['a'] = 1\nD['b'] = 2\n1 / 0",
    "m.L == [1]",
    "m.D == {'a': 1}",
    "m.L is L",
    fails="ZeroDivisionError",
)
case(
    "a registry of another module is as before after an error",
    {
        "r.py": "R = {}\ndef reg(f):\n    R[f.__name__] = f\n    return f",
        "m.py": "import r\n@r.reg\ndef f(): return 1",
    },
    "import r, m",
    {"m.py": "import r\n@r.reg\ndef f(): return 1\n@r.reg\ndef g(): return 1\n1 / 0"},
    "list(r.R) == ['f']",
    fails="ZeroDivisionError",
)
case(
    "modules imported by a broken batch are forgotten",
    {"m.py": "X = 1"},
    "import m, sys",
    {"m.py": "import fresh\nX = 2\n1 / 0", "fresh.py": "Z = 1"},
    "'fresh' not in sys.modules",
    "not hasattr(m, 'fresh')",
    fails="ZeroDivisionError",
)
case(
    "a name that is removed while another module imports it is refused",
    {"a.py": "X = 1\nY = 1", "m.py": "from a import X\nZ = 1"},
    "import a, m",
    {"a.py": "Y = 2"},
    "a.X == 1",
    "m.X == 1",
    "a.Y == 1",
    fails="ImportError",
)
case(
    "an import that does not exist is refused",
    "X = 1",
    "import m",
    "import no_such_module\nX = 2",
    "m.X == 1",
    fails="no_such_module",
)
case(
    "a circular import that cannot work is refused and undone",
    {"a.py": "X = 1", "m.py": "Y = 1"},
    "import a, m",
    {"a.py": "from m import missing\nX = 2", "m.py": "Y = 2"},
    "a.X == 1",
    "m.Y == 1",
    fails="missing",
)
case(
    "the next save repairs a broken batch",
    "X = 1",
    "import m\nfrom m import X",
    ["X = (", "X = 3"],
    "m.X == 3",
    "X == 3",
)
case(
    "a repair elsewhere makes the broken file load too",
    {"a.py": "X = 1", "m.py": "Y = 1"},
    "import a, m",
    [{"m.py": "from a import Z\nY = Z"}, {"a.py": "X = 1\nZ = 8"}],
    "m.Y == 8",
)
case(
    "going back to the old text repairs a broken batch",
    "X = 1\nC = []\nC.append(1)",
    "import m\nold = m.C",
    ["X = 2\n1 / 0", "X = 1\nC = []\nC.append(1)"],
    "m.X == 1",
    "m.C is old",
    runs=0,
)
case(
    "two broken saves and a repair load once",
    "import sys\nX = 1",
    "import m",
    ["X = (", "1 / 0", "X = 4"],
    "m.X == 4",
)
case(
    "an error in a dependant that nobody edited is told with its file",
    {"a.py": "X = 1", "m.py": "from a import X\nY = 10 / X"},
    "import a, m",
    {"a.py": "X = 0"},
    "a.X == 1",
    "m.Y == 10",
    fails="ZeroDivisionError",
)
case(
    "a name that is used before it is bound is refused, as at a fresh start",
    "X = 1\nY = X",
    "import m",
    "Y = X\nX = 1",
    "m.Y == 1",
    fails="NameError",
)
case(
    "a module that exits is refused like one that fails",
    "X = 1",
    "import m",
    "X = 2\nraise SystemExit(3)",
    "m.X == 1",
    fails="SystemExit",
)
case(
    "a deleted file is back in memory when its batch fails",
    {"a.py": "X = 1", "m.py": "Y = 1"},
    "import a, m, sys",
    {"a.py": None, "m.py": "Y = 2\n1 / 0"},
    "sys.modules['a'] is a",
    "m.Y == 1",
    fails="ZeroDivisionError",
)
case(
    "a module is a module again when its change into a package fails",
    {"m.py": "X = 1"},
    "import m",
    {"m.py": None, "m/__init__.py": "X = 2\n1 / 0"},
    "m.X == 1",
    "not hasattr(m, '__path__')",
    "m.__file__.endswith('m.py')",
    fails="ZeroDivisionError",
)
case(
    "function defaults and docstrings are as before after an error",
    "def f(x=1):\n    'one'\n    return x",
    "from m import f",
    "def f(x=2):\n    'two'\n    return x\n1 / 0",
    "f() == 1",
    "f.__doc__ == 'one'",
    "f.__defaults__ == (1,)",
    fails="ZeroDivisionError",
)
case(
    "the notebook's names are as before after an error",
    "X = 1\nL = [1]",
    "from m import X, L\nold = L",
    "X = 2\nL = [2]\n1 / 0",
    "X == 1",
    "L is old",
    fails="ZeroDivisionError",
)
case(
    "nulls and bad encodings are refused like syntax errors",
    "X = 1",
    "import m",
    {"m.py": b"X = 2\n\xff\xfe\n"},
    "m.X == 1",
    fails="Error",
)
case(
    "a function that reads a name before it is first bound is refused as at a fresh start",
    "def f(): return sum(L)\nL = [1]\nL.append(2)",
    "import m\nold = m.L",
    "def f(): return sum(L)\nL = [f()]\nL.append(2)",
    "m.L is old",
    "m.L == [1, 2]",
    fails="name 'L' is not defined",
)
