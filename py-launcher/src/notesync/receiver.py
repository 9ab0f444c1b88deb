"""The sync loop: asks the laptop for what is next and brings it to the agent.

    attach → introduce → carry → next → offer, chunks → outcome → report → next …

One coroutine runs it (`run`), on the event loop of the session's receiver thread; `fresh` is asked
beside it before a cell. All I/O is behind two small interfaces that return Futures, so that tests
drive it with fakes. One bad thing never ends the loop; a refused permission is never asked again
by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from . import texts
from ._replica import Fresh, Listener, Parked, Replica
from ._transfer import Outcomes, Transfer
from ._ways import Agents, Ways
from .errors import (
    AgentLost,
    AgentRefused,
    AgentSilent,
    LaptopRefused,
    LaptopUnreachable,
    NotesyncError,
    PermissionRefused,
    Unpaired,
)
from .laptop import Laptop
from .messages import CHUNK_BYTES, Cursor, Descriptor, events
from .messages import agent as agent_words
from .messages import laptop as laptop_words
from .messages.agent import Attached
from .messages.laptop import Call, Next

_log = logging.getLogger("notesync.receiver")
_PAUSE_S = 1.0
_STOPPED_BY_THE_USER = "agent_left_stopped"
_LONGEST_BACKOFF_S = 30.0
_FAILURES_UNTIL_LETTING_GO = 4
_TRANSIENT = {"disk_full", "quota_exceeded", "io_error", "permission_denied", "read_only"}
_ATTACH_AGAIN = {"cursor_mismatch", "tree_mismatch", "unknown_replica"}


class _AttachAgain(NotesyncError):
    """The replica is not where the receiver thought: look, without alarming anybody."""


Introduce = Callable[[Attached], Call]


class Receiver:
    """Follows one laptop with one replica. Every method but `post` is for its event loop only."""

    def __init__(
        self,
        laptop: Laptop,
        agents: Agents,
        root: str,
        project: str,
        introduce: Introduce,
        listener: Listener,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ways = Ways(laptop, agents)
        self._root = root
        self._project = project
        self._introduce = introduce
        self._listener = listener
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self._outcomes = Outcomes()
        self._agent_lost: AgentLost | None = None
        self.replica: Replica | None = None
        self.following = asyncio.Event()

    # -- the loop

    async def run(self) -> None:
        """Follow the laptop until cancelled, or until only the user can help."""
        failures = 0
        while True:
            try:
                await self._follow()
            except (Unpaired, PermissionRefused) as error:
                self._lost(error)
                await self._let_go()
                return
            except (AgentLost, AgentSilent) as error:
                if error.code == _STOPPED_BY_THE_USER:
                    self._lost(error)
                    return
                self._listener.on_state("restarting", error.message)
                await self._renew_agent()
            except _AttachAgain as error:
                _log.info("notesync: attaching again: %s", error)
            except NotesyncError as error:
                self._lost(error)
            except Exception:
                _log.exception("notesync: the receiver stumbled")
                self._lost(NotesyncError("internal", *texts.INTERNAL))
            failures = 0 if self.following.is_set() else failures + 1
            self.following.clear()
            if failures == _FAILURES_UNTIL_LETTING_GO:
                await self._let_go()
            await self._sleep(min(0.25 * 2**failures, _LONGEST_BACKOFF_S))

    def _lost(self, error: NotesyncError) -> None:
        away = isinstance(error, LaptopUnreachable)
        self._listener.on_state("away" if away else "stopped", error.message)
        self._listener.on_error(error)

    async def _renew_agent(self) -> None:
        try:
            await self._ways.renew()
        except NotesyncError as error:
            self._lost(error)

    async def _follow(self) -> None:
        self._listener.on_state("connecting")
        await self._ways.ready()
        await self._attach()
        replica = self.replica
        assert replica is not None
        while True:
            if not replica.carrier:
                self._listener.on_state("standby")
                self.following.set()
                await self._until(lambda: replica.carrier or self._agent_lost is not None)
                self._check_agent()
            await self._poll(replica)

    def agent_lost(self, error: AgentLost) -> None:
        """The connection to the agent is gone: what waits for the laptop need not wait."""
        self._agent_lost = error
        self._wake.set()
        self._moved.set()

    def _check_agent(self) -> None:
        if self._agent_lost is not None:
            raise self._agent_lost

    async def _attach(self) -> None:
        self._agent_lost = None
        reply = await self._ways.ask(agent_words.attach(self._root, self._project))
        attached = Attached.of(reply)
        old = self.replica
        parked = old.parked if old and old.id == attached.replica else None
        if parked and (attached.cursor == parked.to or parked.why != "waiting"):
            parked = None
        self.replica = Replica(attached.replica, attached.cursor, attached.tree, parked=parked)
        self._listener.on_attached(attached)
        answer = await self._ways.call(self._introduce(attached))
        answer.checked()
        carry = await self._ways.ask(agent_words.carry(attached.replica))
        self.replica.carrier = agent_words.is_carrier(carry)
        if attached.held:
            self._listener.on_state("held")

    async def _let_go(self) -> None:
        """Leave the bringing to another kernel, but go on hearing what is applied."""
        replica = self.replica
        if replica is None:
            return
        try:
            await self._ways.ask(agent_words.detach(replica.id), 5.0)
            await self._ways.ask(agent_words.attach(self._root, self._project), 5.0)
        except NotesyncError as error:
            self._listener.on_error(error)
        replica.carrier = False

    # -- asking

    async def _poll(self, replica: Replica) -> None:
        """One long poll and what follows from it."""
        self._wake.clear()
        parked = replica.parked
        wait_ms = laptop_words.LONG_POLL_MS if replica.asked else 0
        if parked is None:
            call = self._next(replica, replica.cursor, wait_ms)
        else:
            # Hear of anything newer than the parked batch, without being sent it.
            patience = wait_ms if parked.retry_s is None else int(parked.retry_s * 1000)
            call = self._next(replica, parked.to, min(wait_ms, patience), inline=0)
        answer = await self._ways.call_or(call, self._wake)
        self.following.set()
        if answer is None:
            self._check_agent()
            return
        replica.asked = True
        told = Next.of(answer)
        await self._user_answers(replica, told)
        async with self._turn:
            if parked is None or replica.parked is None:
                await self._take(replica, told)
                pause = told.state == "held"
            elif told.state != "current" or parked.retry_s is not None:
                pause = await self._past_parked(replica, parked)
            else:
                pause = False
        if pause:
            await self._sleep(_PAUSE_S)

    async def _past_parked(self, replica: Replica, parked: Parked) -> bool:
        """Something newer than the parked batch may exist: ask from where the replica really is.

        Tells whether there was nothing to do, so that the next question should wait a little.
        """
        told = Next.of(await self._ways.call(self._next(replica, replica.cursor, 0)))
        same = told.batch is not None and told.batch.batch == parked.batch
        if same and parked.retry_s is None:
            return True
        if told.state == "current":
            replica.parked = None  # The laptop went back to what the replica has.
        await self._take(replica, told)
        return told.state == "held"

    def _next(
        self,
        replica: Replica,
        cursor: Cursor | None,
        wait_ms: int,
        *,
        fresh: bool = False,
        inline: int = CHUNK_BYTES,
    ) -> Call:
        return laptop_words.next_batch(
            replica.id,
            cursor,
            replica.tree,
            wait_ms=wait_ms,
            fresh=fresh,
            plain=replica.plain,
            inline=inline,
        )

    async def fresh(self) -> Fresh:
        """Bring everything that was saved before now; cancel it when the patience ends."""
        replica = self.replica
        if replica is None or not self.following.is_set():
            return Fresh(replica.cursor if replica else None, True, texts.LAPTOP_AWAY)
        for _ in range(4):
            if not replica.carrier:
                return await self._fresh_of_another(replica)
            async with self._turn:
                answer = await self._ways.call(self._next(replica, replica.cursor, 0, fresh=True))
                told = Next.of(answer)
                if told.state == "held":
                    return Fresh(replica.cursor, True, told.why)
                parked = replica.parked
                if parked and told.batch and told.batch.batch == parked.batch:
                    return Fresh(replica.cursor, parked.why != "waiting", parked.why)
                await self._take(replica, told)
                if told.state == "current":
                    return Fresh(replica.cursor, False)
                parked = replica.parked
                if told.batch and parked and parked.batch == told.batch.batch:
                    return Fresh(replica.cursor, parked.why != "waiting", parked.why)
                if told.batch and replica.cursor == told.batch.to:
                    return Fresh(replica.cursor, False)
        return Fresh(replica.cursor, True, texts.STILL_CHANGING)

    async def _fresh_of_another(self, replica: Replica) -> Fresh:
        """Another kernel brings the bytes: see what there is, and wait until it has."""
        answer = await self._ways.call(self._next(replica, replica.cursor, 0, fresh=True, inline=0))
        told = Next.of(answer)
        if told.batch is not None:
            wanted = told.batch.to
            await self._until(lambda: _reached(replica.cursor, wanted))
        return Fresh(replica.cursor, told.state == "held", told.why)

    async def _take(self, replica: Replica, told: Next) -> None:
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
        attached = Attached.of(await self._ways.ask(agent_words.attach(self._root, self._project)))
        replica.cursor, replica.tree = attached.cursor, attached.tree
        pieces: list[bytes] = []
        parts = 1
        while len(pieces) < parts:
            reply = await self._ways.ask(agent_words.manifest(replica.id, len(pieces)))
            parts = agent_words.manifest_parts(reply)
            pieces.append(reply.body)
        manifest = laptop_words.put_manifest(replica.id, b"".join(pieces))
        (await self._ways.call(manifest)).checked()

    async def _user_answers(self, replica: Replica, told: Next) -> None:
        """Hand over what the user answered on the laptop to a halt."""
        answers = [(agent_words.confirm, one) for one in told.confirmed]
        answers += [(agent_words.decline, one) for one in told.declined]
        for word, batch in answers:
            if replica.parked is None or replica.parked.batch != batch:
                continue
            try:
                await self._ways.ask(word(replica.id, batch))
                self.answered(declined=word is agent_words.decline)
            except AgentRefused as error:
                _log.info("notesync: the answer to %s came too late: %s", batch, error)

    # -- bringing

    async def _bring(self, replica: Replica, batch: Descriptor, told: Next) -> None:
        self._listener.on_state("receiving", str(batch.to.sequence))
        transfer = Transfer(self._ways.ask, self._ways.call, self._outcomes, replica.id, batch)
        replica.plain = False
        try:
            outcome = await transfer.run(told.first, told.end)
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
            self.report(batch.batch, "waiting", replica.cursor)
        elif isinstance(outcome, events.Halted):
            replica.parked = Parked(batch.batch, batch.to, "halted")
            self._listener.on_state("halted", outcome.message)
            self.report(batch.batch, "halted", replica.cursor)
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
            raise _AttachAgain(error.code, error.message)
        if batch is None:
            raise error
        if error.code in ("held", "halted"):
            replica.parked = Parked(batch.batch, batch.to, error.code)
            self._listener.on_state(error.code, error.message)
            self.report(batch.batch, error.code, replica.cursor)
            return
        replica.refusals += 1
        retry = min(5.0 * 2 ** (replica.refusals - 1), 60.0) if error.code in _TRANSIENT else None
        replica.parked = Parked(batch.batch, batch.to, "refused", retry)
        self._listener.on_state("refused", error.message)
        self._listener.on_error(error)
        self.report(batch.batch, "refused", replica.cursor, error=laptop_words.error_json(error))

    # -- what the agent tells

    def on_event(self, event: events.Event) -> None:
        """Take in an event of the agent. On the event loop."""
        replica = self.replica
        if replica is None or getattr(event, "replica", None) != replica.id:
            return
        if isinstance(event, events.CarrierIs):
            replica.carrier = event.carrier
        elif isinstance(event, events.Applied) and not event.more:
            self._applied(replica, event)
        self._outcomes.tell(event)
        self._moved.set()

    def _applied(self, replica: Replica, event: events.Applied) -> None:
        replica.cursor = event.to
        if event.tree is not None:
            replica.tree = event.tree
        reached = replica.parked is not None and replica.parked.to == event.to
        if reached or event.reason in ("rollback", "resume"):
            replica.parked = None
            self._wake.set()
        if event.batch is not None:
            self.report(
                event.batch,
                "held" if event.reason == "rollback" else "applied",
                event.to,
                kept=[one.json() for one in event.kept],
                timings=event.timings,
            )
        self._listener.on_state("held" if event.reason == "rollback" else "applied")

    def resumed(self, cursor: Cursor | None) -> None:
        """The user let the replica go on after a rollback."""
        if self.replica is not None:
            self.replica.cursor = cursor
            self.replica.parked = None
            self.replica.asked = False
            self._listener.on_state("connecting")
            self._wake.set()

    def answered(self, declined: bool) -> None:
        """The user confirmed or declined the halted batch here."""
        replica = self.replica
        if declined and replica is not None and replica.parked is not None:
            replica.parked.why = "declined"
            self._listener.on_state("declined")
        self._wake.set()

    async def _until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            self._moved.clear()
            await self._moved.wait()

    def report(self, batch: str, state: str, cursor: Cursor | None, **told: Any) -> None:
        """Tell the laptop's screen, beside everything else; a lost report is not repeated."""
        if self.replica is not None:
            call = laptop_words.report(self.replica.id, batch, state, cursor, **told)
            self._ways.call_beside(call)


def _reached(cursor: Cursor | None, wanted: Cursor) -> bool:
    if cursor is None or cursor.epoch != wanted.epoch:
        return False
    return cursor.sequence >= wanted.sequence
