"""The laptop: a source tree, the server that serves it, and the person at its terminal."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.commands import places
from tests.harness import tree, wait
from tests.harness.process import Program

# Wherever that can be made, the server sees its source on a read-only mount of its own: so every story proves that it
# writes nothing there. The person at the laptop, outside, edits as always.
READ_ONLY = (
    *("unshare", "--mount", "--propagation", "private", "sh", "-c"),
    'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"',
    "read-only",
)
ADDRESS = r"http://127\.0\.0\.1:(\d+)"


@functools.cache
def can_mount() -> bool:
    """Whether this user may have mounts of his own."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    trial = ["unshare", "--mount", "--propagation", "private", "mount", "--bind", "/tmp", "/tmp"]
    return subprocess.run(trial, check=False, capture_output=True).returncode == 0


class Laptop:
    """Owns the server process. `source` is edited as editors do; nobody else may write there."""

    def __init__(
        self,
        source: Path,
        home: Path,
        env: Mapping[str, str],
        logs: Path,
        *options: str,
        under: Sequence[str] = (),
    ) -> None:
        self.source = source
        # A command that starts the server with less than the user has: fewer rights, lower limits.
        self.under = under
        self.options = options
        # How the user starts it.
        self.program: Sequence[str | Path] = ("java", "-jar", places.SERVER_JAR)
        self.port = 0
        self._env = dict(env)
        self._logs = logs
        self._home = home
        self.server = self._program()

    def __enter__(self) -> Self:
        self._home.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.end()

    @property
    def state(self) -> Path:
        """Where the server keeps what it knows."""
        return Path(self._env["NOTESYNC_STATE"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts the server, on the port that it had before if this is not the first time."""
        self.server.end()
        self.server = self._program()
        self.server.start()
        try:
            self.port = int(self.server.until_line(ADDRESS).group(1))
        except BaseException:
            self.server.end()
            raise

    def restart(self) -> None:
        self.server.end()
        self.start()

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """A closed lid: the server is there and answers nothing."""
        self.server.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.server.process.send_signal(signal.SIGCONT)

    def approve(self, code: str) -> None:
        """Types the code that the notebook shows into the server's terminal: the server asked when it is shown."""
        self.server.type(code)

    @contextmanager
    def as_one_batch(self) -> Iterator[None]:
        """As a checkout does it: nothing is sent while git holds its lock. The source has to be a repository."""
        lock = self.path(".git/index.lock")
        lock.touch()
        yield
        lock.unlink()

    def events(self) -> list[dict[str, Any]]:
        """What the server told so far; with the option `--json`."""
        return [json.loads(line) for line in self.server.lines if line.startswith("{")]

    def until_event(self, name: str, **fields: object) -> dict[str, Any]:
        """Waits for an event with these fields; with the option `--json`."""

        def look() -> dict[str, Any] | None:
            wanted = {"event": name, **fields}
            return next((event for event in self.events() if wanted.items() <= event.items()), None)

        return wait.until(look, f"the server's event {name} {fields}")

    def path(self, name: str) -> Path:
        return self.source / name

    def save(self, name: str, text: str) -> None:
        """As a careful editor saves: a temporary file in the same folder, then a rename."""
        self.save_bytes(name, text.encode())

    def save_bytes(self, name: str, content: bytes) -> None:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.tmp~")
        part.write_bytes(content)
        if path.exists():
            part.chmod(path.stat().st_mode)
        part.rename(path)

    def replace(self, name: str, old: str, new: str) -> None:
        """Edits a text file; `old` has to be in it just once."""
        text = self.path(name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
        self.save(name, text.replace(old, new))

    def tree(self) -> tree.Tree:
        return tree.of_source(self.source)

    def line_of(self, name: str, pattern: str) -> int:
        lines = self.path(name).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if re.search(pattern, line))

    def _program(self) -> Program:
        command: list[str | Path] = [*READ_ONLY, self.source] if can_mount() else []
        command += [*self.under, *self.program, self.source, "--port", str(self.port)]
        return Program("server", [*command, *self.options], logs=self._logs, env=self._env, cwd=self._home)
