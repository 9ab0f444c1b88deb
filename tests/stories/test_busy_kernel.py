"""A cell that runs for long keeps its sequence; what arrived meanwhile is there for the next one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.commands import places
from tests.harness import tree
from tests.harness.paged import PagedStack
from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack

NEW = "def total():\n    return 'two'\n"
# Ends when the test makes the file, not after a time.
LONG = """
import pathlib, shop.cart, time
print("begun")
while not pathlib.Path("go on").exists():
    time.sleep(0.01)
print(shop.cart.total(), pathlib.Path(shop.cart.__file__).read_text().count("two"))
"""


@pytest.fixture(params=["environment", "old-kernel"])
def stack(make_stack: MakeStack, request: pytest.FixtureRequest) -> Stack:
    return make_stack(environment=places.BUILD / request.param)


def test_nothing_changes_under_a_running_cell_and_the_next_one_runs_new_code(stack: Stack) -> None:
    before = tree.of_replica(stack.replica)
    cell = stack.notebook.begin(LONG)
    stack.notebook.until_output(cell, "begun")
    heard = len(stack.laptop.server.lines)
    stack.laptop.save("shop/cart.py", NEW)
    stack.laptop.server.until_line(r"(?i)waiting|waits|staged", after=heard)
    assert tree.of_replica(stack.replica) == before
    (stack.home / "go on").touch()
    stack.notebook.finish(cell)
    assert "one 0" in cell.text, cell.text
    assert stack.notebook.run("shop.cart.total()").value == "'two'"


@pytest.mark.browser
def test_through_a_page_bytes_arrive_while_the_cell_runs_and_it_says_what_they_wait_for(tmp_path: Path) -> None:
    cells = (LONG, "import shop.cart; print(shop.cart.total())")
    with PagedStack(tmp_path / "stack", cells=cells) as stack:
        before = tree.of_replica(stack.replica)
        stack.page.press_run(stack.cell(0))
        stack.page.until_output(stack.cell(0), "begun")
        stack.laptop.save("shop/cart.py", NEW)
        item = stack.page.page.get_by_role("button", name=re.compile("^notesync"))
        waits = re.compile("the newest batch waits for a cell to end")
        expect(item).to_have_attribute("title", waits, timeout=20_000)
        assert tree.of_replica(stack.replica) == before
        (stack.jupyter.files / "go on").touch()
        stack.page.until_output(stack.cell(0), "one 0")
        assert stack.run(1).splitlines()[-1] == "two"
        expect(item).to_have_attribute("title", re.compile("up to date, sequence 2"), timeout=20_000)


def test_an_interrupt_loses_nothing(stack: Stack) -> None:
    agent = stack.agent().pid
    cell = stack.notebook.begin(LONG)
    stack.notebook.until_output(cell, "begun")
    stack.laptop.save("shop/cart.py", NEW)
    stack.notebook.interrupt()
    stack.notebook.finish(cell)
    assert "KeyboardInterrupt" in (cell.error or "")
    assert stack.notebook.run("shop.cart.total()").value == "'two'"
    assert stack.agent().pid == agent, "the agent does not hear the kernel's interrupt"
