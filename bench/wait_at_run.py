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
        in_page.focus(paged, 1)
        page = Figures("JupyterLab: before the request leaves")
        for number in range(rounds):
            times = in_page.press_run(paged, str(number + 1))
            page.milliseconds.append(times["sent"] - times["pressed"])
        told = paged.run(2)
        inside = Figures("  then in the kernel, before the cell", [float(word) for word in told.split()][:rounds])
    both = Figures("  together", [one + two for one, two in zip(page.milliseconds, inside.milliseconds, strict=False)])
    return table("Run, nothing new: what notesync adds", [both, page, inside, kernel], TARGET)
