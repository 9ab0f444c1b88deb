"""The reload alone: standard library only, and the page about it in the documentation works."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from shells import the_shell

LAUNCHER = Path(__file__).resolve().parents[2]
PACKAGE = LAUNCHER / "src" / "notesync" / "reload"
PAGE = LAUNCHER.parent / "docs" / "reload-alone.md"
LATER = {"IPython"}  # asked for inside functions, where there is a shell


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_it_imports_the_standard_library_and_itself(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module or ""]
        for name in names:
            ours = name == "notesync.reload" or name.startswith("notesync.reload.")
            top = name.partition(".")[0]
            assert ours or top in sys.stdlib_module_names or (top in LATER and node.col_offset)


def test_it_reloads_in_a_python_that_has_nothing_installed(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("X = 1\n")
    [_, alone] = blocks()
    save = (
        "reloader.cell_ran('from settings import X')\n"
        "pathlib.Path('settings.py').write_text('X = 2\\n')\n"
    )
    text = (
        "import pathlib, sys\nfrom settings import X\n"
        + alone.replace("report = ", f"{save}report = ", 1)
        + "print(X, *sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", text],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(LAUNCHER / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    value, *modules = done.stdout.split()
    assert value == "2"
    assert not {"zmq", "jupyter_client", "ipykernel", "IPython"} & set(modules)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[InteractiveShell]:
    shell = the_shell()
    monkeypatch.syspath_prepend(str(tmp_path / "project"))
    monkeypatch.setenv("HOME", str(tmp_path))
    before = dict(shell.user_ns)
    yield shell
    for event in ("pre_run_cell", "post_run_cell"):
        for callback in list(shell.events.callbacks[event]):
            if callback.__module__ == "__main__" or "before_cell" in repr(callback):
                shell.events.unregister(event, callback)
    shell.user_ns.clear()
    shell.user_ns.update(before)


@pytest.mark.skipif(os.name == "nt", reason="~ is HOME")
def test_the_page_s_cell_makes_every_cell_run_what_was_saved(
    shell: InteractiveShell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "project").mkdir()
    module = tmp_path / "project" / "alone_on_a_directory.py"
    module.write_text("X = 1\ndef f(): return X\n")
    [cell, _] = blocks()
    shell.run_cell(cell).raise_error()
    shell.run_cell("from alone_on_a_directory import f, X\nfirst = (f(), X)").raise_error()
    module.write_text("X = 22\ndef f(): return X\n")
    shell.run_cell("second = (f(), X)").raise_error()
    module.write_text("X = (\n")
    shell.run_cell("third = (f(), X)").raise_error()
    assert "kept the old code" in capsys.readouterr().out
    module.write_text("X = 4444\ndef f(): return X\n")
    shell.run_cell("fourth = (f(), X)").raise_error()
    space = shell.user_ns
    found = [space[name] for name in ("first", "second", "third", "fourth")]
    assert found == [(1, 1), (22, 22), (22, 22), (4444, 4444)]


def blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
