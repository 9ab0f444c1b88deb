"""What happens around every cell: bring what was saved, enter, reload; and leave at its end.

    Run → fresh (at most a second) → enter: what is staged becomes visible → reload
        → the cell → leave

Runs in IPython's pre_run_cell and post_run_cell, on the main thread. Nothing here may stop a cell:
an agent or a laptop that hangs costs at most `MOST_S`, and the cell is told what it runs on.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from . import cell_texts, display
from ._door import Door
from ._late import LateNews, Unasked
from ._layout import Layout
from ._loop import in_background
from ._names import python_paths
from ._reloading import Reloading
from ._replica import Fresh, Moment, reached
from ._run import Run
from ._run_all import Row
from .databricks import hooks as databricks
from .errors import NotesyncError
from .messages import Cursor
from .messages.agent import Attached, Entered
from .session import Session

_log = logging.getLogger("notesync.cells")
MOST_S = 1.0
_LOOK_S = 0.05
_GLANCE_S = 0.01
_MOMENT_S = 0.25
_GOOD_FOR_S = 1.0
_NOT_TAKEN = ("halted", "held", "declined", "refused")
_NOT_COMING = (*_NOT_TAKEN, "waiting", "away", "stopped")


class Cells:
    """The hooks of one shell."""

    def __init__(self, shell: Any, session: Session) -> None:
        self.shell = shell
        self.session = session
        self.reloading = Reloading(shell, session)
        self.most_s = MOST_S
        self.strict = False
        self.history: list[tuple[int, int | None]] = []
        self._depth = 0
        self._door = Door(session.link, self._entered)
        self._started = 0.0
        self._row = Row()
        self._place: Path | None = None
        self._on_path: set[str] = set()
        self._unasked = False
        self._newest: Cursor | None = None
        self.late = LateNews()
        self.on_cell: Callable[[str], None] = lambda _cell: None
        self._layout = Layout(session)
        session.on_applied = self._applied
        session.in_cell = lambda: self._door.inside
        session.late = lambda: self.late.line
        session.on_news = self._heard_of

    def _heard_of(self, to: Cursor, saved: Moment) -> None:
        """Any thread: something newer is on its way. Was it saved before a cell that has run?"""
        self._newest = to
        if self.late.arrived(to.sequence, saved):
            self.session.on_change()

    def set_live(self, on: bool) -> None:
        """Let a running cell take new function bodies: batches then do not wait for its end."""
        self.reloading.live = on
        if on:
            self.end()

    def _applied(self) -> None:
        """On the agent client's thread: a batch has become visible."""
        self._layout.look(self.session.pending.paths())
        if self._depth > 0:
            live = self.reloading.live
            work = self.reloading.take_up_live if live else self.reloading.changed_while_running
            in_background(work, "notesync-live" if live else "notesync-changed")

    def set_strict(self, on: bool) -> None:
        """Refuse cells while the saved code is known to be broken."""
        transformers = self.shell.input_transformers_post
        if on and self._refuse_broken not in transformers:
            transformers.append(self._refuse_broken)
        elif not on and self._refuse_broken in transformers:
            transformers.remove(self._refuse_broken)
        self.strict = on

    def _refuse_broken(self, lines: list[str]) -> list[str]:
        """An input transformer: the only place from which IPython lets a cell be refused.

        It runs before pre_run_cell, so it brings what was saved itself. Commands still work.
        """
        from .reload import strict_transformer

        if threading.current_thread() is threading.main_thread() and self._depth == 0:
            self.begin()
        passed: list[str] = strict_transformer(self.reloading.refused)(lines)
        return passed

    def install(self) -> None:
        self.shell.events.register("pre_run_cell", self.pre_run_cell)
        self.shell.events.register("post_run_cell", self.post_run_cell)

    def remove(self) -> None:
        self.set_strict(False)
        self.reloading.leave()
        for name, hook in (
            ("pre_run_cell", self.pre_run_cell),
            ("post_run_cell", self.post_run_cell),
        ):
            try:
                self.shell.events.unregister(name, hook)
            except ValueError:
                pass

    # -- hooks

    def pre_run_cell(self, info: Any = None) -> None:
        """IPython is about to run a cell. Cells of subshells change nothing here."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._depth += 1
        if self._depth > 1:
            return
        self._started = time.monotonic()
        self.reloading.reading.cell_begins()
        try:
            source = str(getattr(info, "raw_cell", None) or "")
            self._say_what_came_late(source)
            began = time.time()
            self.late.begins()
            self.begin(source)
            if self._unasked:
                number = self.shell.execution_count
                self.late.ran(Unasked(number, source, began, self.session.sequence()))
            cell = Run.of(self.shell).cell
            if cell is not None:
                self.on_cell(cell)
        except Exception:
            _log.exception("notesync: the cell begins without notesync")

    def post_run_cell(self, result: Any = None) -> None:
        """The cell has ended."""
        if threading.current_thread() is not threading.main_thread() or self._depth == 0:
            return  # Depth 0: the cell that loaded the extension.
        self._depth -= 1
        if self._depth > 0:
            return
        self._row.ran(time.monotonic() - self._started)
        try:
            info = getattr(result, "info", None)
            self.reloading.cell_ran(getattr(info, "raw_cell", None))
            self.end()
        except Exception:
            _log.exception("notesync: the cell ended without notesync")

    def _say_what_came_late(self, source: str) -> None:
        if self.late.line is None or self.session.status().state in _NOT_TAKEN:
            return  # What is not taken yet would not be in a second run either.
        line = self.late.take(source)
        self.session.on_change()
        if line is not None:
            display.say(line)

    # -- the order of things

    def begin(self, source: str = "") -> None:
        """Bring what was saved, make it visible, reload. Nothing is done twice before `end`.

        A cell of nothing but our commands runs no code of the project: nobody is asked for it.
        """
        if self._door.inside:
            return
        if self.session.attached is None:
            self._enter(time.monotonic() + self.most_s)
            return
        command = _is_command(source)
        run = Run.of(self.shell)
        together = command or self._row.continues(run.date)
        self.assert_path()
        self.look_at_place()
        if self.session.look_after_root():
            display.say(cell_texts.replica_deleted(self.session.root))
        seen = not together and self._is_seen(run)
        deadline = time.monotonic() + self.most_s
        newer = None if together or seen else self._fresh(deadline)
        if command:
            self._unasked = False
        elif not together:
            was_told = newer is not None and self.session.status().state in _NOT_TAKEN
            has_asked = newer is None and (seen or self._can_ask())
            self._unasked = not (was_told or has_asked)
        self._enter(deadline)
        self._layout.settle()
        self.assert_path()
        if self.reloading.live:
            self.end()
        self.reloading.take_up()
        self.reloading.before_cell()
        if newer:
            display.say(newer)
        self.history.append((self.shell.execution_count, self.session.sequence()))
        del self.history[:-1000]

    def end(self, keep: bool = True) -> None:
        if self._door.inside:
            self._door.leave(self.session.attached, keep)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """For a command that changes the replica from within its own cell.

        One that only connects does not enter again: it would make others' cells give way.
        """
        was_inside = self._door.inside and self.session.attached is not None
        self.end(keep=False)
        try:
            yield
        finally:
            if was_inside:
                self._enter(time.monotonic() + self.most_s)

    def _enter(self, deadline: float) -> None:
        self._door.enter(self.session.attached, deadline, self.most_s)

    def _entered(self, attached: Attached, entered: Entered) -> None:
        if self.session.attached is attached:
            self.session.entered(entered)

    def assert_path(self) -> None:
        """Keep the replica importable: some hosts rewrite sys.path between cells."""
        places = python_paths(self.session.root, self.session.project)
        for place in self._on_path.difference(places):  # Of a project before this one.
            self._on_path.discard(place)
            if place in sys.path:
                sys.path.remove(place)
        for place in reversed(places):
            if place not in sys.path:
                sys.path.insert(0, place)
                self._on_path.add(place)

    def look_at_place(self) -> None:
        """Say once what is special about where the replica lies."""
        root = self.session.root
        if root is not None and root != self._place:
            self._place = root
            if self.session.places.note is not None:
                display.say(self.session.places.note)
            for line in databricks.attached(root) if databricks.here() else []:
                display.say(line)

    # -- steps

    def _is_seen(self, run: Run) -> bool:
        """Whether all that the page saw at the laptop when Run was pressed is here, or staged.

        What was newer then it has handed over, before the request left: that takes a moment.
        """
        session, laptop = self.session, self.session.laptop
        if laptop is None or self._row.waited(run.date) > _GOOD_FOR_S:
            return False
        seen = laptop.seen_at_run(run)
        if seen is None:
            return False
        if session.is_at(seen):
            return True

        def decided() -> bool:
            return session.has(seen) or session.status().state in _NOT_COMING

        session.wait_until(decided, _MOMENT_S)
        return session.has(seen)

    def _can_ask(self) -> bool:
        laptop = self.session.laptop
        return laptop is None or laptop.answers_in_cells

    def _fresh(self, deadline: float) -> str | None:
        """Wait until everything saved before now is here; else one line that says what is not."""
        laptop = self.session.laptop
        if laptop is None or self._door.still_hangs():
            return None
        if not laptop.answers_in_cells and self.session.follows:
            return self._known_to_come(deadline)
        late = self.session.cannot_come_within(deadline - time.monotonic())
        if late is not None:
            return cell_texts.not_in_time(self.session.sequence(), self.most_s, late)
        try:
            fresh = self._asked(deadline)
        except (FutureTimeout, TimeoutError):
            late = self.session.cannot_come_within(0.0)
            laptop.doubt()
            if late is None and not self._is_newer_known():
                return cell_texts.no_answer(self.session.sequence(), self.most_s)
            return cell_texts.not_in_time(self.session.sequence(), self.most_s, late)
        except NotesyncError as error:
            return cell_texts.not_asked(self.session.sequence(), error.message)
        if fresh is None:
            return cell_texts.not_asked(self.session.sequence(), self.session.status().detail)
        return cell_texts.newer_exists(fresh) if fresh.newer else None

    def _is_newer_known(self) -> bool:
        return self._newest is not None and not reached(self.session.cursor, self._newest)

    def _known_to_come(self, deadline: float) -> str | None:
        """What is on its way comes between the cells: a moment for what is nearly here."""
        session, wanted = self.session, self._newest
        if wanted is None or reached(session.cursor, wanted):
            return None
        state = session.status().state
        if state in _NOT_TAKEN:
            return cell_texts.newer_exists(Fresh(session.cursor, True, state))
        until = min(deadline, time.monotonic() + _MOMENT_S)
        while time.monotonic() < until:
            time.sleep(_GLANCE_S)
            if reached(session.cursor, wanted):
                return None
        left = session.cannot_come_within(0.0)
        return cell_texts.not_in_time(session.sequence(), _MOMENT_S, left)

    def _asked(self, deadline: float) -> Fresh | None:
        """What the laptop says, also through a page that takes over meanwhile; None: nobody can.

        Raises TimeoutError where there is no answer in time.
        """
        while time.monotonic() < deadline:
            asked = self.session.ask_fresh()
            if asked is not None:
                with suppress(CancelledError):  # The page went, or the user ended the pairing.
                    return self._patiently(asked, deadline)
            elif not self.session.is_expecting_page:
                break
            time.sleep(_GLANCE_S)
        return None

    def _patiently(self, asked: Future[Fresh], deadline: float) -> Fresh:
        """What was asked. Raises TimeoutError at the deadline, or once it cannot be met."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or self.session.cannot_come_within(left) is not None:
                asked.cancel()
                raise TimeoutError
            try:
                return asked.result(min(left, _LOOK_S))
            except (FutureTimeout, TimeoutError):
                continue


def _is_command(source: str) -> bool:
    lines = [line.strip() for line in source.splitlines()]
    told = [line for line in lines if line and not line.startswith("#")]
    return bool(told) and all(line.split()[0] == "%notesync" for line in told)
