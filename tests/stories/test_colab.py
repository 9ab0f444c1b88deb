"""Colab, imitated around a real kernel of its versions: load, pair by the window, sync, run again, reload, clear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands import places
from tests.harness import wait
from tests.harness.colab import SITE, Colab
from tests.harness.leaks import assert_nothing_leaked
from tests.harness.stack import Stack

pytestmark = [pytest.mark.browser]
TOTAL = "import shop.cart; print(shop.cart.total())"
NOT_ASKED = r"this cell runs on sequence \d+: the laptop could not be asked"
SLOW = "import time; time.sleep(5)"


def total(word: str) -> str:
    return f"def total():\n    return {word!r}\n"


def test_the_whole_way_in_colab(tmp_path: Path) -> None:
    load = "%load_ext notesync\n%notesync connect --page LAPTOP"
    versions = "import IPython; IPython.version_info[:2], type(get_ipython())"
    with Colab(tmp_path / "stack", load, TOTAL, versions, SLOW, "print('other')") as stack:
        assert "(7, 34)" in stack.run(2)
        assert "Shell" in stack.text(2)
        # Loaded, and paired through the window.
        stack.run(0)
        stack.pair_in(0)
        stack.settle()
        assert stack.run(1) == "one"
        assert "<script" not in stack.saved()
        assert "NOTESYNC_OFFER" not in stack.saved()
        # In step.
        stack.laptop.save("shop/cart.py", total("two"))
        stack.settle()
        assert stack.run(1) == "two"
        # The cell that loaded it runs again: its frame is a new one, and so is the pairing.
        stack.run(0)
        stack.pair_in(0)
        stack.laptop.save("shop/cart.py", total("three"))
        stack.settle()
        assert stack.run(1) == "three"
        # The page is loaded again: outputs of before may not speak to the kernel, and nothing tries to.
        stack.page.reload()
        stack.page.locator("body[data-ready]").wait_for()
        assert stack.frames() == 0
        stack.run(0)
        stack.pair_in(0)
        stack.laptop.save("shop/cart.py", total("four"))
        stack.settle()
        assert stack.run(1) == "four"
        says_what_came_too_late(stack)
        says_what_was_saved_in_the_moment_before_run(stack)
        assert_nothing_leaked(stack, stack.browser.tokens)
        # The output is cleared: the kernel says in one line that nobody can be asked.
        stack.press(0, "Clear")
        wait.until(lambda: re.search(NOT_ASKED, stack.run(1)), "it is told")


def says_what_came_too_late(stack: Colab) -> None:
    """Its kernel hears nothing while a cell runs: of the second save it learns when the next cell has begun."""
    stack.press(3, "Run")
    stack.page.locator("section").nth(3).and_(stack.page.locator("[data-state=running]")).wait_for()
    for number, word in ((5, "five"), (6, "six")):
        stack.laptop.save("shop/cart.py", total(word))
        stack.laptop.server.until_line(rf"#{number} +shop/cart\.py")
    shown = stack.run(1)
    assert shown.splitlines()[-1] in ("four", "five"), "the sixth cannot have come"
    stack.frame(0).get_by_text(re.compile("ran on sequence [45].*run it again")).wait_for()
    assert re.search(r"In \[\d+\] ran on sequence [45]; what had been saved .* s before", stack.run(4))
    stack.settle()
    assert stack.run(1) == "six"


def says_what_was_saved_in_the_moment_before_run(stack: Colab) -> None:
    """The server has not settled yet when the cell begins, and nobody can be asked."""
    before = "six"
    for word in ("seven", "eight", "nine", "ten", "eleven"):
        stack.laptop.save("shop/cart.py", total(word))
        shown = stack.run(1).splitlines()[-1]
        if shown == before:
            break
        # A busy machine was slow to press Run.
        assert shown == word
        before = word
    else:
        pytest.fail("no Run came within the moment in which a save settles")
    stack.frame(0).get_by_text(re.compile("ran on sequence .*run it again")).wait_for(timeout=10_000)
    assert re.search(r"In \[\d+\] ran on sequence \d+; what had been saved .*: run it again", stack.run(4))
    stack.settle()
    assert stack.run(1) == word


def test_where_google_colab_can_be_imported_and_no_such_page_is_there_nothing_waits(tmp_path: Path) -> None:
    """Kaggle, and VS Code with a kernel of Colab's: only the page can tell where it is shown."""
    stack = Stack(tmp_path / "stack", environment=places.OLD_KERNEL, connected=False)
    stack.notebook.env["PYTHONPATH"] = str(SITE)
    with stack:
        stack.notebook.run("import google.colab")
        stack.notebook.run("%load_ext notesync")
        invited = stack.notebook.run("%notesync connect")
        assert "press Connect in the notesync panel" in invited.text
        stack.connect()
        stack.laptop.save("shop/cart.py", total("two"))
        assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'two'"
