"""A program that a story runs: its own process group, its output line by line, gone when the `with` block ends."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.harness import wait


class Program:
    """Starts in `__enter__`. Both streams are read by threads of their own and kept, in memory and in a log."""

    def __init__(
        self, name: str, command: Sequence[str | Path], *, logs: Path, env: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        self.name = name
        self.command = [str(word) for word in command]
        self.env = dict(env)
        self.cwd = cwd
        self.log = logs / f"{name}.log"
        self.lines: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._readers: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, f"{self.name} was not started"
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> None:
        self.lines = []
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            self.command,
            cwd=self.cwd,
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        streams = (self._process.stdout, self._process.stderr)
        self._readers = [threading.Thread(target=self._read, args=(stream,), daemon=True) for stream in streams]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[bytes]) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            for raw in stream:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                self.lines.append(line)
                log.write(line + "\n")
                log.flush()

    def type(self, line: str) -> None:
        """What a person types into the terminal, with Return."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def until_line(self, pattern: str, patience: float = wait.PATIENCE, after: int = 0) -> re.Match[str]:
        """Waits for a line (from number `after` on) that holds `pattern`."""

        def look() -> re.Match[str] | None:
            for line in self.lines[after:]:
                if found := re.search(pattern, line):
                    return found
            if self.process.poll() is not None:
                raise wait.Waited(
                    f"{self.name} ended with {self.process.returncode} before /{pattern}/:\n{self.told()}"
                )
            return None

        try:
            return wait.until(look, f"a line like /{pattern}/ from {self.name}", patience)
        except wait.Waited as late:
            raise wait.Waited(f"{late}; it said:\n{self.told()}") from None

    def told(self, last: int = 40) -> str:
        return "\n".join(f"    {line}" for line in self.lines[-last:])

    def until_ended(self, patience: float = wait.PATIENCE) -> int:
        code = self.process.wait(patience)
        for reader in self._readers:
            reader.join(5)
        return code

    def kill(self) -> None:
        """`kill -9`: no chance to tidy up."""
        self._signal(signal.SIGKILL)
        self.until_ended(10)

    def end(self) -> None:
        """Asks it to end; kills what does not. Its whole process group goes."""
        if self._process is None:
            return
        for signum in (signal.SIGTERM, signal.SIGKILL):
            self._signal(signum)
            try:
                self._process.wait(10)
                break
            except subprocess.TimeoutExpired:
                continue
        self._signal(signal.SIGKILL)
        for reader in self._readers:
            reader.join(5)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()
        self._process = None

    def _signal(self, signum: int) -> None:
        try:
            os.killpg(self.process.pid, signum)
        except ProcessLookupError:
            return
