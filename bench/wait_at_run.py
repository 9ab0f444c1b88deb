"""How long Run waits when nothing is new: in the page before the request leaves, in the kernel before the cell."""

from __future__ import annotations

import statistics
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
def timed(begin=cells.begin):
    began = time.perf_counter()
    begin()
    waits.append((time.perf_counter() - began) * 1000)
cells.begin = timed
"""
CELLS = (TIMED, "print(len(waits))", "print(*waits)")


def run(place: Path, rounds: int, files: int | None) -> str:
    source = trees.of_size(place / "source", files) if files else trees.real(place / "source")
    with Stack(place / "direct", tree=source) as stack:
        stack.notebook.run(TIMED)
        for _ in range(rounds):
            stack.notebook.run("1")
        told = stack.notebook.run("print(*waits)").text
        kernel = Figures("kernel-direct: before the cell", [float(word) for word in told.split()][:rounds])
    with PagedStack(place / "page", tree=source, cells=CELLS) as paged:
        paged.browser.context.add_init_script(in_page.TIMES)
        paged.page.reload()
        paged.until_connected()
        paged.run(0)
        page = Figures("JupyterLab: before the request leaves", before_it_leaves(paged, 1, rounds))
        # Above it may stand, on a machine that is busy, that the laptop was not heard in time.
        told = paged.run(2).splitlines()[-1]
        inside = Figures("  then in the kernel, before the cell", [float(word) for word in told.split()][:rounds])
        hold_nothing(paged)
        own = Figures("  of it JupyterLab's own: holdRun is off", before_it_leaves(paged, rounds + 2, rounds))
    less = statistics.median(own.milliseconds)
    pairs = zip(page.milliseconds, inside.milliseconds, strict=False)
    both = Figures("together, less JupyterLab's own median", [max(0.0, one - less) + two for one, two in pairs])
    return table("Run, nothing new: what notesync adds", [both, page, own, inside, kernel], TARGET)


def before_it_leaves(paged: PagedStack, begin: int, rounds: int) -> list[float]:
    """Milliseconds from the key to the request, of a cell that shows the numbers from `begin` on."""
    in_page.focus(paged, 1)
    all_times = [in_page.press_run(paged, str(begin + number)) for number in range(rounds)]
    return [times["sent"] - times["pressed"] for times in all_times]


def hold_nothing(paged: PagedStack) -> None:
    """The user has switched off that Run asks the laptop."""
    folder = paged.jupyter.home / "config" / "lab" / "user-settings" / "notesync"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plugin.jupyterlab-settings").write_text('{"holdRun": false}', encoding="utf-8")
    paged.page.reload()
    paged.until_connected()
