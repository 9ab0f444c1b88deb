"""The door of a cell: tells the agent that one begins and ends (PROTOCOL.md, section 5, Cells).

Main thread. A cell that begins in the kernel's place waits for nobody. For others, an agent that
hangs costs a cell a second, and each further one nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from . import display, texts
from .agent_link import AgentLink
from .errors import AgentSilent, NotesyncError
from .messages import agent as words
from .messages.agent import Attached, Entered, Reply

_log = logging.getLogger("notesync.cells")
_HANGS_AFTER_S = 0.75
_RESERVE_S = 0.25
_WAIT_FOR_OTHERS_MS = 2_000
_APPLY_PATIENCE_S = 60.0


class Door:
    """Enters and leaves for one kernel. `inside`: nothing that it sees changes.

    `entered` is told what a cell runs on: before it begins, or (on the agent client's thread) a
    moment later where it begins in the kernel's place.
    """

    def __init__(self, link: AgentLink, entered: Callable[[Attached, Entered], None]) -> None:
        self._link = link
        self._place = link.place
        self._entered = entered
        self._hung_at: float | None = None

    @property
    def inside(self) -> bool:
        return self._place.inside

    def enter(self, attached: Attached | None, deadline: float, most_s: float) -> None:
        """Begin a cell. A living agent may take its time to apply, a silent one not.

        `most_s` is what the user is told that a cell is held; it then runs on what is there. One
        that begins before this kernel is `attached` tells nobody: who attaches during it does.
        """
        if attached is None:
            self._place.enter_alone()
            return
        told = self._place.enter(attached)
        if told is not None:
            told.add_done_callback(lambda reply: self._heard_later(attached, reply))
            return
        reply = self._ask(deadline, most_s)
        if reply is not None:
            self._entered(attached, Entered.of(reply))

    def _heard_later(self, attached: Attached, reply: Future[Reply]) -> None:
        if reply.exception() is None:
            self._entered(attached, Entered.of(reply.result()))

    def _ask(self, deadline: float, most_s: float) -> Reply | None:
        entering = self._place.enter_by_asking(_WAIT_FOR_OTHERS_MS, _APPLY_PATIENCE_S)
        patience = max(0.1, deadline - time.monotonic() - _RESERVE_S)
        if self.still_hangs():
            patience = 0.0
        try:
            reply = self._first(entering, patience)
            if reply is None:
                reply = self._entered_late(entering)
        except AgentSilent as silent:
            if self._hung_at is None:
                self._hung_at = time.monotonic()
                message, remedy = texts.agent_hangs(most_s)
                display.say(f"{message}: {remedy}")
                _log.warning("notesync: %s", silent)
            return None
        except NotesyncError as error:
            _log.info("notesync: entering a cell: %s", error)
            return None
        self._hung_at = None
        return reply

    def leave(self, attached: Attached | None, keep: bool = True) -> None:
        """The cell has ended. `keep`: the next one begins in the place of this kernel."""
        self._place.leave(attached, keep)

    def still_hangs(self) -> bool:
        """Whether nothing was heard from the agent since it was found hanging."""
        return self._hung_at is not None and self._link.heard() < self._hung_at

    def _first(self, entering: Future[Reply], seconds: float) -> Reply | None:
        """The reply to enter; None where only a ping came back. Raises AgentSilent for neither."""
        half = max(seconds / 2, 0.0)
        try:
            return entering.result(half)
        except (FutureTimeout, TimeoutError):
            pass
        try:
            self._link.request(words.ping(), _APPLY_PATIENCE_S).result(half)
        except (FutureTimeout, TimeoutError):
            if entering.done():
                return entering.result()
            raise AgentSilent("agent_silent", texts.agent_silent("enter")) from None
        return entering.result() if entering.done() else None

    def _entered_late(self, entering: Future[Reply]) -> Reply:
        """The agent lives: it waits for another kernel's cell, or applies a large batch."""
        deadline = time.monotonic() + _APPLY_PATIENCE_S
        while time.monotonic() < deadline:
            reply = self._first(entering, _HANGS_AFTER_S)
            if reply is not None:
                return reply
            time.sleep(0.02)
        raise AgentSilent("agent_silent", texts.agent_silent("enter"))
