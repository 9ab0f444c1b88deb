"""Two people look at one notebook, or one on two machines: two browsers on one kernel, and one of them goes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.harness.browser import Browser
from tests.harness.lab import NotebookPage
from tests.harness.paged import PANEL, PagedStack

pytestmark = [pytest.mark.browser]
# A cell that got no answer is enough to look for the page; without one it is missed after 3 to 6 s.
SOON_S = 8
TOTAL = "import shop.cart; print(shop.cart.total())"


def test_when_the_browser_that_carries_is_closed_or_killed_the_other_one_goes_on(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL,)) as stack:
        assert stack.run(0) == "one"
        with stack.browser.beside(tmp_path / "other profile", tmp_path / "other logs") as other:
            # The newest carries, with a pairing of its own.
            there = pair_in(other, stack)
            shows(stack, "standing by")
            save(stack, "two")
            assert there.run(stack.cell(0)) == "two"
            other.context.close()
            save(stack, "three")
            # Nobody has touched this page: it goes on by itself, and says so.
            shows(stack, "3")
            assert stack.run(0) == "three"
        with stack.browser.beside(tmp_path / "third profile", tmp_path / "third logs") as third:
            pair_in(third, stack)
            shows(stack, "standing by")
            third.kill()
            save(stack, "four")
            # Nobody has missed it yet: the cell says on what it runs.
            shown = stack.run(0)
            assert shown == "four" or re.search("this cell runs on sequence 3.*\nthree$", shown, re.DOTALL), shown
            shows(stack, "4", SOON_S)
            assert stack.run(0) == "four"
            assert len(stack.agents()) == 1


def shows(stack: PagedStack, state: str, seconds: float = 25) -> None:
    """The item of the page that nobody touches."""
    item = stack.page.page.get_by_role("button", name=re.compile(f"notesync: shop(,| ·) {state}"))
    expect(item).to_be_visible(timeout=seconds * 1000)


def pair_in(browser: Browser, stack: PagedStack) -> NotebookPage:
    """The same notebook in the other browser; the code that its panel shows is typed on the laptop."""
    page = NotebookPage(browser, stack.jupyter, stack.file.name)
    code = page.page.locator(f"{PANEL} output.code")
    code.wait_for()
    stack.laptop.approve(code.inner_text().strip())
    page.page.get_by_role("button", name=re.compile("notesync: shop · ")).wait_for()
    return page


def save(stack: PagedStack, word: str) -> None:
    stack.laptop.save("shop/cart.py", f"def total():\n    return {word!r}\n")
