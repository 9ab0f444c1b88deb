"""How long Run waits when nothing is new: in the page before the request leaves, in the kernel before the cell."""

from __future__ import annotations

from pathlib import Path

from bench import in_page, trees
from bench.figures import Figures, table
from tests.harness.paged import PagedStack
from tests.harness.stack import Stack

TARGET = "≤ 15 ms, page and kernel together"
TIMED = """
import notesync, time
cells = notesync._app.cells
waits = []
def timed(*cell, begin=cells.begin):
    began = time.perf_counter()
    begin(*cell)
    waits.append((time.perf_counter() - began) * 1000)
cells.begin = timed
"""
COUNTED = "presses = globals().get('presses', 0) + 1\nprint(presses)"
CELLS = (COUNTED, TIMED, "print(*waits)")


def run(place: Path, rounds: int, files: int | None) -> str:
    source = trees.of_size(place / "source", files) if files else trees.real(place / "source")
    with Stack(place / "direct", tree=source) as stack:
        stack.notebook.run(TIMED)
        for _ in range(rounds):
            stack.notebook.run("1")
        told = stack.notebook.run("print(*waits)").text
        kernel = Figures("kernel-direct: before the cell", [float(word) for word in told.split()][:rounds])
    rows = through_page("JupyterLab", place / "page", source, rounds, public=False)
    rows += through_page("through the notesync window", place / "window", source, rounds, public=True)
    return table("Run, nothing new: what notesync adds", [*rows, kernel], TARGET)


def through_page(name: str, place: Path, source: Path, rounds: int, *, public: bool) -> list[Figures]:
    with PagedStack(place, tree=source, cells=CELLS, connected=False, public=public) as paged:
        paged.browser.context.add_init_script(in_page.TIMES)
        paged.page.reload()
        own = pressed(paged, 1, rounds)
        paged.connect()
        paged.settle()
        paged.run(1)
        ours = pressed(paged, rounds + 1, rounds)
        # Above it may stand, on a machine that is busy, that the laptop was not heard in time.
        told = paged.run(2).splitlines()[-1]
    page = Figures("  before the request leaves", until(ours, "sent"))
    inside = Figures("  then in the kernel, before the cell", [float(word) for word in told.split()][:rounds])
    less = Figures("  of it JupyterLab's own, no notesync", until(own, "sent"))
    pairs = zip(page.milliseconds, inside.milliseconds, strict=False)
    both = Figures(f"{name}: together", [max(0.0, one - less.at(0.5) + two) for one, two in pairs])
    seen = Figures("  until the output stands there", until(ours, "shown"))
    bare = Figures("  the same, no notesync", until(own, "shown"))
    return [both, page, less, inside, seen, bare]


def pressed(paged: PagedStack, begin: int, rounds: int) -> list[dict[str, float]]:
    """The times of as many presses, of a cell that shows the numbers from `begin` on."""
    in_page.focus(paged, 0)
    return [in_page.press_run(paged, str(begin + number)) for number in range(rounds)]


def until(presses: list[dict[str, float]], what: str) -> list[float]:
    """Milliseconds from the key on."""
    return [times[what] - times["pressed"] for times in presses]
