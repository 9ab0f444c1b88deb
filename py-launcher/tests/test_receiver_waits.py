"""The sync loop with a batch that is with the agent and waits for the end of a cell."""

from __future__ import annotations

from notesync.messages import events

from .receiver_story import REPLICA, Story, run


async def wait_for_a_cell(story: Story) -> str:
    """A batch is with the agent, which applies it when the cell ends."""
    story.laptop.save(b"first")
    await story.begin()
    story.agents.hold = True
    story.laptop.save(b"second")
    await story.until(lambda: story.states[-1][0] == "waiting")
    await story.quiet()
    story.agents.hold = False
    return str(story.agents.asked[-1].fields["batch"])


def test_what_waited_for_a_cell_and_is_halted_then_is_said_to_be() -> None:
    async def test(story: Story) -> None:
        batch = await wait_for_a_cell(story)
        story.agents.has = story.agents.halts = True
        story.agents.tell(events.Halted(REPLICA, batch, 20, 30, "deletes 20 of 30"))
        await story.until(lambda: story.states[-1] == ("halted", "deletes 20 of 30"))

    run(test)


def test_what_waited_for_a_cell_and_does_not_fit_any_more_comes_again() -> None:
    async def test(story: Story) -> None:
        batch = await wait_for_a_cell(story)
        story.agents.received.clear()
        told = events.Refused(REPLICA, batch, "cursor_mismatch", "not from there", None, None)
        story.agents.tell(told)
        await story.until(lambda: story.agents.applied == [b"first", b"second"])
        await story.quiet()
        assert story.states[-1][0] in ("applied", "current")

    run(test)


def test_what_is_applied_in_the_moment_in_which_it_began_to_wait_does_not_wait() -> None:
    async def test(story: Story) -> None:
        say = story.agents._say_what_became_of

        def both(ident: str) -> None:
            story.agents.tell(events.Waiting(REPLICA, ident, ("kernel-2",)))
            say(ident)

        story.agents._say_what_became_of = both  # type: ignore[method-assign]
        story.laptop.save(b"data")
        await story.begin()
        assert story.receiver.replica is not None
        assert story.receiver.replica.parked is None
        assert story.states[-1][0] in ("applied", "current")

    run(test)
