"""What has to hold in every kernel, as a list of checks that run one after the other on one connected stack."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.harness import tree, wait
from tests.harness.stack import Stack
from tests.platforms.relay import Relay

Check = Callable[[Stack], None]
# Ends when the test makes the file, not after a time.
_LONG = """
import pathlib, shop.cart, time
print("begun")
while not pathlib.Path("go on").exists():
    time.sleep(0.01)
print(shop.cart.total(), pathlib.Path(shop.cart.__file__).read_text().count("busy"))
"""
_HUGE = 3 * 1024 * 1024
# What of notesync is still in the kernel.
_LEFT = """
import threading
shell = get_ipython()
hooks = [hook for found in shell.events.callbacks.values() for hook in found]
transformers = [*shell.input_transformers_post, *shell.ast_transformers]
own = [one for one in [*hooks, *transformers] if "notesync" in str(getattr(one, "__module__", ""))]
own += [one.name for one in threading.enumerate() if one.name.startswith("notesync")]
own += [name for name in shell.kernel.comm_manager.targets if name.startswith("notesync")]
own += [name for name in shell.magics_manager.magics["line"] if name == "notesync"]
own
"""


def load(stack: Stack) -> None:
    """%load_ext knows its commands, and loading twice changes nothing."""
    cell = stack.notebook.run("%load_ext notesync")
    assert "Error" not in cell.text, cell.text
    assert "up to date" in stack.notebook.run("%notesync").text


def sync(stack: Stack) -> None:
    """A saved file, a new folder and a deleted file are there before the next cell runs."""
    stack.laptop.save("shop/extra/more.py", "WORD = 'more'\n")
    assert stack.notebook.run("import shop.extra.more\nshop.extra.more.WORD").value == "'more'"
    stack.laptop.path("shop/extra/more.py").unlink()
    stack.laptop.path("shop/extra").rmdir()
    stack.settle()


def reload(stack: Stack) -> None:
    """Imported names and modules run the new code, at the first cell after the save."""
    stack.notebook.run("from shop.cart import total\nimport shop.cart")
    for number in range(3):
        stack.laptop.save("shop/cart.py", f"def total():\n    return {number}\n")
        assert stack.notebook.run("(total(), shop.cart.total())").value == f"({number}, {number})"


def busy(stack: Stack) -> None:
    """Nothing changes under a running cell, and the next one runs the new code."""
    before = tree.of_replica(stack.replica)
    cell = stack.notebook.begin(_LONG)
    stack.notebook.until_output(cell, "begun")
    heard = len(stack.laptop.server.lines)
    stack.laptop.save("shop/cart.py", "def total():\n    return 'busy'\n")
    stack.laptop.server.until_line(r"(?i)waiting|waits|staged|sequence", after=heard)
    assert tree.of_replica(stack.replica) == before
    (stack.home / "go on").touch()
    stack.notebook.finish(cell)
    (stack.home / "go on").unlink()
    assert "2 0" in cell.text, cell.text
    assert stack.notebook.run("shop.cart.total()").value == "'busy'"


def interrupt(stack: Stack) -> None:
    """Interrupt ends the cell, not the agent, and loses nothing that was saved meanwhile."""
    agent = stack.agent().pid
    cell = stack.notebook.begin(_LONG)
    stack.notebook.until_output(cell, "begun")
    stack.laptop.save("shop/cart.py", "def total():\n    return 'interrupted'\n")
    stack.notebook.interrupt()
    stack.notebook.finish(cell)
    assert "KeyboardInterrupt" in (cell.error or ""), cell.text
    assert stack.notebook.run("shop.cart.total()").value == "'interrupted'"
    assert stack.agent().pid == agent


def restart(stack: Stack) -> None:
    """After a restart of the kernel the same agent goes on where it was."""
    agent = stack.agent().pid
    stack.notebook.restart()
    stack.connect()
    stack.laptop.save("shop/cart.py", "def total():\n    return 'again'\n")
    assert stack.notebook.run("import shop.cart\nshop.cart.total()").value == "'again'"
    assert stack.agent().pid == agent


def binary_comm(stack: Stack) -> None:
    """The same through a page's two comms, with megabytes of bytes in buffers."""
    stack.notebook.run("%notesync disconnect")
    blob = os.urandom(_HUGE)
    stack.laptop.save_bytes("blob.bin", blob)
    with Relay(stack.notebook.manager, stack.laptop.port, stack.laptop.approve) as relay:
        stack.settle()
        assert relay.carried > _HUGE
        read = "import hashlib\nhashlib.sha256(open('notesync/shop/blob.bin', 'rb').read()).hexdigest()"
        assert stack.notebook.run(read).value == repr(hashlib.sha256(blob).hexdigest())
        stack.laptop.save("shop/cart.py", "def total():\n    return 'by comm'\n")
        stack.settle()
        assert stack.notebook.run("import shop.cart\nshop.cart.total()").value == "'by comm'"


def unload(stack: Stack) -> None:
    """%unload_ext leaves the imported code and nothing else: no magic, hook, thread or comm target; it loads again."""
    agent = stack.agent().pid
    cell = stack.notebook.run("%unload_ext notesync")
    # It may say that the page is gone; and ipykernel 6.17 warns of sockets that it leaves to threads which sent comms.
    assert "Traceback" not in cell.text, cell.text
    before = stack.notebook.run("shop.cart.total()").value
    assert before == "'by comm'", before

    def nothing_is_left() -> None:
        left = stack.notebook.run(_LEFT).value
        assert left == "[]", left

    wait.until_passes(nothing_is_left)  # class data may still be written
    gone = stack.notebook.finish(stack.notebook.begin("%notesync"))
    assert "not found" in gone.text, gone.text
    stack.laptop.save("shop/cart.py", "def total():\n    return 'unseen'\n")
    assert stack.notebook.run("shop.cart.total()").value == before
    stack.notebook.run("%load_ext notesync")
    stack.connect()
    after = stack.notebook.run("shop.cart.total()").value
    assert after == "'unseen'", after
    assert stack.agent().pid == agent


CHECKS: tuple[Check, ...] = (load, sync, reload, busy, interrupt, restart, binary_comm, unload)


def name_of(check: Check) -> str:
    return check.__name__.replace("_", " ")


def walk(place: Path, environment: Path, each: Callable[[Check, float, Exception | None], None]) -> None:
    """Runs every check on one stack and tells how each ended; a check that failed does not stop the next."""
    with Stack(place, environment=environment) as stack:
        for check in CHECKS:
            began = time.monotonic()
            failure: Exception | None = None
            try:
                check(stack)
            except Exception as error:
                failure = error
            each(check, time.monotonic() - began, failure)
