"""An empty replica → the whole tree."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from functools import partial
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
    most = {"server": 0.0, "agent": 0.0}
    rows: list[tuple[Figures, Callable[[Path], float]]] = []
    for program, typing in (("notesync serve", TYPING_S), ("notesync serve", 0.0), ("java -jar", TYPING_S)):
        row = Figures(f"{program}, a code typed in {typing:.0f} s, then to applied")
        rows.append((row, partial(ours, program, typing, source, most)))
    peers: list[tuple[Figures, Callable[[Path], float]]] = [
        (Figures("rsync -a"), lambda to: peer(["rsync", "-a", f"{source}/", f"{to}/"], source, to)),
        (Figures("tar + gzip -1 + tar"), lambda to: peer(["bash", "-c", TAR, "tar", source, to], source, to)),
    ]
    rows += peers
    # By turns, and each on a disk at rest: nobody waits for what another one has left to be written.
    for number in range(min(rounds, 5)):
        for at, (row, measured) in enumerate(rows):
            os.sync()
            row.milliseconds.append(measured(place / f"{number}-{at}"))
    ratios = "; ".join(f"{row.name}: {against(rows[0][0], row):.2f}" for row, _ in peers)
    memory = "; ".join(f"the {part} had at most {megabytes:.0f} MB" for part, megabytes in most.items())
    shown = table("first sync, kernel-direct", [row for row, _ in rows], TARGET)
    return f"{shown}\nthe first row by turns with each peer, median of the ratios: {ratios}\n{memory}"


def against(row: Figures, peer: Figures) -> float:
    return statistics.median(one / other for one, other in zip(row.milliseconds, peer.milliseconds, strict=True))


def ours(program: str, typing: float, source: Path, most: dict[str, float], place: Path) -> float:
    """`typing` is how many seconds a person needs for the code; `most` takes the megabytes of server and agent."""
    stack = Stack(place, tree=source, connected=False)
    if program == "notesync serve":
        stack.laptop.program = (places.tool(places.ENVIRONMENT, "notesync"), "serve")
    with stack:
        stack.notebook.run("%load_ext notesync")
        took = first(stack, typing)
        for part, pid in (("server", stack.laptop.server.pid), ("agent", stack.agent().pid)):
            most[part] = max(most[part], peak(pid))
    return took


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


def peer(command: list[str | Path], source: Path, replica: Path) -> float:
    replica.mkdir()
    began = time.perf_counter()
    subprocess.run(command, check=True)
    took = (time.perf_counter() - began) * 1000
    assert tree.of(source).keys() == tree.of(replica).keys()
    return took
