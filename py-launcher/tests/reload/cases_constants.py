"""Constants and derived values, in the module, through imports, in the notebook."""

from catalogue import case

case("a constant that changes is seen through the module", "X = 1", "import m", "X = 2", "m.X == 2")
case(
    "a constant imported by name into the notebook follows",
    "X = 1",
    "from m import X",
    "X = 2",
    "X == 2",
)
case(
    "a constant imported under another name follows",
    "X = 1",
    "from m import X as Y",
    "X = 2",
    "Y == 2",
    "'X' not in globals()",
)
case(
    "a constant imported by star follows",
    "X = 1\n_Y = 1",
    "from m import *",
    "X = 2\n_Y = 2",
    "X == 2",
    "'_Y' not in globals()",
)
case(
    "a name that is new in a module comes into the notebook by its star import",
    "X = 1",
    "from m import *",
    "X = 1\nZ = 5",
    "Z == 5",
)
case(
    "a name that the user has bound anew is left alone",
    "X = 1",
    "from m import X",
    "X = 2",
    "X == 99",
    "__import__('m').X == 2",
    between="X = 99",
)
case(
    "a name that the user has bound to an equal value is left alone",
    "X = 1",
    "from m import X",
    "X = 2",
    "X == 1",
    between="X = 1",
)
case(
    "a function that the user has defined over an import is left alone",
    "def f(): return 1",
    "from m import f",
    "def f(): return 2",
    "f() == 'mine'",
    between="def f(): return 'mine'",
)
case(
    "a star import that the user has overwritten is left alone",
    "X = 1\nY = 1",
    "from m import *",
    "X = 2\nY = 2",
    "X == 50",
    "Y == 2",
    between="X = 50",
)
case(
    "an import inside an if or try in a cell follows",
    "X = 1",
    "try:\n    from m import X\nexcept ImportError:\n    X = 0",
    "X = 2",
    "X == 2",
)
case(
    "a value derived in the module follows",
    "A = 1\nB = A + 1\nC = B * 10",
    "from m import C",
    "A = 2\nB = A + 1\nC = B * 10",
    "C == 30",
)
case(
    "a value derived in another module follows",
    {"a.py": "X = 1", "m.py": "from a import X\nY = X + 1"},
    "from m import Y",
    {"a.py": "X = 5"},
    "Y == 6",
    "__import__('m').X == 5",
)
case(
    "a value derived through a module attribute follows",
    {"a.py": "X = 1", "m.py": "import a\nY = a.X + 1"},
    "import m",
    {"a.py": "X = 5"},
    "m.Y == 6",
)
case(
    "a value derived through two modules follows",
    {"a.py": "X = 1", "b.py": "from a import X as Z", "m.py": "from b import Z\nY = Z + 1"},
    "from m import Y",
    {"a.py": "X = 5"},
    "Y == 6",
)
case(
    "a value derived through a star import follows",
    {"a.py": "X = 1", "m.py": "from a import *\nY = X + 1"},
    "import m",
    {"a.py": "X = 5"},
    "m.X == 5",
    "m.Y == 6",
)
case(
    "a value derived through star imports of star imports follows",
    {"a.py": "X = 1", "b.py": "from a import *", "m.py": "from b import *\nY = X + 1"},
    "import m",
    {"a.py": "X = 5"},
    "m.Y == 6",
)
case(
    "a value computed by a function follows the function's body",
    "def f(): return 1\nY = f() + 1",
    "from m import Y",
    "def f(): return 5\nY = f() + 1",
    "Y == 6",
)
case(
    "a value computed by a function follows what the function calls elsewhere",
    {"a.py": "def g(): return 1", "m.py": "import a\ndef f(): return a.g()\nY = f()"},
    "import m",
    {"a.py": "def g(): return 5"},
    "m.Y == 5",
)
case(
    "a value computed by a function follows a constant that the function reads",
    {"a.py": "K = 1\ndef g(): return K", "m.py": "from a import g\nY = g()"},
    "import m",
    {"a.py": "K = 5\ndef g(): return K"},
    "m.Y == 5",
)
case(
    "a value computed by a function follows an import inside the function",
    {"a.py": "K = 1", "m.py": "def f():\n    from a import K\n    return K\nY = f()"},
    "import m",
    {"a.py": "K = 5"},
    "m.Y == 5",
)
case(
    "a value computed by mapping a function follows its body",
    "def f(x): return x\nY = list(map(f, [1, 2]))",
    "import m",
    "def f(x): return -x\nY = list(map(f, [1, 2]))",
    "m.Y == [-1, -2]",
)
case(
    "a value computed by a method follows the method",
    "class C:\n    def m(self): return 1\nY = C().m()",
    "import m",
    "class C:\n    def m(self): return 5\nY = C().m()",
    "m.Y == 5",
)
case(
    "a value computed by an instance of another module follows the method",
    {"a.py": "class C:\n    def m(self): return 1\nc = C()", "m.py": "from a import c\nY = c.m()"},
    "import m",
    {"a.py": "class C:\n    def m(self): return 5\nc = C()"},
    "m.Y == 5",
)
case(
    "a value computed from a class attribute follows it",
    "class C:\n    A = 1\nY = C.A",
    "import m",
    "class C:\n    A = 5\nY = C.A",
    "m.Y == 5",
)
case(
    "a list that is built in several statements is rebuilt as a whole",
    "X = 1\nL = []\nL.append(X)\nL.append(2)",
    "import m",
    "X = 7\nL = []\nL.append(X)\nL.append(2)",
    "m.L == [7, 2]",
)
case(
    "a statement that only adds to a list runs alone",
    "L = [1]\nL.append(2)",
    "import m",
    "L = [1]\nL.append(2)\nL.append(3)",
    "m.L == [1, 2, 3]",
    "m.L is old",
    between="old = m.L",
    runs=1,
)
case(
    "a statement taken away from a list's making is undone",
    "L = [1]\nL.append(2)\nL.append(3)",
    "import m",
    "L = [1]\nL.append(3)",
    "m.L == [1, 3]",
)
case(
    "statements that swap places make the list in the new order",
    "L = []\nL.append(1)\nL.append(2)",
    "import m",
    "L = []\nL.append(2)\nL.append(1)",
    "m.L == [2, 1]",
)
case(
    "an augmented constant is computed from its start",
    "X = 1\nX += 10",
    "import m",
    "X = 2\nX += 10",
    "m.X == 12",
)
case(
    "a name that is bound twice has the value of each place",
    "X = 1\nA = X\nX = 2\nB = X",
    "import m",
    "X = 5\nA = X\nX = 2\nB = X",
    "m.A == 5",
    "m.B == 2",
    "m.X == 2",
)
case(
    "a dict filled in a loop follows its source",
    "K = ['a']\nD = {}\nfor k in K:\n    D[k] = 1",
    "import m",
    "K = ['a', 'b']\nD = {}\nfor k in K:\n    D[k] = 1",
    "m.D == {'a': 1, 'b': 1}",
)
case(
    "a branch that depends on a constant is taken anew",
    "X = 1\nif X > 1:\n    Y = 'big'\nelse:\n    Y = 'small'",
    "import m",
    "X = 2\nif X > 1:\n    Y = 'big'\nelse:\n    Y = 'small'",
    "m.Y == 'big'",
)
case(
    "a default argument computed from a constant follows",
    "X = 1\ndef f(a=X): return a",
    "from m import f",
    "X = 2\ndef f(a=X): return a",
    "f() == 2",
)
case(
    "a comprehension at module level follows",
    "N = 2\nL = [i * N for i in range(3)]",
    "import m",
    "N = 3\nL = [i * N for i in range(3)]",
    "m.L == [0, 3, 6]",
)
case(
    "a global set by a function that the module calls follows",
    "X = 0\ndef init():\n    global X\n    X = 5\ninit()",
    "import m",
    "X = 0\ndef init():\n    global X\n    X = 6\ninit()",
    "m.X == 6",
)
case("a deleted name is gone", "X = 1\ndel X\nY = 2", "import m", "X = 3\nY = 2", "m.X == 3")
case(
    "a name that the module no longer binds is gone from it",
    "X = 1\nY = 2",
    "import m",
    "Y = 2",
    "not hasattr(m, 'X')",
    "m.Y == 2",
)
case(
    "a name that the module no longer binds stays in the notebook, with a word about it",
    "X = 1\nY = 2",
    "from m import X",
    "Y = 2",
    "X == 1",
    note="X (from m) no longer exists",
)
case(
    "a module docstring follows",
    "'''one'''\nX = 1",
    "import m",
    "'''two'''\nX = 1",
    "m.__doc__ == 'two'",
    runs=0,
)
case(
    "a container that is replaced is replaced for an alias in the notebook",
    "CFG = {'a': 1}",
    "import m\ncfg = m.CFG",
    "CFG = {'a': 2}",
    "cfg == {'a': 2}",
    "cfg is m.CFG",
)
case(
    "a module bound by importlib follows",
    {"a.py": "X = 1", "m.py": "import importlib\na = importlib.import_module('a')\nY = a.X"},
    "import m",
    {"a.py": "X = 5"},
    "m.Y == 5",
)
case(
    "__all__ that changes is honoured by star imports",
    {"a.py": "__all__ = ['X']\nX = 1\nY = 2", "m.py": "from a import *"},
    "import m",
    {"a.py": "__all__ = ['X', 'Y']\nX = 1\nY = 2"},
    "m.Y == 2",
)
case(
    "a new value computed from a list that another module fills sees what a fresh start would",
    {"a.py": "L = [1]", "m.py": "from a import L\nL.append(10)"},
    "import a, m",
    {"a.py": "L = [1]\nS = sum(L)"},
    "a.S == 1",
    "a.L == [1, 10]",
)
case(
    "a value computed by a function from a list that grows later is computed as at a fresh start",
    "L = [1]\ndef f(): return len(L)\nA = f()\nL.append(2)",
    "import m",
    "L = [1]\ndef f(): return sum(L)\nA = f()\nL.append(2)",
    "m.A == 1",
    "m.L == [1, 2]",
)
case(
    "a class attribute that is handed to a function is read there",
    "class C:\n    A = 1\ndef make(i):\n    def inner(): return i\n    return inner\nf = make(C.A)",
    "import m",
    "class C:\n    A = 5\ndef make(i):\n    def inner(): return i\n    return inner\nf = make(C.A)",
    "m.f() == 5",
)
case(
    "a star import of the notebook brings what is listed in __all__ from now on",
    "__all__ = ['X']\nX = 1\nY = 3\nZ = 4",
    "from m import *\ndel X",
    "__all__ = ['X', 'Y']\nX = 2\nY = 4\nZ = 5",
    "Y == 4",
    "'X' not in globals() and 'Z' not in globals()",
)
