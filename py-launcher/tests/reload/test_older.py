"""Modules that were imported before notesync came, and changed by somebody else until then."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from notesync.reload import Reloader

TEXT = """
import os
X = 1
LIMIT = X * 2
STATE = {'made': 0}
def f(): return 1
class C:
    def m(self): return f()
    @staticmethod
    def s(): return 1
"""


class Shell:
    def __init__(self) -> None:
        self.user_ns: dict[str, object] = {}


@pytest.fixture
def m(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "older_m.py").write_text(TEXT)
    importlib.invalidate_caches()
    yield importlib.import_module("older_m")
    del sys.modules["older_m"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f(): return 1", "def f(): return 2"),
        ("X = 1", "X = 5"),
        ("def m(self): return f()", "def m(self): return f() * 3"),
        ("def s(): return 1", "def s(): return 9"),
        ("import os", "import os\ndef new(): return 1"),
        ("import os", "import os\nY = 7"),
        ("import os\n", "import os\n# a line more, so that tracebacks are wrong\n"),
    ],
)
def test_a_file_that_changed_after_its_import_waits_to_be_loaded(
    m: types.ModuleType, tmp_path: Path, old: str, new: str
) -> None:
    path = tmp_path / "older_m.py"
    path.write_text(TEXT.replace(old, new))
    held = m.C()
    reloader = Reloader(Shell(), [tmp_path])
    assert reloader.pending == [path]

    report = reloader.apply([])

    assert report.ok
    assert report.reloaded == ["older_m"]
    fresh: dict[str, object] = {"__name__": "older_m"}
    exec(path.read_text(), fresh)
    for name in fresh:
        assert name in vars(m)
    assert (m.X, m.LIMIT, m.f()) == (fresh["X"], fresh["LIMIT"], fresh["f"]())  # type: ignore[operator]
    assert held.m() == fresh["C"]().m()  # type: ignore[operator]
    assert Reloader(Shell(), [tmp_path]).pending == []


def test_files_that_are_what_was_imported_wait_for_nothing(
    m: types.ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "older_m.py").write_text(TEXT)  # written again by somebody
    m.STATE["made"] = 5
    assert Reloader(Shell(), [tmp_path]).pending == []


@pytest.mark.parametrize(
    "text",
    [
        "X = 1\nX = 2",
        "n = 0\ndef up():\n    global n\n    n += 1\nup()",
        "for i in range(3): pass\nY = i\ndel i",
        "def f(): pass\ndel f",
        "import functools\n@functools.lru_cache\ndef f(): return 1\ng = functools.partial(f)",
        "from dataclasses import dataclass\n@dataclass\nclass D:\n    x: int = 1\n"
        "    @property\n    def y(self): return 1\n    @classmethod\n    def z(cls): return 2",
        "import enum\nclass E(enum.Enum):\n    A = 1\n    def m(self): return 1",
        "from collections import namedtuple\nP = namedtuple('P', 'a b')\nclass Q(P):\n"
        "    def s(self): return self.a",
        "from typing import NamedTuple, Protocol\nclass N(NamedTuple):\n    a: int\n"
        "class R(Protocol):\n    def f(self): ...",
        "from __future__ import annotations\ndef f(a: int) -> None:\n    def g(): return a\n"
        "    return g",
        "def deco(f):\n    def w(): return f()\n    return w\n@deco\n"
        "def f(): return 1\nh = lambda: 2",
        "N = float('nan')\nM = -0.0\nB = b'x'\nT = 'a' 'b'",
        "def f(): return 1\ndef f(): return 2",
        "import contextlib\n@contextlib.contextmanager\ndef c(): yield 1",
    ],
)
def test_text_that_is_as_it_was_imported_is_recognised(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "older_n.py").write_text(text)
    importlib.invalidate_caches()
    importlib.import_module("older_n")
    try:
        assert Reloader(Shell(), [tmp_path]).pending == []
    finally:
        del sys.modules["older_n"]
