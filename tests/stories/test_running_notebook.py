"""A notebook that runs is never changed under its user, also where its file belongs to the project."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.harness import wait
from tests.harness.paged import PagedStack
from tests.harness.stack import Stack

TOTAL = "import shop.cart; print(shop.cart.total())"
NAME = "story.ipynb"
CELLS = (TOTAL, "%notesync verify", "%notesync kept")
TOLD = f"{NAME} has changed on the laptop and runs here"


@pytest.mark.browser
def test_the_running_notebook_in_jupyterlab_belongs_to_the_project(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", within=True, cells=CELLS, connected=False) as stack:
        stack.compares = False
        shutil.copy(stack.file, stack.source / NAME)
        stack.connect()
        wait.until((stack.replica / "shop/cart.py").exists, "the project has arrived")
        assert stack.run(0) == "one"
        stack.page.save()
        yours = stack.file.read_bytes()
        # Edited on the laptop, too, again and again.
        for word in ("two", "three"):
            edit(stack, word)
            shown = stack.run(0)
            assert shown.splitlines()[-1] == word
            assert (TOLD in shown) == (word == "two"), "told once"
            assert stack.file.read_bytes() == yours
        assert NAME in stack.run(1)
        assert NAME in stack.run(2)
        # The page does not think that somebody else has changed its file.
        assert "three" in stack.page.save()
        assert stack.page.page.locator(".jp-Dialog").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("extension", [True, False], ids=["extension", "script"])
def test_a_notebook_that_is_renamed_is_left_alone_and_called_by_its_new_name(tmp_path: Path, extension: bool) -> None:
    """As most that begin as Untitled.ipynb: the kernel was told only how it was called when it started."""
    new = "analysis.ipynb"
    told = f"{new} has changed on the laptop and runs here"
    with PagedStack(tmp_path / "stack", within=True, cells=CELLS, connected=False, extension=extension) as stack:
        stack.compares = False
        if not extension:
            stack.page.rename(new)
        stack.connect()
        wait.until((stack.replica / "shop/cart.py").exists, "the project has arrived")
        if extension:
            stack.page.rename(new)
        assert stack.run(0) == "one"
        stack.page.save()
        yours = stack.page.file.read_bytes()
        # Renamed on the laptop, too; and the old name is free for another one.
        stack.laptop.save(new, "the laptop's")
        stack.laptop.save(NAME, "another one")
        stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
        wait.until(lambda: "two" in (stack.replica / "shop/cart.py").read_text(), "it has arrived")
        shown = stack.run(0)
        assert shown.splitlines()[-1] == "two"
        assert told in shown
        assert stack.page.file.read_bytes() == yours
        assert (stack.replica / NAME).read_text() == "another one"
        stack.page.save()
        assert stack.page.page.locator(".jp-Dialog").count() == 0
        stack.laptop.server.until_line(rf"✓ {re.escape(new)}: applied")


def test_a_running_notebook_that_the_laptop_comes_to_have_too(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "stack", connected=False)
    file = stack.replica / NAME
    stack.notebook.env["JPY_SESSION_NAME"] = str(file)
    with stack:
        file.parent.mkdir(parents=True)
        file.write_text("yours")
        stack.connect()
        stack.laptop.save(NAME, "the laptop's")
        assert TOLD in stack.notebook.run("import shop.cart; shop.cart.total()").text
        assert file.read_text() == "yours"
        # As the remedy says.
        file.rename(file.with_name("mine.ipynb"))
        stack.notebook.run(f"%notesync kept restore {NAME}")
        assert file.read_text() == "the laptop's"
        file.with_name("mine.ipynb").unlink()


def edit(stack: PagedStack, word: str) -> None:
    """The user edits the notebook and a module on the laptop."""
    notebook = json.loads((stack.source / NAME).read_text(encoding="utf-8"))
    notebook["cells"].append({**notebook["cells"][-1], "id": word, "source": f"# {word}"})
    stack.laptop.save(NAME, json.dumps(notebook))
    stack.laptop.save("shop/cart.py", f"def total():\n    return {word!r}\n")
    there = stack.replica / "shop/cart.py"
    wait.until(lambda: word in there.read_text(), f"{word} has arrived")
