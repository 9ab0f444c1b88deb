"""This kernel's place at the agent: from it a cell begins without asking (PROTOCOL.md, 5, Cells).

    cell ends → leave, place → had → cells begin and end in it → recalled, or a batch is offered

A place is had for one attachment, and only for as long as the agent is listened to: a kernel that
was stopped does not know what it was told meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from .messages import agent as words
from .messages.agent import Attached, Reply, Request

# Less than the second after which an agent takes away a place whose kernel does not answer.
TRUSTED_S = 0.75

Tell = Callable[[Request, float], "Future[Reply]"]
_TOLD_WITHIN_S = 5.0


class Place:
    """Whether a cell runs, and whether the next one may begin without asking. Any thread.

    `tell` queues a request; what happens here in some order reaches the agent in that order.
    `listened` is when the agent's messages were last read, by the monotonic clock.
    """

    def __init__(self, tell: Tell, listened: Callable[[], float]) -> None:
        self._tell = tell
        self._listened = listened
        self._lock = threading.Lock()
        self._had_for: Attached | None = None
        self._asking: object | None = None
        self.inside = False

    def enter(self, attached: Attached | None) -> Future[Reply] | None:
        """Begin a cell in the place. None where there is none: nothing has happened then."""
        with self._lock:
            had = attached is not None and self._had_for is attached
            if not had or time.monotonic() - self._listened() > TRUSTED_S:
                return None
            self.inside = True
            return self._told(words.enter_in_place())

    def enter_by_asking(self, wait_ms: int, timeout_s: float) -> Future[Reply]:
        """Begin a cell; what the agent answers is to be waited for."""
        with self._lock:
            self._forget()
            self.inside = True
            return self._tell(words.enter(wait_ms), timeout_s)

    def enter_alone(self) -> None:
        """Begin a cell without telling anybody: who connects during it tells the agent so."""
        with self._lock:
            self._forget()
            self.inside = True

    def leave(self, attached: Attached | None, keep: bool = True) -> None:
        """The cell has ended. Keep the place for the next one, or ask for one."""
        with self._lock:
            self.inside = False
            if attached is None:
                self._forget()
                return
            if keep and self._had_for is attached:
                self._told(words.leave_in_place())
                return
            self._forget()
            self._told(words.leave())
            if not keep:
                return
            asking = self._asking = object()
            asked = self._told(words.ask_for_place())
        asked.add_done_callback(lambda reply: self._given(asking, attached, reply))

    def _given(self, asking: object, attached: Attached, reply: Future[Reply]) -> None:
        given = reply.exception() is None and words.is_place_given(reply.result())
        with self._lock:
            if self._asking is asking:
                self._asking = None
                self._had_for = attached if given else None

    def give_up(self) -> None:
        """It was recalled, or what was told may have been missed: the next cell asks."""
        with self._lock:
            self._forget()
            self._told(words.give_up_place_in_cell() if self.inside else words.leave())

    def make_way(self) -> None:
        """This kernel is about to offer a batch: nobody need recall the place for it."""
        with self._lock:
            if not self.inside and (self._had_for is not None or self._asking is not None):
                self._forget()
                self._told(words.leave())

    def lost(self) -> None:
        """The agent that gave it is gone."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._had_for = self._asking = None

    def _told(self, request: Request) -> Future[Reply]:
        return self._tell(request, _TOLD_WITHIN_S)
