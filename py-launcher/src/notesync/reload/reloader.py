"""The one entry: told which files changed, brings every loaded module of the project up to date.

from notesync.reload import Change, Reloader
reloader = Reloader(get_ipython(), roots=[Path("~/project").expanduser()])
report = reloader.apply([Change(Path("~/project/pkg/mod.py").expanduser())])
print(report.line())
"""

from __future__ import annotations

import linecache
import os
import sys
import threading
import time
import types
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from notesync.reload.ahead import Ahead
from notesync.reload.batch import Batch
from notesync.reload.caches import forget_listings
from notesync.reload.circle import Sequence
from notesync.reload.collector import Collector
from notesync.reload.hits import is_foreign_made
from notesync.reload.journal import Journal
from notesync.reload.older import older_than_their_files
from notesync.reload.order import Order
from notesync.reload.parting import Parting
from notesync.reload.peace import LiftedPatches, failure_of, quiet_autoreload
from notesync.reload.plan import Planner
from notesync.reload.project import Loaded, Project, drop_bytecode, real_paths
from notesync.reload.remembered import clear_caches
from notesync.reload.report import Change, Report
from notesync.reload.run import Runner
from notesync.reload.undo import Undo


class Reloader:
    """Reloads batches of changed files, each whole or not at all.

    `shell` is an IPython shell or any object with `user_ns`. No hook is installed: whoever owns the
    session calls `cell_ran` after each cell and `apply` between cells, both on the main thread.
    `before_files_change`, `files_changed` and `swap_bodies` may be called from any thread.
    """

    def __init__(self, shell: Any, roots: Iterable[Path | str]) -> None:
        self._shell = shell
        self._project = Project(Path(root) for root in roots)
        self._journal = Journal()
        self._pending: dict[str, Change] = {}
        self._refused: Report | None = None
        self._lock = threading.RLock()
        self._doubtful: set[str] = set()
        self._ahead = Ahead(self._project)
        self._collector = Collector()
        known = self._project.scan(force=True)
        self._ahead.add(known)
        self.read_history()
        for each in older_than_their_files(known):
            self._doubtful.add(each.name)
            self._pending[each.real] = Change(Path(each.source.file))

    # -- what the owner calls -----------------------------------------------------------------

    @property
    def pending(self) -> list[Path]:
        """Files that are on disk but not in memory."""
        return [change.path for change in self._pending.values()]

    @property
    def broken(self) -> Report | None:
        """The report of the last batch while it stays refused."""
        return self._refused

    def before_files_change(self, paths: Iterable[Path | str]) -> None:
        """Call before files are exchanged on disk: keeps the old text for tracebacks of running
        code."""
        with self._lock:
            self._project.scan(force=True)
            for real in real_paths(paths):
                for loaded in self._project.by_file(real):
                    _pin(loaded)

    def files_changed(self, paths: Iterable[Path | str]) -> None:
        """Call when files changed while a cell runs: as `before_files_change`, a little late.

        Looks at no module that was not known before: its file may be a newer one than it runs.
        """
        with self._lock:
            for real in real_paths(paths):
                for loaded in self._project.by_file(real):
                    _pin(loaded)

    def cell_ran(self, raw_cell: str, changed: Iterable[Path | str] | None = ()) -> None:
        """Call after each cell: takes note of imported modules and of imported names.

        `changed` are the files that were exchanged while it ran, None where that is not known: what
        it imported of them may be older than what is read now.
        """
        with self._lock:
            fresh = self._project.scan()
            self._ahead.add(fresh)
            if fresh:
                under = None if changed is None else set(real_paths(changed))
                doubted = [each for each in fresh if under is None or each.real in under]
                self._doubtful.update(each.name for each in doubted)
                quiet_autoreload(self._shell, self._project.loaded)
            self._journal.cell_ran(raw_cell, self._is_project, self._shell.user_ns)

    def read_ahead(self, seconds: float) -> bool:
        """Call when the session is idle: reads modules that a change may touch, for that long.

        True when there is more to read. Parsing one file is not interrupted: some milliseconds
        more.
        """
        with self._lock:
            return self._ahead.step(seconds)

    def apply(self, changes: Iterable[Change]) -> Report:
        """Load a batch together with what is pending. Never raises for an error in the user's
        code."""
        with self._lock:
            self._remember(changes)
            if not self._pending:
                return Report()
            started = time.perf_counter()
            with self._collector.paused():
                report = self._apply(dict(self._pending))
            report.seconds = time.perf_counter() - started
            return report

    def retry_pending(self) -> Report:
        """Try again what was refused or has to wait."""
        return self.apply([])

    def swap_bodies(self, changes: Iterable[Change]) -> Report:
        """Live mode: take over changed function bodies while a cell runs, if nothing else changed.

        No statement is executed. When more than bodies changed, everything stays pending for
        `apply`.
        """
        with self._lock:
            started = time.perf_counter()
            self._remember(changes)
            report = self._swap_bodies(dict(self._pending))
            report.seconds = time.perf_counter() - started
            return report

    def _remember(self, changes: Iterable[Change]) -> None:
        changes = list(changes)
        reals = real_paths(change.path for change in changes)
        self._pending.update(zip(reals, changes, strict=True))

    # -- a batch ------------------------------------------------------------------------------

    def _apply(self, todo: dict[str, Change]) -> Report:
        report, undo = Report(), Undo()
        batch = Batch(self._project, todo, undo, report, self._doubtful)
        runner: Runner | None = None
        modules, path = dict(sys.modules), list(sys.path)
        try:
            drop_bytecode(todo)
            forget_listings()
            batch.collect()
            batch.check()
            patches = LiftedPatches(self._project.loaded, undo)
            planner = Planner(self._project, batch.gone, batch.appeared, batch.files)
            for unit in batch.units():
                planner.add(unit)
            planner.run()
            runner = Runner(planner, undo, report, self._collector)
            self._execute(batch, planner, runner, undo)
            patches.put_back()
            lost = self._journal.follow(
                self._shell.user_ns,
                runner.before,
                runner.rebinder.names + runner.rebinder.replaced,
                planner.lazies.changed(runner.before),
                undo,
            )
        except BaseException as error:
            file, line = _running(runner, todo)
            for real, change in todo.items():
                linecache.cache.pop(str(change.path), None)
                for loaded in self._project.by_file(real):
                    linecache.cache.pop(loaded.source.file, None)
            report.failed = failure_of(error, self._project.roots, file, line)
            error.__traceback__ = None
            undo.rollback()
            self._restore(modules, path)
            taken = _taken_once(runner)
            if taken:
                report.failed = replace(report.failed, way_out=taken)
            self._refuse(report, todo)
            return report
        undo.commit()
        if batch.gone or batch.appeared:
            self._project.unindex()
        runner.copies = undo.copies
        for name in lost:
            report.note("", 0, f"{name} no longer exists; the notebook keeps the old object")
        self._commit(batch, planner, runner, report)
        return report

    def _execute(self, batch: Batch, planner: Planner, runner: Runner, undo: Undo) -> None:
        units = {unit.name: unit for unit in planner.affected()}
        newer = {name: unit.new for name, unit in units.items()}
        ordering = Order(self._project, newer)
        order = ordering.of(units)
        for name in order:
            runner.snapshot(units[name])
        for name in order:
            runner.protect(units[name])
        batch.unload()
        planner.lazies.forget(runner.before, undo)
        clear_caches(planner, undo)
        Parting(planner, undo, runner.before).part([units[name] for name in order])
        planner.refills.empty(undo)
        Sequence(ordering, runner, units).run(order)

    def _commit(self, batch: Batch, planner: Planner, runner: Runner, report: Report) -> None:
        for unit in planner.affected():
            if not unit.only_imports:
                unit.loaded.loaded_again(unit.new, runner.parts.get(unit.name))
                self._project.taken_up(unit.loaded, unit.old)
                linecache.cache.pop(unit.new.file, None)
            if unit.touched or unit.dirty:
                report.reloaded.append(unit.name)
        runner.finish()
        batch.finish()
        self._pending.clear()
        self._doubtful.difference_update(batch.newer)
        self._refused = None
        for source in planner.sources():
            self._project.trees.use(source)
        self._project.trees.trim()
        self._project.scan(force=True)
        if quiet_autoreload(self._shell, self._project.loaded) and report.reloaded:
            report.note(
                "", 0, "%autoreload is active; it now leaves the project's modules to notesync"
            )

    def _refuse(self, report: Report, todo: dict[str, Change]) -> None:
        report.reloaded.clear()
        report.kept.clear()
        report.statements = 0
        report.pending = [change.path for change in todo.values()]
        for real in todo:
            for loaded in self._project.by_file(real):
                _pin(loaded)
        self._refused = report
        self._project.scan(force=True)

    def _restore(self, modules: dict[str, types.ModuleType], path: list[str]) -> None:
        """Take out the project modules that a refused batch has imported."""
        for name, module in list(sys.modules.items()):
            if name not in modules and self._is_ours(module):
                del sys.modules[name]
                parent, _, last = name.rpartition(".")
                space = getattr(sys.modules.get(parent), "__dict__", None)
                if space is not None and space.get(last) is module:
                    del space[last]
        for name, module in modules.items():
            if name not in sys.modules and self._is_ours(module):
                sys.modules[name] = module
        sys.path[:] = path

    def _is_ours(self, module: object) -> bool:
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            return self._project.contains(self._project.real(file))
        paths = getattr(module, "__path__", None)
        return paths is not None and any(self._project.contains(os.path.realpath(p)) for p in paths)

    def _swap_bodies(self, todo: dict[str, Change]) -> Report:
        report, undo = Report(), Undo()
        batch = Batch(self._project, todo, undo, report, self._doubtful)
        try:
            forget_listings()
            batch.collect()
            batch.check()
            planner = Planner(self._project, batch.gone, batch.appeared, batch.files)
            for unit in batch.units():
                planner.add(unit)
            planner.run()
            units = list(planner.affected())
            if (
                batch.gone
                or batch.appeared
                or any(
                    unit.dirty or unit.removed or not unit.trusted or unit.kept for unit in units
                )
            ):
                undo.rollback()
                report.pending = [change.path for change in todo.values()]
                return report
            runner = Runner(planner, undo, report, self._collector)
            for unit in units:
                runner.swap_only(unit)
            clear_caches(planner, undo)
        except BaseException as error:
            undo.rollback()
            file, line = _running(None, todo)
            report.failed = failure_of(error, self._project.roots, file, line)
            self._refuse(report, todo)
            return report
        undo.commit()
        drop_bytecode(todo)
        self._commit(batch, planner, runner, report)
        return report

    # -- the notebook -------------------------------------------------------------------------

    def _is_project(self, name: str) -> bool:
        if name in self._project.loaded:
            return True
        return self._is_ours(sys.modules.get(name))

    def read_history(self) -> None:
        """Take note of what all cells so far imported; only where `cell_ran` was not called."""
        history = getattr(self._shell, "user_ns", {}).get("In")
        for text in list(history or ()):
            if isinstance(text, str) and text:
                self._journal.cell_ran(text, self._is_project)


def _running(runner: Runner | None, todo: dict[str, Change]) -> tuple[str, int]:
    if runner is not None and runner.statement is not None:
        unit, each = runner.statement
        return unit.new.file, each.new.line
    return str(next(iter(todo.values())).path), 0


def _taken_once(runner: Runner | None) -> str:
    """What to do about a class that could not be made a second time, "" if it is none."""
    unit, each = (runner.statement if runner is not None else None) or (None, None)
    if unit is None or each is None or each.old is None:
        return ""
    for name in each.new.facts.classes:
        made = unit.loaded.space.get(name)
        if is_foreign_made(made):
            library = type(made).__module__.partition(".")[0]
            return f"{library} may take {name} only once: restart the kernel to load it"
    return ""


def _pin(loaded: Loaded) -> None:
    """Make tracebacks of the running code show the text that it was compiled from."""
    if not loaded.source.file:
        return
    try:
        text = loaded.source.text
    except (SyntaxError, UnicodeError):
        return
    lines = [line + "\n" for line in text.split("\n")]  # as the parser counts them
    linecache.cache[loaded.source.file] = (len(text), None, lines, loaded.source.file)
