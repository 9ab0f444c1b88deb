# ruff: noqa: E501
"""Classes and values that well-known libraries make; skipped where a library is not installed."""

from catalogue import case

_P = "from pydantic import BaseModel\n"

case(
    "attrs: a new method reaches old instances",
    "import attrs\n@attrs.define\nclass C:\n    x: int = 1\n    def m(self): return self.x",
    "from m import C\nc = C()",
    "import attrs\n@attrs.define\nclass C:\n    x: int = 1\n    def m(self): return self.x + 10\n    def n(self): return 5",
    "c.m() == 11",
    "c.n() == 5",
    "type(c) is C",
    libraries=("attrs",),
)
case(
    "attrs: a changed default makes new instances and keeps old ones",
    "import attrs\n@attrs.define\nclass C:\n    x: int = 1\n    def m(self): return self.x",
    "from m import C\nc = C()",
    "import attrs\n@attrs.define\nclass C:\n    x: int = 5\n    def m(self): return self.x * 2",
    "C().x == 5",
    "c.m() == 2",
    "isinstance(c, C)",
    "c == C(1)",
    libraries=("attrs",),
)
case(
    "attrs: a new field is there for new instances",
    "import attrs\n@attrs.define\nclass C:\n    x: int = 1",
    "from m import C\nc = C()",
    "import attrs\n@attrs.define\nclass C:\n    x: int = 1\n    y: int = 2\n    def m(self): return self.x",
    "C().y == 2",
    "c.m() == 1",
    "attrs.asdict(C()) == {'x': 1, 'y': 2}",
    then="import attrs",
    libraries=("attrs",),
)
case(
    "attrs: a class with a dict takes a new field in place",
    "import attr\n@attr.s(auto_attribs=True)\nclass C:\n    x: int = 1",
    "from m import C\nc = C()",
    "import attr\n@attr.s(auto_attribs=True)\nclass C:\n    x: int = 1\n    y: int = 2\n    def m(self): return self.x",
    "C().y == 2",
    "c.m() == 1",
    "type(c) is C",
    libraries=("attr",),
)
case(
    "pydantic: a new method reaches old instances",
    _P + "class M(BaseModel):\n    x: int\n    def m(self): return self.x",
    "from m import M\no = M(x=1)",
    _P
    + "class M(BaseModel):\n    x: int\n    def m(self): return self.x + 10\n    def n(self): return 5",
    "o.m() == 11",
    "o.n() == 5",
    "type(o) is M",
    libraries=("pydantic",),
)
case(
    "pydantic: a new field is validated, everywhere and as the same class",
    _P + "class M(BaseModel):\n    x: int",
    "from m import M\no = M(x=1)",
    _P + "class M(BaseModel):\n    x: int\n    y: int = 2",
    "M(x='1').y == 2",
    "type(M.model_validate({'x': 1})) is M",
    'M.model_validate_json(\'{"x": 1, "y": 5}\').y == 5',
    "isinstance(o, M)",
    "M(x=1).model_dump() == {'x': 1, 'y': 2}",
    "'y' in M.model_json_schema()['properties']",
    libraries=("pydantic",),
)
case(
    "pydantic: a model in another model of another module follows",
    {
        "a.py": _P + "class In(BaseModel):\n    x: int",
        "m.py": _P + "from a import In\nclass Out(BaseModel):\n    i: In\n    many: list[In] = []",
    },
    "from m import Out\nimport a",
    {"a.py": _P + "class In(BaseModel):\n    x: int\n    y: int = 7"},
    "Out(i={'x': 1}).i.y == 7",
    "type(Out(i={'x': 1}).i) is a.In",
    "Out(i=a.In(x=1)).model_dump() == {'i': {'x': 1, 'y': 7}, 'many': []}",
    libraries=("pydantic",),
)
case(
    "pydantic: a validator that changes acts",
    "from pydantic import BaseModel, field_validator\nclass M(BaseModel):\n    x: int\n    @field_validator('x')\n    @classmethod\n    def check(cls, v): return v + 1",
    "from m import M",
    "from pydantic import BaseModel, field_validator\nclass M(BaseModel):\n    x: int\n    @field_validator('x')\n    @classmethod\n    def check(cls, v): return v + 100",
    "M(x=1).x == 101",
    "M.model_validate({'x': 1}).x == 101",
    libraries=("pydantic",),
)
case(
    "pydantic: a model derived in another module inherits a new field",
    {
        "a.py": _P + "class A(BaseModel):\n    x: int = 1",
        "m.py": "from a import A\nclass B(A):\n    z: int = 3",
    },
    "from m import B\nb = B()",
    {"a.py": _P + "class A(BaseModel):\n    x: int = 1\n    y: int = 2"},
    "B().model_dump() == {'x': 1, 'y': 2, 'z': 3}",
    "isinstance(b, B)",
    libraries=("pydantic",),
)
case(
    "numpy: constants and what is computed from them follow",
    "import numpy as np\nN = 3\nA = np.arange(N)\nB = A * 2\nBIG = np.zeros(10)",
    "from m import A, B\nimport m\nbig = m.BIG",
    "import numpy as np\nN = 5\nA = np.arange(N)\nB = A * 2\nBIG = np.zeros(10)",
    "A.tolist() == [0, 1, 2, 3, 4]",
    "B.tolist() == [0, 2, 4, 6, 8]",
    "m.BIG is big",
    libraries=("numpy",),
)
case(
    "numpy: an array filled in several statements is filled anew",
    "import numpy as np\nA = np.zeros(3)\nA[0] = 1\nA[1:] += 2\nS = A.sum()",
    "import m",
    "import numpy as np\nA = np.zeros(3)\nA[0] = 10\nA[1:] += 2\nS = A.sum()",
    "m.A.tolist() == [10, 2, 2]",
    "m.S == 14",
    libraries=("numpy",),
)
case(
    "numpy: a seed that changes draws anew, and a vectorised function follows",
    "import numpy as np\nnp.random.seed(1)\nX = np.random.rand()\ndef f(x): return x\ng = np.vectorize(f)",
    "import m\nx = m.X",
    "import numpy as np\nnp.random.seed(2)\nX = np.random.rand()\ndef f(x): return x * 10\ng = np.vectorize(f)",
    "m.X != x",
    "m.g([1, 2]).tolist() == [10, 20]",
    libraries=("numpy",),
)
case(
    "pandas: a table made from constants follows and another is kept",
    "import pandas as pd\nCOLS = ['a']\nT = pd.DataFrame({c: [1] for c in COLS})\nBIG = pd.DataFrame({'x': [1]})\nT['z'] = 5",
    "from m import T\nimport m\nbig = m.BIG",
    "import pandas as pd\nCOLS = ['a', 'b']\nT = pd.DataFrame({c: [1] for c in COLS})\nBIG = pd.DataFrame({'x': [1]})\nT['z'] = 5",
    "list(T.columns) == ['a', 'b', 'z']",
    "m.BIG is big",
    libraries=("pandas",),
)
case(
    "pandas: a subclass of a table gets new methods",
    "import pandas as pd\nclass F(pd.DataFrame):\n    @property\n    def _constructor(self): return F\n    def m(self): return 1",
    "from m import F\nf = F({'a': [1, 2]})",
    "import pandas as pd\nclass F(pd.DataFrame):\n    @property\n    def _constructor(self): return F\n    def m(self, k=2): return len(self) + k",
    "f.m() == 4",
    "f[f.a > 1].m() == 3",
    libraries=("pandas",),
)
case(
    "click: a command takes a new body and a new option, and is in its group once",
    "import click\n@click.group()\ndef cli(): pass\n@cli.command()\ndef run(): return 1",
    "from m import cli, run",
    "import click\n@click.group()\ndef cli(): pass\n@cli.command()\n@click.option('--n', default=5)\ndef run(n): return n\n@cli.command()\ndef other(): return 3",
    "run.main([], standalone_mode=False) == 5",
    "sorted(cli.commands) == ['other', 'run']",
    "cli.main(['run'], standalone_mode=False) == 5",
    libraries=("click",),
)
case(
    "click: a command that is taken away is no longer in its group",
    "import click\n@click.group()\ndef cli(): pass\n@cli.command()\ndef run(): return 1\n@cli.command()\ndef other(): return 1",
    "from m import cli",
    "import click\n@click.group()\ndef cli(): pass\n@cli.command()\ndef run(): return 2",
    "sorted(cli.commands) == ['run']",
    "cli.main(['run'], standalone_mode=False) == 2",
    libraries=("click",),
)
case(
    "sqlalchemy: a mapped class takes a new method",
    "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nclass Base(DeclarativeBase): pass\nclass User(Base):\n    __tablename__ = 'u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    def hi(self): return 1",
    "from m import User\nu = User(id=1)",
    "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nclass Base(DeclarativeBase): pass\nclass User(Base):\n    __tablename__ = 'u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    def hi(self, k=5): return self.id + k\n    def ho(self): return 7",
    "u.hi() == 6",
    "u.ho() == 7",
    "User(id=2).hi() == 7",
    libraries=("sqlalchemy",),
)
case(
    "a method patched by unittest.mock stays patched and is new when the patch ends",
    "class C:\n    def m(self): return 1\n    def n(self): return 1",
    "import m\nfrom unittest import mock\nc = m.C()\np = mock.patch.object(m.C, 'm', return_value=7)\np.start()",
    "class C:\n    def m(self): return 2\n    def n(self): return 2",
    "seen == (7, 2)",
    "(c.m(), m.C().m()) == (2, 2)",
    then="seen = (c.m(), c.n()); p.stop()",
)
case(
    "a class patched by unittest.mock stays patched and is new when the patch ends",
    "class C:\n    def m(self): return 1",
    "import m\nfrom unittest import mock\nc = m.C()\np = mock.patch('m.C'); fake = p.start()",
    "class C:\n    def m(self): return 2",
    "seen",
    "(c.m(), m.C().m(), type(c) is m.C) == (2, 2, True)",
    then="seen = m.C is fake; p.stop()",
)
case(
    "a mapping patched by unittest.mock is as before the patch when it ends",
    "D = {'a': 1}\ndef f(): return D['a']",
    "import m\nfrom unittest import mock\np = mock.patch.dict(m.D, a=7); p.start()",
    "D = {'a': 1}\ndef f(): return D['a'] + 10",
    "seen == 17",
    "m.f() == 11",
    then="seen = m.f(); p.stop()",
)
case(
    "an old instance and its class go through cloudpickle as the new class",
    "class C:\n    def m(self): return 1",
    "import cloudpickle, pickle\nfrom m import C\nc = C(); before = cloudpickle.dumps(c)",
    "class C:\n    A = 5\n    def m(self): return 2",
    "pickle.loads(before).m() == 2",
    "pickle.loads(cloudpickle.dumps(c)).A == 5",
    "pickle.loads(cloudpickle.dumps(C)) is C",
    libraries=("cloudpickle",),
)
case(
    "a function of the notebook goes through cloudpickle with what it imported",
    "X = 1\ndef f(): return X",
    "import cloudpickle, pickle\nfrom m import f, X\ndef mine(): return (f(), X)",
    "X = 2\ndef f(): return X * 10",
    "pickle.loads(cloudpickle.dumps(mine))() == (20, 2)",
    libraries=("cloudpickle",),
)
case(
    "what cloudpickle took by value with the old text is loaded with the old text",
    "def f(): return 1",
    "import cloudpickle, pickle, m\ncloudpickle.register_pickle_by_value(m)\nold = cloudpickle.dumps(m.f)",
    "def f(): return 2",
    "pickle.loads(old)() == 1",
    "pickle.loads(new)() == 2",
    then="new = cloudpickle.dumps(m.f); cloudpickle.unregister_pickle_by_value(m)",
    libraries=("cloudpickle",),
)
case(
    "a class that is made again while unittest.mock patches it is new when the patch ends",
    "class C:\n    def m(self): return 1",
    "import m\nfrom unittest import mock\nc = m.C()\np = mock.patch('m.C'); fake = p.start()",
    "class C:\n    A = 3\n    def m(self): return 2",
    "seen",
    "(c.m(), m.C().m(), m.C.A, type(c) is m.C) == (2, 2, 3, True)",
    then="seen = m.C is fake; p.stop()",
)
case(
    "a constant patched by unittest.mock is new when the patch ends",
    "X = 1",
    "import m\nfrom unittest import mock\np = mock.patch('m.X', 7); p.start()",
    "X = 2",
    "m.X == 2",
    then="p.stop()",
)
case(
    "a batch that fails leaves what unittest.mock patches, and what the patch will bring back",
    "X = 1",
    "import m\nfrom unittest import mock\np = mock.patch('m.X', 7); q = mock.patch('m.X', 8)\np.start(); q.start()",
    "X = 2\n1 / 0",
    "seen == [8, 7, 1]",
    then="seen = [m.X]; q.stop(); seen.append(m.X); p.stop(); seen.append(m.X)",
    fails="division",
)
case(
    "a patch of unittest.mock over another is there again after a batch",
    "X = 1",
    "import m\nfrom unittest import mock\np = mock.patch('m.X', 7); q = mock.patch('m.X', 8)\np.start(); q.start()",
    "X = 2",
    "seen == [8, 7, 2]",
    then="seen = [m.X]; q.stop(); seen.append(m.X); p.stop(); seen.append(m.X)",
)
