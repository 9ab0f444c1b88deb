"""The place of a kernel: who may begin a cell unasked, in each order of what happens."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from notesync._place import TRUSTED_S, Place
from notesync.errors import AgentLost
from notesync.messages.agent import Attached, Reply, Request

HERE = Attached("1f" * 16, None, "0" * 64, 0, (), "nothing", False, True)


class Agent:
    """Notes down what it is told, in order; answers when the test says so."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.open: list[Future[Reply]] = []
        self.asked: Future[Reply] | None = None
        self.mistaken = 0
        self.listened = time.monotonic() + 3600.0
        self.place = Place(self.tell, lambda: self.listened)

    def tell(self, request: Request, _timeout_s: float) -> Future[Reply]:
        marks = {None: "", True: " in place", False: " without place"}
        self.told.append(request.type + marks[request.fields.get("place")])
        answer: Future[Reply] = Future()
        self.open.append(answer)
        if request.type == "place":
            self.asked = answer
        elif (request.type == "enter") != self.place.inside:
            self.mistaken += 1
        return answer

    def answers(self, **told: Any) -> None:
        """To the last request."""
        self.open[-1].set_result(Reply(told, b""))

    def new(self) -> list[str]:
        told, self.told = self.told, []
        return told


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
def placed(agent: Agent) -> Agent:
    """Its kernel has run a cell and was given a place."""
    agent.place.enter_by_asking(2_000, 5.0)
    agent.place.leave(HERE)
    assert agent.new() == ["enter", "leave", "place"]
    agent.answers(place=True)
    return agent


def test_cells_begin_and_end_in_the_place_until_it_is_recalled(placed: Agent) -> None:
    for _ in range(3):
        assert placed.place.enter(HERE) is not None
        assert placed.place.inside
        placed.place.leave(HERE)
        assert not placed.place.inside
    assert placed.new() == ["enter in place", "leave in place"] * 3


def test_recalled_before_a_cell_begins_it_asks(placed: Agent) -> None:
    placed.place.give_up()
    assert placed.new() == ["leave"]
    assert placed.place.enter(HERE) is None
    assert not placed.place.inside
    assert placed.new() == []


def test_recalled_when_a_cell_has_begun_the_agent_hears_first_that_it_runs(placed: Agent) -> None:
    assert placed.place.enter(HERE) is not None
    placed.place.give_up()
    assert placed.place.inside
    placed.place.leave(HERE)
    told = ["enter in place", "enter without place", "leave", "place"]
    assert placed.new() == told


def test_recalled_before_the_place_was_given_it_is_not_had(agent: Agent) -> None:
    agent.place.leave(HERE)
    asked = agent.open[-1]
    agent.place.give_up()
    asked.set_result(Reply({"place": True}, b""))
    assert agent.place.enter(HERE) is None
    assert agent.new() == ["leave", "place", "leave"]


def test_an_answer_that_comes_when_the_next_cell_has_asked_is_too_late(agent: Agent) -> None:
    agent.place.leave(HERE)
    asked = agent.open[-1]
    agent.place.enter_by_asking(2_000, 5.0)
    asked.set_result(Reply({"place": True}, b""))
    agent.place.leave(HERE)
    assert agent.new() == ["leave", "place", "enter", "leave", "place"]


@pytest.mark.parametrize("answer", [{"place": False}, {}])
def test_an_agent_that_gives_none_is_asked_each_time(agent: Agent, answer: dict[str, Any]) -> None:
    agent.place.leave(HERE)
    agent.answers(**answer)
    assert agent.place.enter(HERE) is None


def test_an_agent_that_is_lost_has_given_none(agent: Agent, placed: Agent) -> None:
    placed.place.lost()
    assert placed.place.enter(HERE) is None
    placed.place.leave(HERE)
    placed.open[-1].set_exception(AgentLost("agent_died", "gone"))
    assert placed.place.enter(HERE) is None


def test_a_place_is_had_for_one_attachment(placed: Agent) -> None:
    again = replace(HERE)
    assert placed.place.enter(again) is None
    assert placed.place.enter(None) is None
    assert placed.place.enter(HERE) is not None
    placed.new()
    placed.place.leave(again)
    assert placed.new() == ["leave", "place"]


def test_who_has_not_listened_for_a_while_does_not_trust_its_place(placed: Agent) -> None:
    placed.listened = time.monotonic() - TRUSTED_S - 0.1
    assert placed.place.enter(HERE) is None
    assert placed.new() == []


def test_an_offer_is_preceded_by_the_place_once(placed: Agent) -> None:
    placed.place.make_way()
    placed.place.make_way()
    assert placed.new() == ["leave"]
    assert placed.place.enter(HERE) is None


def test_once_its_batch_is_in_the_kernel_asks_again(placed: Agent) -> None:
    placed.place.way_is_free()
    assert placed.new() == [], "a batch of another kernel"
    placed.place.make_way()
    placed.place.way_is_free()
    assert placed.new() == ["leave", "place"]
    placed.answers(place=True)
    assert placed.place.enter(HERE) is not None


def test_a_batch_that_comes_in_with_the_next_cell_is_followed_by_asking_once(placed: Agent) -> None:
    placed.place.make_way()
    placed.place.enter_by_asking(2_000, 5.0)
    placed.place.way_is_free()
    placed.place.leave(HERE)
    assert placed.new() == ["leave", "enter", "leave", "place"]


def test_an_offer_during_a_cell_waits_for_it_as_ever(placed: Agent) -> None:
    assert placed.place.enter(HERE) is not None
    placed.new()
    placed.place.make_way()
    assert placed.new() == []


def test_a_command_that_lets_others_in_keeps_nothing(placed: Agent) -> None:
    assert placed.place.enter(HERE) is not None
    placed.new()
    placed.place.leave(HERE, keep=False)
    assert placed.new() == ["leave"]
    assert placed.place.enter(HERE) is None


def test_a_cell_before_anything_is_attached_tells_nobody(agent: Agent) -> None:
    agent.place.enter_alone()
    assert agent.place.inside
    agent.place.leave(None)
    assert not agent.place.inside
    assert agent.new() == []


def test_with_recalls_on_another_thread_the_agent_always_knows_whether_a_cell_runs(
    placed: Agent,
) -> None:
    over = threading.Event()

    def recall() -> None:
        while not over.is_set():
            placed.place.give_up()
            time.sleep(0.0001)

    thread = threading.Thread(target=recall)
    thread.start()
    begun = {True: 0, False: 0}
    try:
        while min(begun.values()) < 30:
            unasked = placed.place.enter(HERE) is not None
            begun[unasked] += 1
            if not unasked:
                placed.place.enter_by_asking(2_000, 5.0)
            placed.place.leave(HERE)
            asked = placed.asked
            if asked is not None and not asked.done():
                asked.set_result(Reply({"place": True}, b""))
    finally:
        over.set()
        thread.join()
    assert placed.mistaken == 0
