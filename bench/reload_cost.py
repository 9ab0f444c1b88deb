"""What a reload costs: nothing changed, one module of 1,000, a big heap, a thousand times.

python bench/reload_cost.py            # everything; each number beside its goal
"""

from __future__ import annotations

import gc
import importlib
import statistics
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "py-launcher" / "src"))

from notesync.reload import Change, Reloader

MODULES = 1_000


class Shell:
    """The least of a session."""

    def __init__(self) -> None:
        self.user_ns: dict[str, object] = {}


def text(number: int, version: int) -> str:
    """A module of an ordinary project: imports, a class, some functions."""
    lines = []
    if number:
        before = (number * 7) % number
        lines.append(f"from proj.m{before} import f{before}, K{before}")
    lines += [f"K{number} = {number}", f"def f{number}(x=1):", f"    return x + {version}"]
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
    root = Path(tempfile.mkdtemp())
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
    started = time.perf_counter()
    reloader = Reloader(Shell(), [root])
    show("first look at them", f"{(time.perf_counter() - started) * 1e3:.1f} ms", "-")

    times = []
    for _ in range(1000):
        started = time.perf_counter()
        reloader.apply([])
        reloader.cell_ran("x = 1")
        times.append(time.perf_counter() - started)
    show("nothing changed: apply + cell_ran", f"{statistics.median(times) * 1e6:.1f} µs", "≤ 50 µs")

    one(reloader, package, "one function body in 1 of 1,000 modules", 999)
    one(reloader, package, "the same in a module that others import", 3)

    heap = [[i] for i in range(3_000_000)]
    gc.collect()
    one(reloader, package, "the same beside 3,000,000 lists", 999)
    path = package / "m999.py"
    times = []
    for version in range(5):
        path.write_text(text(999, 7).replace("count = 0", f"count = {version}\n    def new{version}(self): pass"))
        started = time.perf_counter()
        report = reloader.apply([Change(path)])
        times.append(time.perf_counter() - started)
        assert report.ok, report.details()
        assert report.statements == 1
    show("a class defined again beside 3,000,000 lists", f"{statistics.median(times) * 1e3:.1f} ms", "≤ 1,000 ms")
    vars(sys.modules["proj.m999"])["hidden"] = [[lambda: 1]] * 2
    module = sys.modules["proj.m999"]
    held = {"somewhere": {"deep": [type("Holder", (), {"f": module.f999})()]}}
    exec("def extra(): return 1", module.__dict__)
    outside = [module.__dict__.pop("extra")]
    one(reloader, package, "the same with functions held out of sight (one heap pass)", 999)
    del heap, held, outside

    gc.collect()
    path.write_text(text(999, 1))
    reloader.apply([Change(path)])
    tracemalloc.start()
    sizes = []
    for version in range(1000):
        path.write_text(text(999, version).replace("count = 0", f"count = {version}"))
        assert reloader.apply([Change(path)]).ok
        if version % 250 == 249:
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    growth = (sizes[-1] - sizes[0]) / 1024
    show("memory that 750 further reloads leave", f"{growth:.0f} KiB", "≤ 100 KiB")


def one(reloader: Reloader, package: Path, what: str, number: int) -> None:
    path = package / f"m{number}.py"
    times = []
    for version in range(1, 8):
        path.write_text(text(number, version))
        started = time.perf_counter()
        report = reloader.apply([Change(path)])
        times.append(time.perf_counter() - started)
        assert report.ok, report.details()
    show(f"{what} (first)", f"{times[0] * 1e3:.1f} ms", "-")
    show(what, f"{statistics.median(times[1:]) * 1e3:.1f} ms", "≤ 30 ms")
    show("  (the quickest of them: what a quiet machine gives)", f"{min(times) * 1e3:.1f} ms", "")


if __name__ == "__main__":
    main()
