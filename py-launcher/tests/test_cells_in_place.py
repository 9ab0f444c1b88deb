"""Cells that begin in the place of their kernel: nobody is asked, and nothing is missed."""

from __future__ import annotations

import time

import pytest

from .test_cells import Notebook, until
from .test_cells_current import Story, story  # noqa: F401 - a fixture


@pytest.fixture
def kind() -> type[Notebook]:
    return Story


@pytest.fixture
def placed(story: Story) -> Story:  # noqa: F811 - the fixture
    """It has run a cell, and has a place since."""
    assert story.value() == "old"
    until(lambda: has_place(story))
    return story


def has_place(story: Story) -> bool:  # noqa: F811
    return story.app.session.link.place._had_for is not None


def test_the_next_cell_asks_nobody_and_the_agent_knows_that_it_runs(placed: Story) -> None:
    before = len(placed.agent.seen)
    placed.shell.user_ns["look"] = lambda: until(lambda: placed.agent.in_cell)
    placed.run("look()")
    until(lambda: not placed.agent.in_cell)
    told = [header for header in placed.agent.seen[before:] if header["type"] != "ping"]
    assert [header["type"] for header in told] == ["enter", "leave"]
    assert all(header["place"] for header in told)


def test_an_agent_that_hangs_costs_nothing_while_nothing_is_new(
    placed: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    placed.agent.silent.set()
    for _ in range(3):
        began = time.monotonic()
        placed.run("1")
        assert time.monotonic() - began < 0.3
    assert "notesync" not in capsys.readouterr().out
    placed.agent.silent.clear()


def test_an_agent_that_hangs_is_told_of_where_something_is_newer(
    placed: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    placed.app.cells.most_s = 0.4
    placed.agent.silent.set()
    placed.server.save(b"second")
    began = time.monotonic()
    placed.run("1")
    assert time.monotonic() - began < 0.9
    assert "has not answered" in capsys.readouterr().out
    placed.agent.silent.clear()


def test_after_a_recall_the_next_cell_asks_and_runs_on_what_came(placed: Story) -> None:
    placed.apply_unheard("new")
    assert placed.value() == "new"
    assert placed.app.session.sequence() == 2


def test_a_recall_during_a_cell_is_answered_during_it(placed: Story) -> None:
    def recall() -> None:
        placed.recall()
        assert placed.agent.in_cell

    placed.shell.user_ns["recall"] = recall
    placed.run("recall()")
    assert not has_place(placed)
    until(lambda: has_place(placed))


def test_who_brings_a_batch_has_given_up_its_place_before(placed: Story) -> None:
    before = len(placed.agent.seen)
    placed.server.save(b"second")
    until(lambda: placed.app.session.sequence() == 2)
    told = [header["type"] for header in placed.agent.seen[before:]]
    assert told.index("leave") < told.index("offer")


def test_what_was_saved_and_applied_between_cells_does_not_make_the_next_one_ask(
    placed: Story,
) -> None:
    for number in (2, 3):
        placed.server.save(b"%d" % number)
        until(lambda at=number: placed.app.session.sequence() == at and has_place(placed))
    before = len(placed.agent.seen)
    placed.run("1")
    assert placed.app.cells.history[-1][1] == 3
    entered = [header for header in placed.agent.seen[before:] if header["type"] == "enter"]
    assert all(header["place"] for header in entered)


def test_a_place_that_was_taken_away_unheard_is_noticed_with_the_cell(placed: Story) -> None:
    """The kernel was stopped for so long that the agent did not wait for it."""
    placed.agent.placed = False
    placed.apply_unheard("new")
    placed.run("1")
    until(lambda: placed.app.session.sequence() == 2)
    assert placed.value() == "new"


def test_a_kernel_that_was_stopped_asks(placed: Story) -> None:
    client = placed.app.session.link._client
    assert client is not None
    client.listened -= 5.0
    placed.agent.placed = False
    placed.apply_unheard("new")
    assert placed.value() == "new"
    assert placed.app.session.sequence() == 2


def test_who_attaches_again_asks(placed: Story) -> None:
    attached = placed.app.session.attached
    placed.app.session.is_called("another.ipynb")
    until(lambda: placed.app.session.attached is not attached)
    before = len(placed.agent.seen)
    placed.run("1")
    entered = [header for header in placed.agent.seen[before:] if header["type"] == "enter"]
    assert "place" not in entered[0]
