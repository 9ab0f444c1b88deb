"""The kernel's end of the connection to the agent: the only module that knows ZeroMQ.

One thread owns the socket (ZeroMQ sockets belong to one thread). Any thread may `request`; the
answer comes as a Future. Events are handed to `on_event` on the client's thread: it must only
queue. When the agent dies, is replaced or forgets this kernel, every open request fails with
AgentLost and `on_lost` is told once; the client is then used up.
"""

from __future__ import annotations

import collections
import itertools
import logging
import math
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import zmq

from . import _process, texts, wire
from ._place import TRUSTED_S
from .errors import AgentLost, AgentSilent, NotesyncError
from .messages import LARGEST_BODY, check_hello
from .messages import agent as words
from .messages.agent import ConnectionFile, Incoming, Reply, Request
from .messages.events import Event, Leaving, event_of

_log = logging.getLogger("notesync.agent")
_TICK_MS = 500
_LOOK_S = 0.1
_HEARTBEAT_MS = 2_000
PATIENCE_S = 60.0
_PING_WHEN_IDLE_S = 4.0

OnEvent = Callable[[Event], None]
OnLost = Callable[[AgentLost], None]


@dataclass
class _Open:
    """A request that waits for its answer."""

    future: Future[Reply]
    deadline: float
    kind: str


class AgentClient:
    """A session with one agent process."""

    def __init__(
        self,
        agent: ConnectionFile,
        kernel: str,
        on_event: OnEvent,
        on_lost: OnLost,
        on_stalled: Callable[[], None] = lambda: None,
    ) -> None:
        self.agent = agent
        self._kernel = kernel
        self._on_event = on_event
        self._on_lost = on_lost
        self._on_stalled = on_stalled
        self._queue: collections.deque[tuple[Request, _Open]] = collections.deque()
        self._open: dict[int, _Open] = {}
        self._ids = itertools.count(1)
        self._numbers = itertools.count(1)
        self._nonce = secrets.token_bytes(16)
        self._signer = wire.Signer(agent.key, self._nonce)
        self._hello_id = 0
        self._closing = False
        self._ended: AgentLost | None = None
        self._lock = threading.Lock()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        # When anything was last heard, and when all that had come was last read; for any thread.
        self.heard = self.listened = time.monotonic()
        self._looked = 0.0
        self._sent = 0.0
        self._thread = threading.Thread(target=self._run, name="notesync-agent", daemon=True)
        self._thread.start()

    # -- any thread

    def request(self, request: Request, timeout_s: float = PATIENCE_S) -> Future[Reply]:
        """Send a request. The Future fails with AgentRefused, AgentLost, or AgentSilent."""
        future: Future[Reply] = Future()
        with self._lock:
            ended = self._ended
            if ended is None:
                deadline = time.monotonic() + timeout_s
                self._queue.append((request, _Open(future, deadline, request.type)))
        if ended is not None:
            future.set_exception(ended)
        else:
            self._wake()
        return future

    def close(self) -> None:
        """End the session; open requests fail. Waits for the thread, unless called on it."""
        self._closing = True
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=2.0)

    @property
    def alive(self) -> bool:
        return self._ended is None

    def _wake(self) -> None:
        try:
            self._wake_out.send(b"!")
        except (BlockingIOError, OSError):
            pass  # Full: it will wake anyway. Closed: there is nothing to wake.

    # -- the client's own thread

    def _run(self) -> None:
        context = zmq.Context()
        dealer = context.socket(zmq.DEALER)
        dealer.setsockopt(zmq.IDENTITY, wire.identity())
        dealer.setsockopt(zmq.LINGER, 200)
        dealer.setsockopt(zmq.MAXMSGSIZE, LARGEST_BODY)
        dealer.setsockopt(zmq.SNDHWM, 1_000)
        dealer.setsockopt(zmq.RCVHWM, 0)
        dealer.setsockopt(zmq.HEARTBEAT_IVL, _HEARTBEAT_MS)
        dealer.setsockopt(zmq.HEARTBEAT_TIMEOUT, 5 * _HEARTBEAT_MS)
        dealer.setsockopt(zmq.HEARTBEAT_TTL, 5 * _HEARTBEAT_MS)
        try:
            dealer.connect(f"tcp://127.0.0.1:{self.agent.port}")
            poller = zmq.Poller()
            poller.register(dealer, zmq.POLLIN)
            poller.register(self._wake_in, zmq.POLLIN)
            self._say_hello(dealer)
            while self._ended is None:
                self._turn(dealer, poller)
                if self._closing:
                    self._send_queued(dealer)
                    self._end(AgentLost("agent_closed", texts.AGENT_CLOSED), tell=False)
        except Exception as error:
            _log.exception("notesync: the connection to the agent ended")
            self._end(AgentLost("agent_lost", texts.agent_lost(str(error))))
        finally:
            dealer.close()
            context.term()
            self._wake_in.close()
            self._wake_out.close()

    def _turn(self, dealer: zmq.Socket[bytes], poller: zmq.Poller) -> None:
        poller.poll(self._patience_ms())
        polled = time.monotonic()
        if polled - self.listened > TRUSTED_S:
            self._on_stalled()  # This process was stopped, or starved; what came may be lost.
        self._drain_wake()
        while self._ended is None:
            try:
                frames = dealer.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            self._receive(frames)
        self.listened = polled
        if self._signer.established:
            self._send_queued(dealer)
            if time.monotonic() - self._sent > _PING_WHEN_IDLE_S:
                # An agent that hears nobody for some minutes leaves.
                self._send(dealer, words.ping(), next(self._ids))
        self._look_at_clock()

    def _drain_wake(self) -> None:
        try:
            while self._wake_in.recv(4096):
                pass
        except (BlockingIOError, OSError):
            pass

    def _patience_ms(self) -> int:
        waiting = [*self._open.values(), *(waiting for _, waiting in list(self._queue))]
        left = min((one.deadline for one in waiting), default=math.inf) - time.monotonic()
        return max(0, int(min(left * 1000 + 1, _TICK_MS)))

    def _say_hello(self, dealer: zmq.Socket[bytes]) -> None:
        self._nonce = secrets.token_bytes(16)
        self._signer = wire.Signer(self.agent.key, self._nonce)
        self._hello_id = next(self._ids)
        self._send(dealer, words.say_hello(self._nonce, os.getpid(), self._kernel), self._hello_id)

    def _send(self, dealer: zmq.Socket[bytes], request: Request, ident: int) -> None:
        number = next(self._numbers)
        self._sent = time.monotonic()
        header = words.header_of(request, ident, number)
        dealer.send_multipart(self._signer.frames(number, header, request.body))

    def _send_queued(self, dealer: zmq.Socket[bytes]) -> None:
        while self._queue:
            request, waiting = self._queue.popleft()
            ident = next(self._ids)
            self._open[ident] = waiting
            self._send(dealer, request, ident)

    def _receive(self, frames: list[bytes]) -> None:
        parts = wire.split(frames)
        if parts is None:
            return
        signed, header, body = parts
        try:
            message = words.parse(header, body)
        except NotesyncError as error:
            _log.warning("notesync: the agent sent what cannot be read: %s", error)
            return
        if message.kind == "unknown_session":
            if self._signer.says_unknown(signed, message.number, header, body):
                self._forgotten()
            return
        is_hello = message.re == self._hello_id
        nonce = words.nonce_of(header) if is_hello else None
        if not self._signer.accepts(signed, message.number, header, body, nonce):
            return
        self.heard = time.monotonic()
        if is_hello:
            self._greeted(message)
        elif message.re is not None:
            self._answered(message)
        else:
            self._told(message)

    def _forgotten(self) -> None:
        """The agent does not know us: all that is open is lost, a new client says hello again."""
        if self._signer.established:
            self._end(AgentLost("unknown_session", texts.AGENT_FORGOT))

    def _greeted(self, message: Incoming) -> None:
        try:
            if message.kind == "error":
                raise message.error()
            check_hello(message.header, "agent")
        except NotesyncError as error:
            self._end(AgentLost(error.code, error.message, error.remedy))

    def _answered(self, message: Incoming) -> None:
        assert message.re is not None
        waiting = self._open.pop(message.re, None)
        if waiting is None or waiting.future.done():
            return
        if message.kind == "error":
            _fail(waiting.future, message.error())
        else:
            _give(waiting.future, Reply(message.header, message.body))

    def _told(self, message: Incoming) -> None:
        try:
            event = event_of(message.header)
        except NotesyncError as error:
            _log.warning("notesync: an event of the agent cannot be read: %s", error)
            return
        if event is None:
            return
        try:
            self._on_event(event)
        except Exception:
            _log.exception("notesync: a listener failed on %s", type(event).__name__)
        if isinstance(event, Leaving):
            self._end(AgentLost(f"agent_left_{event.why}", texts.agent_left(event.why)))

    def _look_at_clock(self) -> None:
        now = time.monotonic()
        late = [ident for ident, waiting in self._open.items() if waiting.deadline <= now]
        overdue = [self._open.pop(ident) for ident in late]
        with self._lock:
            unsent = [pair for pair in self._queue if pair[1].deadline <= now]
            for pair in unsent:
                self._queue.remove(pair)
        for waiting in [*overdue, *(waiting for _, waiting in unsent)]:
            _fail(waiting.future, AgentSilent("agent_silent", texts.agent_silent(waiting.kind)))
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        if not _process.is_alive(self.agent.pid, self.agent.started):
            self._end(AgentLost("agent_died", texts.agent_died_suddenly(self.agent.pid)))

    def _end(self, error: AgentLost, tell: bool = True) -> None:
        with self._lock:
            if self._ended is not None:
                return
            self._ended = error
            open_now = [*self._open.values(), *(waiting for _, waiting in self._queue)]
            self._open.clear()
            self._queue.clear()
        for waiting in open_now:
            _fail(waiting.future, error)
        if tell:
            self._on_lost(error)


def _give(future: Future[Reply], reply: Reply) -> None:
    if future.set_running_or_notify_cancel():
        future.set_result(reply)


def _fail(future: Future[Reply], error: Exception) -> None:
    if future.set_running_or_notify_cancel():
        future.set_exception(error)


def answers(agent: ConnectionFile, within_s: float = 2.0) -> bool:
    """Whether an agent answers a signed ping in time."""
    return _once(agent, words.ping(), within_s) is not None


def ask_to_stop(agent: ConnectionFile, within_s: float = 5.0, why: str = "stopped") -> bool:
    """Ask an agent to finish what it writes and to leave."""
    return _once(agent, words.stop(why), within_s) is not None


def ask(agent: ConnectionFile, request: Request, within_s: float = 5.0) -> Reply:
    """One request in a session of its own. Raises what the agent or the clock says."""
    client = AgentClient(agent, "notesync", lambda _event: None, lambda _error: None)
    try:
        return client.request(request, within_s).result(within_s + 1.0)
    finally:
        client.close()


def _once(agent: ConnectionFile, request: Request, within_s: float) -> Reply | None:
    try:
        return ask(agent, request, within_s)
    except (NotesyncError, TimeoutError):
        return None
