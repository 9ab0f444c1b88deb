"""Two kernels on one replica: one agent, one carrier, and no change under a running cell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.harness import world
from tests.harness.notebook import Notebook
from tests.harness.stack import CODE, Stack

NEW = "def total():\n    return 'two'\n"


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
