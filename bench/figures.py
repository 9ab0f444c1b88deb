"""Durations in milliseconds as the table that a benchmark prints."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figures:
    """What one contestant needed, and what happened on the way (updates lost, batches sent)."""

    name: str
    milliseconds: list[float] = field(default_factory=list)
    note: str = ""

    def at(self, share: float) -> float:
        """The value that `share` of all do not exceed; nan where nothing was measured."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def peak(pid: int) -> float:
    """The most memory that a process ever had, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1000 if found else 0.0


def table(title: str, rows: Sequence[Figures], target: str) -> str:
    """One line for each contestant; the ratio is ours to theirs, by the median."""
    ours = rows[0]
    lines = [title, f"{'':34} {'p50':>9} {'p99':>9} {'ratio':>7}"]
    for row in rows:
        ratio = "" if row is ours else f"{ours.at(0.5) / row.at(0.5):7.2f}"
        lines.append(f"{row.name:34} {row.at(0.5):6.1f} ms {row.at(0.99):6.1f} ms {ratio:>7}  {row.note}".rstrip())
    return "\n".join([*lines, f"{'to reach':34} {target}"])
