"""The sync loop before a cell: everything that was saved until now, or why not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from notesync import texts
from notesync._replica import Fresh
from notesync.errors import AgentRefused, NotesyncError
from notesync.messages import Cursor, dumps, events
from notesync.messages.agent import Request
from notesync.messages.laptop import Answer

from .receiver_story import (
    EPOCH,
    REPLICA,
    STREAMS,
    TREES,
    Story,
    applied,
    descriptor,
    run,
)


def test_fresh_with_nothing_new_is_one_question() -> None:
    async def test(story: Story) -> None:
        await story.begin()
        before = story.laptop.asked_for("/next")
        fresh = await story.receiver.fresh()
        assert fresh == Fresh(None, False)
        assert story.laptop.asked_for("/next") == before + 1

    run(test)


def test_fresh_brings_what_was_saved_and_the_old_poll_does_no_harm() -> None:
    async def test(story: Story) -> None:
        await story.begin()
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
        await story.begin()
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
        await story.begin()
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
        await story.begin()
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
        await story.begin()
        story.laptop.save(b"deletes much")
        await story.quiet()
        assert await story.receiver.fresh() == Fresh(None, True, "halted")

    run(test)


def test_fresh_of_a_second_kernel_waits_for_the_one_that_carries() -> None:
    async def test(story: Story) -> None:
        await story.stand_by()
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
        await story.stand_by()
        story.laptop.streams.append(b"saved")
        story.agents.carrier = True
        assert await asyncio.wait_for(story.receiver.fresh(), 5) == Fresh(Cursor(EPOCH, 1), False)
        await story.quiet()
        assert story.agents.applied == [b"saved"]

    run(test)


def test_a_carrier_that_does_not_bring_does_not_hold_the_other_kernel_up() -> None:
    async def test(story: Story) -> None:
        await story.stand_by()
        story.laptop.streams.append(b"saved")
        fresh = await asyncio.wait_for(story.receiver.fresh(), 5)
        assert fresh == Fresh(Cursor(EPOCH, 1), False)
        assert story.agents.applied == [b"saved"]

    run(test)


def test_a_batch_that_only_waits_for_a_cell_is_as_good_as_here() -> None:
    async def test(story: Story) -> None:
        await story.stand_by()
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
        await story.begin()
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
        await story.begin()
        assert story.agents.kinds.count("leave") == 1

    run(test)


def test_a_cell_before_the_first_copy_is_told_so_and_not_that_the_laptop_is_away() -> None:
    async def test(story: Story) -> None:
        story.start()
        fresh = await story.receiver.fresh()
        assert fresh == Fresh(None, True, texts.FIRST_COPY)

    run(test)


def test_a_cell_whose_first_copy_does_not_begin_is_told_why() -> None:
    async def test(story: Story) -> None:
        story.agents.refuse.append(
            lambda r: AgentRefused("root_refused", "no room") if r.type == "attach" else None
        )
        story.start()
        await story.until(lambda: story.states[-1:] == [("stopped", "no room")])
        assert await story.receiver.fresh() == Fresh(None, True, "no room")

    run(test)


GONE = "the source directory /p is gone"


def gone() -> Answer:
    told = {"error": {"code": "source_unavailable", "message": GONE, "remedy": "bring it back"}}
    return Answer(503, dumps(told))


async def lose_the_source(story: Story) -> None:
    """From now on the laptop answers, and has nothing to say."""
    story.laptop.save(b"old")
    await story.begin()
    story.laptop.bend.append(lambda call: gone() if "/next" in call.path else None)
    story.laptop.polls.pop()[1].set_result(gone())
    await story.until(lambda: story.states[-1][0] == "stopped")


def test_where_the_laptop_cannot_say_what_is_new_a_cell_hears_why_at_once() -> None:
    async def test(story: Story) -> None:
        await lose_the_source(story)
        with pytest.raises(NotesyncError, match=GONE):
            await asyncio.wait_for(story.receiver.fresh(), 5)

    run(test)


def test_a_cell_does_not_wait_for_the_next_attempt() -> None:
    async def test(story: Story) -> None:
        story.sleeps_long = True
        await lose_the_source(story)
        story.laptop.bend.clear()
        story.laptop.streams.append(b"new")
        assert await asyncio.wait_for(story.receiver.fresh(), 5) == Fresh(Cursor(EPOCH, 2), False)
        assert story.agents.applied == [b"old", b"new"]

    run(test)
