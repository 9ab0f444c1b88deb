"""What a saved notebook says of its cells: on which sequence and commit of the laptop each of them ran."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.harness import wait, world
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter
from tests.harness.lab import NotebookPage
from tests.harness.paged import PagedStack
from tests.harness.releases import commit

pytestmark = [pytest.mark.browser]
TOTAL = "import shop.cart; print(shop.cart.total())"
SEQUENCE = "import notesync; print(notesync.sequence())"


def noted(stack: PagedStack, number: int) -> Any:
    """What the notebook on the disk says of the story's own cell `number`. Saves it first; what has no change stays."""
    stack.page.page.keyboard.press("Control+s")
    # The file is empty for a moment while it is written.
    text = wait.until(lambda: stack.page.file.read_text(encoding="utf-8"), "the notebook is there")
    cells = json.loads(text)["cells"]
    return cells[stack.cell(number)]["metadata"].get("notesync")


def test_the_saved_notebook_says_on_what_each_cell_ran(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", repository=True, cells=(TOTAL, SEQUENCE, "%unload_ext notesync")) as stack:
        sequence = int(stack.run(1))
        assert wait.until(lambda: noted(stack, 1), "the run is noted")["sequence"] == sequence
        head = commit(stack.source, "the beginning")
        stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
        assert stack.run(0) == "two"
        told = wait.until(lambda: noted(stack, 0), "the run is noted")
        # git is asked beside the batch, so whether it found the edit is not said here.
        assert told == {"sequence": sequence + 1, "commit": head, "dirty": told["dirty"]}
        assert isinstance(told["dirty"], bool)
        # The other cell shows what it ran on, until it is run again.
        assert noted(stack, 1)["sequence"] == sequence
        assert stack.run(1) == str(sequence + 1)
        wait.until(lambda: noted(stack, 1) == told, "the newer run is noted")
        saved = stack.page.file.read_text(encoding="utf-8")
        assert str(stack.source) not in saved
        # Without notesync nothing is known of a run: what stands there would be wrong below the new output.
        stack.run(2)
        assert stack.run(0) == "two"
        wait.until(lambda: noted(stack, 0) is None, "what was noted before is taken away")
        assert noted(stack, 1) == told
        # So that the story ends in step.
        stack.page.run(0)
        stack.until_connected()


def test_nothing_is_noted_in_a_notebook_that_did_not_load_notesync(tmp_path: Path) -> None:
    env = world.environment(tmp_path)
    logs = tmp_path / "logs"
    with Jupyter("lab", tmp_path / "jupyter", env, logs) as jupyter, Browser(tmp_path / "profile", logs) as browser:
        jupyter.write("plain.ipynb", "print(1 + 1)")
        page = NotebookPage(browser, jupyter, "plain.ipynb")
        assert page.run(0) == "2"
        assert "notesync" not in page.save()
