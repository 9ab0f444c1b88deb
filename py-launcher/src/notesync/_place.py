"""This kernel's place at the agent: from it a cell begins without asking (PROTOCOL.md, 5, Cells).

    cell ends → leave, place → had → cells begin and end in it → recalled
                                   → a batch is offered → it is applied → place

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
        self._asking_for: Attached | None = None
        self._asked: Future[Reply] | None = None
        self._made_way_for: Attached | None = None
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
            asked = self._ask(attached) if keep else None
        self._await(asked)

    def _ask(self, attached: Attached) -> Future[Reply]:
        self._asking_for = attached
        self._asked = self._told(words.ask_for_place())
        return self._asked

    def _await(self, asked: Future[Reply] | None) -> None:
        """Not under the lock: the answer may be there already."""
        if asked is not None:
            asked.add_done_callback(self._given)

    def _given(self, asked: Future[Reply]) -> None:
        given = asked.exception() is None and words.is_place_given(asked.result())
        with self._lock:
            if self._asking_for is not None and self._asked is asked:
                self._had_for = self._asking_for if given else None
                self._asking_for = None

    def give_up(self) -> None:
        """It was recalled, or what was told may have been missed: the next cell asks."""
        with self._lock:
            self._forget()
            self._told(words.give_up_place_in_cell() if self.inside else words.leave())

    def make_way(self) -> None:
        """This kernel is about to offer a batch: nobody need recall the place for it."""
        with self._lock:
            attached = self._had_for or self._asking_for
            if not self.inside and attached is not None:
                self._forget()
                self._made_way_for = attached
                self._told(words.leave())

    def way_is_free(self) -> None:
        """Something was applied: after its own batch this kernel asks for its place again."""
        with self._lock:
            attached, self._made_way_for = self._made_way_for, None
            asked = self._ask(attached) if attached is not None and not self.inside else None
        self._await(asked)

    def lost(self) -> None:
        """The agent that gave it is gone."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._had_for = self._asking_for = self._made_way_for = None

    def _told(self, request: Request) -> Future[Reply]:
        return self._tell(request, _TOLD_WITHIN_S)
