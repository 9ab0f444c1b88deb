"""What a reload costs: nothing changed, one module of 1,000, a big heap, a thousand times.

Processor time of this process. Where IPython is installed, `%autoreload 2` does the same beside it in
the same run: the ratios hold on a busy machine too.

python bench/reload_cost.py            # everything; each number beside its goal: three minutes
python bench/reload_cost.py 100        # a smaller project
"""

from __future__ import annotations

import gc
import importlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "py-launcher" / "src"))

from notesync.reload import Change, Reloader

MODULES = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
LAST = MODULES - 1
LOADED = 5_000


class Shell:
    """The least of a session."""

    def __init__(self) -> None:
        self.user_ns: dict[str, object] = {}


def imports(number: int) -> list[int]:
    """All but the first import the first; apart from that they are a tree of two branches each."""
    return sorted({0, number // 2}) if number else []


def text(number: int, version: int, constant: int = 0) -> str:
    """A module of an ordinary project: imports, a class, some functions."""
    lines = [f"from proj.m{each} import f{each}, K{each}" for each in imports(number)]
    lines += [f"K{number} = {number + constant}", f"def f{number}(x=1):", f"    return x + {version}"]
    lines += [f"class C{number}:", "    count = 0"]
    for method in range(15):
        lines += [
            f"    def m{method}(self, a, b=2):",
            "        total = a",
            "        for i in range(b):",
            "            total += i",
            f"        return total + {method}",
            "",
        ]
    return "\n".join(lines) + "\n"


def show(what: str, got: str, goal: str) -> None:
    print(f"{what:<58} {got:>14}   goal {goal}", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))


def measure(root: Path) -> None:
    """All of it, on a project below this folder."""
    package = root / "proj"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for number in range(MODULES):
        (package / f"m{number}.py").write_text(text(number, 0))
    sys.path.insert(0, str(root))
    started = time.perf_counter()
    for number in range(MODULES):
        importlib.import_module(f"proj.m{number}")
    show(f"import of {MODULES} modules (by Python itself)", f"{(time.perf_counter() - started) * 1e3:.0f} ms", "-")
    started = time.process_time()
    reloader = Reloader(Shell(), [root])
    show("first look at them", f"{(time.process_time() - started) * 1e3:.1f} ms", "-")
    started, longest = time.process_time(), 0.0
    more = True
    while more:
        step = time.process_time()
        more = reloader.read_ahead(0.005)
        longest = max(longest, time.process_time() - step)
    show("read ahead, while no cell runs: all of it", f"{(time.process_time() - started) * 1e3:.0f} ms", "-")
    show("  its longest step", f"{longest * 1e3:.1f} ms", "-")

    idle = nothing(reloader)
    show("nothing changed: apply + cell_ran", f"{idle * 1e6:.1f} µs", "≤ 50 µs")

    leaf = one(reloader, package, f"one function body in 1 of {MODULES:,} modules", LAST)
    one(reloader, package, "the same in a module that two others import", 400)
    hub = one(reloader, package, f"the same in one that {MODULES - 1} import", 0)
    show("  for each of these", f"{hub / MODULES * 1e6:.0f} µs", "≤ 30 µs")
    constants = one(reloader, package, f"a constant that {MODULES - 1} import", 0, constant=1)
    show("  for each of these, its import run again", f"{constants / MODULES * 1e6:.0f} µs", "-")

    heap = [[i] for i in range(3_000_000)]
    gc.collect()
    one(reloader, package, "the same beside 3,000,000 lists", LAST)
    path = package / f"m{LAST}.py"
    times = []
    for version in range(5):
        path.write_text(text(LAST, 7).replace("count = 0", f"count = {version}\n    def new{version}(self): pass"))
        started = time.process_time()
        report = reloader.apply([Change(path)])
        times.append(time.process_time() - started)
        assert report.ok, report.details()
        assert report.statements == 1
    show("a class defined again beside 3,000,000 lists", f"{statistics.median(times) * 1e3:.1f} ms", "≤ 1,000 ms")
    vars(sys.modules[f"proj.m{LAST}"])["hidden"] = [[lambda: 1]] * 2
    module = sys.modules[f"proj.m{LAST}"]
    held = {"somewhere": {"deep": [type("Holder", (), {"f": vars(module)[f"f{LAST}"]})()]}}
    exec("def extra(): return 1", module.__dict__)
    outside = [module.__dict__.pop("extra")]
    one(reloader, package, "the same with functions held out of sight (one heap pass)", LAST)
    del heap, held, outside

    vars(module).pop("hidden")
    del module
    memory(reloader, path)
    beside(package, idle, leaf)
    with tempfile.TemporaryDirectory() as elsewhere:
        crowd(Path(elsewhere))
        crowded(reloader, package)


def nothing(reloader: Reloader) -> float:
    """What a cell costs when nothing was saved, in seconds."""
    times = []
    for _ in range(1000):
        started = time.process_time()
        reloader.apply([])
        reloader.cell_ran("x = 1")
        times.append(time.process_time() - started)
    return statistics.mean(times)


def crowd(folder: Path) -> None:
    """Import small modules from elsewhere until 5,000 are loaded."""
    sys.path.append(str(folder))
    missing = range(LOADED - len(sys.modules))
    for number in missing:
        (folder / f"crowd{number}.py").write_text(f"X = {number}\n")
    importlib.invalidate_caches()
    for number in missing:
        importlib.import_module(f"crowd{number}")
    sys.path.remove(str(folder))


def crowded(reloader: Reloader, package: Path) -> None:
    """A cell after which nothing was saved, in a kernel with many libraries."""
    reloader.cell_ran("x = 1")
    idle = nothing(reloader)
    show(f"nothing changed, {LOADED:,} modules loaded", f"{idle * 1e6:.1f} µs", "≤ 1 ms")
    peer = autoreload()
    if peer is not None:
        started = time.process_time()
        for _ in range(20):
            peer()
        theirs = (time.process_time() - started) / 20
        show(f"  %autoreload 2, {LOADED:,} loaded", f"{theirs * 1e3:.1f} ms", f"{theirs / idle:,.0f} times")
    one(reloader, package, f"one function body, {LOADED:,} loaded", LAST)


def memory(reloader: Reloader, path: Path) -> None:
    """What a thousand reloads leave, and what as many of `%autoreload 2` do."""

    def ours(version: int) -> None:
        path.write_text(text(LAST, version).replace("count = 0", f"count = {version}"))
        assert reloader.apply([Change(path)]).ok

    show("blocks of memory that 1,000 reloads leave", f"{growth(ours, 1000):,}", "≤ 1,000")
    peer = autoreload()
    if peer is not None:

        def theirs(version: int) -> None:
            save_later(path, text(LAST, version).replace("count = 0", f"count = {version}"), version)
            peer()

        show("  %autoreload 2, 100 reloads, times ten", f"{growth(theirs, 100) * 10:,}", "-")


def growth(reload: Callable[[int], None], times: int) -> int:
    """The blocks of memory that so many reloads leave; a few before them do not count."""
    for version in range(20):
        reload(version)
    gc.collect()
    before = sys.getallocatedblocks()
    for version in range(20, 20 + times):
        reload(version)
    gc.collect()
    return sys.getallocatedblocks() - before


def autoreload() -> Callable[[], None] | None:
    """What `%autoreload 2` does before each cell; None without IPython."""
    try:
        from IPython.extensions.autoreload import ModuleReloader
    except ImportError:
        return None
    reloader = ModuleReloader()
    reloader.check(True)

    def check() -> None:
        reloader.check(True)

    return check


def save_later(path: Path, content: str, number: int) -> None:
    """Write with a later time than before: `%autoreload` sees nothing else."""
    path.write_text(content)
    when = time.time() + 10 * (number + 1)
    os.utime(path, (when, when))


def beside(package: Path, idle: float, leaf: float) -> None:
    """The same by `%autoreload 2`."""
    peer = autoreload()
    if peer is None:
        return
    started = time.process_time()
    for _ in range(20):
        peer()
    theirs = (time.process_time() - started) / 20
    show("%autoreload 2, nothing changed", f"{theirs * 1e3:.1f} ms", f"{theirs / idle:,.0f} times")
    times = []
    for version in range(1, 8):
        save_later(package / f"m{LAST}.py", text(LAST, version), version)
        started = time.process_time()
        peer()
        times.append(time.process_time() - started)
    theirs = statistics.median(times)
    show(f"%autoreload 2, 1 of {MODULES:,} modules", f"{theirs * 1e3:.1f} ms", f"{theirs / leaf:.1f} times")
    # What it has executed again is new to the reloader, which is to be measured as before.
    save_later(package / f"m{LAST}.py", text(LAST, 7), 8)


def one(reloader: Reloader, package: Path, what: str, number: int, constant: int = 0) -> float:
    """The median of some reloads of one module, in seconds. What ran before is taken up first."""
    path = package / f"m{number}.py"
    times = []
    for version in range(1, 8):
        path.write_text(text(number, version, constant * version))
        started = time.process_time()
        report = reloader.apply([Change(path)])
        times.append(time.process_time() - started)
        assert report.ok, report.details()
    show(f"{what} (first)", f"{times[0] * 1e3:.1f} ms", "-")
    show(what, f"{statistics.median(times[1:]) * 1e3:.1f} ms", "≤ 30 ms")
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
