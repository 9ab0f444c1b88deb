"""Starts both sides and leaves the rest to the person: edit, save, press Run."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from pathlib import Path

from tests.demo.examples import Example
from tests.harness import world
from tests.harness.jupyter import Jupyter
from tests.harness.process import Program
from tests.harness.stack import Stack

USUAL = 8765


def play(place: Path, example: Example) -> int:
    stack = Stack(place, example.project, connected=False)
    stack.laptop.port = USUAL if is_free(USUAL) else 0
    jupyter = Jupyter("lab", stack.home / "jupyter", world.environment(stack.home), stack.logs)
    try:
        with stack.laptop, jupyter:
            elsewhere = "" if stack.laptop.port == USUAL else f"\n%notesync connect --page {stack.laptop.url}"
            jupyter.write("try.ipynb", f"%load_ext notesync{elsewhere}", example.cell)
            explain(stack, jupyter, example)
            threading.Thread(target=listen, args=(stack.laptop.server,), daemon=True).start()
            echo(stack.laptop.server)
    finally:
        stack.end_agents()
    return 0


def explain(stack: Stack, jupyter: Jupyter, example: Example) -> None:
    page = jupyter.page("try.ipynb")
    print(f"""
notesync: the laptop is   {stack.source}
notesync: the notebook is {page}

  1. Open that page and run the first cell (Shift+Return). It shows a code: type it here, and Return.
     When all is there it says: {example.project} · 1.
  2. Run the second cell. It shows {example.before}.
  3. Edit {stack.source / example.file}
     (the function {example.function}: for example
     {example.old.strip()}   →   {example.new.strip()}
     ) and save it.
  4. Run the second cell again. It shows {example.after}.

Ctrl+C ends everything. What follows is the terminal of the laptop's server:
""")
    sys.stdout.flush()
    webbrowser.open(page)


def echo(server: Program) -> None:
    """Shows what the server says until it ends."""
    shown = 0
    while server.process.poll() is None:
        shown = show_from(server, shown)
        threading.Event().wait(0.05)
    show_from(server, shown)


def show_from(server: Program, shown: int) -> int:
    for line in server.lines[shown:]:
        print(f"  {line}", flush=True)
        shown += 1
    return shown


def listen(server: Program) -> None:
    """What is typed here is typed into the server's terminal."""
    for line in sys.stdin:
        server.type(line.strip())


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
