"""A save → the next cell, in JupyterLab in Chromium, has run the new code. Times are the page's own."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from bench import in_page, trees
from bench.figures import Figures, table
from tests.harness.paged import PagedStack

TARGET = "p50 ≤ 150 ms, p99 ≤ 400 ms (15,000 files)"
CELL = """
import marker.probe, itertools
COUNT = globals().get('COUNT') or itertools.count(1)
print(marker.probe.STEP, next(COUNT))
""".strip()


def run(place: Path, rounds: int, files: int | None) -> str:
    source = trees.of_size(place / "source", files) if files else trees.real(place / "source")
    rows = []
    for name, public in (("direct + own WebSocket", False), ("window + own WebSocket", True)):
        with PagedStack(place / name, tree=source, cells=(CELL,), public=public) as stack:
            rows += measured(stack, source, name, rounds)
    return table("save → next cell through Chromium and JupyterLab", rows, TARGET)


def measured(stack: PagedStack, source: Path, name: str, rounds: int) -> list[Figures]:
    stack.run(0)
    in_page.focus(stack, 0)
    saved = Figures(f"notesync, {name}", note="every first Run showed the new code")
    plain = Figures("  the same cell, nothing saved")
    counted = 1
    step = stack.page.output(stack.cell(0)).split()[0]
    for number in range(1, 2 * rounds + 1):
        counted += 1
        saves = number <= rounds
        step = str(number) if saves else step
        began: list[float] = []
        times = in_page.press_run(stack, f"{step} {counted}", partial(begin, source, number if saves else None, began))
        (saved if saves else plain).milliseconds.append(times["shown"] - began[0])
    return [saved, plain]


def begin(source: Path, saves: int | None, began: list[float]) -> None:
    """Notes the time, and saves."""
    began.append(time.time() * 1000)
    if saves is not None:
        trees.save(source, saves)
