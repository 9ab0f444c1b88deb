"""Notices within seconds that nobody is at the other end of a connection any more.

A question that waits 25 s for what is new looks the same over a living connection and a dead one: a
laptop that sleeps, a network that swallows. So a wait in which nothing was heard for a while greets
the laptop on a connection of its own; everything that is heard counts as an answer.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout

from . import texts
from .errors import NotesyncError
from .messages.laptop import Answer

QUIET_S = 3.0
PATIENCE_S = 4.0


class Heard:
    """When one laptop was last heard. Any thread; of those that wait, one greets for all."""

    def __init__(
        self,
        greet: Callable[[], Future[Answer]],
        quiet_s: float = QUIET_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._greet = greet
        self._quiet_s = quiet_s
        self._patience_s = patience_s
        self._greeting = threading.Lock()
        self._missed_at = 0.0
        self.now()

    def now(self) -> None:
        """Something was heard."""
        self._at, self._since = time.monotonic(), time.time()

    def wait(self, connection: socket.socket) -> None:
        """Until the first byte of an answer, or the end of the connection, which counts for none.

        Raises TimeoutError where the laptop does not answer a greeting either.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            while not selector.select(self._quiet_s):
                self._look()

    def _look(self) -> None:
        asked = time.monotonic()
        with self._greeting:
            if self._missed_at > asked:
                raise self._missed()
            if time.monotonic() - self._at < self._quiet_s:
                return
            greeting = self._greet()
            try:
                greeting.result(self._patience_s)
            except (FutureTimeout, TimeoutError, CancelledError, NotesyncError):
                greeting.cancel()
                if time.monotonic() - self._at < self._patience_s:
                    return  # Something else was heard meanwhile.
                self._missed_at = time.monotonic()
                raise self._missed() from None
            self.now()

    def _missed(self) -> TimeoutError:
        return TimeoutError(texts.not_heard(self._since))
