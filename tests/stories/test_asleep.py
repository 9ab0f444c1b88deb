"""A laptop that sleeps, or a network that swallows: nothing is refused and nothing answered. It is said soon."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from tests.harness import wait
from tests.harness.paged import PagedStack
from tests.harness.stack import Stack

TOTAL = "import shop.cart; print(shop.cart.total())"
# Seven seconds of patience, and what a busy machine takes.
SOON_S = 12
SINCE = r"\d\d:\d\d:\d\d"


def word(text: str) -> str:
    return f"def total():\n    return {text!r}\n"


@pytest.mark.browser
@pytest.mark.parametrize("public", [False, True], ids=["direct", "window"])
def test_the_panel_says_within_seconds_since_when_the_laptop_is_silent(tmp_path: Path, public: bool) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL,), public=public) as stack:
        assert stack.run(0) == "one"
        item = stack.page.page.get_by_role("button", name=re.compile("^notesync"))
        asked: list[Request] = []
        with stack.laptop.asleep():
            stack.browser.context.on("request", lambda request: asked.append(request))
            told = re.compile(rf"does not answer at {stack.laptop.url}; it was last heard at {SINCE}")
            expect(item).to_have_attribute("title", told, timeout=SOON_S * 1000)
            assert "laptop away" in (item.text_content() or "")
            stack.laptop.path("shop/cart.py").write_text(word("two"), encoding="utf-8")
            shown = stack.run(0)
            assert re.search(r"this cell runs on sequence 1: the laptop could not be asked.*\none$", shown, re.DOTALL)
            # No storm: one greeting waits all the time, and what the kernel asks fails every few seconds.
            assert sum(stack.laptop.url in each.url for each in asked) <= 8
        expect(item).to_have_attribute("title", re.compile("up to date"), timeout=SOON_S * 1000)
        stack.settle()
        assert stack.run(0) == "two"


def test_a_kernel_that_reaches_the_laptop_itself_says_so_too(stack: Stack) -> None:
    with stack.laptop.asleep():
        wait.until(lambda: stack.state() == "away", "it is missed", SOON_S)
        assert re.search(rf"the laptop is away, trying again \(.*since {SINCE}", stack.notebook.run("%notesync").text)
        stack.laptop.path("shop/cart.py").write_text(word("two"), encoding="utf-8")
        told = stack.notebook.run("import shop.cart; shop.cart.total()")
        assert "this cell runs on sequence 1: the laptop could not be asked" in told.text
        assert told.value == "'one'"
    wait.until(stack.is_connected, "it goes on", SOON_S)
    assert stack.notebook.run("shop.cart.total()").value == "'two'"
