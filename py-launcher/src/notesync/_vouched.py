"""What a page saw at the laptop when Run was pressed (PROTOCOL.md, section 4, `asks` and `fresh`).

Where messages reach the kernel beside a cell, the request of a run leaves at once; the page says
that it asks the laptop meanwhile, and what it saw, and names the run by the id of that request.
Elsewhere its word comes in front of the request, whose id is not known yet: it then names the cell
and the time, by the clock that dates the request, too. A word counts for its run and no other.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ._run import Run
from .messages import Cursor
from .messages.comm import Word

_GOOD_FOR_S = 1.0
_WAIT_S = 0.01
# Where a word can still be heard: to ask by itself would cost the kernel more.
_BESIDE_WAIT_S = 0.05
_IN_FRONT = timedelta(seconds=0.25)
_RUNS = 500


@dataclass
class _Said:
    """One word; `until` while it is only announced."""

    heard: float
    until: float | None = None
    cursor: Cursor | None = None


class Vouched:
    """The words of one page. Heard on any thread, taken on the main thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._runs: dict[str, _Said] = {}
        self._in_front: dict[str, deque[tuple[datetime, _Said]]] = {}
        self._speaks = False

    def hear(self, word: Word) -> None:
        now = time.monotonic()
        with self._changed:
            self._speaks = True
            if word.run is not None:
                said = self._runs.setdefault(word.run, _Said(now))
                said.heard, said.cursor = now, word.cursor
                said.until = None if word.within_s is None else now + word.within_s
                if len(self._runs) > _RUNS:
                    del self._runs[next(iter(self._runs))]
            elif word.cell is not None and word.date is not None:
                if len(self._in_front) >= _RUNS:
                    self._in_front.clear()
                words = self._in_front.setdefault(word.cell, deque(maxlen=8))
                words.append((word.date, _Said(now, cursor=word.cursor)))
            self._changed.notify_all()

    def end(self) -> None:
        """The page is gone: what it announced does not come."""
        with self._changed:
            for said in self._runs.values():
                said.until = None
            self._changed.notify_all()

    def asked(self, run: Run, beside: bool = False) -> Callable[[], Cursor | None] | None:
        """What waits for the word on the run that begins now; None where the page has none.

        Waits a moment for a sign of it. `beside`: words are heard while the main thread waits.
        """
        with self._changed:
            if run.cell is None or not self._speaks:
                return None
            wait = _BESIDE_WAIT_S if beside else _WAIT_S
            said = self._changed.wait_for(lambda: self._find(run), wait)
            return None if said is None else partial(self._take, run, said)

    def _find(self, run: Run) -> _Said | None:
        if run.request in self._runs:
            return self._runs[run.request]
        if run.cell is None or run.date is None:
            return None
        words = self._in_front.get(run.cell, ())
        fits = [said for date, said in words if run.date - _IN_FRONT <= date <= run.date]
        return fits[-1] if fits else None

    def _take(self, run: Run, said: _Said) -> Cursor | None:
        """Waits for the word, for as long as the page said that it may take."""
        with self._changed:
            if said.until is not None:
                self._changed.wait_for(lambda: said.until is None, said.until - time.monotonic())
            self._runs.pop(run.request or "", None)
            if run.date is not None:
                words = self._in_front.get(run.cell or "", deque())
                while words and words[0][0] <= run.date:
                    words.popleft()
            good = said.until is None and time.monotonic() - said.heard < _GOOD_FOR_S
            return said.cursor if good else None
