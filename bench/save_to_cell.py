"""A save → the next cell has run the new code."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from bench import clock, peers, trees
from bench.figures import Figures, table
from tests.commands import places
from tests.harness import world
from tests.harness.notebook import Notebook
from tests.harness.stack import Stack

TARGET = "p50 ≤ 80 ms, p99 ≤ 200 ms (15,000 files)"


def run(place: Path, rounds: int, files: int | None) -> str:
    source = trees.of_size(place / "source", files) if files else trees.real(place / "source")
    with Stack(place / "notesync", tree=source) as stack:
        rows = [
            clock.saves("notesync, Run right after the save", source, cell_shows(stack.notebook), rounds),
            clock.saves("notesync, Run 200 ms later", source, cell_shows(stack.notebook, 0.2), rounds),
            idle(stack.notebook, rounds),
        ]
    rows.append(autoreload(place, source, min(rounds, 20)))
    return table("save → next cell runs the new code, kernel-direct", rows, TARGET)


def cell_shows(notebook: Notebook, pause: float = 0.0) -> Callable[[bytes], Callable[[], bool]]:
    """The condition that a cell, run again and again, shows the saved number. With notesync the first run does."""
    notebook.run("import marker.probe")

    def condition(content: bytes) -> Callable[[], bool]:
        time.sleep(pause)
        wanted = content.decode().split("=")[1].strip()
        return lambda: notebook.run("marker.probe.STEP").value == wanted

    return condition


def idle(notebook: Notebook, rounds: int) -> Figures:
    row = Figures("the same cell, nothing saved")
    for _ in range(rounds):
        began = time.perf_counter()
        notebook.run("marker.probe.STEP")
        row.milliseconds.append((time.perf_counter() - began) * 1000)
    return row


def autoreload(place: Path, source: Path, rounds: int) -> Figures:
    name = "inotifywait + rsync, %autoreload 2"
    if not peers.present("inotifywait", "rsync"):
        return Figures(name, note="not installed")
    replica = place / "replica"
    replica.mkdir()
    home = place / "peer"
    home.mkdir()
    notebook = Notebook(home, world.environment(home, PYTHONPATH=str(replica)), places.ENVIRONMENT)
    with peers.inotify_rsync(source, replica), notebook:
        notebook.run("%load_ext autoreload\n%autoreload 2")
        return clock.saves(name, source, cell_shows(notebook), rounds)
