"""Brings one batch from the laptop to the agent: offer, chunks with two in flight, outcome.

Belongs to the receiver's event loop. Offsets make it resumable: whatever was lost, doubled or
reordered, the agent says which byte it wants next, and the transfer goes on there.
"""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Awaitable, Callable
from typing import Protocol

from . import texts
from ._pace import Pace
from ._patience import within
from .errors import AgentRefused, AgentSilent, Malformed
from .messages import Descriptor, events
from .messages import agent as agent_words
from .messages import laptop as laptop_words
from .messages.agent import Reply, Request
from .messages.laptop import Answer, Call, Chunk

IN_FLIGHT = 2
_MOST_RESTARTS = 5
_QUIET_S = 10.0
_QUIET_TURNS = 12


class Ask(Protocol):
    def __call__(self, request: Request, timeout_s: float = ...) -> Awaitable[Reply]: ...


Fetch = Callable[[Call], Awaitable[Answer]]


class Outcomes:
    """Sorts the agent's events to the transfers that wait for them."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Queue[events.Event]] = {}

    def expect(self, batch: str) -> asyncio.Queue[events.Event]:
        queue: asyncio.Queue[events.Event] = asyncio.Queue()
        self._waiting[batch] = queue
        return queue

    def forget(self, batch: str) -> None:
        self._waiting.pop(batch, None)

    def tell(self, event: events.Event) -> None:
        queue = self._waiting.get(getattr(event, "batch", None) or "")
        if queue is not None:
            queue.put_nowait(event)


class Transfer:
    """One batch on its way. `run` gives how it came out: applied, waiting, halted or refused."""

    def __init__(
        self,
        ask: Ask,
        fetch: Fetch,
        pace: Pace,
        outcomes: Outcomes,
        replica: str,
        batch: Descriptor,
    ) -> None:
        self._pace = pace
        self._ask = ask
        self._fetch = fetch
        self._outcomes = outcomes
        self._replica = replica
        self._batch = batch

    async def run(self, first: bytes, end: bool) -> events.Event:
        """Bring the stream whose beginning is `first`. Raises AgentRefused, LaptopRefused, …"""
        queue = self._outcomes.expect(self._batch.batch)
        self._pace.begins(self._batch.most_bytes)
        try:
            if not await self._begin(first, end):
                await self._rest()
            self._pace.ends()
            return await self._outcome(queue)
        except AgentRefused as error:
            # It gave the batch up in the middle and has said why; then chunks were still to come.
            outcome = _refusal_in(queue) if error.code == "unknown_batch" else None
            if outcome is None:
                raise
            return outcome
        finally:
            self._pace.ends()
            self._outcomes.forget(self._batch.batch)

    async def _begin(self, first: bytes, end: bool) -> bool:
        """Offer, with the first bytes right behind; whether the agent then has it all."""
        offered = asyncio.ensure_future(self._ask(agent_words.offer(self._replica, self._batch)))
        sent = asyncio.ensure_future(self._send(0, first, end)) if first or end else None
        try:
            reply = await offered
            if agent_words.already_whole(reply):
                return True  # It says again what became of it.
            self._wanted = agent_words.offset_of(reply)
            self._pace.moved(self._wanted)
            if sent is None:
                return False
            try:
                self._wanted = await sent
            except AgentRefused as error:
                self._wanted = _wanted_after(error)
                return False
            return end
        finally:
            if sent is not None:
                await asyncio.gather(sent, return_exceptions=True)

    async def _send(self, offset: int, data: bytes, end: bool) -> int:
        batch = self._batch.batch
        reply = await self._ask(agent_words.chunk(self._replica, batch, offset, data, end))
        return agent_words.offset_of(reply)

    async def _rest(self) -> None:
        """Everything from the wanted offset on, again from where the agent says if it disagrees."""
        restarts = 0
        while True:
            before = self._wanted
            try:
                await self._stream(before)
                return
            except AgentRefused as error:
                self._wanted = _wanted_after(error)
            restarts = restarts + 1 if self._wanted <= before else 0
            if restarts > _MOST_RESTARTS:
                raise Malformed(texts.no_progress(self._batch.batch, self._wanted))

    async def _stream(self, offset: int) -> None:
        fetches: collections.deque[tuple[int, int, asyncio.Future[Answer]]] = collections.deque()
        sends: collections.deque[asyncio.Future[int]] = collections.deque()
        size = self._batch.stream_size
        ahead = at = offset
        try:
            while True:
                while len(fetches) < IN_FLIGHT and (size is None or ahead < size or ahead == at):
                    most = self._pace.size
                    call = laptop_words.chunk(self._replica, self._batch.batch, ahead, most)
                    fetches.append((ahead, most, asyncio.ensure_future(self._fetch(call))))
                    ahead += most
                if not fetches:
                    raise Malformed(texts.no_end(self._batch.batch, ahead))
                at, most, fetch = fetches.popleft()
                piece = self._checked(Chunk.of(await fetch), at)
                self._pace.moved(len(piece.data))
                if piece.data or piece.end:
                    sends.append(asyncio.ensure_future(self._send(at, piece.data, piece.end)))
                if piece.end:
                    break
                if len(piece.data) < most:
                    # The stream is still in the making: what was asked behind it is no longer due.
                    _cancel(one for _, _, one in fetches)
                    fetches.clear()
                    ahead = at = at + len(piece.data)
                while len(sends) >= IN_FLIGHT:
                    self._wanted = await sends.popleft()
            while sends:
                self._wanted = await sends.popleft()
        finally:
            _cancel(one for _, _, one in fetches)
            await asyncio.gather(*sends, return_exceptions=True)

    def _checked(self, piece: Chunk, offset: int) -> Chunk:
        if piece.batch != self._batch.batch or piece.offset != offset:
            raise Malformed(texts.wrong_chunk(self._batch.batch, offset, piece.offset))
        return piece

    async def _outcome(self, queue: asyncio.Queue[events.Event]) -> events.Event:
        """How the batch came out. A quiet agent is pinged; one that lost our events is left."""
        for _ in range(_QUIET_TURNS):
            try:
                while True:
                    event = await within(_QUIET_S, queue.get())
                    if isinstance(event, events.Waiting) and not queue.empty():
                        continue  # What came of it is known already.
                    if isinstance(event, (events.Waiting, events.Halted, events.Refused)):
                        return event
                    if isinstance(event, events.Applied) and not event.more:
                        return event
            except asyncio.TimeoutError:
                await self._ask(agent_words.ping(), _QUIET_S)
        raise AgentSilent("agent_silent", texts.agent_silent("outcome"))


def _refusal_in(queue: asyncio.Queue[events.Event]) -> events.Refused | None:
    """What the agent has said of why it does not take the batch."""
    while not queue.empty():
        event = queue.get_nowait()
        if isinstance(event, events.Refused):
            return event
    return None


def _wanted_after(error: AgentRefused) -> int:
    """Where to go on after a gap or an overlap; every other refusal is one."""
    if error.code in ("chunk_gap", "chunk_overlap") and error.offset is not None:
        return error.offset
    raise error


def _cancel(tasks: collections.abc.Iterable[asyncio.Future[Answer]]) -> None:
    for task in tasks:
        task.cancel()
