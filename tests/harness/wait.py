"""Waiting for a condition. Nothing in the tests sleeps for a time that somebody guessed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Long enough for a busy machine; a condition that holds is seen within milliseconds.
PATIENCE = 60.0


class Waited(AssertionError):
    """A condition did not come true in time."""


def until(condition: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """Looks again and again until `condition()` is true and returns it; else says what did not happen."""
    deadline = time.monotonic() + patience
    pause = 0.002
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Waited(f"{what}: did not happen within {patience:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def until_passes(check: Callable[[], None], patience: float = PATIENCE) -> None:
    """Looks again and again until `check()` raises no AssertionError; else the last of them is the failure."""
    deadline = time.monotonic() + patience
    pause = 0.005
    while True:
        try:
            check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        else:
            return
