"""Starting the agent, or finding the one that runs.

The "Java" here is a Python program that behaves like the agent, so that every way to fail can be
told to it; tests with the real agent are in test_real_agent.py.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from notesync import _process, _state, agent_client, agent_process
from notesync.agent_link import AgentLink
from notesync.class_data import ClassData
from notesync.errors import AgentNotStarted
from notesync.messages import agent as words
from notesync.messages.agent import ConnectionFile

from .stand_ins import StandInAgent

HERE = Path(__file__).parent
# To a shell the second line starts Python, to Python it is a string: a path after `#!` may not
# have spaces.
AGENT = f"""#!/bin/sh
"exec" "{sys.executable}" "$0" "$@"
import os, sys, time
from pathlib import Path
sys.path[:0] = [{str(HERE.parent)!r}, {str(HERE.parent / "src")!r}]
state = Path(os.environ["NOTESYNC_STATE"])
with open(state / "started.txt", "a") as log:
    log.write(f"{{os.getpid()}} {{os.getpgid(0)}} {{os.getcwd()}} {{os.environ.get('LC_ALL')}}\\n")
HOW
from tests.stand_ins import StandInAgent
with StandInAgent(state) as agent:
    while "stop" not in agent.kinds():
        time.sleep(0.005)
"""


class Machine:
    """A machine whose Java is ours."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.state = home / "state"
        (home / "jar").write_text("jar")
        monkeypatch.setenv("NOTESYNC_AGENT_JAR", str(home / "jar"))
        monkeypatch.setenv("NOTESYNC_JAVA", str(home / "java" / "bin" / "java"))
        monkeypatch.setenv("NOTESYNC_STATE", str(self.state))
        self.java("")

    def java(self, how: str) -> None:
        program = self.home / "java" / "bin" / "java"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(AGENT.replace("HOW", how))
        program.chmod(0o755)
        (self.home / "java" / "release").write_text('JAVA_VERSION="17.0.1"\n')

    def starts(self) -> list[list[str]]:
        try:
            lines = (self.state / "started.txt").read_text().splitlines()
        except OSError:
            return []
        return [line.split() for line in lines]

    def end_all(self) -> None:
        for pid, *_ in self.starts():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    made = Machine(tmp_path, monkeypatch)
    yield made
    made.end_all()


def ensure() -> ConnectionFile:
    return agent_process.ensure(agent_client.answers, agent_client.ask_to_stop)


def test_an_agent_is_started_and_found_again(machine: Machine) -> None:
    first = ensure()
    assert agent_client.answers(first)
    assert ensure() == first
    assert len(machine.starts()) == 1


def test_it_has_a_session_and_a_place_of_its_own(machine: Machine) -> None:
    ensure()
    pid, group, place, locale = machine.starts()[0]
    assert pid == group, "an interrupt of the kernel's group would end it"
    assert place == "/"
    assert locale == "C.UTF-8"


def test_state_is_for_this_user_only_whatever_the_umask(machine: Machine) -> None:
    old = os.umask(0)
    try:
        ensure()
    finally:
        os.umask(old)
    assert machine.state.stat().st_mode & 0o777 == 0o700
    assert _state.lock_file(machine.state).stat().st_mode & 0o777 == 0o600
    assert _state.stderr_file(machine.state).stat().st_mode & 0o777 == 0o600


def test_a_program_that_ends_while_the_agent_starts_says_nothing(machine: Machine) -> None:
    machine.java("time.sleep(1)")
    code = (
        "import atexit, time\n"
        "atexit.register(time.sleep, 0.2)  # Runs last.\n"
        f"import sys; sys.path[:0] = [{str(HERE.parent / 'src')!r}]\n"
        "from notesync.session import Session\n"
        "from notesync import _state\n"
        "session = Session('kernel', 'notebook')\n"
        "tell = lambda done: done.exception() and session.on_error(done.exception())\n"
        "session.start().add_done_callback(tell)\n"
        "place = _state.state_dir() / 'started.txt'\n"
        "while not place.exists(): pass\n"
        "session.close()\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_five_racing_starts_give_one_agent(machine: Machine) -> None:
    code = (
        "import sys; sys.path[:0] = [{!r}]\n"
        "from notesync import agent_client, agent_process\n"
        "print(agent_process.ensure(agent_client.answers, agent_client.ask_to_stop).pid)"
    ).format(str(HERE.parent / "src"))
    racers = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    pids = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    assert len(pids) == 1
    assert len(machine.starts()) == 1


def test_racing_threads_share_one_start(machine: Machine) -> None:
    links = [AgentLink("k", lambda _event: None, lambda _error: None) for _ in range(4)]
    starts = [link.renew() for link in links for _ in range(2)]
    for start in starts:
        start.result(60)
    agents = {link.agent for link in links}
    for link in links:
        link.close()
    assert len(agents) == 1
    assert len(machine.starts()) == 1


def test_an_agent_that_dies_at_once_shows_what_it_said(machine: Machine) -> None:
    machine.java("sys.exit('cannot reserve memory for the heap')")
    with pytest.raises(AgentNotStarted, match="exit code 1.*\n.*cannot reserve memory.*doctor"):
        ensure()


def test_an_agent_that_never_listens_is_given_up(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_process, "START_TIMEOUT_S", 0.3)
    machine.java("time.sleep(60)")
    with pytest.raises(AgentNotStarted, match="did not get ready"):
        ensure()


def test_a_missing_jar_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTESYNC_AGENT_JAR", str(machine.home / "nothing.jar"))
    with pytest.raises(AgentNotStarted, match=r"nothing.jar is missing.*install"):
        ensure()


def test_a_zombie_is_not_taken_for_an_agent(machine: Machine) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = None
    while started is None and Path(f"/proc/{child.pid}/stat").exists():
        stat = Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        started = int(stat[19]) if stat[0] == "Z" else None
    machine.state.mkdir(mode=0o700)
    write_file(machine.state, child.pid, started or 0)
    try:
        assert agent_process.running(machine.state) is None
        assert ensure().pid != child.pid
    finally:
        child.wait()


def test_a_foreign_process_with_the_recorded_pid_is_not_taken_for_it(machine: Machine) -> None:
    machine.state.mkdir(mode=0o700)
    write_file(machine.state, os.getpid(), 1)
    assert agent_process.running(machine.state) is None
    assert ensure().pid != os.getpid()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"notesync": "agent"}', b"\xff\xfe"])
def test_a_broken_connection_file_is_replaced(machine: Machine, content: bytes) -> None:
    machine.state.mkdir(mode=0o700)
    _state.connection_file(machine.state).write_bytes(content)
    assert agent_client.answers(ensure())


def test_an_older_agent_is_asked_to_leave_and_replaced(machine: Machine) -> None:
    machine.java("")
    text = (machine.home / "java" / "bin" / "java").read_text()
    old = text.replace("StandInAgent(state)", "StandInAgent(state, '0.0.9')")
    (machine.home / "java" / "bin" / "java").write_text(old)
    first = agent_process._start(_state.make_private(machine.state))
    (machine.home / "java" / "bin" / "java").write_text(text)
    second = ensure()
    assert second.pid != first.pid
    assert second.version == "0.1.0"
    assert not _process.is_alive(first.pid, first.started)


def test_a_newer_agent_is_used_as_it_is(machine: Machine) -> None:
    with StandInAgent(machine.state, "9.0.0") as newer:
        assert ensure().pid == newer.pid
    assert machine.starts() == []


def test_a_hanging_agent_is_ended_and_replaced(machine: Machine) -> None:
    first = ensure()
    os.kill(first.pid, signal.SIGSTOP)
    second = agent_process.ensure(
        lambda agent: agent_client.answers(agent, 0.3), agent_client.ask_to_stop
    )
    assert second.pid != first.pid
    assert not _process.is_alive(first.pid, first.started)


def test_a_link_finds_the_next_agent_after_a_crash(machine: Machine) -> None:
    lost = threading.Event()
    link = AgentLink("k", lambda _event: None, lambda _error: lost.set())
    link.renew().result(30)
    first = link.agent
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    assert lost.wait(5)
    link.renew().result(30)
    assert link.agent is not None
    assert link.agent.pid != first.pid
    assert link.request(words.ping()).result(5)
    link.close()


def test_the_flags_keep_the_agent_small(machine: Machine) -> None:
    data = ClassData(agent_process.java.find(), machine.home / "jar", machine.state)
    flags = agent_process.command_line(data)
    assert "-XX:+UseSerialGC" in flags
    assert "-Xmx96m" in flags
    assert "--history-count" not in flags


def test_the_length_of_the_history_can_be_set(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTESYNC_HISTORY_COUNT", "50")
    monkeypatch.setenv("NOTESYNC_HISTORY_BYTES", " 1000000 ")
    data = ClassData(agent_process.java.find(), machine.home / "jar", machine.state)
    told = agent_process.command_line(data)
    assert told[-4:] == ["--history-count", "50", "--history-bytes", "1000000"]


def test_a_state_directory_of_another_user_is_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(Exception, match="belongs to user"):
        ensure()


def test_variables_that_change_a_jvm_do_not_reach_the_agent(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx4g")
    monkeypatch.setenv("LC_CTYPE", "POSIX")
    passed = agent_process._environment(machine.state)
    assert "JAVA_TOOL_OPTIONS" not in passed
    assert {name for name in passed if name.startswith("LC_")} == {"LC_ALL"}


def write_file(state: Path, pid: int, started: int) -> None:
    told = {
        "notesync": "agent",
        "version": "0.1.0",
        "port": 1,
        "key": "00" * 32,
        "pid": pid,
        "started": started,
        "java": "17",
    }
    _state.connection_file(state).write_text(json.dumps(told))


def test_machines_that_share_a_home_do_not_share_an_agent(state: Path) -> None:
    name = _state.connection_file(state).name
    assert name == f"agent-{_process.machine_id()}.json"
    assert len(_process.machine_id()) == 16
