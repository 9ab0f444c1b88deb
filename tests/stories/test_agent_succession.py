"""One agent takes over from another, with kernels in the middle of cells and a batch on its way."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.commands import places
from tests.harness import wait
from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack
from tests.stories.test_two_kernels import other

NEW = "def total():\n    return 'two'\n"
# Looks at a file again and again until it is told to end, and says how many versions of it there were.
WATCH = """
import pathlib, time
root, seen = pathlib.Path({root!r}), set()
print("watching", flush=True)
while not pathlib.Path({end!r}).exists():
    seen.add((root / "shop/cart.py").read_text())
    time.sleep(0.01)
len(seen)
"""


@contextmanager
def cell_that_watches(stack: Stack) -> Iterator[None]:
    """A cell that runs until the block ends, and in which nothing may change."""
    end = stack.place / "end"
    cell = stack.notebook.begin(WATCH.format(root=str(stack.replica), end=str(end)))
    stack.notebook.until_output(cell, "watching")
    yield
    end.touch()
    stack.notebook.finish(cell)
    assert cell.value == "1", cell.text


def until_both_are_attached_and_a_batch_waits(stack: Stack) -> None:
    """Seen from outside: a cell in the other kernel would wait two seconds, and then go first."""
    home = stack.replica / ".notesync"

    def attached() -> list[str]:
        return [line for file in home.glob("kernels") for line in file.read_text().splitlines()]

    wait.until(lambda: len(attached()) == 2, "both kernels are attached")
    wait.until(lambda: list(home.glob("tx/*/stage/*")), "a batch is there")


def test_an_idle_kernel_at_a_new_agent_changes_nothing_in_the_cell_of_another(stack: Stack) -> None:
    with other(stack) as idle:
        with cell_that_watches(stack):
            before = stack.agent().pid
            stack.kill_agent()
            stack.laptop.save("shop/cart.py", NEW)
            wait.until(lambda: stack.agents() and stack.agent().pid != before, "another agent runs")
            until_both_are_attached_and_a_batch_waits(stack)
        stack.settle()
        for notebook in (idle, stack.notebook):
            assert notebook.run("import shop.cart; shop.cart.total()").value == "'two'"


def test_an_older_agent_is_replaced_and_no_batch_is_lost(make_stack: MakeStack) -> None:
    stack = make_stack(connected=False)
    jar = older(stack.place)
    stack.notebook.run(f"import os; os.environ['NOTESYNC_AGENT_JAR'] = {str(jar)!r}")
    stack.connect()
    stack.settle()
    old = stack.agent().pid
    assert agent_version(stack) == "0.0.9"
    with cell_that_watches(stack):
        stack.laptop.save("shop/cart.py", NEW)
        stack.laptop.save_bytes("big.bin", os.urandom(20_000_000))
        with other(stack):
            wait.until(lambda: stack.agents() and stack.agent().pid != old, "a newer agent runs")
            until_both_are_attached_and_a_batch_waits(stack)
    stack.settle()
    assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'two'"
    assert agent_version(stack) != "0.0.9"


def agent_version(stack: Stack) -> str:
    told = stack.notebook.run("notesync.status().agent").value or ""
    return told.strip("'").split(" ")[0]


def older(place: Path) -> Path:
    """The agent, which says of itself that it is an older one."""
    jar = place / "older.jar"
    with zipfile.ZipFile(places.AGENT_JAR) as source, zipfile.ZipFile(jar, "w") as copy:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "META-INF/MANIFEST.MF":
                lines = content.decode().splitlines()
                content = "\n".join(
                    "Implementation-Version: 0.0.9" if line.startswith("Implementation-Version") else line
                    for line in [*lines, ""]
                ).encode()
            copy.writestr(item, content)
    return jar
