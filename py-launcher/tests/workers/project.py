"""A project in a replica, a kernel that follows it, and what a notebook sends to workers."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from notesync.reload import Change, Reloader
from notesync.workers import Workers

PRICES = """
FACTOR = {0}

def price(x):
    return x * FACTOR

class Item:
    def __init__(self, count):
        self.count = count

    def total(self):
        return self.count * {0}
"""
LATE = """
def extra(x):
    return x + {0}
"""
STOCK = """
def stocked(x):
    return x - {0}
"""
CELL = """
import shop.prices
from shop.prices import Item, price
from stock import stocked

def by_name(x):
    return price(x)

def inside(x):
    from shop.late import extra
    return extra(x)

def of_module(x):
    return shop.prices.price(x)

def of_item(item):
    return item.total()

def made(x):
    return Item(x).total()

def by_data(x):
    import importlib.resources
    return x * int(importlib.resources.files("shop").joinpath("factor.txt").read_text())
"""
# Sent for 10; what each gives when the code says `factor`.
PLAIN = {
    "price": lambda factor: 10 * factor,
    "by_name": lambda factor: 10 * factor,
    "of_module": lambda factor: 10 * factor,
    "made": lambda factor: 10 * factor,
    "inside": lambda factor: 10 + factor,
    "by_data": lambda factor: 10 * factor,
    # No worker has any `stock`; of `shop` some have an older version.
    "stocked": lambda factor: 10 - factor,
}


class Notebook:
    """Files below a folder of the test, imported in this process as in a kernel."""

    def __init__(self, root: Path, older: Path) -> None:
        self.root = root
        self.older = older
        self.said: list[str] = []
        self.sequence = 1
        self.workers = Workers([root], ["src"], self.said.append)
        self.names: dict[str, Any] = sys.modules["__main__"].__dict__
        self._reloader = Reloader(SimpleNamespace(user_ns=self.names), [root])
        self.write(factor=2)
        sys.path.insert(0, str(root / "src"))
        self.run(CELL)

    def write(self, factor: int) -> list[Path]:
        files = {
            "shop/__init__.py": "",
            "shop/prices.py": PRICES.format(factor),
            "shop/late.py": LATE.format(factor),
            "shop/factor.txt": str(factor),
            "stock.py": STOCK.format(factor),
        }
        return [_put(self.root / "src" / name, text) for name, text in files.items()]

    def run(self, cell: str) -> None:
        """A cell, as IPython does it."""
        self.workers.before_cell()
        exec(compile(textwrap.dedent(cell), "<cell>", "exec"), self.names)
        self._reloader.cell_ran(cell)

    def edit(self, factor: int) -> None:
        """A batch arrives before the next cell: the kernel reloads, the workers are told."""
        paths = self.write(factor)
        self.sequence += 1
        report = self._reloader.apply([Change(path, False) for path in paths])
        assert report.ok, report.details()
        self.workers.changed(self.sequence, paths)
        self.workers.before_cell()

    def told(self) -> str:
        """What `%notesync workers` shows."""
        return "\n".join(f"{name}: {line}" for name, line in self.workers.report())

    def close(self) -> None:
        self.workers.off()
        sys.path.remove(str(self.root / "src"))
        for name in [one for one in sys.modules if one.partition(".")[0] in ("shop", "stock")]:
            del sys.modules[name]
        for name in ("by_name", "inside", "of_module", "of_item", "made", "by_data"):
            self.names.pop(name, None)


def write_older(folder: Path) -> None:
    """A version of the project that a worker has on its own path, and imports at its start."""
    _put(folder / "shop" / "__init__.py", "")
    _put(folder / "shop" / "prices.py", PRICES.format(1))
    _put(folder / "shop" / "gone.py", "")


def _put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
