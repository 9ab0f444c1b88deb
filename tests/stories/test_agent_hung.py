"""An agent that is alive and does not answer: no cell waits for it, the notebook says so and offers another one."""

from __future__ import annotations

import os
import signal
import time

from tests.harness import wait
from tests.harness.stack import Stack

# A second, and what a kernel needs to run a cell and to tell so on a busy machine.
AT_MOST = 2.0


def test_a_stopped_agent_holds_no_cell_up_and_is_restarted(stack: Stack) -> None:
    hung = stack.agent()
    os.kill(hung.pid, signal.SIGSTOP)
    stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
    took, told = timed(stack, "print('ran')")
    assert took < AT_MOST
    assert "ran" in told
    assert "has not answered" in told, told
    assert "%notesync restart" in told, told
    took, told = timed(stack, "%notesync history")
    assert took < AT_MOST
    assert "does not answer" in told, told
    assert "%notesync restart" in told, told
    assert "anew" in stack.notebook.run("%notesync restart").text
    stack.settle()
    assert stack.agent().pid != hung.pid
    assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'two'"


def test_an_agent_that_was_only_slow_goes_on(stack: Stack) -> None:
    wait.until(lambda: begins_unasked(stack), "cells begin in the kernel's place")
    slow = stack.agent()
    os.kill(slow.pid, signal.SIGSTOP)
    assert "notesync" not in stack.notebook.run("1").text, "nothing is new: there is nothing to ask"
    stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
    assert "has not answered" in stack.notebook.run("1").text
    os.kill(slow.pid, signal.SIGCONT)
    stack.settle()
    assert stack.agent().pid == slow.pid


def begins_unasked(stack: Stack) -> bool:
    return stack.notebook.run("import notesync; notesync._app.session.link.place._had_for is not None").value == "True"


def timed(stack: Stack, source: str) -> tuple[float, str]:
    began = time.monotonic()
    told = stack.notebook.run(source).text
    return time.monotonic() - began, told
