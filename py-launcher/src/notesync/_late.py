"""Cells that ran where nobody could be asked, and what turns out to have been saved before them.

Some front ends let the kernel hear nothing while a cell runs, and some laptops are away: then a
cell runs on what is here. As soon as something newer arrives that had been saved before a cell
began, the user is told. Cells are noted on the main thread, news come on any.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass

from . import cell_texts
from ._replica import Listener, Moment
from .messages.laptop import Next

_CELLS = 50


@dataclass(frozen=True)
class Unasked:
    """One such run of a cell: its number, text, and when it began by this machine's clock."""

    number: int
    source: str
    began: float
    sequence: int | None


class LaptopClock:
    """How far the laptop's clock is ahead: an answer is given between its question and its end."""

    def __init__(self) -> None:
        self._least, self._most = -math.inf, math.inf

    def heard(self, now_ms: int | None, asked: float, at: float) -> None:
        if now_ms is None:
            return
        least, most = now_ms / 1000 - at, now_ms / 1000 - asked
        self._least, self._most = max(self._least, least), min(self._most, most)
        if self._least > self._most:  # One of the clocks was set.
            self._least, self._most = least, most

    def here(self, then_ms: int | None) -> Moment | None:
        """When that was by this machine's clock; None where that is not known."""
        if then_ms is None or self._most == math.inf:
            return None
        return Moment(then_ms / 1000 - self._most, then_ms / 1000 - self._least)


class News:
    """Listens for what is newer in the laptop's answers. Belongs to one receiver."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._clock = LaptopClock()

    def hear(self, told: Next, asked: float, at: float) -> None:
        """A question was asked and answered at these times by this machine's clock."""
        self._clock.heard(told.now_ms, asked, at)
        saved = self._clock.here(told.saved_ms)
        if told.batch is not None and saved is not None:
            self._listener.on_news(told.batch.to, saved)


class LateNews:
    """The runs of one shell."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ran: deque[Unasked] = deque(maxlen=_CELLS)
        self._meanwhile: list[tuple[int, Moment]] = []
        self._late: list[Unasked] = []
        self._line: str | None = None

    @property
    def line(self) -> str | None:
        """What the user should know now."""
        return self._line

    def begins(self) -> None:
        """A cell begins; on what it will run is not known yet."""
        with self._lock:
            self._meanwhile.clear()

    def ran(self, cell: Unasked) -> None:
        with self._lock:
            self._ran.append(cell)
            for sequence, saved in self._meanwhile:
                self._look(sequence, saved)

    def arrived(self, sequence: int, saved: Moment) -> bool:
        """Something newer came that was saved then. Whether a cell should have had it."""
        with self._lock:
            self._meanwhile.append((sequence, saved))
            return self._look(sequence, saved)

    def _look(self, sequence: int, saved: Moment) -> bool:
        late = [
            one
            for one in self._ran
            if one.began > saved.earliest and (one.sequence is None or one.sequence < sequence)
        ]
        if not late:
            return False
        for one in late:
            self._ran.remove(one)
        self._late += late
        first, last = self._late[0], self._late[-1]
        before = late[0].began - saved.latest
        numbers = (first.number, last.number)
        self._line = cell_texts.ran_on_older(numbers, first.sequence, sequence, before)
        return True

    def take(self, source: str) -> str | None:
        """The line, for the cell that begins now; None where it is that very cell, run again."""
        with self._lock:
            line, late = self._line, self._late
            self._line, self._late = None, []
        again = len(late) == 1 and late[0].source == source
        return None if again else line
