"""Measuring one save: from the rename that ends it to the moment when a condition holds, in milliseconds."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import trees
from bench.figures import Figures

# What has not happened after so long counts as lost.
LOST = 15.0


def until(condition: Callable[[], bool], began: float) -> float | None:
    """Milliseconds from `began` (perf_counter) until `condition()`, or None when it was lost."""
    while not condition():
        if time.perf_counter() - began > LOST:
            return None
        time.sleep(0.0002)
    return (time.perf_counter() - began) * 1000


def saves(name: str, source: Path, condition: Callable[[bytes], Callable[[], bool]], rounds: int) -> Figures:
    """Saves the probe `rounds` times; `condition(content)` makes what tells that this content is there."""
    figures = Figures(name)
    lost = 0
    for number in range(1, rounds + 1):
        began = time.perf_counter()
        took = until(condition(trees.save(source, number)), began)
        if took is None:
            lost += 1
        else:
            figures.milliseconds.append(took)
        # Saves of a person do not come in step with anybody's timer.
        time.sleep(0.05 + 0.013 * (number % 11))
    figures.note = f"{lost} of {rounds} lost" if lost else "none lost"
    return figures


def burst(source: Path, replica: Path, files: int = 200) -> str:
    """Saves many files as fast as it goes; tells how many did not arrive."""
    folder = Path(tempfile.mkdtemp(prefix="burst-", dir=source / "marker"))
    folder.chmod(0o755)
    for number in range(files):
        (folder / f"{number}.py").write_text(f"NUMBER = {number}\n", encoding="utf-8")
    began = time.perf_counter()
    there = replica / "marker" / folder.name

    def arrived() -> int:
        # Not by listing: a peer may rename its temporary files meanwhile.
        found = (there / f"{number}.py" for number in range(files))
        return sum(path.is_file() and path.stat().st_size > 0 for path in found)

    began = time.perf_counter()
    took = until(lambda: arrived() == files, began)
    if took is None:
        return f"burst of {files}: {files - arrived()} lost"
    return f"burst of {files}: {took:.0f} ms"


def content_is(path: Path) -> Callable[[bytes], Callable[[], bool]]:
    """The condition that a file in the replica holds the content."""

    def condition(content: bytes) -> Callable[[], bool]:
        def holds() -> bool:
            try:
                return path.read_bytes() == content
            except FileNotFoundError:
                return False

        return holds

    return condition
