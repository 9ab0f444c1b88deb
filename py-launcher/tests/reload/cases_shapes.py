# ruff: noqa: E501
"""Texts that are unusual as texts: encodings, line ends, names, places of definitions."""

from catalogue import case

case(
    "form feeds between statements hide no edit",
    "X = 1\n\f\ndef f():\n    return 1\n\f\nY = 1\n",
    "import m",
    "X = 1\n\f\ndef f():\n    return 1\n\f\nY = 2\n",
    "m.Y == 2",
)
case(
    "a line separator inside a string hides no edit",
    "S = 'a\u2028b'\nT = 'a\x85b\x1cc'\nX = 1\nY = 1\n",
    "import m",
    "S = 'a\u2028b'\nT = 'a\x85b\x1cc'\nX = 1\nY = 2\n",
    "m.Y == 2",
    "m.X == 1",
)
case(
    "a file with carriage returns alone follows, and so do its dependants",
    {"a.py": b"X = 1\rY = 1\r", "m.py": b"Z = 0\rfrom a import X\rW = X + 1\r"},
    "import m",
    {"a.py": b"X = 5\rY = 1\r"},
    "m.W == 6",
)
case(
    "a name beyond ASCII is followed into a file of another encoding",
    {
        "a.py": "größe = 1".encode(),
        "m.py": b"# -*- coding: latin-1 -*-\nfrom a import gr\xf6\xdfe\nY = gr\xf6\xdfe + 1\n",
    },
    "import m",
    {"a.py": "größe = 5".encode()},
    "m.Y == 6",
)
case(
    "a name in another normal form is the same name",
    {"a.py": "caf\u00e9 = 1".encode(), "m.py": "import a\nY = a.cafe\u0301 + 1\n".encode()},
    "import m",
    {"a.py": "caf\u00e9 = 5".encode()},
    "m.Y == 6",
)
case(
    "a module whose name is beyond ASCII is followed",
    {"größe.py": "X = 1", "m.py": "from größe import X\nY = X + 1"},
    "import m",
    {"größe.py": "X = 5"},
    "m.Y == 6",
)
case(
    "an import after a comment with a bracket in a bracketed import is followed",
    {
        "p/__init__.py": "",
        "p/a.py": "X = 1",
        "p/b.py": "from p import (  # one (two)\n    a,\n)\nY = a.X",
        "m.py": "import p.b",
    },
    "import m, p.b",
    {"p/a.py": "X = 5", "p/b.py": "from p import (  # one (two)\n    a,\n)\nY = a.X + 1"},
    "p.b.Y == 6",
)
case(
    "an example of an import in a docstring makes no order",
    {
        "a.py": '"""Use:\n\nfrom b import Y\nimport b\n"""\nX = 1',
        "b.py": "from a import X\nY = X + 1",
        "m.py": "import a, b",
    },
    "import a, b",
    {
        "b.py": "from a import X\nY = X + 2",
        "a.py": '"""Use:\n\nfrom b import Y\nimport b\n"""\nX = 5',
    },
    "b.Y == 7",
)
case(
    "an import in a function makes no order",
    {
        "a.py": "def f():\n    import b\n    return b.Y\nX = 1",
        "b.py": "import a\nY = a.X + 1",
    },
    "import a, b",
    {"a.py": "def f():\n    import b\n    return b.Y\nX = 5", "b.py": "import a\nY = a.X + 2"},
    "b.Y == 7",
    "a.f() == 7",
)
case(
    "several statements on one line are told apart",
    "X = 1; Y = 1; LOG = ['once']",
    "import m\nlog = m.LOG",
    "X = 1; Y = 2; LOG = ['once']",
    "m.Y == 2",
    "m.LOG is log",
    runs=1,
)
case(
    "a statement over several lines with a backslash follows",
    "X = 1 + \\\n    1\nY = [\n    1,\n    2,\n]\n",
    "import m",
    "X = 1 + \\\n    2\nY = [\n    1,\n    3,\n]\n",
    "m.X == 3",
    "m.Y == [1, 3]",
)
case(
    "a tuple that loses its comma is no tuple",
    "X = 1,\n",
    "import m",
    "X = 1\n",
    "m.X == 1",
)
case(
    "true, one and one point nought are different constants",
    "A = 1\nB = 1.0\nC = True\nD = 0.0",
    "import m",
    "A = True\nB = 1\nC = 1.0\nD = -0.0",
    "m.A is True",
    "type(m.B) is int",
    "type(m.C) is float",
    "str(m.D) == '-0.0'",
)
case(
    "a raw and a plain string are told apart",
    "X = r'\\d'\nY = 'a'",
    "import m",
    "X = '\\\\d+'\nY = b'a'",
    "m.X == '\\\\d+'",
    "m.Y == b'a'",
)
case(
    "a variable of a walrus in a comprehension follows",
    "L = [y := x for x in (1, 2)]\nZ = y + 1",
    "import m",
    "L = [y := x for x in (1, 5)]\nZ = y + 1",
    "m.y == 5",
    "m.Z == 6",
)
case(
    "names bound by globals() follow",
    "NAMES = {'A': 1}\nfor n, v in NAMES.items():\n    globals()[n] = v\nB = A + 1",
    "import m",
    "NAMES = {'A': 5, 'C': 7}\nfor n, v in NAMES.items():\n    globals()[n] = v\nB = A + 1",
    "m.A == 5",
    "m.B == 6",
    "m.C == 7",
)
case(
    "names bound by globals() and no longer bound are gone",
    "globals().update({'A': 1, 'B': 2})\nX = 1",
    "import m",
    "globals().update({'A': 3})\nX = 1",
    "m.A == 3",
    "not hasattr(m, 'B')",
)
case(
    "names bound by exec follow",
    "exec('A = 1')\nB = A + 1",
    "import m",
    "exec('A = 5')\nB = A + 1",
    "m.B == 6",
)
case(
    "functions made by exec follow",
    "for k in (1, 2):\n    exec(f'def f{k}(): return {k}')\nT = [f1, f2]",
    "import m\nfrom m import f1",
    "for k in (1, 2):\n    exec(f'def f{k}(): return {k * 10}')\nT = [f1, f2]",
    "m.f1() == 10",
    "[f() for f in m.T] == [10, 20]",
    "f1() == 10",
)
case(
    "names set through sys.modules follow",
    "import sys\nsetattr(sys.modules[__name__], 'A', 1)\nB = A + 1",
    "import m",
    "import sys\nsetattr(sys.modules[__name__], 'A', 5)\nB = A + 1",
    "m.A == 5",
    "m.B == 6",
)
case(
    "names set in another module by setattr follow",
    {
        "a.py": "X = 1",
        "m.py": "import a\nfor n in ('P', 'Q'):\n    setattr(a, n, n.lower())",
        "c.py": "import m\nfrom a import P\nR = P * 2",
    },
    "import m, c, a",
    {"m.py": "import a\nfor n in ('P', 'Q'):\n    setattr(a, n, n.lower() + '!')"},
    "a.P == 'p!'",
    "c.R == 'p!p!'",
)
case(
    "locals() at module level is its namespace",
    "locals()['A'] = 1\nB = A",
    "import m",
    "locals()['A'] = 5\nB = A",
    "m.B == 5",
)
case(
    "whoever looks through the locals of a statement that may bind nothing sees the module's names",
    {
        "see.py": "import sys\ndef names():\n    return list(sys._getframe(1).f_locals)",
        "m.py": "import see\nON = 1\nif ON:\n    X = 'ON' in see.names()",
    },
    "import m",
    {"m.py": "import see\nON = 1\nif ON:\n    X = 'ON' in see.names(), 2"},
    "m.X == (True, 2)",
)
case(
    "a loop variable that stays behind follows",
    "for i in range(3):\n    pass\nX = i",
    "import m",
    "for i in range(5):\n    pass\nX = i",
    "m.X == 4",
)
case(
    "a name deleted at the end in a loop is not there",
    "a_tmp = 1\nX = a_tmp\nfor _n in [n for n in globals() if n.endswith('_tmp')]:\n    del globals()[_n]",
    "import m",
    "a_tmp = 5\nX = a_tmp\nfor _n in [n for n in globals() if n.endswith('_tmp')]:\n    del globals()[_n]",
    "m.X == 5",
    "not hasattr(m, 'a_tmp')",
)
case(
    "a try with else and finally follows",
    "LOG = []\ntry:\n    X = 1\nexcept ValueError:\n    X = 0\nelse:\n    LOG.append('else')\nfinally:\n    LOG.append('finally')",
    "import m",
    "LOG = []\ntry:\n    X = int('x')\nexcept ValueError:\n    X = 0\nelse:\n    LOG.append('else')\nfinally:\n    LOG.append('finally')",
    "m.X == 0",
    "m.LOG == ['finally']",
)
case(
    "a while loop with else follows",
    "n = 3\nX = 0\nwhile n:\n    n -= 1\n    X += 1\nelse:\n    X += 10",
    "import m",
    "n = 5\nX = 0\nwhile n:\n    n -= 1\n    X += 1\nelse:\n    X += 10",
    "m.X == 15",
    "m.n == 0",
)
case(
    "a match with star, mapping and class patterns binds what it captures",
    "match [1, 2, 3]:\n    case [a, *rest]: pass\nmatch {'k': 1, 'z': 2}:\n    case {'k': k, **more}: pass",
    "import m",
    "match [7, 8, 9]:\n    case [a, *rest]: pass\nmatch {'k': 5, 'y': 6}:\n    case {'k': k, **more}: pass",
    "(m.a, m.rest) == (7, [8, 9])",
    "(m.k, m.more) == (5, {'y': 6})",
)
case(
    "a name that shadows a builtin acts, and acts no longer when it is taken away",
    "N = len('abc')\ndef g(): return len('ab')",
    "import m",
    [
        "def len(x): return -1\nN = len('abc')\ndef g(): return len('ab')",
        "N = len('abc')\ndef g(): return len('ab')",
    ],
    "m.N == 3",
    "m.g() == 2",
    "not hasattr(m, 'len')",
)
case(
    "an annotation taken away is gone from the module's annotations",
    "x: int = 1\ny: str = 'a'",
    "import m",
    "x = 1\ny: bytes = b'a'",
    "m.__annotations__ == {'y': bytes}",
)
case(
    "a bare annotation binds nothing and is shown",
    "x: int\ny = 1",
    "import m",
    "x: str\nz: float = 2.0\ny = 1",
    "m.__annotations__ == {'x': str, 'z': float}",
    "not hasattr(m, 'x')",
)
case(
    "an assignment that becomes a bare annotation unbinds its name",
    "x: int = 1\ny = 2",
    "import m",
    "x: int\ny = 2",
    "not hasattr(m, 'x')",
)
case(
    "two names of one value that exchange values exchange them",
    "A = 'a'\nB = 'b'",
    "from m import A, B",
    "B = 'a'\nA = 'b'",
    "(A, B) == ('b', 'a')",
)
case(
    "a chain through an unpacked function result follows",
    "def pair(): return 1, 2\nA, B = pair()\nC = A + B",
    "from m import C",
    "def pair(): return 10, 2\nA, B = pair()\nC = A + B",
    "C == 12",
)
case(
    "a conditional expression and a boolean of constants follow",
    "DEBUG = False\nLEVEL = 'debug' if DEBUG else 'info'\nBOTH = DEBUG and LEVEL",
    "import m",
    "DEBUG = True\nLEVEL = 'debug' if DEBUG else 'info'\nBOTH = DEBUG and LEVEL",
    "m.LEVEL == 'debug'",
    "m.BOTH == 'debug'",
)
case(
    "text built by formatting follows",
    "HOST = 'a'\nURL = f'http://{HOST}/{HOST!r:>4}'\nOLD = '%s' % HOST\nT = '{}'.format(HOST)",
    "import m",
    "HOST = 'b'\nURL = f'http://{HOST}/{HOST!r:>4}'\nOLD = '%s' % HOST\nT = '{}'.format(HOST)",
    "m.URL == \"http://b/ 'b'\"",
    "(m.OLD, m.T) == ('b', 'b')",
)
