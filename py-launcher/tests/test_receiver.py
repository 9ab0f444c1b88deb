"""The sync loop: what is saved arrives, and what is refused is told once."""

from __future__ import annotations

import asyncio
import itertools
from concurrent.futures import Future
from typing import Any

import pytest

from notesync.errors import (
    AgentRefused,
    LaptopUnreachable,
    NotesyncError,
    PermissionRefused,
    Unpaired,
)
from notesync.messages import Cursor, events, pack_envelope
from notesync.messages.agent import Request
from notesync.messages.laptop import Answer, Call

from .receiver_story import (
    EPOCH,
    REPLICA,
    STREAMS,
    TREES,
    Story,
    applied,
    run,
)


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_a_saved_stream_arrives_whole_and_is_reported(stream: bytes) -> None:
    async def test(story: Story) -> None:
        story.laptop.save(stream)
        await story.begin()
        assert story.agents.applied == [stream]
        assert [report["state"] for report in story.laptop.reports] == ["applied"]
        assert story.states[-1][0] == "applied"

    run(test)


def test_each_save_arrives_while_a_long_poll_is_open() -> None:
    async def test(story: Story) -> None:
        await story.begin()
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
            if not call.path.endswith("/chunk"):
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
            if not call.path.endswith("/chunk") or next(cuts) % 3:
                return None
            assert call.json is not None
            batch, at = call.json["batch"], call.json["offset"]
            piece = stream[at : at + 1000]
            return Answer(200, pack_envelope({"batch": batch, "offset": at, "end": False}, piece))

        story.laptop.bend.append(short)
        story.laptop.save(stream)
        await story.begin()
        assert story.agents.applied == [stream]

    run(test)


def test_a_lost_laptop_is_asked_again_and_the_transfer_resumes() -> None:
    async def test(story: Story) -> None:
        stream = STREAMS["many"]
        fails = iter([False, True, False, True, False, False, False, False])

        def lossy(call: Call) -> Exception | None:
            if call.path.endswith("/chunk") and next(fails, False):
                return LaptopUnreachable("laptop_unreachable", "no answer")
            return None

        story.laptop.bend.append(lossy)
        story.laptop.save(stream)
        await story.begin()
        assert story.agents.applied == [stream]
        assert ("away", "no answer") in story.states
        chunks = [call.json or {} for call in story.laptop.calls if call.path.endswith("/chunk")]
        assert chunks
        assert all(asked["offset"] for asked in chunks), "what had arrived was asked for again"

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
        await story.begin()
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
        await story.begin()
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
        await story.begin()
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
        await story.begin()
        assert story.agents.applied == [b"copy"]
        asked = [c.json["plain"] for c in story.laptop.calls if c.path.endswith("/next") and c.json]
        assert asked == [False, True, False]

    run(test)


def test_a_batch_that_waits_is_not_sent_again() -> None:
    async def test(story: Story) -> None:
        await story.begin()
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
        await story.begin()
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
        await story.begin()
        story.agents.halts = True
        story.laptop.save(b"deletes much")
        await story.quiet()
        assert story.states[-1] == ("halted", "deletes 20 of 30")
        assert story.laptop.reports[-1]["state"] == "halted"
        assert story.laptop.reports[-1]["error"]["message"] == "deletes 20 of 30"
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
        await story.begin()
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
        await story.begin()
        assert story.states[-1][0] == "refused"
        story.agents.refuse.clear()
        call, poll = story.laptop.polls.pop()
        assert call.json is not None
        assert call.json["wait_ms"] == 5000
        poll.set_result(Answer(200, pack_envelope({"state": "current", "cursor": None})))
        await story.quiet()
        assert story.agents.applied == [b"data"]

    run(test)


def test_a_batch_that_the_agent_gives_up_in_the_middle_is_refused_for_its_reason() -> None:
    """The agent says why by an event; to the chunks behind it the batch is unknown."""

    async def test(story: Story) -> None:
        def full(request: Request) -> AgentRefused | None:
            if request.type != "chunk" or request.fields["offset"] == 0:
                return None
            batch = request.fields["batch"]
            story.agents.tell(events.Refused(REPLICA, batch, "disk_full", "no space", None, None))
            return AgentRefused("unknown_batch", f"batch {batch} was not offered")

        story.agents.refuse.append(full)
        story.laptop.save(STREAMS["many"])
        await story.begin()
        assert story.states[-1] == ("refused", "no space")
        assert story.laptop.polls[-1][0].json is not None
        assert story.laptop.polls[-1][0].json["wait_ms"] == 5000, "it is tried again by itself"

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
        await story.begin()
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
        await story.begin()
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


def test_it_is_called_up_to_date_only_after_the_laptop_has_said_so() -> None:
    async def test(story: Story) -> None:
        asked: list[Future[Answer]] = []

        def later(call: Call) -> Future[Answer] | None:
            if not call.path.endswith("/next") or asked:
                return None
            asked.append(Future())
            return asked[0]

        story.laptop.bend.append(later)
        story.start()
        await story.until(lambda: asked)
        for _ in range(20):
            await asyncio.sleep(0)
        assert not {"current", "applied"} & {state for state, _ in story.states}
        asked[0].set_result(story.laptop.answer(story.laptop.calls[-1]))
        await story.until(lambda: "current" in {state for state, _ in story.states})

    run(test)
