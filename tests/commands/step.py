"""Runs one command of a build or a test: with a time limit, its output in a log, one line for the person who waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.commands import places

# What can be run: the program and its arguments.
Command = Sequence[str | Path]


class StepFailed(Exception):
    """A command failed or took too long. The message is for the user and names the log."""


def say(line: str) -> None:
    """Prints a line at once, also where the output is a file."""
    print(f"notesync: {line}", flush=True)


def run(
    title: str,
    command: Command,
    *,
    log: str,
    limit: float,
    cwd: Path = places.ROOT,
    env: Mapping[str, str] | None = None,
) -> None:
    """Runs `command` and raises StepFailed, with the end of its output, unless it succeeds within `limit` seconds."""
    began = time.monotonic()
    say(f"{title} …")
    code = code_of(command, log=log, limit=limit, cwd=cwd, env=env)
    if code != 0:
        why = f"did not end within {limit:.0f} s" if code is None else f"failed with exit code {code}"
        raise StepFailed(f"{title}: {why}; the end of {log_file(log)}:\n{tail(log)}")
    say(f"{title}: done in {time.monotonic() - began:.0f} s")


def code_of(
    command: Command,
    *,
    log: str,
    limit: float,
    cwd: Path = places.ROOT,
    env: Mapping[str, str] | None = None,
) -> int | None:
    """The exit code of `command`, or None when it had to be ended after `limit` seconds, with all that it started."""
    path = log_file(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(max(limit, 1))
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that leads its own group: asks, then kills."""
    for signum, patience in ((signal.SIGINT, 10), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, signum)
            process.wait(patience)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def log_file(log: str) -> Path:
    return places.LOGS / f"{log}.log"


def tail(log: str, lines: int = 60) -> str:
    """The last lines of a log, indented."""
    text = log_file(log).read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in text)


def program(main: Callable[[], int]) -> None:
    """Ends the program with `main()`'s code; a failed step is one message and no trace."""
    try:
        sys.exit(main())
    except StepFailed as failure:
        print(f"notesync: {failure}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        print("notesync: interrupted", file=sys.stderr, flush=True)
        sys.exit(130)
