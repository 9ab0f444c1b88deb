"""The others: what people use today to make a folder follow another one on the same machine."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.commands.step import end

LOOP = """
inotifywait -q -m -r -e close_write,moved_to,create,delete --format x "$1" | while read -r _; do
    while read -r -t 0.001 _; do :; done
    rsync -a --delete "$1/" "$2/"
done
"""
LSYNCD = """
settings {{ nodaemon = true }}
sync {{ default.rsync, source = "{source}", target = "{replica}", delay = 1, rsync = {{ archive = true }} }}
"""


def present(*programs: str) -> bool:
    return all(shutil.which(program) for program in programs)


@contextmanager
def running(command: list[str], env: dict[str, str] | None = None) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield
        assert process.poll() is None, f"{command[0]} ended by itself: it was no contest"
    finally:
        process.send_signal(signal.SIGTERM)
        end(process)


@contextmanager
def inotify_rsync(source: Path, replica: Path) -> Iterator[None]:
    """A loop of inotifywait and rsync, as found in many answers on the web."""
    subprocess.run(["rsync", "-a", f"{source}/", f"{replica}/"], check=True)
    with running(["bash", "-c", LOOP, "loop", str(source), str(replica)]):
        yield


@contextmanager
def lsyncd(source: Path, replica: Path) -> Iterator[None]:
    """lsyncd with the shortest delay that it takes."""
    with tempfile.TemporaryDirectory() as place:
        config = Path(place, "lsyncd.lua")
        config.write_text(LSYNCD.format(source=source, replica=replica), encoding="utf-8")
        with running(["lsyncd", str(config)]):
            yield


@contextmanager
def unison(source: Path, replica: Path) -> Iterator[None]:
    """unison that repeats when its monitor tells of a change, or each second where it has none."""
    repeat = "watch" if present("unison-fsmonitor") else "1"
    options = ["-batch", "-silent", "-auto", "-ui", "text"]
    with tempfile.TemporaryDirectory() as place:
        env = {"UNISON": place, "HOME": place, "PATH": "/usr/bin:/bin"}
        subprocess.run(["unison", str(source), str(replica), *options], env=env, check=True, capture_output=True)
        with running(["unison", str(source), str(replica), *options, "-repeat", repeat], env=env):
            yield
