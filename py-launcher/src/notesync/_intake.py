"""Acts on the laptop's answers to "what is next": adopt, compare, bring, or leave alone.

Belongs to the receiver's event loop; the receiver holds the turn while it is called.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from . import texts
from ._replica import Listener, Parked, Replica
from ._transfer import Outcomes, Transfer
from ._ways import Ways
from .errors import AgentRefused, LaptopRefused, NotesyncError
from .messages import Descriptor, events
from .messages import agent as agent_words
from .messages import laptop as laptop_words
from .messages.agent import Attached
from .messages.laptop import Next

_log = logging.getLogger("notesync.receiver")
_TRANSIENT = {"disk_full", "quota_exceeded", "io_error", "permission_denied", "read_only"}
_ATTACH_AGAIN = {"cursor_mismatch", "tree_mismatch", "unknown_replica"}


class AttachAgain(NotesyncError):
    """The replica is not where the receiver thought: look, without alarming anybody."""


class Intake:
    """What the receiver does with an answer.

    `answered(declined)` is told of a halt's answer, `mend_root()` makes the root again where it is
    gone, and tells whether it was.
    """

    def __init__(
        self,
        ways: Ways,
        listener: Listener,
        attach: Callable[[], Awaitable[Attached]],
        answered: Callable[[bool], None],
        mend_root: Callable[[], bool],
    ) -> None:
        self._ways = ways
        self._listener = listener
        self._attach = attach
        self._answered = answered
        self._mend_root = mend_root
        self.outcomes = Outcomes()

    async def take(self, replica: Replica, told: Next) -> None:
        """Act on an answer to next. The turn is held, so that one batch moves at a time."""
        if told.state == "current":
            await self._is_current(replica, told)
        elif told.state == "exchange":
            await self._exchange(replica)
        elif told.state == "held":
            self._listener.on_state("held_back", told.why)
        elif told.batch is not None:
            stale = told.batch.start is not None and told.batch.start != replica.cursor
            if not stale and replica.cursor != told.batch.to:
                await self._bring(replica, told.batch, told)

    async def _is_current(self, replica: Replica, told: Next) -> None:
        if told.cursor is not None and told.cursor != replica.cursor and replica.parked is None:
            request = agent_words.adopt(replica.id, told.cursor, replica.tree)
            try:
                await self._ways.ask(request)
            except AgentRefused as error:
                await self._refused(replica, None, error)
                return
            replica.cursor = told.cursor
        if replica.parked is None:
            self._listener.on_state("current")

    async def _exchange(self, replica: Replica) -> None:
        """Tell the laptop by digest what the replica has, so that only what differs is sent."""
        self._listener.on_state("comparing")
        attached = await self._attach()
        replica.cursor, replica.tree = attached.cursor, attached.tree
        pieces: list[bytes] = []
        parts = 1
        while len(pieces) < parts:
            reply = await self._ways.ask(agent_words.manifest(replica.id, len(pieces)))
            parts = agent_words.manifest_parts(reply)
            pieces.append(reply.body)
        manifest = laptop_words.put_manifest(replica.id, b"".join(pieces))
        (await self._ways.call(manifest)).checked()

    async def user_answers(self, replica: Replica, told: Next) -> None:
        """Hand over what the user answered on the laptop to a halt."""
        answers = [(agent_words.confirm, one) for one in told.confirmed]
        answers += [(agent_words.decline, one) for one in told.declined]
        for word, batch in answers:
            if replica.parked is None or replica.parked.batch != batch:
                continue
            try:
                await self._ways.ask(word(replica.id, batch))
                self._answered(word is agent_words.decline)
            except AgentRefused as error:
                _log.info("notesync: the answer to %s came too late: %s", batch, error)

    async def _bring(self, replica: Replica, batch: Descriptor, told: Next) -> None:
        self._listener.on_state("receiving", str(batch.to.sequence))
        ways = self._ways
        transfer = Transfer(ways.ask, ways.fetch, ways.pace, self.outcomes, replica.id, batch)
        replica.plain = False
        ways.place.make_way()
        try:
            outcome = await ways.while_agent_lives(transfer.run(told.first, told.end))
        except AgentRefused as error:
            await self._refused(replica, batch, error)
        except LaptopRefused as error:
            if error.code != "batch_unknown":
                raise
        else:
            await self._came_out(replica, batch, outcome)

    async def _came_out(self, replica: Replica, batch: Descriptor, outcome: events.Event) -> None:
        if isinstance(outcome, events.Waiting):
            replica.parked = Parked(batch.batch, batch.to, "waiting")
            self._listener.on_state("waiting", str(batch.to.sequence))
            self._report(replica, batch.batch, "waiting", replica.cursor)
        elif isinstance(outcome, events.Halted):
            replica.parked = Parked(batch.batch, batch.to, "halted")
            self._listener.on_state("halted", outcome.message)
            asked = AgentRefused("halted", outcome.message)
            self._report_error(replica, batch.batch, "halted", asked)
        elif isinstance(outcome, events.Refused):
            error = AgentRefused(outcome.code, outcome.message, outcome.remedy, outcome.path)
            await self._refused(replica, batch, error)
        else:
            replica.refusals = 0

    async def _refused(
        self, replica: Replica, batch: Descriptor | None, error: AgentRefused
    ) -> None:
        """The agent did not take it: find out what it has, ask otherwise, or leave it alone."""
        if error.code == "content_missing":
            replica.plain = True
            return
        if error.code in _ATTACH_AGAIN:
            raise AttachAgain(error.code, error.message)
        if error.code in _TRANSIENT and self._mend_root():
            # Somebody deleted the replica under the agent: it begins again with an empty one.
            await self._ways.ask(agent_words.detach(replica.id))
            raise AttachAgain(error.code, error.message)
        if batch is None:
            raise error
        if error.code in ("held", "halted"):
            replica.parked = Parked(batch.batch, batch.to, error.code)
            self._listener.on_state(error.code, error.message)
            self._report_error(replica, batch.batch, error.code, error)
            return
        replica.refusals += 1
        retry = min(5.0 * 2 ** (replica.refusals - 1), 60.0) if error.code in _TRANSIENT else None
        replica.parked = Parked(batch.batch, batch.to, "refused", retry)
        self._listener.on_state("refused", error.message)
        self._listener.on_error(error)
        self._report_error(replica, batch.batch, "refused", error)

    def declined(self, replica: Replica, batch: str) -> None:
        """The user said no to a halt: the laptop need not ask any more."""
        self._report_error(replica, batch, "refused", AgentRefused("halted", texts.DECLINED_REPORT))

    def _report_error(self, replica: Replica, batch: str, state: str, error: AgentRefused) -> None:
        told = laptop_words.error_json(error)
        self._report(replica, batch, state, replica.cursor, error=told)

    def _report(self, replica: Replica, batch: str, state: str, *cursor: Any, **told: Any) -> None:
        self._ways.call_beside(laptop_words.report(replica.id, batch, state, *cursor, **told))
