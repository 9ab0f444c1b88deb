"""The agent's class data, with the real agent: made beside the first one, used by the next."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from notesync import _process, _state, agent_process, class_data
from notesync.class_data import ClassData
from notesync.messages.agent import ConnectionFile

from .test_real_agent import JAR, ensure
from .waiting import until

pytestmark = pytest.mark.skipif(not JAR.is_file(), reason="mvn -pl agent -am package makes the jar")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state directory with what the JVM's options would have to quote, and a jar of its own."""
    state = tmp_path / "a state, with signs"
    jar = tmp_path / "installed" / "agent.jar"
    jar.parent.mkdir()
    shutil.copy2(JAR, jar)
    monkeypatch.setenv("NOTESYNC_STATE", str(state))
    monkeypatch.setenv("NOTESYNC_AGENT_JAR", str(jar))
    monkeypatch.setattr(class_data, "SETTLE_S", 0.0)
    yield state
    found = agent_process.running(state)
    if found is not None:
        agent_process.end(found)


def archives(state: Path) -> list[Path]:
    return list(state.glob("*.jsa"))


def uses(agent: ConnectionFile, archive: Path) -> bool:
    """Whether the agent's process has mapped the archive."""
    return str(archive) in Path(f"/proc/{agent.pid}/maps").read_text()


def kill(agent: ConnectionFile) -> None:
    os.kill(agent.pid, signal.SIGKILL)
    until(lambda: not _process.is_alive(agent.pid, agent.started))


def test_the_second_agent_starts_on_what_the_first_loaded_even_if_that_was_killed(
    place: Path,
) -> None:
    first = ensure()
    kill(first)
    until(lambda: archives(place))
    (archive,) = archives(place)
    second = ensure()
    assert uses(second, archive)
    until(lambda: _state.class_data_files(place) == [archive])


def test_it_waits_until_the_agent_has_nothing_to_do(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = iter((1.0, 5.0, 9.0, 9.1))
    monkeypatch.setattr(_process, "cpu_seconds", lambda pid: next(used))
    data = ClassData(agent_process.java.find(), Path(os.environ["NOTESYNC_AGENT_JAR"]), place)
    future = data.make_later(1, [], {})
    assert future is not None
    future.result(timeout=30)
    assert list(used) == []


def test_a_jar_that_was_installed_again_gets_an_archive_that_fits(place: Path) -> None:
    kill(ensure())
    until(lambda: archives(place))
    (before,) = archives(place)
    os.utime(os.environ["NOTESYNC_AGENT_JAR"], (1, 1))
    kill(ensure())
    until(lambda: archives(place) not in ([], [before]))
    (archive,) = archives(place)
    assert uses(ensure(), archive)


def test_an_archive_that_is_none_does_no_harm(place: Path) -> None:
    data = ClassData(agent_process.java.find(), Path(os.environ["NOTESYNC_AGENT_JAR"]), place)
    _state.make_private(place)
    data.archive.write_bytes(b"\0" * 100_000)
    agent = ensure()
    assert not uses(agent, data.archive)


def test_a_place_that_a_jvm_cannot_be_told_does_no_harm(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = place.parent / "a: b"
    monkeypatch.setenv("NOTESYNC_STATE", str(odd))
    agent_process.end(ensure())
    assert _state.class_data_files(odd) == []


def test_what_a_killed_dump_left_goes_with_the_next(place: Path) -> None:
    _state.make_private(place)
    old = place / "agent-0123456789abcdef.7.part"
    old.write_bytes(b"half")
    os.utime(old, (1, 1))
    ensure()
    until(lambda: archives(place))
    assert not old.exists()
