"""Where only widgets may talk to the kernel: `notesync[widget]`, in a page that runs no script of ours."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import WebSocket

from tests.harness import wait
from tests.harness.leaks import assert_saved_clean
from tests.harness.paged import PagedStack
from tests.harness.widgets import LEGS, MOST, SIZE

pytestmark = [pytest.mark.browser]
TOTAL = "import shop.cart; print(shop.cart.total())"
SLOW = "import time; time.sleep(6)"
OTHER = "print('other')"
BIG = 9_000_000


def test_the_widget_carries_the_bytes_in_small_messages(tmp_path: Path) -> None:
    cells = (LEGS, TOTAL, SIZE, SLOW, OTHER)
    with PagedStack(tmp_path / "stack", widget=True, cells=cells, connected=False) as stack:
        sent: list[int] = []

        def watch(socket: WebSocket) -> None:
            socket.on("framesent", lambda frame: sent.append(len(frame)))
            socket.on("framereceived", lambda frame: sent.append(len(frame)))

        stack.page.page.on("websocket", watch)
        stack.page.reload()
        stack.connect()
        stack.settle()
        assert json.loads(stack.run(0)) == {"laptop": "direct", "kernel": "widget"}
        assert stack.run(1) == "one"
        for word in ("two", "three"):
            stack.laptop.save("shop/cart.py", f"def total():\n    return {word!r}\n")
            stack.settle()  # In the middle of a cell the kernel cannot ask through a widget.
            assert stack.run(1) == word
        says_what_came_too_late(stack)
        stack.laptop.save_bytes("shop/big.bin", random.Random(1).randbytes(BIG))
        stack.settle()
        assert stack.run(2) == str(BIG)
        assert sum(sent) > BIG
        assert max(sent) < MOST
        assert_saved_clean(stack)


def says_what_came_too_late(stack: PagedStack) -> None:
    """Two saves under a running cell: of the second the kernel hears only when the next cell has begun."""
    stack.page.press_run(stack.cell(3))
    wait.until(lambda: stack.page.count(stack.cell(3)) == "*", "the cell runs")
    for number, word in enumerate(("four", "five"), 4):
        stack.laptop.save("shop/cart.py", f"def total():\n    return {word!r}\n")
        stack.laptop.server.until_line(rf"#{number} +shop/cart\.py")
    shown = stack.run(1)
    assert shown.splitlines()[-1] in ("three", "four"), "the fifth cannot have come"
    stack.panel().get_by_text(re.compile("ran on sequence [34].*run it again")).wait_for()
    assert re.search(r"In \[\d+\] ran on sequence [34]; what had been saved .* s before", stack.run(4))
    stack.settle()
    assert stack.run(1) == "five"
