"""Takes up applied changes in the running kernel, through `notesync.reload`. Main thread only."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import display, texts
from ._elsewhere import Elsewhere
from ._names import python_paths
from ._pending import Taken
from ._reading import Reading
from .databricks import hooks as databricks
from .reload.caches import forget_listings
from .session import Session
from .workers import Workers

_log = logging.getLogger("notesync.reload")
# What an unloaded extension knows of the live modules: they may be older than their files by the
# time it is loaded again.
_left: dict[Path, Any] = {}


class Reloading:
    """One Reloader for the replica of this kernel."""

    def __init__(self, shell: Any, session: Session) -> None:
        self._shell = shell
        self._session = session
        self._root: Path | None = None
        self._reloader: Any = None
        self._workers: Workers | None = None
        self._workers_on = True
        self._left_by_live = False
        self._told_open: set[str] = set()
        self._elsewhere = Elsewhere()
        self._told_before: set[str] = set()
        self.live = False
        self.reading = Reading(lambda: self._reloader)

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
            self._elsewhere = Elsewhere()
            self._reloader = _left.pop(root, None) or Reloader(self._shell, roots=[root])
            if self._reloader.pending:  # Imported before, and changed since by somebody else.
                self._session.pending.missed()
        return self._reloader

    def workers(self) -> Workers | None:
        """What brings the code to the workers of Spark, Dask, Ray and joblib; None: no replica."""
        root, project = self._session.root, self._session.project
        if root is None or project is None:
            return None
        known = self._workers
        if known is None or not known.serves(root, project.python_paths):
            self.close()
            known = self._workers = Workers([root], project.python_paths, display.say)
            if not self._workers_on:
                known.off()
        return known

    def set_workers(self, on: bool) -> None:
        """Let tasks take the code along, or leave them as they are without notesync."""
        self._workers_on = on
        workers = self.workers()
        if workers is not None and workers.enabled != on:
            workers.on() if on else workers.off()

    def before_cell(self) -> None:
        """Everything is taken up: hook into what was imported since the last cell."""
        workers = self.workers()
        if workers is not None:
            workers.before_cell()

    def leave(self) -> None:
        """The extension is unloaded."""
        self.reading.cell_begins()
        self.close()
        if self._root is not None and self._reloader is not None:
            _left[self._root] = self._reloader

    def come_back(self) -> None:
        """Look at all that is loaded, if this replica was left by an extension that is gone."""
        if self._reloader is None and self._session.root in _left:
            self._session.pending.missed()
            self.reloader().read_history()

    def close(self) -> None:
        """Take the hooks out of the frameworks."""
        workers, self._workers = self._workers, None
        if workers is not None:
            workers.off()

    def take_up(self) -> None:
        """Load what was applied since the last cell: all of it or none, and say so in one line."""
        self.come_back()
        taken = self._session.pending.take()
        if not taken and not self._left_by_live:
            return
        self._left_by_live = False
        self._say_what_happened(taken)
        reloader = self.reloader()
        if taken.missed:
            self._elsewhere = Elsewhere()
        self._say_what_is_elsewhere([path for path, gone in taken.changes if not gone])
        if reloader is None:
            forget_listings()
            return
        changes = self._changes(taken)
        if not changes:
            forget_listings()  # else the reloader does
        try:
            report = reloader.apply(changes)
        except Exception:
            self._session.pending.missed()  # So the next cell tries again, with all there is.
            display.say(texts.NOT_TAKEN_UP)
            raise
        self._tell_workers(taken, changes, taken_up=report.ok)
        self._session.broken = None if report.ok else report.line()
        _log.info("%s", report.details())
        # A page that shows our status has it there: outputs stay the user's own.
        stuck = (report.kept and not report.reloaded) or report.gone
        if not report.ok or stuck or (report.reloaded and not self._session.shown_in_page):
            display.say(report.line())
        batch = taken.events[-1].batch if taken.events else None
        if batch is not None and (report.reloaded or stuck or not report.ok):
            self._session.report_reload(batch, report.ok, report.line())

    def _say_what_happened(self, taken: Taken) -> None:
        for event in taken.events:
            news = [one for one in event.kept if one.path not in self._told_open]
            self._told_open.update(one.path for one in news if one.why == "open")
            for line in texts.kept_lines(news):
                display.say(line)
            if event.forced:
                display.say(texts.FORCED)
        if databricks.here() and self._session.root is not None:
            written = [path for path, gone in taken.changes if not gone]
            for line in databricks.applied(self._session.root, written):
                display.say(line)

    def _say_what_is_elsewhere(self, written: Sequence[str] = ()) -> None:
        """Name the modules of the project that the kernel has from another place.

        At the end of a cell also for what waits for the next one, which does not say it again.
        """
        root, project = self._session.root, self._session.project
        if root is None:
            return
        found = self._elsewhere.look(root, python_paths(root, project), written)
        told, self._told_before = self._told_before, set()
        for name in [name for name in found if name not in told]:
            line = texts.loaded_elsewhere(name, found[name])
            _log.warning("%s", line)
            display.say(line)
        if self._session.pending.count():
            self._told_before = set(found)

    def changed_while_running(self) -> None:
        """Files changed under a running cell: its tracebacks show its own text. Any thread."""
        root, reloader = self._root, self._reloader
        if reloader is not None and root is not None:
            reloader.files_changed([root / path for path in self._session.pending.paths()])

    def take_up_live(self) -> None:
        """While a cell runs: new function bodies only; the rest waits for its end. Any thread."""
        reloader = self._reloader
        if reloader is None:
            return
        taken = self._session.pending.take()
        changes = self._changes(taken)
        report = reloader.swap_bodies(changes)
        # In the middle of a cell they keep what it began with.
        self._tell_workers(taken, changes, taken_up=False)
        self._left_by_live = bool(report.pending)
        _log.info("live: %s", report.details())

    def _tell_workers(self, taken: Taken, changes: list[Any], taken_up: bool) -> None:
        workers = self.workers()
        if workers is None:
            return
        if taken.missed:
            workers.missed()
        workers.changed(self._session.sequence(), [one.path for one in changes], taken_up)

    def _changes(self, taken: Taken) -> list[Any]:
        from .reload import Change

        root = self._session.root
        assert root is not None
        changes = [Change(root / path, gone) for path, gone in taken.changes]
        if taken.missed:
            told = {change.path for change in changes}
            loaded = [path for path in _loaded_below(root) if path not in told]
            changes += [Change(path, not path.exists()) for path in loaded]
        return changes

    def cell_ran(self, raw_cell: str | None) -> None:
        """Let the reloader see what the cell imported, before files may change again."""
        reloader = self.reloader()
        if reloader is not None:
            root, pending = self._root, self._session.pending
            assert root is not None
            # Not made into paths where the cell imported nothing: a first sync changes thousands.
            changed = None if pending.is_missed else (root / path for path in pending.paths())
            reloader.cell_ran(raw_cell or "", changed)
            self.reading.cell_ended()
            self._say_what_is_elsewhere()

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
