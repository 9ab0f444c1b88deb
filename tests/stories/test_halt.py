"""A batch that would delete most of the replica waits for an answer."""

from __future__ import annotations

import shutil

from tests.harness import tree, wait
from tests.stories.conftest import MakeStack


def test_a_mass_deletion_waits_until_it_is_confirmed(make_stack: MakeStack) -> None:
    stack = make_stack("click", repository=True)
    before = tree.of_replica(stack.replica)
    with stack.laptop.as_one_batch():
        for name in ("src", "tests", "docs"):
            shutil.rmtree(stack.laptop.path(name))
    wait.until(lambda: stack.state() == "halted", "the notebook says that it waits")
    assert tree.of_replica(stack.replica) == before
    told = stack.notebook.run("%notesync").text
    assert "confirm" in told, told
    stack.notebook.run("%notesync confirm")
    stack.settle()


def test_a_mass_deletion_during_a_cell_is_asked_about_at_its_end(make_stack: MakeStack) -> None:
    stack = make_stack("click", repository=True)
    go = stack.home / "go"
    cell = stack.notebook.begin(f"import pathlib\nprint('begun')\nwhile not pathlib.Path({str(go)!r}).exists(): pass")
    stack.notebook.until_output(cell, "begun")
    heard = len(stack.laptop.server.lines)
    with stack.laptop.as_one_batch():
        for name in ("src", "tests", "docs"):
            shutil.rmtree(stack.laptop.path(name))
    stack.laptop.server.until_line("waits until the running cell ends", after=heard)
    go.touch()
    stack.notebook.finish(cell)
    stack.laptop.server.until_line("waits for your answer", after=heard)
    wait.until(lambda: stack.state() == "halted", "the notebook says that it waits")
    stack.notebook.run("%notesync confirm")
    stack.settle()


def test_a_declined_deletion_leaves_the_replica_as_it_is(make_stack: MakeStack) -> None:
    stack = make_stack("click", repository=True)
    before = tree.of_replica(stack.replica)
    aside = stack.source.parent / "aside"
    aside.mkdir()
    with stack.laptop.as_one_batch():
        for name in ("src", "tests", "docs"):
            stack.laptop.path(name).rename(aside / name)
    wait.until(lambda: stack.state() == "halted", "the notebook says that it waits")
    stack.notebook.run("%notesync decline")
    assert tree.of_replica(stack.replica) == before
    with stack.laptop.as_one_batch():
        for name in ("src", "tests", "docs"):
            (aside / name).rename(stack.laptop.path(name))
