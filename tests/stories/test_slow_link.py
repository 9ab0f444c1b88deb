"""An uplink of 250 kB/s and 200 ms: the user's own cells do not wait for the files, and nothing is sent twice."""

from __future__ import annotations

import os
import re
import statistics
import time
from pathlib import Path

import pytest

from tests.commands import places
from tests.harness import wait
from tests.harness.paged import PagedStack

pytestmark = [pytest.mark.browser]
# A short slice; the whole: NOTESYNC_SLOW_BYTES=9000000
SIZE = int(os.environ.get("NOTESYNC_SLOW_BYTES", "1500000"))
PART = re.compile(r"notesync.* [1-9]\d? %")
PICTURES = places.BUILD / "screenshots"
CELLS = ("print(6 * 7)",)


def seconds_of_a_cell(stack: PagedStack) -> float:
    began = time.perf_counter()
    assert "42" in stack.run(0)
    return time.perf_counter() - began


def until_on_its_way(stack: PagedStack) -> None:
    """Some of the file has arrived on the other side, and not all: the status bar or the folded panel says how much."""
    stack.page.page.get_by_role("button", name=PART).wait_for()


def assert_rate_and_time_left(stack: PagedStack) -> None:
    page = stack.page.page
    page.get_by_role("button", name=PART).click()
    page.get_by_role("menuitem", name="Show or Hide the Panel").click()
    stack.panel().get_by_text(re.compile(r"of \d+\.\d MB · \d+ kB/s · \d+ (s|min) left")).wait_for()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "lab-progress-light.png")
    stack.panel().get_by_role("button", name="Hide").click()


def stands_still(stack: PagedStack) -> bool:
    before = stack.link.up
    stack.page.page.wait_for_timeout(500)
    return stack.link.up - before < 4096


@pytest.mark.parametrize(("public", "extension"), [(False, True), (True, False)], ids=["extension", "popup-script"])
def test_a_large_batch_delays_the_users_own_cells_by_less_than_1500_ms(
    tmp_path: Path, public: bool, extension: bool
) -> None:
    with PagedStack(tmp_path / "stack", cells=CELLS, slow=True, public=public, extension=extension) as stack:
        quiet = statistics.median(seconds_of_a_cell(stack) for _ in range(3))
        stack.laptop.save_bytes("data.bin", os.urandom(SIZE))
        until_on_its_way(stack)
        busy = []
        while not (stack.replica / "data.bin").exists():
            busy.append(seconds_of_a_cell(stack))
            told = stack.page.output(stack.cell(0))
            if "left" not in told and len(busy) > 1:
                assert re.search(r"runs on sequence \d+|^42$", told), told
        assert len(busy) >= 3, "cells ran while the file was on its way"
        assert max(busy) - quiet < 1.5, (quiet, busy)


def test_whatever_breaks_on_the_way_it_goes_on_from_the_last_chunk(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=CELLS, slow=True, public=True) as stack:
        before = stack.link.up
        stack.laptop.save_bytes("data.bin", os.urandom(SIZE))
        until_on_its_way(stack)
        assert_rate_and_time_left(stack)
        with stack.link.broken():
            stack.page.page.get_by_role("button", name=PART).wait_for(state="hidden")
        until_on_its_way(stack)
        stack.page.reload()
        until_on_its_way(stack)
        with stack.laptop.asleep():
            # What was on its way still arrives, then nothing.
            wait.until(lambda: stands_still(stack), "nothing goes up any more")
        until_on_its_way(stack)
        [window] = [page for page in stack.browser.context.pages if page.url.endswith("/bridge")]
        window.close()
        stack.panel().get_by_text("Keep it open while you work").wait_for()
        stack.open_window()
        stack.page.page.bring_to_front()
        stack.settle()
        assert stack.link.up - before < SIZE * 1.6, "what had arrived is not sent again"
