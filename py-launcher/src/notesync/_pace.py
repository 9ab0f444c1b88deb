"""How much may be on the way at once, so that the user's own cells are not held up behind it.

A slow uplink delivers in order: what a cell sends waits for every byte in front of it. So chunks
begin small, grow while the way takes them without a queue, and shrink where one builds up. Written
on the receiver's event loop; `seconds_left` may be read from any thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from .messages import CHUNK_BYTES

FIRST_BYTES = 64 * 1024
LEAST_BYTES = 16 * 1024
# Seconds that a chunk may take longer than the quickest answer: two are on the way at a time.
_QUEUE_S = 0.6
_FREE_S = 0.25
_RATE_AFTER_S = 0.3


class Pace:
    """The measured speed of one way to the laptop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.size = FIRST_BYTES
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
        if queue > _QUEUE_S:
            self.size = max(LEAST_BYTES, self.size // 2)
        elif queue < _FREE_S:
            self.size = min(CHUNK_BYTES, self.size * 2)

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
