"""`%pip install notesync` under a running Jupyter server: the extension is there when the page is loaded again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import places
from tests.harness import world
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter
from tests.harness.lab import NotebookPage

pytestmark = [pytest.mark.browser]
INSTALLED = places.ENVIRONMENT / "share" / "jupyter" / "labextensions"
APPS = {"lab": "LabApp", "notebook": "JupyterNotebookApp"}


@pytest.mark.parametrize("app", APPS)
def test_a_reloaded_page_has_the_extension_and_the_server_need_not_be_started_again(tmp_path: Path, app: str) -> None:
    extensions = tmp_path / "labextensions"
    extensions.mkdir()
    for one in INSTALLED.iterdir():
        if one.name != "notesync":
            (extensions / one.name).symlink_to(one)
    only = f"--{APPS[app]}.labextensions_path={extensions}"
    jupyter = Jupyter(app, tmp_path / "jupyter", world.environment(tmp_path), tmp_path / "logs", only)
    with jupyter, Browser(tmp_path / "profile", tmp_path / "logs") as browser:
        jupyter.write("story.ipynb", "1 + 1")
        notebook = NotebookPage(browser, jupyter, "story.ipynb")
        item = notebook.page.get_by_role("button", name="notesync. Open the menu.")
        assert notebook.run(0).endswith("2")
        assert item.count() == 0
        (extensions / "notesync").symlink_to(INSTALLED / "notesync")
        notebook.reload()
        item.wait_for()
        # It has taken the place of what runs cells.
        assert notebook.run(0).endswith("2")
