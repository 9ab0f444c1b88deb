"""Keeps this kernel connected to an agent: finds or starts one, and another when it is lost.

Any thread may call. Implements `receiver.Agents`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait

from . import agent_client, agent_process, texts
from ._loop import in_background
from ._place import Place
from .agent_client import PATIENCE_S, AgentClient
from .errors import AgentLost, AgentSilent
from .messages import agent as words
from .messages.agent import ConnectionFile, Reply, Request
from .messages.events import Applied, Event, Recall

_ANSWERS_WITHIN_S = 5.0
_HANGS_AFTER_S = 0.75


class AgentLink:
    """The one connection of this kernel to the agent of this user and machine."""

    def __init__(
        self, kernel: str, on_event: Callable[[Event], None], on_lost: Callable[[AgentLost], None]
    ) -> None:
        self._kernel = kernel
        self._on_event = on_event
        self._on_lost = on_lost
        self._client: AgentClient | None = None
        self._lock = threading.Lock()
        self.place = Place(self.request, self.listened)
        self._starting: Future[None] | None = None

    @property
    def agent(self) -> ConnectionFile | None:
        """The agent that this kernel talks to, if any."""
        client = self._client
        return client.agent if client is not None and client.alive else None

    def request(self, request: Request, timeout_s: float = PATIENCE_S) -> Future[Reply]:
        """Send a request; fails with AgentLost where no agent is connected."""
        client = self._client
        if client is None:
            future: Future[Reply] = Future()
            future.set_exception(AgentLost("agent_lost", *texts.NO_AGENT))
            return future
        return client.request(request, timeout_s)

    def patiently(self, request: Request, timeout_s: float) -> Reply:
        """Send a request and wait as long as the agent lives: one that hangs costs a second.

        Raises AgentRefused, AgentLost, or AgentSilent.
        """
        asked = self.request(request, timeout_s)
        while True:
            pinged = self.request(words.ping(), _HANGS_AFTER_S)
            wait((asked, pinged), _HANGS_AFTER_S + 1.0, FIRST_COMPLETED)
            if not asked.done() and pinged.exception() is not None:
                raise AgentSilent("agent_silent", *texts.agent_hangs_on(request.type))
            wait((asked,), _HANGS_AFTER_S)
            if asked.done():
                return asked.result()

    def ready(self) -> Future[None]:
        """Done where an agent is connected; else as `renew`."""
        if self.agent is None:
            return self.renew()
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def renew(self) -> Future[None]:
        """Connect, in the background: at once where the agent is there, else by starting one.

        Fails with JavaMissing or AgentNotStarted. Calls while one is under way share it.
        """
        with self._lock:
            if self._starting is None or self._starting.done():
                self._starting = in_background(self._connect, "notesync-start")
            return self._starting

    def _connect(self) -> None:
        client = self._client
        if client is not None and client.alive and self._answers(client.agent):
            return
        agent = agent_process.ensure(self._answers, self._stop)
        self.place.lost()
        fresh = AgentClient(agent, self._kernel, self._hear, self._lose, self.place.give_up)
        self._client = fresh
        if client is not None:
            client.close()

    @staticmethod
    def _answers(agent: ConnectionFile) -> bool:
        return agent_client.answers(agent, _ANSWERS_WITHIN_S)

    @staticmethod
    def _stop(agent: ConnectionFile) -> None:
        agent_client.ask_to_stop(agent, why="replaced")

    def _hear(self, event: Event) -> None:
        if isinstance(event, Recall):
            self.place.give_up()
        else:
            self._on_event(event)
        if isinstance(event, Applied) and not event.more:
            self.place.way_is_free()

    def _lose(self, error: AgentLost) -> None:
        self.place.lost()
        self._on_lost(error)

    def listened(self) -> float:
        """When everything that the agent had sent was last read, by the monotonic clock."""
        client = self._client
        return client.listened if client is not None and client.alive else -math.inf

    def heard(self) -> float:
        """When the agent was last heard, by the monotonic clock."""
        client = self._client
        return client.heard if client is not None else 0.0

    def stop(self) -> None:
        """Ask the agent to leave, for all kernels."""
        client = self._client
        if client is not None and client.alive:
            agent_client.ask_to_stop(client.agent)
            self.close()

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
