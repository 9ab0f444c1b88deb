"""A kernel on a replica to which another kernel brings the bytes: what it does before a cell.

Belongs to the receiver's event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from . import texts
from ._replica import Fresh, Replica, reached
from .messages import events
from .messages.laptop import Next

_PATIENCE_S = 0.25
_IDLE_S = 0.5


class Within(Protocol):
    def __call__(self, seconds: float, reached: Callable[[], bool]) -> Awaitable[bool]: ...


class Standby:
    """`look` asks the laptop without being sent anything, `bring` brings the batch after all."""

    def __init__(
        self,
        look: Callable[[Replica], Awaitable[Next]],
        carry: Callable[[Replica], Awaitable[None]],
        bring: Callable[[Replica], Awaitable[Next]],
        within: Within,
    ) -> None:
        self._look = look
        self._carry = carry
        self._bring = bring
        self._within = within
        self._heard: events.Event | None = None
        self._heard_at = 0.0

    def hear(self, event: events.Event) -> None:
        """Take in what the agent tells of a batch, whoever brings it."""
        if getattr(event, "batch", None) is not None:
            self._heard, self._heard_at = event, _now()

    async def fresh(self, replica: Replica) -> Fresh | None:
        """See what there is, and wait until the other kernel has brought it.

        None where that one is gone, and the bringing is ours now.
        """
        told = await self._look(replica)
        if told.batch is None:
            return Fresh(replica.cursor, told.state == "held", told.why)
        wanted, batch, since = told.batch.to, told.batch.batch, _now()
        while not await self._within(
            _PATIENCE_S, lambda: replica.carrier or reached(replica.cursor, wanted)
        ):
            if self._is_about(batch) and isinstance(self._heard, events.Waiting):
                return Fresh(replica.cursor, False)  # Whole; our own `enter` makes it visible.
            await self._carry(replica)
            heard = self._heard_at if self._is_about(batch) else since
            if not replica.carrier and _now() - heard > _IDLE_S:
                return await self._instead(replica)
        if not reached(replica.cursor, wanted):
            return None
        return Fresh(replica.cursor, False)

    async def _instead(self, replica: Replica) -> Fresh:
        """The kernel that should bring the bytes does not: chunks of two senders do no harm."""
        told = await self._bring(replica)
        if told.batch is None or reached(replica.cursor, told.batch.to):
            return Fresh(replica.cursor, told.state == "held", told.why)
        parked = replica.parked
        why = parked.why if parked is not None else texts.STILL_CHANGING
        return Fresh(replica.cursor, why != "waiting", why)

    def _is_about(self, batch: str) -> bool:
        return getattr(self._heard, "batch", None) == batch


def _now() -> float:
    return asyncio.get_running_loop().time()
