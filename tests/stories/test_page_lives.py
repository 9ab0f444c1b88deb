"""Pages, tabs and kernels come and go; whoever is left goes on, with what had arrived."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.harness import tree, wait
from tests.harness.lab import NotebookPage
from tests.harness.leaks import assert_saved_clean
from tests.harness.paged import PANEL, PagedStack

pytestmark = [pytest.mark.browser]
TOTAL = "import shop.cart; print(shop.cart.total())"
PART = re.compile(r"notesync.* [1-9]\d? %")


def test_a_tab_that_stands_by_takes_over_at_once_when_the_carrying_one_is_closed(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL,)) as stack:
        first = stack.page
        assert stack.run(0) == "one"
        # Killed: nothing of the page runs any more.
        second_tab(stack).page.close()
        stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
        first.page.bring_to_front()
        # A cell may come before the takeover. Then it says on what it runs.
        shown = stack.run(0)
        assert shown == "two" or re.search("this cell runs on sequence 1.*\none$", shown), shown
        first.page.get_by_role("button", name=re.compile(r"notesync: shop · 2")).wait_for(timeout=5_000)
        assert stack.run(0) == "two"


def test_two_tabs_do_not_carry_the_same_bytes_twice(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL,), slow=True) as stack:
        second_tab(stack)
        before = stack.link.up
        stack.laptop.save_bytes("data.bin", os.urandom(300_000))
        stack.settle()
        assert 300_000 < stack.link.up - before < 450_000


def second_tab(stack: PagedStack) -> NotebookPage:
    """The same notebook in another tab, which carries from then on; the first one stands by."""
    tab = NotebookPage(stack.browser, stack.jupyter, "story.ipynb")
    code = tab.page.locator(f"{PANEL} output.code")
    code.wait_for()
    stack.laptop.approve(code.inner_text().strip())
    stack.page.page.get_by_role("button", name=re.compile("notesync: shop, standing by")).wait_for()
    return tab


def test_an_interrupt_and_a_killed_kernel_in_the_middle_of_a_transfer(tmp_path: Path) -> None:
    """The panel says what to do, and %load_ext is enough: the address and the pairing are remembered."""
    with PagedStack(tmp_path / "stack", cells=("import os; print(os.getpid())", TOTAL), slow=True) as stack:
        page = stack.page.page
        kernel = int(stack.run(0))
        before = stack.link.up
        stack.laptop.save_bytes("data.bin", os.urandom(1_500_000))
        page.get_by_role("button", name=PART).wait_for()
        page.locator("[data-command='notebook:interrupt-kernel']").first.click()
        page.get_by_role("button", name=PART).wait_for()
        os.kill(kernel, signal.SIGKILL)
        page.get_by_role("button", name=re.compile("notesync: kernel away")).wait_for()
        page.get_by_role("button", name="Ok", exact=True).click()
        away = page.get_by_role("button", name=re.compile("^notesync: "))
        assert "Run %load_ext notesync" in (away.get_attribute("title") or "")
        stack.page.press_run(0)
        stack.until_connected()
        page.get_by_role("button", name=PART).wait_for()
        stack.settle()
        assert stack.link.up - before < 1_500_000 * 1.5, "what had arrived is not sent again"
        assert stack.run(1) == "one"
        assert_saved_clean(stack)


def test_a_renderer_that_is_killed_in_the_middle_of_a_transfer(tmp_path: Path) -> None:
    """The tab shows its sad face. Reloaded, it goes on at the last piece, and nobody types anything."""
    with PagedStack(tmp_path / "stack", cells=(TOTAL,), slow=True) as stack:
        page = stack.page.page
        old = tree.of_replica(stack.replica)
        before = stack.link.up
        # Playwright lets go of a page that crashed; the browser's own protocol still has the tab.
        tab = stack.browser.context.new_cdp_session(page)
        with page.expect_event("crash"):
            stack.laptop.save_bytes("data.bin", os.urandom(1_500_000))
            stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
            page.get_by_role("button", name=PART).wait_for()
            stack.browser.kill_renderer()
        assert tree.of_replica(stack.replica) == old
        tab.send("Page.reload")
        stack.settle()
        assert stack.link.up - before < 1_500_000 * 1.5, "what had arrived is not sent again"
        home = stack.replica / ".notesync"
        wait.until(
            lambda: not [left for part in ("tx", "incoming", "scratch") for left in (home / part).iterdir()],
            "nothing of it is left behind",
        )


@pytest.mark.parametrize("extension", [True, False], ids=["extension", "script"])
def test_a_hub_with_a_path_of_its_own(tmp_path: Path, extension: bool) -> None:
    options = ("--ServerApp.base_url=/user/ada/",)
    with PagedStack(tmp_path / "stack", cells=(TOTAL,), extension=extension, jupyter_options=options) as stack:
        assert "/user/ada/" in stack.page.page.url
        stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
        assert stack.run(0) == "two"


@pytest.mark.parametrize("public", [False, True], ids=["direct", "window"])
def test_pages_that_were_frozen_in_the_background_go_on(tmp_path: Path, public: bool) -> None:
    """As Chromium does it to tabs that nobody looks at, and then the browser as a whole.

    For the real minutes: NOTESYNC_BACKGROUND_SECONDS=600 and `-o timeout=900`.
    """
    with PagedStack(tmp_path / "stack", cells=(TOTAL,), public=public) as stack:
        assert stack.run(0) == "one"
        with stack.browser.frozen():
            stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
            stack.laptop.server.until_line(r"#2 +shop/cart\.py")
            time.sleep(float(os.environ.get("NOTESYNC_BACKGROUND_SECONDS", "0")))
        stack.settle()
        assert stack.run(0) == "two"
        with stack.browser.frozen(whole=True):
            stack.laptop.save("shop/cart.py", "def total():\n    return 'three'\n")
            stack.laptop.server.until_line(r"#3 +shop/cart\.py")
            time.sleep(float(os.environ.get("NOTESYNC_BACKGROUND_SECONDS", "0")) / 10)
        stack.settle()
        stack.page.page.get_by_role("button", name="notesync: shop · 3").wait_for()
        assert stack.run(0) == "three"
        assert_saved_clean(stack)


def test_the_window_goes_on_and_says_so_when_the_server_was_killed_and_started_again(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL,), public=True, connected=False) as stack:
        for number in range(len(stack.first_cells())):
            stack.page.run(number)
        window = stack.open_window()
        window.get_by_label("Also when the server is started again").check()
        stack.answer_in(window)
        stack.settle()
        stack.laptop.server.kill()
        window.get_by_role("heading", name="The server does not answer").wait_for()
        stack.page.page.get_by_role("button", name="notesync: laptop away").wait_for()
        stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
        stack.laptop.start()
        window.get_by_role("heading", name="Connected").wait_for()
        stack.settle()
        assert stack.run(0) == "two"
        assert_saved_clean(stack)
        window.close()
        # At once: nobody waits for an answer that cannot come.
        stack.page.page.get_by_role("button", name="notesync: not connected").wait_for(timeout=5_000)
        assert "the laptop could not be asked (the notesync window was closed)" in stack.run(0)
