"""How much may be on the way at once, so that the user's own cells are not held up behind it.

A slow uplink delivers in order: what a cell sends waits for every byte in front of it. So chunks
begin small, grow while the way takes them without a queue, and shrink where one builds up. Large
ones pay on a fast way, where each costs page, kernel and Jupyter server more than its bytes do.
Written on the receiver's event loop; `seconds_left` may be read from any thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from .messages import CHUNK_BYTES

FIRST_BYTES = 64 * 1024
LEAST_BYTES = 16 * 1024
MOST_BYTES = 2 * 1024 * 1024
# Seconds that a chunk may take longer than the quickest answer: two are on the way at a time.
_QUEUE_S = 0.6
_FREE_S = 0.25
# For more than the default: a cell should not notice that.
_BRIEF_S = 0.15
# So many answers of one size tell of its queue: the one before was asked among smaller ones.
_STEADY = 2
_RATE_AFTER_S = 0.3


class Pace:
    """The measured speed of one way to the laptop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.size = FIRST_BYTES
        self._steady = 0
        self._quickest: float | None = None
        self._rate: float | None = None
        self._began = 0.0
        self._had = 0
        self._total: int | None = None

    def heard(self, received: int, seconds: float) -> None:
        """An answer of so many bytes came so long after its question."""
        self._quickest = min(seconds, self._quickest or seconds)
        if received < self.size // 2:
            return
        queue = seconds - self._quickest
        self._steady += 1 if self.size <= received < 2 * self.size else 0
        if queue > _QUEUE_S:
            self._change_to(max(LEAST_BYTES, self.size // 2))
        elif self.size < CHUNK_BYTES:
            if queue < _FREE_S:
                self._change_to(self.size * 2)
        elif queue < _BRIEF_S and self._steady >= _STEADY:
            self._change_to(min(MOST_BYTES, self.size * 2))

    def _change_to(self, size: int) -> None:
        self.size = size
        self._steady = 0

    def begins(self, total: int | None) -> None:
        """A batch of so many bytes is brought from now on."""
        self._began, self._had, self._total = self.clock(), 0, total

    def moved(self, received: int) -> None:
        """So many more bytes of it are here."""
        self._had += received
        passed = self.clock() - self._began
        if passed >= _RATE_AFTER_S:
            self._rate = self._had / passed

    def ends(self) -> None:
        """It is here, or given up."""
        self._total = None

    @property
    def total(self) -> int | None:
        """The bytes of the batch under way, at most."""
        return self._total

    def seconds_left(self) -> float | None:
        """How long the batch under way still takes; None where there is none, or nobody knows."""
        total, rate = self._total, self._rate
        if total is None or not rate:
            return None
        return max(0, total - self._had) / rate
