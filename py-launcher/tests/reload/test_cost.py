"""What a change of one module asks of those around it: each text is parsed once, in good time."""

from __future__ import annotations

import ast
import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from notesync._reading import Reading
from notesync.reload import Change, Reloader, trees

IMPORTERS = 30
BASE = "LIMIT = {limit}\ndef f(x=1):\n    return x + {body}\n"
IMPORTER = """\
from wide.base import f, LIMIT
CALLS = []
class Keeper:
    seen = []
    def call(self):
        return f() + LIMIT + {number}
"""


class Wide:
    """A package with one module that all others import; says which files are parsed."""

    def __init__(self, root: Path, parsed: list[str]) -> None:
        self.folder = root / "wide"
        self.folder.mkdir()
        self.parsed = parsed
        (self.folder / "__init__.py").write_text("")
        (self.folder / "base.py").write_text(BASE.format(limit=1, body=0))
        for number in range(IMPORTERS):
            (self.folder / f"m{number}.py").write_text(IMPORTER.format(number=number))
        self.user_ns: dict[str, Any] = {}
        self.modules = [importlib.import_module(f"wide.m{n}") for n in range(IMPORTERS)]
        self.reloader = Reloader(self, [root])
        parsed.clear()  # it has looked whether these new files are what the modules run

    def read_all(self) -> None:
        while self.reloader.read_ahead(0.001):
            pass

    def save(self, name: str, text: str) -> int:
        self.parsed.clear()
        (self.folder / name).write_text(text)
        report = self.reloader.apply([Change(self.folder / name)])
        assert report.ok, report.details()
        return report.statements

    def answers(self) -> list[int]:
        return [module.Keeper().call() for module in self.modules]


@pytest.fixture
def wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wide]:
    monkeypatch.syspath_prepend(str(tmp_path))
    parsed: list[str] = []
    parse: Callable[..., ast.Module] = ast.parse

    def noted(source: Any, filename: str = "<unknown>", *args: Any, **more: Any) -> ast.Module:
        parsed.append(Path(filename).name)
        return parse(source, filename, *args, **more)

    monkeypatch.setattr(ast, "parse", noted)
    yield Wide(tmp_path, parsed)
    for name in [name for name in sys.modules if name.split(".")[0] == "wide"]:
        del sys.modules[name]


def test_what_was_read_ahead_is_not_parsed_when_its_import_changes(wide: Wide) -> None:
    wide.read_all()
    assert sorted(set(wide.parsed)) == sorted(["base.py", *(f"m{n}.py" for n in range(IMPORTERS))])
    assert wide.save("base.py", BASE.format(limit=1, body=10)) == 0
    assert set(wide.parsed) == {"base.py"}
    assert wide.answers() == [12 + n for n in range(IMPORTERS)]


def test_a_constant_that_many_import_follows_without_parsing_them(wide: Wide) -> None:
    wide.read_all()
    assert wide.save("base.py", BASE.format(limit=5, body=0)) == 1 + IMPORTERS
    assert set(wide.parsed) == {"base.py"}
    assert wide.answers() == [6 + n for n in range(IMPORTERS)]


def test_a_module_whose_tree_was_dropped_is_compared_with_its_old_text(wide: Wide) -> None:
    wide.read_all()
    module = wide.modules[3]
    module.Keeper.seen.append("state")
    module.CALLS.append("state")
    text = IMPORTER.format(number=100).replace("CALLS = []", "CALLS = []  # of f")
    assert wide.save("m3.py", text) == 0
    assert set(wide.parsed) == {"m3.py"}
    assert wide.answers()[3] == 102
    assert (module.CALLS, module.Keeper.seen) == (["state"], ["state"])
    wide.save("m3.py", text.replace("    def call", "    more = 1\n    def call"))
    assert (module.Keeper.more, module.Keeper.seen) == (1, ["state"])


def test_a_text_that_is_too_much_to_keep_is_parsed_when_it_is_needed(
    wide: Wide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "_LEARNT", 2 * len(IMPORTER))
    wide.read_all()
    assert wide.save("base.py", BASE.format(limit=7, body=0)) == 1 + IMPORTERS
    assert len(set(wide.parsed)) > IMPORTERS // 2
    assert wide.save("base.py", BASE.format(limit=8, body=0)) == 1 + IMPORTERS
    assert wide.answers() == [9 + n for n in range(IMPORTERS)]


def test_modules_are_read_while_no_cell_runs(wide: Wide) -> None:
    reading = Reading(lambda: wide.reloader)

    async def idle() -> None:
        wide.parsed.clear()
        reading.cell_ended()
        reading.cell_begins()
        reading.cell_ended()
        while len(set(wide.parsed)) < IMPORTERS + 1:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(idle(), 30))
    reading.cell_ended()  # no loop: nothing to do, and no error


def test_a_cell_that_begins_stops_the_reading(wide: Wide) -> None:
    reading = Reading(lambda: wide.reloader)

    async def busy() -> None:
        wide.parsed.clear()
        reading.cell_ended()
        reading.cell_begins()
        later = asyncio.Event()
        asyncio.get_running_loop().call_later(0.5, later.set)
        await later.wait()

    asyncio.run(busy())
    assert wide.parsed == []
