"""A save → the next cell, in JupyterLab in Chromium, has run the new code."""

from __future__ import annotations

import time
from pathlib import Path

from bench import trees
from bench.figures import Figures, table
from tests.harness.paged import PagedStack

TARGET = "p50 ≤ 150 ms, p99 ≤ 400 ms (15,000 files)"
CELL = "import marker.probe; print(marker.probe.STEP)"


def run(place: Path, rounds: int, files: int | None) -> str:
    source = trees.of_size(place / "source", files) if files else trees.real(place / "source")
    with PagedStack(place / "stack", tree=source, cells=(CELL,)) as stack:
        stack.run(0)
        saved = Figures("notesync, direct + own WebSocket")
        for number in range(1, rounds + 1):
            began = time.perf_counter()
            trees.save(source, number)
            shown = stack.run(0)
            saved.milliseconds.append((time.perf_counter() - began) * 1000)
            assert shown == str(number), f"the cell showed {shown} after {number} was saved"
        saved.note = "every first Run showed the new code"
        plain = Figures("the same cell, nothing saved")
        for _ in range(rounds):
            began = time.perf_counter()
            stack.run(0)
            plain.milliseconds.append((time.perf_counter() - began) * 1000)
    return table("save → next cell through Chromium (click and look included)", [saved, plain], TARGET)
