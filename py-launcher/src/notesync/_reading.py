"""Lets the reloader read the project's modules while no cell runs. Main thread only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

_log = logging.getLogger("notesync.reload")
_QUIET_S = 0.3  # not between the cells of one Run All
_STEP_S = 0.005  # what a cell may have to wait for, and one file more
_REST_S = 0.02


class Reading:
    """A timer on the kernel's own loop: a running cell holds it up, and no thread is needed.

    Where there is no loop, as in a plain IPython, modules are read when a change asks for them.
    """

    def __init__(self, reloader: Callable[[], Any]) -> None:
        self._reloader = reloader
        self._timer: asyncio.TimerHandle | None = None

    def cell_begins(self) -> None:
        """Stop reading."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def cell_ended(self) -> None:
        """Read on after a while."""
        self.cell_begins()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._timer = loop.call_later(_QUIET_S, self._read, loop)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        reloader = self._reloader()
        try:
            if reloader is not None and reloader.read_ahead(_STEP_S):
                self._timer = loop.call_later(_REST_S, self._read, loop)
        except Exception:
            _log.exception("notesync: modules are read when they change")
