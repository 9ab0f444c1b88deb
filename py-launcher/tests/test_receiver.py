"""The sync loop against a fake laptop and a fake agent: no sockets, no clock, no threads.

The fakes answer at once or when the test says so, in any order.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from notesync import texts
from notesync._replica import Fresh
from notesync.errors import (
    AgentLost,
    AgentRefused,
    LaptopUnreachable,
    NotesyncError,
    PermissionRefused,
    Unpaired,
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
        if call.path.startswith("/v1/batches/"):
            return Answer(200, self.chunk(call.path))
        if call.path.endswith("/report"):
            self.reports.append(call.json or {})
        return Answer(200, dumps({"tree": TREES[0]}))

    def next(self, asked: dict[str, Any]) -> bytes:
        cursor = asked["cursor"]
        if cursor is not None and cursor["epoch"] != self.epoch:
            return pack_envelope({"state": "exchange"})
        has = cursor["sequence"] if cursor else 0
        if has >= len(self.streams):
            return pack_envelope({"state": "current", "cursor": cursor})
        stream = self.streams[-1]
        batch = descriptor(cursor, len(self.streams), len(stream), self.epoch, asked["plain"])
        first = stream[: asked["inline"]]
        told = {"state": "batch", "batch": batch, "offset": 0, "end": first == stream}
        return pack_envelope(told, first)

    def chunk(self, path: str) -> bytes:
        batch = path.split("/")[3].split("?")[0]
        query = dict(one.split("=") for one in path.split("?")[1].split("&"))
        stream = self.streams[int(batch[:8], 16) - 1]
        at = int(query["offset"])
        piece = stream[at : at + int(query["max"])]
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

    def request(self, request: Request, _timeout_s: float = 0) -> Future[Reply]:
        self.kinds.append(request.type)
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

    def on_carry(self, _request: Request) -> dict[str, Any]:
        return {"carrier": self.carrier}

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
    in_cell: bool = False

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
        await asyncio.sleep(0)

    def on_attached(self, _attached: Attached) -> None:
        self.attached += 1

    def on_state(self, state: str, detail: str = "") -> None:
        self.states.append((state, detail))
        self.told.append(state)

    def on_error(self, error: NotesyncError) -> None:
        self.errors.append(error)
        self.told.append("error")

    async def until(self, reached: Callable[[], object]) -> None:
        for _ in range(2000):
            if reached():
                return
            await asyncio.sleep(0)
        raise AssertionError(f"never: {self.states[-5:]}, {self.errors[-3:]}")

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


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_a_saved_stream_arrives_whole_and_is_reported(stream: bytes) -> None:
    async def test(story: Story) -> None:
        story.laptop.save(stream)
        story.start()
        await story.quiet()
        assert story.agents.applied == [stream]
        assert [report["state"] for report in story.laptop.reports] == ["applied"]
        assert story.states[-1][0] == "applied"

    run(test)


def test_each_save_arrives_while_a_long_poll_is_open() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        for number in range(5):
            story.laptop.save(b"%d" % number)
            await story.quiet()
        assert story.agents.applied == [b"0", b"1", b"2", b"3", b"4"]

    run(test)


def test_at_most_two_chunks_are_in_flight() -> None:
    async def test(story: Story) -> None:
        most = [0]
        open_now: list[Future[Answer]] = []
        send = story.laptop.send

        def slow(call: Call) -> Future[Answer]:
            if not call.path.startswith("/v1/batches/"):
                return send(call)
            future: Future[Answer] = Future()
            open_now.append(future)
            most[0] = max(most[0], sum(not one.done() for one in open_now))
            answer = send(call).result()
            loop = asyncio.get_running_loop()
            loop.call_later(0.001, lambda: future.done() or future.set_result(answer))
            return future

        story.laptop.send = slow  # type: ignore[method-assign]
        story.laptop.save(STREAMS["many"])
        story.start()
        while not story.agents.applied:
            await asyncio.sleep(0.001)
        assert story.agents.applied == [STREAMS["many"]]
        assert most[0] == 2

    run(test)


def test_a_short_chunk_is_asked_for_again_from_where_it_ended() -> None:
    """A stream that is still in the making answers with what there is."""

    async def test(story: Story) -> None:
        stream = STREAMS["many"]
        cuts = itertools.count()

        def short(call: Call) -> Answer | None:
            if not call.path.startswith("/v1/batches/") or next(cuts) % 3:
                return None
            at = int(call.path.split("offset=")[1].split("&")[0])
            piece = stream[at : at + 1000]
            batch = call.path.split("/")[3].split("?")[0]
            return Answer(200, pack_envelope({"batch": batch, "offset": at, "end": False}, piece))

        story.laptop.bend.append(short)
        story.laptop.save(stream)
        story.start()
        await story.quiet()
        assert story.agents.applied == [stream]

    run(test)


def test_a_lost_laptop_is_asked_again_and_the_transfer_resumes() -> None:
    async def test(story: Story) -> None:
        stream = STREAMS["many"]
        fails = iter([False, True, False, True, False, False, False, False])

        def lossy(call: Call) -> Exception | None:
            if call.path.startswith("/v1/batches/") and next(fails, False):
                return LaptopUnreachable("laptop_unreachable", "no answer")
            return None

        story.laptop.bend.append(lossy)
        story.laptop.save(stream)
        story.start()
        await story.quiet()
        assert story.agents.applied == [stream]
        assert ("away", "no answer") in story.states
        offsets = [call.path for call in story.laptop.calls if "offset=0&" in call.path]
        assert offsets == [], "what had arrived was asked for again"

    run(test)


def test_doubled_and_lost_chunks_are_mended_by_the_offset() -> None:
    async def test(story: Story) -> None:
        stream = STREAMS["many"]
        turns = itertools.count()
        receive = story.agents.on_chunk

        def noisy(request: Request) -> dict[str, Any]:
            turn = next(turns)
            if turn == 1:  # Taken, but the receiver hears of an overlap: it was delivered twice.
                receive(request)
                return receive(request)
            if turn == 3:  # Lost on the way: the agent sees a gap at the next one.
                raise AgentRefused(
                    "chunk_gap", "lost", offset=len(story.agents.received[request.fields["batch"]])
                )
            return receive(request)

        story.agents.on_chunk = noisy  # type: ignore[method-assign]
        story.laptop.save(stream)
        story.start()
        await story.quiet()
        assert story.agents.applied == [stream]

    run(test)


def test_a_transfer_that_never_gets_on_ends_without_ending_the_loop() -> None:
    async def test(story: Story) -> None:
        stuck = AgentRefused("chunk_gap", "always", offset=0)
        story.agents.refuse.append(lambda r: stuck if r.type == "chunk" else None)
        story.laptop.save(STREAMS["many"])
        story.start()
        await story.until(lambda: story.errors)
        assert "does not get past" in str(story.errors[0])
        story.agents.refuse.clear()
        await story.quiet()
        assert story.agents.applied == [STREAMS["many"]]

    run(test)


def test_an_unknown_epoch_is_settled_by_an_exchange() -> None:
    async def test(story: Story) -> None:
        story.agents.cursor = Cursor("d0" * 16, 40)
        exchanged = []

        def known_after_manifest(call: Call) -> Answer | None:
            if call.path.endswith("/manifest"):
                exchanged.append(call.body)
                story.agents.cursor = None
                story.receiver.replica.cursor = None  # type: ignore[union-attr]
            return None

        story.laptop.bend.append(known_after_manifest)
        story.laptop.save(b"all of it")
        story.start()
        await story.quiet()
        assert exchanged == [b"manifest"]
        assert story.agents.applied == [b"all of it"]

    run(test)


def test_current_under_another_cursor_is_adopted() -> None:
    async def test(story: Story) -> None:
        cursor = Cursor(EPOCH, 9)

        def current(call: Call) -> Answer | None:
            asked = call.json or {}
            if call.path.endswith("/next") and asked["cursor"] != cursor.json():
                return Answer(200, pack_envelope({"state": "current", "cursor": cursor.json()}))
            return None

        story.laptop.bend.append(current)
        story.start()
        await story.quiet()
        assert story.agents.cursor == cursor
        assert story.agents.kinds.count("adopt") == 1

    run(test)


def test_missing_content_is_asked_for_plainly_once() -> None:
    async def test(story: Story) -> None:
        def missing(request: Request) -> AgentRefused | None:
            plain = request.type == "offer" and int(request.fields["batch"]["batch"][16:])
            if request.type == "offer" and not plain:
                return AgentRefused("content_missing", "b.py is not what it was")
            return None

        story.agents.refuse.append(missing)
        story.laptop.save(b"copy")
        story.start()
        await story.quiet()
        assert story.agents.applied == [b"copy"]
        asked = [c.json["plain"] for c in story.laptop.calls if c.path.endswith("/next") and c.json]
        assert asked == [False, True, False]

    run(test)


def test_a_batch_that_waits_is_not_sent_again() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        story.agents.hold = True
        story.laptop.save(b"one")
        await story.quiet()
        assert story.states[-1] == ("waiting", "1")
        for _ in range(50):
            await asyncio.sleep(0)
        assert story.agents.kinds.count("offer") == 1
        assert story.laptop.reports[-1]["state"] == "waiting"

    run(test)


def test_a_newer_save_takes_the_place_of_the_batch_that_waits() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        story.agents.hold = True
        story.laptop.save(b"one")
        await story.quiet()
        story.agents.hold = False
        story.laptop.save(b"two")
        await story.quiet()
        assert story.agents.applied == [b"two"]

    run(test)


def test_a_halted_batch_waits_for_the_answer_given_on_the_laptop() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        story.agents.halts = True
        story.laptop.save(b"deletes much")
        await story.quiet()
        assert story.states[-1] == ("halted", "deletes 20 of 30")
        assert story.laptop.reports[-1]["state"] == "halted"
        batch = story.agents._offered["batch"]
        confirmed = pack_envelope(
            {"state": "current", "cursor": None, "confirmed": [batch], "declined": []}
        )
        _, poll = story.laptop.polls.pop()
        poll.set_result(Answer(200, confirmed))
        await story.until(lambda: "confirm" in story.agents.kinds)
        story.agents.apply(batch)
        await story.quiet()
        assert story.receiver.replica is not None
        assert story.receiver.replica.parked is None

    run(test)


@pytest.mark.parametrize("code", ["path_refused", "digest_mismatch", "manifest_invalid"])
def test_a_refused_batch_is_reported_once_and_not_sent_again(code: str) -> None:
    async def test(story: Story) -> None:
        story.agents.refuse.append(
            lambda r: AgentRefused(code, "no", path="a.py") if r.type == "chunk" else None
        )
        story.laptop.save(b"bad")
        story.start()
        await story.quiet()
        assert story.states[-1][0] == "refused"
        assert [r["error"]["path"] for r in story.laptop.reports] == ["a.py"]
        assert story.agents.kinds.count("offer") == 1
        story.agents.refuse.clear()
        story.laptop.save(b"good")
        await story.quiet()
        assert story.agents.applied == [b"good"]

    run(test)


def test_a_full_disk_is_tried_again_by_itself() -> None:
    async def test(story: Story) -> None:
        story.agents.refuse.append(
            lambda r: AgentRefused("disk_full", "no space") if r.type == "chunk" else None
        )
        story.laptop.save(b"data")
        story.start()
        await story.quiet()
        assert story.states[-1][0] == "refused"
        story.agents.refuse.clear()
        call, poll = story.laptop.polls.pop()
        assert call.json is not None
        assert call.json["wait_ms"] == 5000
        poll.set_result(Answer(200, pack_envelope({"state": "current", "cursor": None})))
        await story.quiet()
        assert story.agents.applied == [b"data"]

    run(test)


def test_a_refused_batch_is_not_tried_again_before_its_time() -> None:
    """Whatever the laptop answers at once, only the end of the pause is a reason to try again."""

    async def test(story: Story) -> None:
        story.agents.refuse.append(
            lambda r: AgentRefused("io_error", "broken") if r.type == "chunk" else None
        )

        def impatient(call: Call) -> Answer | None:
            if call.path.endswith("/next") and call.json and call.json["inline"] == 0:
                return Answer(200, pack_envelope({"state": "exchange"}))
            return None

        story.laptop.bend.append(impatient)
        story.laptop.save(b"data")
        story.start()
        await story.until(lambda: len(story.slept) >= 20)
        assert story.agents.kinds.count("offer") == 1
        assert set(story.slept) == {1.0}

    run(test)


def test_a_replica_that_somebody_deleted_begins_again() -> None:
    async def test(story: Story) -> None:
        story.gone.append(True)
        errors = iter([AgentRefused("io_error", "no such file")])
        story.agents.refuse.append(lambda r: next(errors, None) if r.type == "chunk" else None)
        story.laptop.save(b"data")
        story.start()
        await story.quiet()
        assert story.agents.applied == [b"data"]
        assert story.attached == 2
        assert story.errors == []

    run(test)


@pytest.mark.parametrize(
    "error",
    [Unpaired("token_unknown", "pair again"), PermissionRefused("permission_refused", "blocked")],
    ids=["unpaired", "permission refused"],
)
def test_what_only_the_user_can_mend_is_asked_once(error: NotesyncError) -> None:
    async def test(story: Story) -> None:
        story.laptop.bend.append(lambda call: error if call.path.endswith("/next") else None)
        await asyncio.wait_for(story.start(), 5)
        assert story.laptop.asked_for("/next") == 1
        assert story.states[-1] == ("stopped", error.message)
        assert story.errors == [error]
        # Who waits for the state to settle finds the error there.
        assert story.told[-2:] == ["error", "stopped"]

    run(test)


def test_a_dead_agent_is_renewed_while_the_laptop_is_silent() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        story.agents.lost = True
        story.laptop.polls.clear()
        story.receiver.agent_lost(AgentLost("agent_died", "gone"))
        await story.quiet()
        assert story.agents.renewed == 1
        assert story.attached == 2

    run(test)


def test_a_dead_agent_is_renewed_while_the_laptop_sleeps_in_the_middle_of_a_batch() -> None:
    async def test(story: Story) -> None:
        sleeping: list[Future[Answer]] = []

        def asleep(call: Call) -> Future[Answer] | None:
            if not call.path.startswith("/v1/batches/") or story.agents.renewed:
                return None
            sleeping.append(Future())
            return sleeping[-1]

        story.laptop.bend.append(asleep)
        story.laptop.save(STREAMS["many"])
        story.start()
        await story.until(lambda: sleeping)
        story.receiver.agent_lost(AgentLost("agent_died", "gone"))
        await story.until(lambda: story.agents.renewed)
        await story.quiet()
        assert story.agents.applied == [STREAMS["many"]]

    run(test)


def test_a_dead_agent_is_renewed_while_cells_wait_for_a_laptop_that_sleeps() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()

        def asleep(call: Call) -> Future[Answer] | None:
            return Future() if (call.json or {}).get("fresh") else None

        story.laptop.bend.append(asleep)
        cells = [asyncio.ensure_future(story.receiver.fresh()) for _ in range(3)]
        await story.until(
            lambda: story.laptop.calls[-1].json and story.laptop.calls[-1].json["fresh"]
        )
        story.laptop.save(b"new")
        story.receiver.agent_lost(AgentLost("agent_died", "gone"))
        await story.until(lambda: story.agents.renewed)
        await story.quiet()
        assert story.agents.applied == [b"new"]
        told = await asyncio.gather(*cells, return_exceptions=True)
        assert [type(one) for one in told] == [AgentLost] * 3

    run(test)


def test_an_agent_stopped_by_the_user_stays_stopped() -> None:
    async def test(story: Story) -> None:
        task = story.start()
        await story.quiet()
        story.receiver.agent_lost(AgentLost("agent_left_stopped", "it was stopped"))
        await asyncio.wait_for(task, 5)
        assert story.agents.renewed == 0

    run(test)


def test_one_bad_answer_never_ends_the_loop() -> None:
    async def test(story: Story) -> None:
        bad = iter([b"", b"\0\0\0\1{", pack_envelope({"state": "party"}), b"\xff" * 9])

        def broken(call: Call) -> Answer | None:
            data = next(bad, None) if call.path.endswith("/next") else None
            return None if data is None else Answer(200, data)

        story.laptop.bend.append(broken)
        story.laptop.save(b"good")
        story.start()
        await story.quiet()
        assert story.agents.applied == [b"good"]
        assert len(story.errors) == 4

    run(test)


def test_the_pause_between_attempts_grows_to_a_limit() -> None:
    async def test(story: Story) -> None:
        gone = LaptopUnreachable("laptop_unreachable", "off")
        story.laptop.bend.append(lambda _call: gone)
        story.start()
        await story.until(lambda: len(story.slept) >= 10)
        assert story.slept[:4] == [0.5, 1.0, 2.0, 4.0]
        assert max(story.slept) == 30.0

    run(test)


def test_without_a_way_to_the_laptop_another_kernel_may_carry() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        gone = LaptopUnreachable("laptop_unreachable", "off")
        story.laptop.bend.append(lambda _call: gone)
        story.laptop.polls.pop()[1].set_exception(gone)
        await story.until(lambda: len(story.slept) >= 5)
        assert story.agents.kinds.count("detach") == 1
        story.laptop.bend.clear()
        await story.quiet()
        assert story.agents.kinds.count("carry") > 1

    run(test)


def test_fresh_with_nothing_new_is_one_question() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        before = story.laptop.asked_for("/next")
        fresh = await story.receiver.fresh()
        assert fresh == Fresh(None, False)
        assert story.laptop.asked_for("/next") == before + 1

    run(test)


def test_fresh_brings_what_was_saved_and_the_old_poll_does_no_harm() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        story.laptop.streams.append(b"saved")  # The long poll has not been answered yet.
        fresh = await story.receiver.fresh()
        assert fresh == Fresh(Cursor(EPOCH, 1), False)
        for call, poll in story.laptop.polls:
            poll.set_result(story.laptop.answer(call))
        story.laptop.polls.clear()
        await story.quiet()
        assert story.agents.applied == [b"saved"]
        assert story.agents.kinds.count("offer") == 1

    run(test)


def test_a_cell_that_loses_patience_does_not_stop_what_is_on_its_way() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        story.agents.halts = True
        story.laptop.streams.append(STREAMS["many"])
        asked = asyncio.ensure_future(story.receiver.fresh())
        await story.until(lambda: "chunk" in story.agents.kinds)
        asked.cancel()
        await story.until(lambda: story.states[-1][0] == "halted")
        assert await story.receiver.fresh() == Fresh(None, True, "halted")
        assert story.agents.kinds.count("offer") == 1

    run(test)


def test_a_batch_that_the_agent_already_has_is_what_it_was_said_to_be() -> None:
    """The kernel attached again while the batch was halted: the agent says so again."""

    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        story.agents.halts = True
        story.laptop.save(b"deletes much")
        await story.quiet()
        story.agents.has = True
        replica = story.receiver.replica
        assert replica is not None
        replica.parked = None
        assert await asyncio.wait_for(story.receiver.fresh(), 5) == Fresh(None, True, "halted")

    run(test)


def test_fresh_attaches_again_where_the_replica_is_not_what_was_thought() -> None:
    async def test(story: Story) -> None:
        story.start()
        await story.quiet()
        wrong = iter([AgentRefused("tree_mismatch", "not that tree")])
        story.agents.refuse.append(lambda r: next(wrong, None) if r.type == "offer" else None)
        story.laptop.streams.append(b"saved")
        fresh = await asyncio.wait_for(story.receiver.fresh(), 5)
        assert fresh == Fresh(Cursor(EPOCH, 1), False)
        assert story.attached == 2
        assert story.agents.applied == [b"saved"]

    run(test)


def test_fresh_says_that_a_halted_batch_is_newer() -> None:
    async def test(story: Story) -> None:
        story.agents.halts = True
        story.start()
        await story.quiet()
        story.laptop.save(b"deletes much")
        await story.quiet()
        assert await story.receiver.fresh() == Fresh(None, True, "halted")

    run(test)


def test_fresh_of_a_second_kernel_waits_for_the_one_that_carries() -> None:
    async def test(story: Story) -> None:
        story.agents.carrier = False
        story.start()
        await story.until(lambda: story.states and story.states[-1][0] == "standby")
        story.laptop.streams.append(b"saved")
        asked = asyncio.ensure_future(story.receiver.fresh())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not asked.done()
        story.receiver.on_event(applied("b", None, Cursor(EPOCH, 1), TREES[1]))
        assert await asyncio.wait_for(asked, 5) == Fresh(Cursor(EPOCH, 1), False)
        assert "offer" not in story.agents.kinds

    run(test)


def test_fresh_takes_over_from_a_kernel_that_is_gone() -> None:
    async def test(story: Story) -> None:
        story.agents.carrier = False
        story.start()
        await story.until(lambda: story.states and story.states[-1][0] == "standby")
        story.laptop.streams.append(b"saved")
        story.agents.carrier = True
        assert await asyncio.wait_for(story.receiver.fresh(), 5) == Fresh(Cursor(EPOCH, 1), False)
        await story.quiet()
        assert story.agents.applied == [b"saved"]

    run(test)


def test_a_carrier_that_does_not_bring_does_not_hold_the_other_kernel_up() -> None:
    async def test(story: Story) -> None:
        story.agents.carrier = False
        story.start()
        await story.until(lambda: story.states and story.states[-1][0] == "standby")
        story.laptop.streams.append(b"saved")
        fresh = await asyncio.wait_for(story.receiver.fresh(), 5)
        assert fresh == Fresh(Cursor(EPOCH, 1), False)
        assert story.agents.applied == [b"saved"]

    run(test)


def test_a_batch_that_only_waits_for_a_cell_is_as_good_as_here() -> None:
    async def test(story: Story) -> None:
        story.agents.carrier = False
        story.start()
        await story.until(lambda: story.states and story.states[-1][0] == "standby")
        story.laptop.streams.append(b"saved")
        asked = asyncio.ensure_future(story.receiver.fresh())
        for _ in range(20):
            await asyncio.sleep(0)
        batch = descriptor(None, 1, 5, EPOCH)["batch"]
        story.receiver.on_event(events.Waiting(REPLICA, batch, ("k2",)))
        assert await asyncio.wait_for(asked, 5) == Fresh(None, False)
        assert story.agents.applied == []

    run(test)


def test_an_agent_is_told_whether_a_cell_runs() -> None:
    async def test(story: Story) -> None:
        told: list[Any] = []
        story.agents.refuse.append(
            lambda r: told.append(r.fields["in_cell"]) if r.type == "attach" else None
        )
        story.in_cell = True
        story.start()
        await story.quiet()
        assert told == [True]

    run(test)


def test_a_cell_that_ends_while_the_kernel_attaches_is_left() -> None:
    async def test(story: Story) -> None:
        def ends(request: Request) -> AgentRefused | None:
            if request.type == "attach":
                story.in_cell = False
            return None

        story.agents.refuse.append(ends)
        story.in_cell = True
        story.start()
        await story.quiet()
        assert story.agents.kinds.count("leave") == 1

    run(test)


def test_the_second_kernel_takes_over_when_told() -> None:
    async def test(story: Story) -> None:
        story.agents.carrier = False
        story.laptop.save(b"one")
        story.start()
        await story.until(lambda: story.states and story.states[-1][0] == "receiving")
        story.receiver.on_event(events.CarrierIs(REPLICA, True))
        await story.quiet()
        assert story.agents.applied == [b"one"]

    run(test)


def test_after_a_rollback_the_held_batch_is_offered_once_and_resume_brings_it() -> None:
    async def test(story: Story) -> None:
        story.laptop.save(b"one")
        story.start()
        await story.quiet()
        held = AgentRefused("held", "rolled back")
        story.agents.refuse.append(lambda r: held if r.type == "offer" else None)
        story.agents.cursor = None
        rolled = applied("r", Cursor(EPOCH, 1), None, TREES[0], "rollback")
        story.receiver.on_event(rolled)
        await story.quiet()
        assert story.states[-1][0] == "held"
        assert story.agents.kinds.count("offer") == 2
        story.agents.refuse.clear()
        story.receiver.resumed(None)
        await story.until(lambda: len(story.agents.applied) == 2)

    run(test)


def test_a_cell_before_the_first_copy_is_told_so_and_not_that_the_laptop_is_away() -> None:
    async def test(story: Story) -> None:
        story.start()
        fresh = await story.receiver.fresh()
        assert fresh == Fresh(None, True, texts.FIRST_COPY)

    run(test)
