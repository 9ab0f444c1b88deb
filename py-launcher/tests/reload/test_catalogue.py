"""Every case of the catalogue in a real IPython shell, files with one and the same old time."""

from __future__ import annotations

import importlib
import os
import sys
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from catalogue import CASES, Case, Files
from IPython.core.interactiveshell import InteractiveShell
from shells import the_shell

from notesync.reload import Change, Reloader

WANTED = os.environ.get("NOTESYNC_CASES", "cases_*")  # one file of cases alone
for found in sorted(Path(__file__).parent.glob(f"{WANTED}.py")):
    importlib.import_module(found.stem)


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    shell = the_shell()
    before = dict(shell.user_ns)
    yield shell
    shell.user_ns.clear()  # `shell.reset` collects garbage, a tenth of a second each time
    shell.user_ns.update(before)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        file = getattr(sys.modules[name], "__file__", None) or ""
        paths = [str(path) for path in getattr(sys.modules[name], "__path__", ())]
        if not isinstance(sys.modules[name], types.ModuleType) or any(
            path.startswith(str(tmp_path)) for path in [file, *paths]
        ):
            del sys.modules[name]


def write(root: Path, files: Files) -> list[Change]:
    """Write files, all with the same time: only their content tells that they changed."""
    changes = []
    for name, text in files.items():
        path = root / name
        if text is None:
            path.unlink()
            changes.append(Change(path, deleted=True))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
        path.write_bytes(data)
        os.utime(path, (1_000_000_000, 1_000_000_000))
        changes.append(Change(path))
    return changes


def run(shell: InteractiveShell, reloader: Reloader, cell: str) -> None:
    if cell:
        result = shell.run_cell(cell)
        result.raise_error()
        reloader.cell_ran(cell)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_catalogue(case: Case, shell: InteractiveShell, project: Path) -> None:
    if sys.version_info < case.needs:
        pytest.skip(f"needs Python {case.needs}")
    for library in case.libraries:
        pytest.importorskip(library)
    write(project, case.before)
    importlib.invalidate_caches()
    reloader = Reloader(shell, [project])
    run(shell, reloader, case.cell)
    run(shell, reloader, case.between)
    report = None
    for number, batch in enumerate(case.batches, 1):
        reloader.before_files_change([project / name for name in batch])
        report = reloader.apply(write(project, batch))
        if number < len(case.batches) and not case.fails:
            continue
    assert report is not None
    if case.fails:
        assert report.failed is not None, report.details()
        assert case.fails in report.failed.message
        assert report.pending
    else:
        assert report.ok, report.details()
        assert not reloader.pending
    assert case.says in report.line()
    run(shell, reloader, case.then)
    space = shell.user_ns
    for check in case.checks:
        assert eval(check, space), f"{check}\n{report.details()}"
    if case.runs is not None:
        assert report.statements == case.runs, report.details()
    if case.kept:
        assert any(case.kept in f"{what}: {why}" for what, why in report.kept), report.details()
    if case.note:
        assert any(case.note in text for _, _, text in report.notes), report.details()
