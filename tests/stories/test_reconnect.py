"""Whatever restarts, it goes on: with only what differs, or from nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.harness import wait
from tests.harness.leaks import assert_nothing_leaked
from tests.harness.stack import CODE, Stack
from tests.stories.conftest import MakeStack

NEW = "def total():\n    return 'two'\n"


def run_new_code(stack: Stack) -> None:
    assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'two'"


def test_the_server_was_restarted_and_a_file_saved_meanwhile(stack: Stack) -> None:
    stack.laptop.server.end()
    stack.laptop.save("shop/cart.py", NEW)
    stack.laptop.start()
    # The token ended with the server: the notebook says so, and connects again with a new code.
    stack.pair(stack.notebook.begin(f"%notesync connect {stack.laptop.url}"))
    run_new_code(stack)


def test_a_remembered_notebook_goes_on_when_the_server_is_started_again(make_stack: MakeStack, tmp_path: Path) -> None:
    stack = make_stack(connected=False)
    stack.notebook.run("%load_ext notesync")
    cell = stack.notebook.begin(f"%notesync connect {stack.laptop.url}")
    stack.laptop.approve(stack.notebook.until_output(cell, CODE).group(1) + " keep")
    stack.notebook.finish(cell)
    stack.settle()
    stack.laptop.server.end()
    stack.laptop.save("shop/cart.py", NEW)
    stack.laptop.start()
    stack.settle()
    run_new_code(stack)
    told = tmp_path / "token"
    stack.notebook.run(
        "import gc; from notesync.direct import DirectLaptop as Laptop; "
        "found = [each._token for each in gc.get_objects() if isinstance(each, Laptop)]; "
        f"open({str(told)!r}, 'w').write(' '.join(found)); del found"
    )
    tokens = told.read_text(encoding="utf-8").split()
    told.unlink()
    assert_nothing_leaked(stack, tokens)


def test_the_server_was_killed_and_the_tree_changed_meanwhile(stack: Stack) -> None:
    stack.laptop.server.kill()
    stack.laptop.save("shop/cart.py", NEW)
    stack.laptop.path("README.md").rename(stack.laptop.path("READ.md"))
    stack.laptop.start()
    stack.pair(stack.notebook.begin(f"%notesync connect {stack.laptop.url}"))
    stack.settle()
    run_new_code(stack)


def test_the_kernel_was_restarted(stack: Stack) -> None:
    agent = stack.agent().pid
    stack.notebook.restart()
    stack.connect()
    assert stack.agent().pid == agent, "the agent is shared and outlives a kernel"
    stack.laptop.save("shop/cart.py", NEW)
    run_new_code(stack)


def test_the_agent_was_killed(stack: Stack) -> None:
    before = stack.agent().pid
    stack.kill_agent()
    stack.laptop.save("shop/cart.py", NEW)
    stack.settle()
    assert stack.agent().pid != before
    run_new_code(stack)


def test_the_disk_was_emptied_while_nothing_ran(make_stack: MakeStack) -> None:
    stack = make_stack("click")
    stack.kill_agent()
    shutil.rmtree(stack.replica)
    stack.settle()
    assert stack.notebook.run("import click; click.__name__").value == "'click'"


def test_the_replica_was_deleted_under_a_running_agent(stack: Stack) -> None:
    shutil.rmtree(stack.replica)
    stack.laptop.save("shop/cart.py", NEW)
    stack.notebook.run("1")
    stack.settle()


def test_a_deleted_replica_is_filled_again_by_the_next_cell_without_a_save(stack: Stack) -> None:
    shutil.rmtree(stack.replica)
    assert "was deleted here: it is filled again" in stack.notebook.run("1").text
    stack.settle()
    assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'one'"


def test_disconnect_stops_the_flow_and_connect_goes_on(stack: Stack) -> None:
    stack.notebook.run("%notesync disconnect")
    wait.until(lambda: not stack.is_connected(), "the notebook is disconnected")
    stack.laptop.save("shop/cart.py", NEW)
    assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'one'"
    stack.pair(stack.notebook.begin(f"%notesync connect {stack.laptop.url}"))
    run_new_code(stack)
