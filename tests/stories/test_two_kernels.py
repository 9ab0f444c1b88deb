"""Two kernels on one replica: one agent, one carrier, and no change under a running cell."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.harness import wait, world
from tests.harness.notebook import Notebook
from tests.harness.stack import CODE, Stack

NEW = "def total():\n    return 'two'\n"
READS_WHEN_RECALLED = """
import notesync, shop.cart, time
place = notesync._app.session.link.place
assert place._had_for is not None, "the cell began in it"
print("begun")
while place._had_for is not None:
    time.sleep(0.01)
open(shop.cart.__file__).read()
"""


def test_both_run_what_was_saved(stack: Stack) -> None:
    with other(stack) as second:
        assert len(stack.agents()) == 1
        for number in range(3):
            stack.laptop.save("shop/cart.py", f"def total():\n    return {number}\n")
            for notebook in (second, stack.notebook):
                assert notebook.run("import shop.cart; shop.cart.total()").value == str(number)


def test_the_other_one_takes_over_when_the_carrier_dies(stack: Stack) -> None:
    with other(stack) as second:
        stack.notebook.manager.shutdown_kernel(now=True)
        stack.laptop.save("shop/cart.py", NEW)
        stack.settle()
        assert second.run("import shop.cart; shop.cart.total()").value == "'two'"


def test_by_turns_each_cell_begins_unasked_and_runs_what_was_saved(stack: Stack) -> None:
    with other(stack) as second:
        for number in range(3):
            for notebook in (stack.notebook, second):
                until_unasked(notebook)
            stack.laptop.save("shop/cart.py", f"def total():\n    return {number}\n")
            notebooks = (second, stack.notebook) if number % 2 else (stack.notebook, second)
            for notebook in notebooks:
                assert notebook.run("import shop.cart; shop.cart.total()").value == str(number)


def test_a_stopped_kernel_between_cells_holds_the_other_up_only_once_and_misses_nothing(stack: Stack) -> None:
    with other(stack) as second:
        assert second.run("import shop.cart; shop.cart.total()").value == "'one'"
        stopped = second.pid()
        until_unasked(second)
        wait.until(lambda: in_cells(stack) == 1, "the agent has heard that its cell is over")
        os.kill(stopped, signal.SIGSTOP)
        try:
            for number in (1, 2):
                stack.laptop.save("shop/cart.py", f"def total():\n    return {number}\n")
                began = time.monotonic()
                assert stack.notebook.run("import shop.cart; shop.cart.total()").value == str(number)
                assert number == 1 or time.monotonic() - began < 1.0
        finally:
            os.kill(stopped, signal.SIGCONT)
        assert second.run("shop.cart.total()").value == "2"


def test_a_kernel_that_is_killed_between_cells_holds_nobody_up(stack: Stack) -> None:
    with other(stack) as second:
        until_unasked(second)
        second.manager.shutdown_kernel(now=True)
        stack.laptop.save("shop/cart.py", NEW)
        began = time.monotonic()
        assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'two'"
        assert time.monotonic() - began < 3.0


def test_a_cell_that_was_begun_unasked_holds_a_batch_up_to_its_end(stack: Stack) -> None:
    with other(stack) as second:
        until_unasked(second)
        cell = second.begin(READS_WHEN_RECALLED)
        second.until_output(cell, "begun")
        stack.laptop.save("shop/cart.py", NEW)
        assert "one" in (second.finish(cell).value or "")
        stack.settle()
        assert second.run("shop.cart.total()").value == "'two'"


def test_a_rollback_in_one_is_what_the_other_runs_next(stack: Stack) -> None:
    with other(stack) as second:
        stack.laptop.save("shop/cart.py", NEW)
        for notebook in (stack.notebook, second):
            assert notebook.run("import shop.cart; shop.cart.total()").value == "'two'"
        until_unasked(second)
        stack.notebook.run("%notesync rollback")
        assert second.run("shop.cart.total()").value == "'one'"
        stack.notebook.run("%notesync resume")


def until_unasked(notebook: Notebook) -> None:
    """Until the kernel has a place at the agent: its cells then begin in it."""
    has = "import notesync; notesync._app.session.link.place._had_for is not None"
    wait.until(lambda: notebook.run(has).value == "True", "cells begin in the kernel's place")


def in_cells(stack: Stack) -> int:
    """How many kernels the agent knows to be in a cell; the one that asks is."""
    asks = "import notesync\nfrom notesync.messages import agent\n"
    asks += "len(notesync._app.session.request(agent.status()).header['replicas'][0]['in_cell'])"
    return int(stack.notebook.run(asks).value or 0)


@contextmanager
def other(stack: Stack) -> Iterator[Notebook]:
    """A second kernel of the same user, connected."""
    place = stack.home / "second"
    place.mkdir()
    with Notebook(place, world.environment(stack.home)) as notebook:
        notebook.run("%load_ext notesync")
        cell = notebook.begin(f"%notesync connect {stack.laptop.url}")
        stack.laptop.approve(notebook.until_output(cell, CODE).group(1))
        notebook.finish(cell)
        yield notebook
