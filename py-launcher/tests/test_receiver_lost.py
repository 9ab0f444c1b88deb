"""The sync loop when an agent or a laptop is lost."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

import pytest

from notesync.errors import (
    AgentLost,
    LaptopUnreachable,
)
from notesync.messages import pack_envelope
from notesync.messages.laptop import Answer, Call

from .receiver_story import (
    STREAMS,
    Story,
    run,
)


def test_a_dead_agent_is_renewed_while_the_laptop_is_silent() -> None:
    async def test(story: Story) -> None:
        await story.begin()
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
            if not call.path.endswith("/chunk") or story.agents.renewed:
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
        await story.begin()

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


@pytest.mark.parametrize("by", ["the loop", "a cell"])
def test_an_agent_that_dies_between_the_last_chunk_and_its_word_is_missed_at_once(by: str) -> None:
    async def test(story: Story) -> None:
        await story.begin()
        says = story.agents._say_what_became_of
        heard: list[str] = []
        story.agents._say_what_became_of = heard.append  # type: ignore[method-assign]
        if by == "a cell":
            asked = story.laptop.polls.pop()
            cell = asyncio.ensure_future(story.receiver.fresh())
            story.laptop.save(STREAMS["tiny"])
            await story.until(lambda: heard)
            story.laptop.polls.append(asked)
        else:
            cell = None
            story.laptop.save(STREAMS["tiny"])
            await story.until(lambda: heard)
        story.agents._say_what_became_of = says  # type: ignore[method-assign]
        story.agents.received.clear()
        story.receiver.agent_lost(AgentLost("agent_died", "gone"))
        await story.until(lambda: story.agents.applied == [STREAMS["tiny"]])
        assert story.agents.renewed == 1
        if cell is not None:
            with pytest.raises(AgentLost):
                await cell

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
        await story.begin()
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
        assert max(story.slept) == 5.0, "the laptop may be there again at any moment"

    run(test)


def test_without_a_way_to_the_laptop_another_kernel_may_carry() -> None:
    async def test(story: Story) -> None:
        await story.begin()
        gone = LaptopUnreachable("laptop_unreachable", "off")
        story.laptop.bend.append(lambda _call: gone)
        story.laptop.polls.pop()[1].set_exception(gone)
        await story.until(lambda: len(story.slept) >= 5)
        given_up = [one for one in story.agents.asked if one.fields.get("give_up")]
        assert [one.type for one in given_up] == ["carry"]
        # It goes on hearing what is applied, and nothing is applied under its cell.
        assert "detach" not in story.agents.kinds
        story.laptop.bend.clear()
        await story.quiet()
        assert story.agents.kinds.count("carry") > 1

    run(test)
