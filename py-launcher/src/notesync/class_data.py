"""The agent's class data: an archive of the classes it loads, which halves the CPU of its start.

Made beside the first agent of a jar on a Java, from what that agent says it loaded: also where the
Java is a linked runtime, which has no archive of its own that could be extended, and where the
agent is killed with its machine, and never ends by itself. Nothing waits for it: where it cannot be
made or does not fit, the JVM starts without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from . import _process, _state
from ._loop import in_background
from .java import Java

_log = logging.getLogger("notesync")
# An agent that did nothing for so long has loaded what it needs, and is not slowed down.
SETTLE_S = 10.0
_NOTHING_S = 0.2
_DUMP_TIMEOUT_S = 120.0
_STALE_S = 600.0
# `-Xlog:class+load`, without decorations. Hidden classes have an address behind a slash.
_LOADED = re.compile(r"^([\w.$]+) source: (?:jrt:|file:|shared objects)", re.MULTILINE)


@dataclass(frozen=True)
class ClassData:
    """What belongs to one jar on one Java: the JVM refuses an archive of any other pair."""

    java: Java
    jar: Path
    state: Path

    @property
    def archive(self) -> Path:
        return _state.class_data(self.state, fingerprint(self.java, self.jar))

    @property
    def can_be_named(self) -> bool:
        """Whether the JVM can be told the archive: to it a colon is between two of them."""
        return os.pathsep not in str(self.state)

    def options(self) -> list[str]:
        """The JVM's options: to use the archive, or to tell what it would hold."""
        if not self.can_be_named:
            return []
        if self.archive.exists():
            return [f"-XX:SharedArchiveFile={self.archive}", "-Xshare:auto"]
        return [f'-Xlog:class+load:file="{_state.class_list(self.archive)}":none']

    def make_later(
        self, pid: int, flags: Sequence[str], env: Mapping[str, str]
    ) -> Future[None] | None:
        """Make the archive once the agent `pid`, just started, has nothing to do, if there is none.

        `flags` are those of the agent that decide what an archive fits to.
        """
        if not self.can_be_named or self.archive.exists():
            return None

        def work() -> None:
            _until_idle(pid)
            self.make(flags, env)

        return in_background(work, "notesync-class-data")

    def make(self, flags: Sequence[str], env: Mapping[str, str]) -> None:
        """Make the archive now; takes about a second of one core, at the lowest priority."""
        archive = self.archive
        told = _state.class_list(archive)
        wanted, made = (archive.with_suffix(f".{os.getpid()}.{end}") for end in ("list", "part"))
        try:
            names = _LOADED.findall(told.read_text("utf-8", errors="replace"))
            if not names:
                return
            wanted.write_text("".join(f"{name.replace('.', '/')}\n" for name in names), "utf-8")
            self._dump(wanted, made, flags, env)
            _forget_others(self.state)
            os.replace(made, archive)
        except (OSError, subprocess.SubprocessError) as error:
            _log.info("notesync: no class data, agents start slower: %s", error)
        finally:
            for path in (told, wanted, made):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    def _dump(self, wanted: Path, made: Path, flags: Sequence[str], env: Mapping[str, str]) -> None:
        last = shutil.which("nice")
        command = [last, "-n", "19"] if last else []
        command += [str(self.java.program), *flags, "-Xshare:dump"]
        command += [f"-XX:SharedClassListFile={wanted}", f"-XX:SharedArchiveFile={made}"]
        subprocess.run(
            [*command, "-cp", str(self.jar)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env=dict(env),
            timeout=_DUMP_TIMEOUT_S,
            check=True,
        )


def _until_idle(pid: int) -> None:
    """Until the process used no CPU worth mentioning for a while, or is gone."""
    used = _process.cpu_seconds(pid)
    while used is not None:
        before = used
        time.sleep(SETTLE_S)
        used = _process.cpu_seconds(pid)
        if used is not None and used - before < _NOTHING_S:
            return


def fingerprint(java: Java, jar: Path) -> str:
    """Of all that the JVM compares: a reinstalled wheel has a jar with another time."""
    facts = jar.stat()
    told = [str(java.program.resolve()), java.version, str(jar)]
    told += [str(facts.st_size), str(facts.st_mtime_ns)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _forget_others(state: Path) -> None:
    """Remove archives of other versions, and what a dump left that was killed."""
    for path in _state.class_data_files(state):
        with contextlib.suppress(OSError):
            if path.suffix == ".jsa" or time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink()
