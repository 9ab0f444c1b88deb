"""Tells a cell that was pressed on its own from one that follows in a Run All. Pure.

Both times of a request come from the same clock, the front end's, so clocks need not agree: a
request whose date is nearer to the first of its row than the row has been busy was sent while a
cell before it still ran.
"""

from __future__ import annotations

from datetime import datetime, timedelta

_PRESSED_TOGETHER_S = 0.1  # Nobody saves a file in between.


class Row:
    """The cells that one press sent. Main thread."""

    def __init__(self) -> None:
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._busy_s = 0.0
        self._free: datetime | None = None

    def continues(self, date: datetime | None) -> bool:
        """Whether the cell that begins now was sent together with the one before it."""
        if date is None or self._first is None or self._last is None:
            together = False
        else:
            since_last = abs((date - self._last).total_seconds())
            since_first = (date - self._first).total_seconds()
            together = since_last < _PRESSED_TOGETHER_S and since_first < self._busy_s
        if not together:
            self._first, self._busy_s = date, 0.0
        self._last = date
        return together

    def ran(self, seconds: float) -> None:
        """A cell of the row has ended."""
        self._busy_s += seconds
        if self._last is not None:
            began = self._last if self._free is None else max(self._last, self._free)
            self._free = began + timedelta(seconds=seconds)

    def waited(self, date: datetime | None) -> float:
        """For how many seconds a request of that date lay behind the cells before it, at least."""
        if date is None or self._free is None:
            return 0.0
        return max(0.0, (self._free - date).total_seconds())
