"""Starts the agent, or finds the one that runs: one per user and machine, shared by all kernels.

The agent writes its connection file by rename once it listens; a lock makes racing starts give
one. It outlives this kernel: own session, own streams, no inherited descriptors. Any thread may
call; a start blocks for some hundred milliseconds.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import _process, _state, java, texts
from .class_data import ClassData
from .errors import AgentNotStarted, Malformed
from .messages import VERSION
from .messages.agent import ConnectionFile

START_TIMEOUT_S = 20.0
_POLL_S = 0.005
_STDERR_SHOWN = 4_000

Answers = Callable[[ConnectionFile], bool]


def running(state: Path) -> ConnectionFile | None:
    """The agent named by the connection file, if that very process is alive (zombies are not)."""
    try:
        found = ConnectionFile.of(_state.connection_file(state).read_bytes())
    except (OSError, Malformed):
        return None
    return found if _process.is_alive(found.pid, found.started) else None


def ensure(answers: Answers, stop: Callable[[ConnectionFile], None]) -> ConnectionFile:
    """The running agent, started if there is none.

    `answers` asks an agent whether it is there (a signed ping with a deadline), `stop` asks it to
    leave. An agent that does not answer is ended; one of an older version is asked to leave, and
    finishes what it is writing first. Raises JavaMissing or AgentNotStarted.
    """
    state = _state.make_private(_state.state_dir())
    found = running(state)
    if found and not _is_older(found.version) and answers(found):
        return found
    with _only_one_starts(state):
        found = running(state)
        if found:
            if answers(found):
                if not _is_older(found.version):
                    return found
                stop(found)
                _wait_for_death(found, seconds=10.0)
            end(found)
        return _start(state)


def end_after(agent: ConnectionFile, seconds: float) -> None:
    """Let an agent that was asked to leave do so; end it where it does not."""
    if not _wait_for_death(agent, seconds):
        end(agent)


def end(agent: ConnectionFile) -> None:
    """End an agent that does not answer. What it was writing is recovered at the next start."""
    for number, seconds in ((signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0)):
        if not _process.is_alive(agent.pid, agent.started):
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(agent.pid, number)
        if _wait_for_death(agent, seconds):
            return


def _wait_for_death(agent: ConnectionFile, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _process.is_alive(agent.pid, agent.started):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _is_older(version: str) -> bool:
    return _numbers(version) < _numbers(VERSION)


def _numbers(version: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in version.split("-")[0].split(".")]


@contextlib.contextmanager
def _only_one_starts(state: Path) -> Iterator[None]:
    """Hold the lock while an agent is started. The agent must not inherit it: close_fds."""
    import fcntl  # Not on Windows, where laptops run `notesync serve` and no agent.

    descriptor = os.open(_state.lock_file(state), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _start(state: Path) -> ConnectionFile:
    data = ClassData(java.find(), _agent_jar(), state)
    errors = _state.stderr_file(state)
    with open(errors, "wb", opener=_private) as stderr:
        process = subprocess.Popen(
            command_line(data),
            stdin=subprocess.DEVNULL,
            stdout=stderr,
            stderr=stderr,
            close_fds=True,
            start_new_session=True,
            cwd="/",
            env=_environment(state),
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        found = running(state)
        if found and found.pid == process.pid:
            _forget(process)
            data.make_later(found.pid, FLAGS, _environment(state))
            return found
        if process.poll() is not None:
            raise _failed(texts.agent_died(process.returncode), errors)
        time.sleep(_POLL_S)
    process.kill()
    _forget(process)
    raise _failed(texts.agent_too_slow(START_TIMEOUT_S), errors)


# A first sync needs 40 MB: growing to that took five full collections, in which all stands still
# for 0.1 s. What is reserved is not touched before it is needed, so an idle agent stays as small.
_HEAP = ("-Xms40m", "-XX:NewSize=6m", "-Xmx96m")
# Decide, with the Java and the jar, what class data fits to.
FLAGS = (*java.FRUGAL, *_HEAP, "-XX:MaxDirectMemorySize=64m", "-Xss512k")


def command_line(data: ClassData) -> list[str]:
    """The agent's program and arguments; class data is kept between starts."""
    return [
        str(data.java.program),
        *FLAGS,
        *data.options(),
        "-Dfile.encoding=UTF-8",
        "-jar",
        str(data.jar),
        "--state",
        str(data.state),
        *_history_options(),
    ]


def _history_options() -> list[str]:
    """How far `%notesync rollback` can go back, where the user has set it."""
    options = []
    for option in ("--history-count", "--history-bytes"):
        chosen = os.environ.get("NOTESYNC" + option[1:].replace("-", "_").upper(), "").strip()
        options += [option, chosen] if chosen else []
    return options


def _environment(state: Path) -> dict[str, str]:
    """Ours, without what changes a JVM, and with a locale in which Java can name any file."""
    changed = ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "LANG", "LANGUAGE")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in changed and not name.startswith("LC_")
    }
    return {**kept, "LC_ALL": "C.UTF-8", "NOTESYNC_STATE": str(state)}


def _agent_jar() -> Path:
    jar = Path(os.environ.get("NOTESYNC_AGENT_JAR") or _state.bundled(_state.AGENT_JAR))
    if not jar.is_file():
        raise AgentNotStarted("agent_not_started", *texts.no_agent_jar(jar))
    return jar


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _forget(process: subprocess.Popen[bytes]) -> None:
    """Nobody waits for the agent: reap those that have ended, and keep this one from a warning."""
    _children.append(process)
    _children[:] = [child for child in _children if child.poll() is None]


_children: list[subprocess.Popen[bytes]] = []


@atexit.register
def _leave_running() -> None:
    """The agent outlives us, on purpose; a Popen without a return code would complain."""
    for child in _children:
        if child.poll() is None:
            child.returncode = 0


def _failed(what: str, errors: Path) -> AgentNotStarted:
    try:
        told = errors.read_text("utf-8", errors="replace").strip()[-_STDERR_SHOWN:]
    except OSError:
        told = ""
    return AgentNotStarted("agent_not_started", *texts.agent_failed(what, told, errors))
