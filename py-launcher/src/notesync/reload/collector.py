"""The garbage collector pauses while a reload thinks: nothing that it makes then is garbage yet.

In a big heap one full pass takes longer than the whole reload.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


class Collector:
    """Python's own, as one reloader needs it. Main thread only."""

    def __init__(self) -> None:
        self._was = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No collection inside, except while code of the user runs."""
        self._was = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if self._was:
                gc.enable()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Inside `paused`: for code that is not ours."""
        if self._was:
            gc.enable()
        try:
            yield
        finally:
            gc.disable()
