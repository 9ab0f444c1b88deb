"""A receiver between a fake laptop and a fake agent: no sockets, no clock, no threads.

The fakes answer at once or when the test says so, in any order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from notesync._place import Place
from notesync._replica import Moment
from notesync.errors import (
    AgentLost,
    AgentRefused,
    NotesyncError,
)
from notesync.messages import CHUNK_BYTES, Cursor, dumps, events, pack_envelope
from notesync.messages.agent import Attached, Reply, Request
from notesync.messages.laptop import Answer, Call, introduce
from notesync.receiver import Receiver

REPLICA = "1f" * 16
EPOCH = "e0" * 16
TREES = [f"{number:064x}" for number in range(100)]


class Laptop:
    """Sequences of streams. `bend` may answer a call in place of the usual answer."""

    address = "http://laptop"
    answers_in_cells = True

    def __init__(self) -> None:
        self.legs = {"laptop": "fake"}
        self.streams: list[bytes] = []
        self.epoch = EPOCH
        self.calls: list[Call] = []
        self.polls: list[tuple[Call, Future[Answer]]] = []
        self.bend: list[Callable[[Call], Answer | Exception | Future[Answer] | None]] = []
        self.reports: list[dict[str, Any]] = []
        self.silent = 0

    def was_silent(self) -> None:
        self.silent += 1

    def doubt(self) -> None:
        pass

    def save(self, stream: bytes) -> None:
        """A new sequence; open long polls are answered."""
        self.streams.append(stream)
        polls, self.polls = self.polls, []
        for call, future in polls:
            if not future.cancelled():
                future.set_result(self.answer(call))

    def send(self, call: Call) -> Future[Answer]:
        self.calls.append(call)
        future: Future[Answer] = Future()
        for bend in list(self.bend):
            bent = bend(call)
            if isinstance(bent, Future):
                return bent
            if bent is not None:
                if isinstance(bent, Exception):
                    future.set_exception(bent)
                else:
                    future.set_result(bent)
                return future
        waits = call.path.endswith("/next") and (call.json or {})["wait_ms"] > 0
        answer = self.answer(call)
        if waits and b'"current"' in answer.body:
            self.polls.append((call, future))
        else:
            future.set_result(answer)
        return future

    def answer(self, call: Call) -> Answer:
        if call.path.endswith("/next"):
            return Answer(200, self.next(call.json or {}))
        if call.path.endswith("/chunk"):
            return Answer(200, self.chunk(call.json or {}))
        if call.path.endswith("/report"):
            self.reports.append(call.json or {})
        return Answer(200, dumps({"tree": TREES[0]}))

    def next(self, asked: dict[str, Any]) -> bytes:
        cursor = asked["cursor"]
        if cursor is not None and cursor["epoch"] != self.epoch:
            return pack_envelope({"state": "exchange"})
        has = cursor["sequence"] if cursor else 0
        if "tree" not in asked and has < len(self.streams):
            return pack_envelope({"state": "exchange"})
        if asked["inline"] == 0 and asked.get("tree", TREES[has]) != TREES[has]:
            return pack_envelope({"state": "exchange"})
        if has >= len(self.streams):
            return pack_envelope({"state": "current", "cursor": cursor})
        stream = self.streams[-1]
        batch = descriptor(cursor, len(self.streams), len(stream), self.epoch, asked["plain"])
        first = stream[: asked["inline"]]
        told = {"state": "batch", "batch": batch, "offset": 0, "end": first == stream}
        return pack_envelope(told, first)

    def chunk(self, asked: dict[str, Any]) -> bytes:
        batch, at = asked["batch"], asked["offset"]
        stream = self.streams[int(batch[:8], 16) - 1]
        piece = stream[at : at + asked["max"]]
        told = {"batch": batch, "offset": at, "end": at + len(piece) >= len(stream)}
        return pack_envelope(told, piece)

    def close(self) -> None:
        pass

    def asked_for(self, end: str) -> int:
        return sum(call.path.split("?")[0].endswith(end) for call in self.calls)


def descriptor(
    cursor: dict[str, Any] | None, to: int, size: int, epoch: str, plain: bool = False
) -> dict[str, Any]:
    start = cursor["sequence"] if cursor else 0
    return {
        "batch": f"{to:08x}{start:08x}{int(plain):016x}",
        "from": cursor,
        "to": {"epoch": epoch, "sequence": to},
        "encoding": "identity",
        "manifest_size": 1,
        "manifest_digest": "0" * 64,
        "payload_size": 0,
        "stream_size": size,
        "changes": 1,
    }


class Agents:
    """One replica. `refuse` may answer a request with an error, `hold` keeps batches staged."""

    def __init__(self) -> None:
        self.cursor: Cursor | None = None
        self.tree = TREES[0]
        self.kinds: list[str] = []
        self.asked: list[Request] = []
        self.received: dict[str, bytes] = {}
        self.applied: list[bytes] = []
        self.refuse: list[Callable[[Request], AgentRefused | None]] = []
        self.hold = False
        self.halts = False
        self.has = False
        self.lost = False
        self.renewed = 0
        self.carrier = True
        self.tell: Callable[[events.Event], None] = lambda _event: None
        self._offered: dict[str, Any] = {}
        self.place = Place(self.request, lambda: 0.0)

    def request(self, request: Request, _timeout_s: float = 0) -> Future[Reply]:
        self.kinds.append(request.type)
        self.asked.append(request)
        future: Future[Reply] = Future()
        refused = next((r for bend in self.refuse if (r := bend(request)) is not None), None)
        if self.lost:
            future.set_exception(AgentLost("agent_died", "gone"))
        elif refused is not None:
            future.set_exception(refused)
        else:
            answer = getattr(self, f"on_{request.type}", None)
            try:
                told = answer(request) if answer else {}
            except AgentRefused as error:
                future.set_exception(error)
            else:
                future.set_result(Reply(told, b"manifest"))
        return future

    def ready(self) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def renew(self) -> Future[None]:
        self.renewed += 1
        self.lost = False
        future: Future[None] = Future()
        future.set_result(None)
        return future

    def on_attach(self, _request: Request) -> dict[str, Any]:
        cursor = self.cursor.json() if self.cursor else None
        return {"replica": REPLICA, "cursor": cursor, "tree": self.tree, "carrier": False}

    def on_carry(self, request: Request) -> dict[str, Any]:
        return {"carrier": self.carrier and not request.fields.get("give_up")}

    def on_manifest(self, _request: Request) -> dict[str, Any]:
        return {"parts": 1}

    def on_adopt(self, request: Request) -> dict[str, Any]:
        self.cursor = Cursor.of(request.fields["cursor"])
        return {}

    def on_offer(self, request: Request) -> dict[str, Any]:
        batch = request.fields["batch"]
        start = Cursor.of(batch["from"])
        if start is not None and start != self.cursor:
            raise AgentRefused("cursor_mismatch", "not from there")
        self._offered = batch
        if self.has:
            asyncio.get_running_loop().call_soon(self._say_what_became_of, batch["batch"])
            return {"state": "have", "offset": 0}
        have = self.received.setdefault(batch["batch"], b"")
        return {"state": "accept", "offset": len(have)}

    def on_chunk(self, request: Request) -> dict[str, Any]:
        ident, offset = request.fields["batch"], request.fields["offset"]
        have = self.received[ident]
        if offset > len(have):
            raise AgentRefused("chunk_gap", "a gap", offset=len(have))
        if offset < len(have):
            raise AgentRefused("chunk_overlap", "known", offset=len(have))
        self.received[ident] = have + request.body
        if request.fields["end"]:
            self._whole(ident)
        return {"offset": len(have) + len(request.body)}

    def _whole(self, ident: str) -> None:
        to = Cursor.of(self._offered["to"])
        assert to is not None
        self.tell(events.Staged(REPLICA, ident, to))
        self._say_what_became_of(ident)

    def _say_what_became_of(self, ident: str) -> None:
        if self.halts:
            self.tell(events.Halted(REPLICA, ident, 20, 30, "deletes 20 of 30"))
        elif self.hold:
            self.tell(events.Waiting(REPLICA, ident, ("kernel-2",)))
        else:
            self.apply(ident)

    def apply(self, ident: str) -> None:
        start, self.cursor = self.cursor, Cursor.of(self._offered["to"])
        assert self.cursor is not None
        self.tree = TREES[self.cursor.sequence]
        self.applied.append(self.received.pop(ident))
        self.tell(applied(ident, start, self.cursor, self.tree))


def applied(
    batch: str | None, start: Cursor | None, to: Cursor | None, tree: str, reason: str = "batch"
) -> events.Applied:
    return events.Applied(REPLICA, batch, start, to, tree, None, reason, (), False, ())


@dataclass
class Story:
    """A receiver with its two fakes, running on the test's loop."""

    laptop: Laptop = field(default_factory=Laptop)
    agents: Agents = field(default_factory=Agents)
    states: list[tuple[str, str]] = field(default_factory=list)
    errors: list[NotesyncError] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    attached: int = 0
    gone: list[bool] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    news: list[tuple[Cursor, float]] = field(default_factory=list)
    in_cell: bool = False
    sleeps_long: bool = False

    def start(self) -> asyncio.Task[None]:
        self.receiver = Receiver(
            self.laptop,
            self.agents,
            "/replica",
            "shop",
            self._introduce,
            self,
            lambda: self.gone.pop() if self.gone else False,
            self._sleep,
            lambda: self.in_cell,
        )
        loop = asyncio.get_running_loop()
        self.agents.tell = lambda event: loop.call_soon(self.receiver.on_event, event)
        self.task = asyncio.ensure_future(self.receiver.run())
        return self.task

    @staticmethod
    def _introduce(attached: Attached) -> Call:
        return introduce(
            attached.replica, label="k", machine="m", root="/r", versions={}, legs={}, notes=[]
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(3600 if self.sleeps_long else 0)

    def on_attached(self, _attached: Attached) -> None:
        self.attached += 1

    def on_state(self, state: str, detail: str = "") -> None:
        self.states.append((state, detail))
        self.told.append(state)

    def on_news(self, to: Cursor, saved: Moment) -> None:
        self.news.append((to, saved))

    def on_error(self, error: NotesyncError) -> None:
        self.errors.append(error)
        self.told.append("error")

    async def until(self, reached: Callable[[], object]) -> None:
        for _ in range(2000):
            if reached():
                return
            await asyncio.sleep(0)
        raise AssertionError(f"never: {self.states[-5:]}, {self.errors[-3:]}")

    async def begin(self) -> None:
        self.start()
        await self.quiet()

    async def stand_by(self) -> None:
        """Begins beside another kernel that carries."""
        self.agents.carrier = False
        self.start()
        await self.until(lambda: self.states and self.states[-1][0] == "standby")

    async def quiet(self) -> None:
        """Until nothing moves any more: a long poll is open."""
        await self.until(lambda: self.laptop.polls)
        for _ in range(20):
            await asyncio.sleep(0)


def run(test: Callable[[Story], Awaitable[None]]) -> None:
    async def whole() -> None:
        story = Story()
        try:
            await test(story)
        finally:
            task = getattr(story, "task", None)
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(whole())


STREAMS = {
    "tiny": b"a",
    "inline": b"b" * CHUNK_BYTES,
    "one over": b"c" * (CHUNK_BYTES + 1),
    "many": bytes(range(256)) * 6000,
}
