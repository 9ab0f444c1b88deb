# ruff: noqa: E501
"""What is kept, what is not repeated, and what lines and sources say."""

from catalogue import case

case(
    "state made by unchanged statements is kept",
    "STATE = {}\ndef f(): return 1",
    "import m\nm.STATE['a'] = 1",
    "STATE = {}\ndef f(): return 2",
    "m.STATE == {'a': 1}",
    "m.f() == 2",
    runs=0,
)
case(
    "a counter that functions raise is kept",
    "n = 0\ndef up():\n    global n\n    n += 1\n    return n",
    "import m\nm.up(); m.up()",
    "n = 0\ndef up():\n    global n\n    n += 10\n    return n",
    "m.up() == 12",
)
case(
    "an expensive object is kept when something else changes",
    "MODEL = object()\nX = 1",
    "import m\nold = m.MODEL",
    "MODEL = object()\nX = 2",
    "m.MODEL is old",
    "m.X == 2",
    runs=1,
)
case(
    "a connection is kept when a function that uses it changes",
    "class Conn:\n    def __init__(self): self.open = True\n    def q(self): return 1\nconn = Conn()\ndef ask(): return conn.q()",
    "import m\nold = m.conn",
    "class Conn:\n    def __init__(self): self.open = True\n    def q(self): return 1\nconn = Conn()\ndef ask(): return conn.q() + 1",
    "m.conn is old",
    "m.ask() == 2",
    runs=0,
)
case(
    "side effects of unchanged statements are not repeated",
    {"log.py": "seen = []", "m.py": "import log\nlog.seen.append('import')\nX = 1"},
    "import log, m",
    {"m.py": "import log\nlog.seen.append('import')\nX = 2"},
    "log.seen == ['import']",
    "m.X == 2",
)
case(
    "a comment executes nothing",
    "L = []\nX = 1",
    "import m\nm.L.append(1)\nold = m.L",
    "# a comment\nL = []  # here\n\n\nX = 1\n",
    "m.L is old",
    runs=0,
)
case(
    "new formatting executes nothing",
    "D = {'a': 1, 'b': 2}\ndef f(a, b): return a + b",
    "import m\nold = m.D",
    'D = {\n    "a": 1,\n    "b": 2,\n}\n\n\ndef f(a,\n      b):\n    return (a + b)\n',
    "m.D is old",
    "m.f(1, 2) == 3",
    runs=0,
)
case(
    "a file saved without a change executes nothing",
    "L = []",
    "import m\nold = m.L",
    "L = []",
    "m.L is old",
    runs=0,
)
case(
    "definitions that swap places execute nothing",
    "def f(): return 1\ndef g(): return 2\nX = []",
    "import m\nold = m.X",
    "X = []\ndef g(): return 2\ndef f(): return 1",
    "m.X is old",
    "m.f() == 1",
    runs=0,
)
case(
    "a new function executes only its definition",
    "L = []\ndef f(): return 1",
    "import m\nold = m.L",
    "L = []\ndef f(): return 1\ndef g(): return 2",
    "m.L is old",
    "m.g() == 2",
    runs=1,
)
case(
    "a dependant's state is kept when a function that it imports changes",
    {"a.py": "def f(): return 1", "m.py": "from a import f\nSTATE = []\ndef g(): return f()"},
    "import m\nm.STATE.append(1)",
    {"a.py": "def f(): return 2"},
    "m.STATE == [1]",
    "m.g() == 2",
    runs=0,
)
case(
    "a dependant's state is kept when a constant that it does not use changes",
    {"a.py": "X = 1\nY = 1", "m.py": "import a\nSTATE = [a.X]"},
    "import m\nold = m.STATE",
    {"a.py": "X = 1\nY = 2"},
    "m.STATE is old",
    runs=1,
)
case(
    "a line marked to be kept is never run again",
    "import random\nMODEL = random.random()  # notesync: keep\nX = 1",
    "import m\nold = m.MODEL",
    "import random\nMODEL = random.random() + 1  # notesync: keep\nX = 2",
    "m.MODEL == old",
    "m.X == 2",
    kept="MODEL",
)
case(
    "a line marked to be kept stays when its inputs change",
    "N = 1\nMODEL = [N]  # notesync: keep",
    "import m\nold = m.MODEL",
    "N = 2\nMODEL = [N]  # notesync: keep",
    "m.MODEL is old",
    "m.MODEL == [1]",
    kept="MODEL",
)
case(
    "a main block is not run",
    "X = 1\nif __name__ == '__main__':\n    X = 100",
    "import m",
    "X = 1\nif __name__ == '__main__':\n    X = 200",
    "m.X == 1",
)
case(
    "line numbers of functions below an edit move",
    "def f(): return 1\ndef g():\n    raise ValueError",
    "from m import g",
    "def f():\n    x = 1\n    return x\n\n\ndef g():\n    raise ValueError",
    "g.__code__.co_firstlineno == 6",
    "line == 7",
    then="import sys\ntry:\n    g()\nexcept ValueError as e:\n    tb = e.__traceback__\n    while tb.tb_next: tb = tb.tb_next\n    line = tb.tb_lineno",
)
case(
    "inspect shows the new source of a function",
    "def f():\n    return 1",
    "import inspect\nfrom m import f\ntext = inspect.getsource(f)",
    "# more\ndef f():\n    return 2",
    "inspect.getsource(f).strip() == 'def f():\\n    return 2'",
)
case(
    "inspect shows the new source of a class",
    "class C:\n    def m(self): return 1",
    "import inspect\nfrom m import C\ntext = inspect.getsource(C)",
    "# more\n\nclass C:\n    def m(self): return 2",
    "inspect.getsource(C).strip() == 'class C:\\n    def m(self): return 2'",
)
case(
    "inspect shows the new source of a method that only moved",
    "class C:\n    def m(self): return 1",
    "import inspect\nfrom m import C\nb = C().m",
    "# more\n\nclass C:\n    def m(self): return 1",
    "inspect.getsource(b).strip() == 'def m(self): return 1'",
)
case(
    "a traceback of a method shows the new line",
    "class C:\n    def m(self):\n        raise ValueError",
    "from m import C\nc = C()",
    "\n\n\nclass C:\n    def m(self):\n        raise ValueError",
    "'line 6' in text",
    "'raise ValueError' in text",
    then="import traceback\ntry:\n    c.m()\nexcept ValueError:\n    text = traceback.format_exc()",
)
case(
    "a thread that was started before runs new code at its next call",
    "import threading, queue\ndef step(): return 1\nasks, answers = queue.Queue(), queue.Queue()\ndef loop():\n    while asks.get():\n        answers.put(step())\n"
    "t = threading.Thread(target=loop, daemon=True); t.start()",
    "import m\nm.asks.put(1); first = m.answers.get(timeout=5)",
    "import threading, queue\ndef step(): return 2\nasks, answers = queue.Queue(), queue.Queue()\ndef loop():\n    while asks.get():\n        answers.put(step())\n"
    "t = threading.Thread(target=loop, daemon=True); t.start()",
    "first == 1",
    "second == 2",
    then="m.asks.put(1); second = m.answers.get(timeout=5); m.asks.put(0)",
)
case(
    "a lock and a logger are kept",
    "import threading, logging\nLOCK = threading.Lock()\nlog = logging.getLogger('x')\nX = 1",
    "import m\nlock = m.LOCK",
    "import threading, logging\nLOCK = threading.Lock()\nlog = logging.getLogger('x')\nX = 2",
    "m.LOCK is lock",
    runs=1,
)
case(
    "a value that the user has put into a module is kept while its line stays",
    "X = 1\nY = 1",
    "import m\nm.X = 50",
    "X = 1\nY = 2",
    "m.X == 50",
    "m.Y == 2",
)
case(
    "an object in a module-level dict keeps its class after an edit of the class",
    "class C:\n    def m(self): return 1\nD = {'c': C()}",
    "import m\nc = m.D['c']",
    "class C:\n    def m(self): return 2\nD = {'c': C()}",
    "m.D['c'] is c",
    "c.m() == 2",
    runs=0,
)
case(
    "ten edits in a row leave no trace of the first nine",
    "def f(): return 0\nX = 0",
    "from m import f, X",
    [f"def f(): return {n}\nX = {n}" for n in range(1, 11)],
    "f() == 10",
    "X == 10",
)
case(
    "an edit and its reversal lead back to the beginning",
    "class C:\n    A = 1\n    def m(self): return 1\nX = [1]",
    "import m\nc = m.C()",
    [
        "class C:\n    A = 2\n    def n(self): return 2\nX = [2]",
        "class C:\n    A = 1\n    def m(self): return 1\nX = [1]",
    ],
    "c.m() == 1",
    "c.A == 1",
    "not hasattr(c, 'n')",
    "m.X == [1]",
)
case(
    "a dynamically made attribute of a function is kept through a new body",
    "def f(): return 1\nf.short = 'x'",
    "from m import f",
    "def f(): return 2\nf.short = 'x'",
    "f() == 2",
    "f.short == 'x'",
)
case(
    "an attribute set on a function is set again when the function is defined again",
    "def f(): return 1\nf.short = 'x'",
    "from m import f",
    "def f(a=2): return a\nf.short = 'x'",
    "f() == 2",
    "f.short == 'x'",
)
case(
    "atexit handlers are not registered twice",
    "import atexit\nregistered = []\ndef bye(): return 1\nregistered.append(atexit.register(bye))",
    "import m",
    "import atexit\nregistered = []\ndef bye(): return 2\nregistered.append(atexit.register(bye))",
    "len(m.registered) == 1",
    "m.registered[0]() == 2",
    runs=0,
    then="m.atexit.unregister(m.bye)",
)
