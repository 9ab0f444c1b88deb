"""A save → its bytes in the replica."""

from __future__ import annotations

from pathlib import Path

from bench import clock, peers, trees
from bench.figures import Figures, table
from tests.harness.stack import Stack

TARGET = "p50 ≤ 45 ms, none lost (15,000 files)"


def run(place: Path, rounds: int, files: int | None) -> str:
    source = trees.of_size(place / "source", files) if files else trees.real(place / "source")
    rows = [notesync(place / "notesync", source, rounds)]
    contestants = [
        ("inotifywait + rsync", ("inotifywait", "rsync"), peers.inotify_rsync),
        ("unison -repeat", ("unison",), peers.unison),
        ("lsyncd, delay 1", ("lsyncd", "rsync"), peers.lsyncd),
    ]
    for name, programs, start in contestants:
        if not peers.present(*programs):
            continue
        replica = place / programs[0]
        replica.mkdir()
        with start(source, replica):
            # The first one also waits until the peer is ready.
            clock.saves(name, source, clock.content_is(replica / trees.MARKER), 2)
            row = clock.saves(name, source, clock.content_is(replica / trees.MARKER), min(rounds, 12))
            row.note += "; " + clock.burst(source, replica)
            rows.append(row)
    return table("save → bytes in the replica, kernel-direct", rows, TARGET)


def notesync(place: Path, source: Path, rounds: int) -> Figures:
    with Stack(place, tree=source) as stack:
        row = clock.saves("notesync", source, clock.content_is(stack.replica / trees.MARKER), rounds)
        row.note += "; " + clock.burst(source, stack.replica)
        return row
