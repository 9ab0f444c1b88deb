"""The user's own cells while a batch goes up a slow link: 250 kB/s, 200 ms. `--rounds` is not used."""

from __future__ import annotations

import os
import time
from pathlib import Path

from bench.figures import Figures, table
from tests.harness.paged import PagedStack

TARGET = "a cell takes less than 1,500 ms more than on the quiet link"
SIZE = 9_000_000


def run(place: Path, rounds: int, files: int | None) -> str:  # noqa: ARG001
    rows = []
    for name, public, extension in (
        ("direct, extension", False, True),
        ("direct, script", False, False),
        ("window, extension", True, True),
        ("window, script", True, False),
    ):
        with PagedStack(place / name, cells=("print(6 * 7)",), slow=True, public=public, extension=extension) as stack:
            quiet = Figures(f"{name}: quiet link")
            for _ in range(5):
                quiet.milliseconds.append(cell(stack))
            stack.laptop.save_bytes("data.bin", os.urandom(SIZE))
            began = time.perf_counter()
            busy = Figures(f"{name}: 9 MB on their way")
            while not (stack.replica / "data.bin").exists():
                busy.milliseconds.append(cell(stack))
            took = time.perf_counter() - began
            busy.note = f"{SIZE / took / 1000:.0f} kB/s, {len(busy.milliseconds)} cells"
            rows += [busy, quiet]
    return table("a cell on a link of 250 kB/s up, 200 ms", rows, TARGET)


def cell(stack: PagedStack) -> float:
    began = time.perf_counter()
    stack.run(0)
    return (time.perf_counter() - began) * 1000
