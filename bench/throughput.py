"""A large file, from its save to the replica, by each way. Measured before: 19 to 24 MB/s in chunks of 256 KiB."""

from __future__ import annotations

import os
import time
from pathlib import Path

from bench.figures import Figures, table
from tests.harness import wait
from tests.harness.paged import PagedStack
from tests.harness.stack import Stack

TARGET = "direct 24 MB/s, window 19 MB/s (laptop to the kernel alone, in chunks of 256 KiB)"
SIZE = 40_000_000


def run(place: Path, rounds: int, files: int | None) -> str:  # noqa: ARG001
    rows = []
    times = min(rounds, 5)
    with Stack(place / "kernel-direct") as stack:
        rows.append(measured("kernel-direct", stack, times))
    for name, public, before in (("page, direct", False, 24), ("page, window", True, 19)):
        with PagedStack(place / name, public=public) as paged:
            row = measured(name, paged, times)
            row.note += f", {SIZE / row.at(0.5) / 1000 / before:.2f} of what was measured before"
            rows.append(row)
    return table(f"{SIZE // 10**6} MB that cannot be compressed, save → replica", rows, TARGET)


def measured(name: str, stack: Stack, times: int) -> Figures:
    row = Figures(name)
    for number in range(times):
        content = os.urandom(SIZE)
        there = stack.replica / f"data-{number}.bin"
        stack.laptop.save_bytes(there.name, content)
        began = time.perf_counter()
        wait.until(there.exists, f"{there.name} arrives")
        row.milliseconds.append((time.perf_counter() - began) * 1000)
    row.note = f"{SIZE / row.at(0.5) / 1000:.0f} MB/s"
    return row
