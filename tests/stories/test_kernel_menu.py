"""What the Kernel menu does to a notebook that follows: restart, and another kernel in its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.harness import wait
from tests.harness.leaks import assert_saved_clean
from tests.harness.paged import PANEL, PagedStack

pytestmark = [pytest.mark.browser]
SOON = 30_000
SESSIONS = "window[Symbol.for('io.github.notesync.sessions')]"
TOTAL = "import shop.cart; print(shop.cart.total())"


def test_a_restarted_kernel_and_another_one_need_only_to_load_it_again(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL, "import os; print(os.getpid())")) as stack:
        page = stack.page.page
        pids = {stack.run(1)}
        page.locator("[data-command='notebook:restart-kernel']").first.click()
        page.get_by_role("button", name="Confirm Kernel Restart").click()
        title = re.compile("The kernel was restarted. Run %load_ext notesync to go on")
        expect(item(page)).to_have_attribute("title", title, timeout=SOON)
        goes_on(stack, "two")
        pids.add(new_pid(stack, pids))
        # Another kernel: the old one ends, and nothing of it is seen any more. It is told the notebook's new name only.
        stack.page.rename("analysis.ipynb")
        take_another_kernel(page)
        title = re.compile("Run %load_ext notesync in this notebook")
        expect(item(page)).to_have_attribute("title", title, timeout=SOON)
        expect(page.locator(PANEL)).to_be_hidden()
        wait.until(lambda: sessions(page) == 0, "the session of the old kernel ends", 15)
        goes_on(stack, "three")
        new_pid(stack, pids)
        assert sessions(page) == 1
        assert len(stack.agents()) == 1
        assert_saved_clean(stack)


def test_without_the_extension_the_panel_of_the_old_kernel_goes_when_the_new_one_has_its_own(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL,), extension=False) as stack:
        page = stack.page.page
        (old,) = page.evaluate(f"[...{SESSIONS}.keys()]")
        with page.expect_websocket(lambda one: "/channels" in one.url and old not in one.url) as opened:
            take_another_kernel(page)
        # Before the page hears its kernel a Run is lost.
        opened.value.wait_for_event("framereceived")
        goes_on(stack, "two")
        wait.until(lambda: sessions(page) == 1, "the session of the old kernel ends")
        expect(page.locator(PANEL)).to_have_count(1)
        assert_saved_clean(stack)


def take_another_kernel(page: Page) -> None:
    """As a click on the kernel's name offers it; the old one is ended."""
    page.locator(".jp-Toolbar-kernelName").first.click()
    dialog = page.locator(".jp-Dialog")
    start = dialog.locator("optgroup[label^=Start] option").first.get_attribute("value")
    dialog.locator("select").select_option(value=start)
    dialog.get_by_role("button", name="Select Kernel").click()


def test_two_views_of_a_notebook_share_what_carries(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL,)) as stack:
        assert stack.run(0) == "one"
        page = stack.page.page
        tab = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text="story.ipynb")
        tab.click(button="right")
        page.locator(".lm-Menu-itemLabel", has_text="New View for Notebook").click()
        expect(tab).to_have_count(2)
        expect(page.locator(PANEL)).to_have_count(1)
        stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
        stack.settle()
        cell = page.locator(".jp-NotebookPanel").nth(1).locator(".jp-CodeCell").nth(stack.cell(0))
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        expect(cell.locator(".jp-OutputArea-output")).to_have_text(re.compile(r"two\s*$"), timeout=SOON)
        tab.nth(1).locator(".lm-TabBar-tabCloseIcon").click()
        expect(tab).to_have_count(1)
        stack.laptop.save("shop/cart.py", "def total():\n    return 'three'\n")
        stack.settle()
        assert stack.run(0).splitlines()[-1] == "three"


def new_pid(stack: PagedStack, old: set[str]) -> str:
    """Of a kernel that was not there before; its cells are counted anew."""
    stack.page.press_run(stack.cell(1))
    wait.until(lambda: stack.page.output(stack.cell(1)) not in {"", *old}, "another process answers")
    return stack.page.output(stack.cell(1))


def goes_on(stack: PagedStack, word: str) -> None:
    """Nobody types a code or an address: the page has the pairing, the machine remembers where the laptop was."""
    stack.laptop.save("shop/cart.py", f"def total():\n    return {word!r}\n")
    stack.page.press_run(0)
    stack.until_connected()
    stack.page.until_output(0, "is loaded")
    stack.settle()
    stack.page.press_run(stack.cell(0))
    stack.page.until_output(stack.cell(0), f"{word}$")


def sessions(page: Page) -> int:
    """How many kernels the page serves, seen or unseen."""
    return int(page.evaluate(f"{SESSIONS}.size"))


def item(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^notesync"))
