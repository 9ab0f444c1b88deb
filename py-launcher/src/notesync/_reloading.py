"""Takes up applied changes in the running kernel, through `notesync.reload`. Main thread only."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from typing import Any

from . import display, texts
from ._pending import Taken
from .databricks import hooks as databricks
from .session import Session

_log = logging.getLogger("notesync.reload")


class Reloading:
    """One Reloader for the replica of this kernel."""

    def __init__(self, shell: Any, session: Session) -> None:
        self._shell = shell
        self._session = session
        self._root: Path | None = None
        self._reloader: Any = None
        self._left_by_live = False
        self.live = False

    def reloader(self) -> Any:
        """The Reloader of the current replica, made when first needed; None without a replica."""
        root = self._session.root
        if root is None:
            return None
        if self._reloader is None or self._root != root:
            try:
                from .reload import Reloader
            except ImportError:
                return None
            self._root = root
            self._reloader = Reloader(self._shell, roots=[root])
        return self._reloader

    def take_up(self) -> None:
        """Load what was applied since the last cell: all of it or none, and say so in one line."""
        taken = self._session.pending.take()
        if not taken and not self._left_by_live:
            return
        self._left_by_live = False
        self._say_what_happened(taken)
        importlib.invalidate_caches()
        reloader = self.reloader()
        if reloader is None:
            return
        report = reloader.apply(self._changes(taken))
        self._session.broken = None if report.ok else report.line()
        _log.info("%s", report.details())
        # A page that shows our status has it there: outputs stay the user's own.
        if not report.ok or (report.reloaded and not self._session.shown_in_page):
            display.say(report.line())
        batch = taken.events[-1].batch if taken.events else None
        if batch is not None and (report.reloaded or not report.ok):
            self._session.report_reload(batch, report.ok, report.line())

    def _say_what_happened(self, taken: Taken) -> None:
        for event in taken.events:
            for line in texts.kept_lines(event.kept):
                display.say(line)
            if event.forced:
                display.say(texts.FORCED)
        if databricks.here() and self._session.root is not None:
            written = [path for path, gone in taken.changes if not gone]
            for line in databricks.applied(self._session.root, written):
                display.say(line)

    def take_up_live(self) -> None:
        """While a cell runs: new function bodies only; the rest waits for its end. Any thread."""
        reloader = self._reloader
        if reloader is None:
            return
        taken = self._session.pending.take()
        report = reloader.swap_bodies(self._changes(taken))
        self._left_by_live = bool(report.pending)
        _log.info("live: %s", report.details())

    def _changes(self, taken: Taken) -> list[Any]:
        from .reload import Change

        root = self._session.root
        assert root is not None
        changes = {root / path: Change(root / path, gone) for path, gone in taken.changes}
        if taken.missed:
            for path in _loaded_below(root):
                changes.setdefault(path, Change(path, not path.exists()))
        return list(changes.values())

    def cell_ran(self, raw_cell: str | None) -> None:
        """Let the reloader see what the cell imported, before files may change again."""
        reloader = self.reloader()
        if reloader is not None:
            reloader.cell_ran(raw_cell or "")

    def refused(self) -> Any:
        """The report of the batch that is refused while its code is broken, or None."""
        return self._reloader.broken if self._reloader is not None else None


def _loaded_below(root: Path) -> list[Path]:
    """The source files of loaded modules that lie in the replica."""
    found = []
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if isinstance(name, str) and name.endswith(".py"):
            path = Path(name)
            if root in path.parents:
                found.append(path)
    return found
