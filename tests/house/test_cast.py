"""The cast of the stories works without notesync: when one of these fails, look at the machine first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import places
from tests.harness import world
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter
from tests.harness.lab import NotebookPage
from tests.harness.notebook import Notebook
from tests.harness.wait import Waited, until


@pytest.mark.parametrize(("kernel", "versions"), [("environment", "9.18.1 7.4.0"), ("old-kernel", "7.34.0 6.17.1")])
def test_a_kernel_runs_cells(tmp_path: Path, kernel: str, versions: str) -> None:
    if not places.tool(places.BUILD / kernel, "python").exists():
        pytest.skip("made when the launcher is there")
    with Notebook(tmp_path, world.environment(tmp_path), places.BUILD / kernel) as notebook:
        told = notebook.run("import IPython, ipykernel; print(IPython.__version__, ipykernel.__version__)").text
        assert told.strip() == versions
        old = notebook.pid()
        notebook.restart()
        assert notebook.pid() != old
        failed = notebook.finish(notebook.begin("1 / 0"))
        assert failed.error == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_a_page_runs_cells_and_saves(tmp_path: Path, app: str) -> None:
    with Jupyter(app, tmp_path / "jupyter", world.environment(tmp_path), tmp_path / "logs") as jupyter:
        jupyter.write("page.ipynb", "a = 20 + 1", "print(2 * a)")
        with Browser(tmp_path / "profile", tmp_path / "logs") as browser:
            page = NotebookPage(browser, jupyter, "page.ipynb")
            page.run(0)
            assert page.run(1) == "42"
            assert '"42\\n"' in page.save()


def test_waiting_for_what_never_comes_fails() -> None:
    with pytest.raises(Waited, match="the moon turns blue"):
        until(lambda: False, "the moon turns blue", patience=0.05)
