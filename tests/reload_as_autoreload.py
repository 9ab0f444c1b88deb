"""A pytest plugin: IPython's own tests of `%autoreload`, with notesync's reload in its place.

`-p tests.reload_as_autoreload` before they are collected; `tests.run_ipython` does so. Their stand-in of a shell
makes `AutoreloadMagics(shell=self)` and calls what is defined here; nobody tells which files changed, so each
cell looks at the files first, as the agent would.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import IPython.extensions.autoreload as replaced
from notesync.reload import Change, Reloader

_OFF = ("0", "off")


class Magics:
    """What IPython's tests use of its `AutoreloadMagics`."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._root = Path(sys.path[0])
        self._reloader = Reloader(shell, [self._root])
        self._seen: dict[Path, tuple[int, int]] = {}
        self._mode = "0"
        self._cell = ""
        self._changed()

    def autoreload(self, line: str = "") -> None:
        """`%autoreload MODE`."""
        self._mode = (line.split() or ["now"])[0]
        if self._mode == "now":
            self._take_up()

    def aimport(self, line: str, stream: Any = None) -> None:
        """`%aimport NAME`, and without a name what is reloaded: everything."""
        names = line.replace(",", " ").split()
        if not names and stream is not None:
            stream.write("Modules to reload:\nall-except-skipped\n")
        for name in names:
            if not name.startswith("-"):
                importlib.import_module(name)
                top = name.partition(".")[0]
                self._shell.push({top: sys.modules[top]})

    def pre_run_cell(self, info: Any = None) -> None:
        """Before a cell."""
        self._cell = getattr(info, "raw_cell", "") or ""
        if self._mode not in _OFF:
            self._take_up()

    def post_execute_hook(self) -> None:
        """After a cell."""
        self._reloader.cell_ran(self._cell)
        if self._mode not in _OFF:
            self._changed()

    def _take_up(self) -> None:
        changes = self._changed()
        if changes:
            report = self._reloader.apply(changes)
            if report.failed is not None:
                name, told = Path(report.failed.file).stem, report.failed.traceback
                print(f"[autoreload of {name} failed: {told}]", file=sys.stderr)

    def _changed(self) -> list[Change]:
        found = [(path, path.stat()) for path in self._root.rglob("*.py")]
        now = {path: (stamp.st_mtime_ns, stamp.st_size) for path, stamp in found}
        gone = [Change(path, deleted=True) for path in self._seen if path not in now]
        changed = [Change(path) for path, stamp in now.items() if self._seen.get(path) != stamp]
        self._seen = now
        return gone + changed


replaced.AutoreloadMagics = Magics
