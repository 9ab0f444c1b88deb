"""An empty replica → the whole tree."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench import trees
from bench.figures import Figures, peak, table
from tests.commands import places
from tests.harness import tree
from tests.harness.stack import CODE, Stack

TARGET = "≤ 2 × rsync -a (identity), ≤ 1 × tar + gzip -1 + tar (gzip)"
# Six characters, read on one screen and typed on another: server and agent get ready meanwhile.
TYPING_S = 3.0
TAR = 'tar c -C "$1" . | gzip -1 | gunzip | tar x -C "$2"'


def run(place: Path, rounds: int, files: int | None) -> str:
    source = trees.of_size(place / "source", files) if files else trees.real(place / "source")
    rounds = min(rounds, 3)
    most = {"server": 0.0, "agent": 0.0}
    rows = [
        ours(program, typing, source, place, rounds, most)
        for program, typing in (("notesync serve", TYPING_S), ("notesync serve", 0.0), ("java -jar", TYPING_S))
    ]
    rows.append(peer("rsync -a", source, place, rounds, lambda to: ["rsync", "-a", f"{source}/", f"{to}/"]))
    rows.append(peer("tar + gzip -1 + tar", source, place, rounds, lambda to: ["bash", "-c", TAR, "tar", source, to]))
    memory = "; ".join(f"the {part} had at most {megabytes:.0f} MB" for part, megabytes in most.items())
    return f"{table('first sync, kernel-direct', rows, TARGET)}\n{memory}"


def ours(program: str, typing: float, source: Path, place: Path, rounds: int, most: dict[str, float]) -> Figures:
    """`typing` is how many seconds a person needs for the code; `most` takes the megabytes of server and agent."""
    row = Figures(f"{program}, a code typed in {typing:.0f} s, then to applied")
    for number in range(rounds):
        stack = Stack(place / f"{program.split()[0]}-{typing:.0f}-{number}", tree=source, connected=False)
        if program == "notesync serve":
            stack.laptop.program = (places.tool(places.ENVIRONMENT, "notesync"), "serve")
        with stack:
            stack.notebook.run("%load_ext notesync")
            row.milliseconds.append(first(stack, typing))
            for part, pid in (("server", stack.laptop.server.pid), ("agent", stack.agent().pid)):
                most[part] = max(most[part], peak(pid))
    return row


def first(stack: Stack, typing: float = 0.0) -> float:
    """Milliseconds from the code's last key to the last byte; the trees are read outside the time."""
    last = max(tree.of_source(stack.source))
    cell = stack.notebook.begin(f"%notesync connect {stack.laptop.url}")
    code = stack.notebook.until_output(cell, CODE).group(1)
    time.sleep(typing)
    began = time.perf_counter()
    stack.laptop.approve(code)
    while not (stack.replica / last).exists():
        time.sleep(0.002)
    took = (time.perf_counter() - began) * 1000
    stack.notebook.finish(cell)
    return took


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def peer(name: str, source: Path, place: Path, rounds: int, command: Callable[[Path], list[str | Path]]) -> Figures:
    row = Figures(name)
    for number in range(rounds):
        replica = place / f"{name.split()[0]}-{number}"
        replica.mkdir()
        row.milliseconds.append(timed(lambda: subprocess.run(command(replica), check=True)))  # noqa: B023
    assert tree.of(source).keys() == tree.of(replica).keys()
    return row
