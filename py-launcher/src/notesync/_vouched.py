"""What a page saw at the laptop when Run was pressed (PROTOCOL.md, section 4, `fresh`).

The page sends one word for every run of a cell, before the run's request, on another way than the
request: it is mostly here first, but need not be. So words and runs of a cell are matched by their
order, and a word that came too late is dropped, never taken for the next run.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from .messages import Cursor

_GOOD_FOR_S = 1.0
_WAIT_S = 0.01
# Where a word can still be heard: to ask by itself would cost the kernel more.
_BESIDE_WAIT_S = 0.05
_CELLS = 500


class Vouched:
    """The words of one page. Heard on any thread, taken on the main thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._said: dict[str, deque[tuple[float, Cursor | None]]] = {}
        self._late: dict[str, int] = {}
        self._speaks = False

    def heard(self, cell: str, cursor: Cursor | None) -> None:
        """The page's word for a run of the cell: it saw nothing newer than the cursor, or None."""
        with self._changed:
            self._speaks = True
            if self._late.get(cell):
                self._late[cell] -= 1
                return
            if len(self._said) >= _CELLS:
                self._said.clear()
            self._said.setdefault(cell, deque(maxlen=8)).append((time.monotonic(), cursor))
            self._changed.notify_all()

    def take(self, cell: str | None, beside: bool = False) -> Cursor | None:
        """The word for the run that begins now. Waits a moment for it if the page gives words.

        `beside`: words are heard while the main thread waits.
        """
        wait = _BESIDE_WAIT_S if beside else _WAIT_S
        with self._changed:
            if cell is None or not self._speaks:
                return None
            if not self._changed.wait_for(lambda: bool(self._said.get(cell)), wait):
                if len(self._late) >= _CELLS:
                    self._late.clear()
                self._late[cell] = self._late.get(cell, 0) + 1
                return None
            when, cursor = self._said[cell].popleft()
            return cursor if time.monotonic() - when < _GOOD_FOR_S else None
