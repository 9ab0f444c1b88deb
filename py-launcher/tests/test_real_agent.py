"""The real agent, a JVM of its own: started, shared, killed, hung, interrupted.

Runs where the jar was built; says so where it was not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from notesync import _process, agent_client, agent_process
from notesync.messages import agent as words
from notesync.messages.agent import ConnectionFile

from .kernels import Kernel
from .stand_ins import StandInLaptop
from .waiting import until

ROOT = Path(__file__).parents[2]
JAR = Path(os.environ.get("NOTESYNC_AGENT_JAR") or ROOT / "agent" / "target" / "notesync-agent.jar")

pytestmark = pytest.mark.skipif(not JAR.is_file(), reason="mvn -pl agent -am package makes the jar")


@pytest.fixture(autouse=True)
def place(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Every agent that a test starts is ended."""
    monkeypatch.setenv("NOTESYNC_AGENT_JAR", str(JAR))
    yield state
    found = agent_process.running(state)
    if found is not None:
        os.kill(found.pid, signal.SIGCONT)
        agent_process.end(found)


def ensure(within_s: float = 5.0) -> ConnectionFile:
    return agent_process.ensure(
        lambda agent: agent_client.answers(agent, within_s), agent_client.ask_to_stop
    )


def test_it_starts_is_found_and_stops() -> None:
    first = ensure()
    assert ensure() == first
    assert agent_client.ask_to_stop(first)
    until(lambda: not _process.is_alive(first.pid, first.started))


def test_racing_starts_give_one() -> None:
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT / 'py-launcher' / 'src')!r}]\n"
        "from notesync import agent_client, agent_process\n"
        "print(agent_process.ensure(agent_client.answers, agent_client.ask_to_stop).pid)"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    assert len({racer.communicate(timeout=120)[0] for racer in racers}) == 1


def test_it_survives_the_signals_of_the_kernels_group() -> None:
    code = (
        f"import os, signal, sys; sys.path[:0] = [{str(ROOT / 'py-launcher' / 'src')!r}]\n"
        "from notesync import agent_client, agent_process\n"
        "print(agent_process.ensure(agent_client.answers, agent_client.ask_to_stop).pid)\n"
        "sys.stdout.flush()\n"
        "os.killpg(0, signal.SIGINT)\n"
    )
    racer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=60,
        check=False,
    )
    found = agent_process.running(Path(os.environ["NOTESYNC_STATE"]))
    assert found is not None
    assert found.pid == int(racer.stdout)
    assert agent_client.answers(found)


def test_a_stopped_process_is_replaced() -> None:
    first = ensure()
    os.kill(first.pid, signal.SIGSTOP)
    assert ensure(0.5).pid != first.pid


def test_broken_arguments_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = agent_process.command_line

    def with_nonsense(*args: object) -> list[str]:
        return [*broken(*args), "--nonsense"]  # type: ignore[arg-type]

    monkeypatch.setattr(agent_process, "command_line", with_nonsense)
    with pytest.raises(Exception, match="--nonsense"):
        ensure()


def test_a_replica_is_attached_and_empty(tmp_path: Path) -> None:
    (tmp_path / "replica").mkdir()
    agent = ensure()
    reply = agent_client.ask(agent, words.attach(str(tmp_path / "replica"), "shop"))
    attached = words.Attached.of(reply)
    assert attached.cursor is None
    assert attached.tree == "0" * 64


def test_a_kernel_lives_through_interrupt_and_hang(
    server: StandInLaptop, tmp_path: Path, place: Path
) -> None:
    with Kernel(NOTESYNC_STATE=str(place), HOME=str(tmp_path)) as kernel:
        kernel.run("%load_ext notesync")
        connected = kernel.run(f"%notesync connect {server.url}").text
        assert "up to date" in connected
        agent = agent_process.running(place)
        assert agent is not None
        kernel.manager.interrupt_kernel()
        assert kernel.run("1 + 1").text.strip() == "2"
        assert _process.is_alive(agent.pid, agent.started)
        os.kill(agent.pid, signal.SIGSTOP)
        server.save(b"newer")
        began = time.monotonic()
        told = kernel.run("print('ran')").text
        assert time.monotonic() - began < 1.5
        assert "ran" in told
        assert "has not answered" in told
        os.kill(agent.pid, signal.SIGCONT)
        until(lambda: "has not answered" not in kernel.run("1").text)
