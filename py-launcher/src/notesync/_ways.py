"""The two ways out of the receiver, as awaitables: to the agent and to the laptop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from . import texts
from ._pace import Pace
from ._patience import first_of, within
from ._place import Place
from .errors import AgentLost, LaptopUnreachable, NotesyncError
from .laptop import Laptop
from .messages.agent import Reply, Request
from .messages.laptop import LONG_POLL_MS, Answer, Call

_log = logging.getLogger("notesync.receiver")
_GRACE_S = 15.0
_T = TypeVar("_T")


class Agents(Protocol):
    """The agent as the receiver sees it.

    `ready` finds or starts one where none is connected, `renew` where one is lost or silent.
    """

    @property
    def place(self) -> Place: ...

    def request(self, request: Request, timeout_s: float = ...) -> Future[Reply]: ...

    def ready(self) -> Future[None]: ...

    def renew(self) -> Future[None]: ...


class Ways:
    """Belongs to one receiver and its event loop."""

    def __init__(self, laptop: Laptop, agents: Agents) -> None:
        self._laptop = laptop
        self.pace = Pace()
        self._agents = agents
        self.place = agents.place
        self._beside: set[asyncio.Task[None]] = set()
        self._lost: AgentLost | None = None
        self._agent_gone = asyncio.Event()

    def agent_is(self, lost: AgentLost | None) -> None:
        """The agent is gone, or (None) there again."""
        self._lost = lost
        if lost is None:
            self._agent_gone.clear()
        else:
            self._agent_gone.set()

    async def ask(self, request: Request, timeout_s: float = 60.0) -> Reply:
        """The agent's reply. Raises AgentRefused, AgentLost or AgentSilent."""
        return await asyncio.wrap_future(self._agents.request(request, timeout_s))

    async def ready(self) -> None:
        """Wait for an agent."""
        await asyncio.wrap_future(self._agents.ready())

    async def renew(self) -> None:
        """Find or start an agent."""
        await asyncio.wrap_future(self._agents.renew())

    async def call(self, call: Call) -> Answer:
        """An answer of the laptop; asked again once where none came in time."""
        for _ in range(2):
            future = asyncio.wrap_future(self._laptop.send(call))
            began = self.pace.clock()
            try:
                answer = await within(call.wait_ms / 1000 + _GRACE_S, future)
            except asyncio.TimeoutError:
                self._laptop.was_silent()
                continue
            if call.wait_ms < LONG_POLL_MS:
                self.pace.heard(len(answer.body), self.pace.clock() - began)
            return answer
        told = texts.laptop_silent(self._laptop.address)
        raise LaptopUnreachable("laptop_unreachable", *told)

    async def fetch(self, call: Call) -> Answer:
        """An answer for the agent: AgentLost as soon as nobody is there to take it."""
        return await self.while_agent_lives(self.call(call))

    async def while_agent_lives(self, awaited: Awaitable[_T]) -> _T:
        """What the agent of now is to say. AgentLost as soon as it cannot; another could not."""
        task = asyncio.ensure_future(awaited)
        await first_of(task, self._agent_gone.wait())
        if not task.done():
            lost = self._lost or AgentLost("agent_lost", *texts.NO_AGENT)
            # One for each: an exception that is raised again and again grows a tail of frames.
            raise AgentLost(lost.code, lost.message, lost.remedy)
        return task.result()

    def call_beside(self, call: Call) -> None:
        """Send a call whose answer nobody needs."""
        task = asyncio.get_running_loop().create_task(self._try(call))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _try(self, call: Call) -> None:
        try:
            await self.call(call)
        except NotesyncError as error:
            _log.info("notesync: %s %s was not heard: %s", call.method, call.path, error)

    async def call_or(self, call: Call, woken: asyncio.Event) -> Answer | None:
        """The answer, or None when something happened that makes the question pointless."""
        asked = asyncio.ensure_future(self.call(call))
        await first_of(asked, woken.wait())
        return asked.result() if asked.done() else None
