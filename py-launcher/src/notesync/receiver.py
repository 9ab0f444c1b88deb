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
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from . import texts
from ._contact import Contact
from ._intake import AttachAgain, Intake
from ._late import News
from ._pace import Pace
from ._patience import Moved
from ._replica import Fresh, Listener, Parked, Replica, reached
from ._standby import Standby
from ._ways import Agents, Ways
from .errors import (
    AgentLost,
    AgentSilent,
    LaptopUnreachable,
    NotesyncError,
    PermissionRefused,
    Unpaired,
)
from .laptop import Laptop
from .messages import Cursor, events
from .messages import agent as agent_words
from .messages import laptop as laptop_words
from .messages.agent import Attached
from .messages.laptop import Call, Next

_log = logging.getLogger("notesync.receiver")
_PAUSE_S = 1.0
_STANDBY_PATIENCE_S = 10.0
_STOPPED_BY_THE_USER = "agent_left_stopped"
_LONGEST_BACKOFF_S, _LONGEST_AWAY_S = 30.0, 5.0

Introduce = Callable[[Attached], Call]


class Receiver:
    """Follows one laptop with one replica: decides when to ask. For its event loop only."""

    def __init__(
        self,
        laptop: Laptop,
        agents: Agents,
        root: str,
        project: str,
        introduce: Introduce,
        listener: Listener,
        mend_root: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        in_cell: Callable[[], bool] = lambda: False,
        documents: Callable[[], Sequence[str]] = lambda: (),
    ) -> None:
        self._ways = Ways(laptop, agents)
        self._root = root
        self._project = project
        self._introduce = introduce
        self._listener = listener
        self._sleep = sleep
        self._in_cell = in_cell
        self._documents = documents
        self._moved = Moved()
        self._standby = Standby(self._look, self._ask_to_carry, self._bring, self._moved.within)
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._intake = Intake(self._ways, listener, self._attached, self.answered, mend_root)
        self._asked: set[asyncio.Task[Fresh]] = set()
        self._agent_lost: AgentLost | AttachAgain | None = None
        self.replica: Replica | None = None
        self._contact = Contact(listener, self._moved)
        self.following = self._contact.following
        self._news = News(listener)

    # -- the loop

    async def run(self) -> None:
        """Follow the laptop until cancelled, or until only the user can help."""
        try:
            await self._run()
        finally:
            for asked in self._asked:
                asked.cancel()

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                await self._follow()
            except (Unpaired, PermissionRefused) as error:
                self._contact.lost(error)
                await self._let_go()
                return
            except (AgentLost, AgentSilent) as error:
                if error.code == _STOPPED_BY_THE_USER:
                    self._contact.lost(error)
                    return
                self._listener.on_state("restarting", error.message)
                await self._renew_agent()
            except LaptopUnreachable as error:
                self._contact.lost(error)
                if self.replica is not None and self.replica.carrier:
                    await self._let_go()
            except AttachAgain as error:
                _log.info("notesync: attaching again: %s", error)
            except NotesyncError as error:
                self._contact.lost(error)
            except Exception:
                _log.exception("notesync: the receiver stumbled")
                self._contact.lost(NotesyncError("internal", *texts.INTERNAL))
            failures = 0 if self.following.is_set() else failures + 1
            longest = _LONGEST_AWAY_S if self._contact.is_away else _LONGEST_BACKOFF_S
            await self._contact.before_next(self._sleep(min(0.25 * 2**failures, longest)))

    async def _renew_agent(self) -> None:
        try:
            await self._ways.renew()
        except NotesyncError as error:
            self._contact.lost(error)

    async def _follow(self) -> None:
        if not self._contact.is_away:  # Else it is away until it is heard.
            self._listener.on_state("connecting")
        await self._ways.ready()
        await self._attach()
        replica = self.replica
        assert replica is not None
        while True:
            if not replica.carrier:
                await self._stand_by(replica)
            await self._poll(replica)

    async def _stand_by(self, replica: Replica) -> None:
        """Another kernel brings the bytes: wait until it has what there is, then for our turn."""

        def ours() -> bool:
            return replica.carrier or self._agent_lost is not None

        told = Next.of(await self._ways.call(self._next(replica, replica.cursor, 0, inline=0)))
        self._contact.heard()
        if told.batch is not None:
            wanted = told.batch.to
            self._listener.on_state("receiving", str(wanted.sequence))
            await self._moved.within(
                _STANDBY_PATIENCE_S, lambda: ours() or reached(replica.cursor, wanted)
            )
        if not ours():
            self._listener.on_state("standby")
        await self._moved.until(ours)
        self._check_agent()

    def agent_lost(self, error: AgentLost) -> None:
        """The connection to the agent is gone: what waits for the laptop need not wait."""
        self._ways.agent_is(error)
        self._must_attach(error)

    def _must_attach(self, error: AgentLost | AttachAgain) -> None:
        self._agent_lost = error
        self._wake.set()
        self._moved.set()

    def _check_agent(self) -> None:
        if self._agent_lost is not None:
            raise self._agent_lost

    async def _attach(self) -> None:
        self._agent_lost = None
        self._ways.agent_is(None)
        attached = await self._attached()
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

    async def _attached(self, timeout_s: float = 60.0) -> Attached:
        """Attach, and let the agent know whether a cell runs: nothing may change under it."""
        while True:
            inside = self._in_cell()
            request = agent_words.attach(self._root, self._project, inside, self._documents())
            attached = Attached.of(await self._ways.ask(request, timeout_s))
            if inside and not self._in_cell():
                self._ways.place.give_up()
            if inside or not self._in_cell():
                return attached

    def attach_again(self, code: str, why: str) -> None:
        """What agent and laptop were told does not hold any more."""
        self._must_attach(AttachAgain(code, why))

    async def _let_go(self) -> None:
        """Leave the bringing to another kernel, but go on hearing what is applied."""
        replica = self.replica
        if replica is None:
            return
        try:
            await self._ways.ask(agent_words.give_up_carrying(replica.id), 5.0)
        except NotesyncError as error:
            self._listener.on_error(error)
        replica.carrier = False

    # -- asking

    async def _poll(self, replica: Replica) -> None:
        """One long poll and what follows from it."""
        self._wake.clear()
        self._check_agent()
        parked = replica.parked
        wait_ms = laptop_words.LONG_POLL_MS if replica.asked else 0
        if parked is None:
            call = self._next(replica, replica.cursor, wait_ms)
        else:
            # Hear of anything newer than the parked batch, without being sent it.
            patience = wait_ms if parked.retry_s is None else int(parked.retry_s * 1000)
            wait_ms = min(wait_ms, patience)
            call = laptop_words.next_batch(replica.id, parked.to, None, wait_ms=wait_ms, inline=0)
        asked = time.time()
        answer = await self._ways.call_or(call, self._wake)
        told = Next.of(answer) if answer is not None else None  # An error is not following.
        self._contact.heard()
        if told is None:
            self._check_agent()
            return
        replica.asked = True
        self._news.hear(told, asked, time.time())
        await self._intake.user_answers(replica, told)
        async with self._turn:
            if parked is None or replica.parked is None:
                await self._intake.take(replica, told)
                pause = told.state == "held"
            elif told.state != "current" or parked.retry_s is not None:
                pause = await self._past_parked(replica, parked, told.state == "current")
            else:
                pause = False
        if pause:
            await self._sleep(_PAUSE_S)

    async def _past_parked(self, replica: Replica, parked: Parked, retry: bool) -> bool:
        """Something newer than the parked batch may exist: ask from where the replica really is.

        Tells whether there was nothing to do, so that the next question should wait a little.
        """
        told = Next.of(await self._ways.fetch(self._next(replica, replica.cursor, 0)))
        same = told.batch is not None and told.batch.batch == parked.batch
        if same and not retry:
            return True
        if told.state == "current":
            replica.parked = None  # The laptop went back to what the replica has.
        await self._intake.take(replica, told)
        return told.state == "held"

    def _next(
        self,
        replica: Replica,
        cursor: Cursor | None,
        wait_ms: int,
        *,
        fresh: bool = False,
        inline: int | None = None,
    ) -> Call:
        return laptop_words.next_batch(
            replica.id,
            cursor,
            replica.tree,
            wait_ms=wait_ms,
            fresh=fresh,
            plain=replica.plain,
            inline=self._ways.pace.size if inline is None else inline,
        )

    @property
    def pace(self) -> Pace:
        """How fast bytes come, and when the batch under way is here. Any thread."""
        return self._ways.pace

    async def fresh(self) -> Fresh:
        """Bring everything that was saved before now.

        Cancel it when the patience ends: what is on its way then goes on all the same.
        """
        asked = asyncio.ensure_future(self._fresh_or_attach())
        self._asked.add(asked)
        asked.add_done_callback(self._was_asked)
        return await asyncio.shield(asked)

    def _was_asked(self, asked: asyncio.Task[Fresh]) -> None:
        self._asked.discard(asked)
        if not asked.cancelled() and asked.exception() is not None:
            _log.info("notesync: asking before a cell: %s", asked.exception())

    async def _fresh_or_attach(self) -> Fresh:
        before = self.replica
        try:
            return await self._fresh()
        except AttachAgain as error:
            self._must_attach(error)
            await self._moved.until(lambda: self.replica is not before and self.following.is_set())
            return await self._fresh()

    async def _fresh(self) -> Fresh:
        if self.replica is not None and self.replica.cursor is not None:
            # Whoever asks stops waiting when its patience ends.
            await self._contact.try_now()
        replica = self.replica
        if replica is None or not self.following.is_set():
            return self._contact.not_asked(replica.cursor if replica else None)
        for _ in range(4):
            if not replica.carrier:
                fresh = await self._standby.fresh(replica)
                if fresh is None:
                    continue
                return fresh
            async with self._turn:
                answer = await self._ways.fetch(self._next(replica, replica.cursor, 0, fresh=True))
                told = Next.of(answer)
                if told.state == "held":
                    return Fresh(replica.cursor, True, told.why)
                parked = replica.parked
                if parked and told.batch and told.batch.batch == parked.batch:
                    return Fresh(replica.cursor, parked.why != "waiting", parked.why)
                await self._intake.take(replica, told)
                if told.state == "current":
                    return Fresh(replica.cursor, False)
                parked = replica.parked
                if told.batch and parked and parked.batch == told.batch.batch:
                    return Fresh(replica.cursor, parked.why != "waiting", parked.why)
                if told.batch and replica.cursor == told.batch.to:
                    return Fresh(replica.cursor, False)
        return Fresh(replica.cursor, True, texts.STILL_CHANGING)

    async def _look(self, replica: Replica) -> Next:
        call = self._next(replica, replica.cursor, 0, fresh=True, inline=0)
        return Next.of(await self._ways.fetch(call))

    async def _ask_to_carry(self, replica: Replica) -> None:
        carry = await self._ways.ask(agent_words.carry(replica.id))
        replica.carrier = agent_words.is_carrier(carry)
        self._moved.set()

    async def _bring(self, replica: Replica) -> Next:
        async with self._turn:
            told = Next.of(await self._ways.fetch(self._next(replica, replica.cursor, 0)))
            await self._intake.take(replica, told)
        return told

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
        elif isinstance(event, (events.Refused, events.Halted)):
            self._not_applied(replica, event.batch)
        self._standby.hear(event)
        self._intake.outcomes.tell(event)
        self._moved.set()

    def _not_applied(self, replica: Replica, batch: str) -> None:
        """One that waited for the cell's end: ask again, and the answer to its offer says why."""
        parked = replica.parked
        if parked is not None and parked.batch == batch and parked.why == "waiting":
            replica.parked = None
            self._wake.set()

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
            self._intake.declined(replica, replica.parked.batch)
            self._listener.on_state("declined")
        self._wake.set()

    def report(self, batch: str, state: str, cursor: Cursor | None, **told: Any) -> None:
        """Tell the laptop's screen, beside everything else; a lost report is not repeated."""
        if self.replica is not None:
            call = laptop_words.report(self.replica.id, batch, state, cursor, **told)
            self._ways.call_beside(call)
