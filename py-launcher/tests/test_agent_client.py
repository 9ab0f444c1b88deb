"""The kernel's end of the ZeroMQ connection, against an agent in this process."""

from __future__ import annotations

import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from notesync import agent_client
from notesync.agent_client import AgentClient
from notesync.agent_process import running
from notesync.errors import AgentLost, AgentRefused, AgentSilent
from notesync.messages import agent as words
from notesync.messages.agent import ConnectionFile
from notesync.messages.events import Event, Staged

from .stand_ins import StandInAgent


class Connected:
    def __init__(self, found: ConnectionFile) -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self.lost: queue.Queue[AgentLost] = queue.Queue()
        self.client = AgentClient(found, "kernel-1", self.events.put, self.lost.put)

    def ask(self, request: words.Request, within: float = 5.0) -> words.Reply:
        return self.client.request(request, within).result(within + 1)


@pytest.fixture
def found(agent: StandInAgent) -> ConnectionFile:
    there = running(agent.state)
    assert there is not None
    return there


@pytest.fixture
def connect(found: ConnectionFile) -> Iterator[Callable[[], Connected]]:
    made: list[Connected] = []

    def make() -> Connected:
        made.append(Connected(found))
        return made[-1]

    yield make
    for one in made:
        one.client.close()


def test_a_request_is_answered(connect: Callable[[], Connected]) -> None:
    assert connect().ask(words.ping()).header["type"] == "reply"


def test_many_requests_keep_their_order(
    agent: StandInAgent, connect: Callable[[], Connected]
) -> None:
    one = connect()
    futures = [one.client.request(words.carry(str(n))) for n in range(200)]
    for future in futures:
        future.result(5)
    assert [header["replica"] for header in agent.seen] == [str(n) for n in range(200)]


def test_an_error_of_the_agent_is_raised_with_its_remedy(
    agent: StandInAgent, connect: Callable[[], Connected]
) -> None:
    agent.script["ping"] = lambda *_: (
        {"code": "root_refused", "message": "not a directory", "remedy": "choose another"},
        b"",
    )
    with pytest.raises(AgentRefused, match="not a directory: choose another"):
        connect().ask(words.ping())


def test_events_reach_the_listener_in_order(
    agent: StandInAgent, connect: Callable[[], Connected]
) -> None:
    one = connect()
    one.ask(words.ping())
    for number in range(3):
        agent.tell("staged", replica="r", batch="b", to={"epoch": "e", "sequence": number})
    got = [one.events.get(timeout=5) for _ in range(3)]
    assert [event.to.sequence for event in got if isinstance(event, Staged)] == [0, 1, 2]


def test_an_unknown_event_is_passed_over(
    agent: StandInAgent, connect: Callable[[], Connected]
) -> None:
    one = connect()
    one.ask(words.ping())
    agent.tell("of_a_later_version", replica="r")
    agent.tell("carrier", replica="r", carrier=True)
    assert type(one.events.get(timeout=5)).__name__ == "CarrierIs"


def test_a_silent_agent_costs_only_the_deadline(
    agent: StandInAgent, connect: Callable[[], Connected]
) -> None:
    one = connect()
    one.ask(words.ping())
    agent.silent.set()
    began = time.monotonic()
    with pytest.raises(AgentSilent):
        one.client.request(words.ping(), 0.2).result(2)
    assert time.monotonic() - began < 1.0


def test_an_agent_that_never_says_hello_costs_only_the_deadline(
    agent: StandInAgent, connect: Callable[[], Connected]
) -> None:
    agent.silent.set()
    with pytest.raises(AgentSilent):
        connect().client.request(words.ping(), 0.2).result(2)


def test_an_agent_that_forgot_the_session_is_lost(
    agent: StandInAgent, connect: Callable[[], Connected]
) -> None:
    one = connect()
    one.ask(words.ping())
    agent.forget_sessions()
    with pytest.raises(AgentLost):
        one.ask(words.ping())
    assert one.lost.get(timeout=5).code == "unknown_session"
    assert not one.client.alive


def test_a_dead_agent_is_noticed_without_being_asked(agent: StandInAgent) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    agent.pid = child.pid
    agent.write_file()
    there = running(agent.state)
    assert there is not None
    one = Connected(there)
    try:
        one.ask(words.ping())
        pending = one.client.request(words.enter(0))
        pending.result(5)
        agent.silent.set()
        pending = one.client.request(words.ping())
        child.kill()
        with pytest.raises(AgentLost):
            pending.result(5)
        assert one.lost.get(timeout=5).code == "agent_died"
    finally:
        one.client.close()
        child.communicate()


def test_an_agent_that_leaves_fails_what_is_open(
    agent: StandInAgent, connect: Callable[[], Connected]
) -> None:
    one = connect()
    one.ask(words.ping())
    agent.tell("leaving", why="idle")
    assert one.lost.get(timeout=5).code == "agent_left_idle"
    with pytest.raises(AgentLost):
        one.ask(words.ping())


def test_a_wrong_key_is_never_answered(agent: StandInAgent) -> None:
    there = running(agent.state)
    assert there is not None
    forged = ConnectionFile(
        there.version, there.port, bytes(32), there.pid, there.started, there.java
    )
    assert not agent_client.answers(forged, 0.3)
    assert agent_client.answers(there, 5)


def test_closing_fails_what_is_open(agent: StandInAgent, found: ConnectionFile) -> None:
    one = Connected(found)
    one.ask(words.ping())
    agent.silent.set()
    pending = one.client.request(words.ping())
    one.client.close()
    with pytest.raises(AgentLost):
        pending.result(2)
    assert one.lost.empty()
