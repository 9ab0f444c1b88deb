"""A Linux machine that exists only while a test runs: own mounts, own processes, own users, nothing left behind.

An overlay over the real machine's files, entered with chroot, in a mount and a process namespace of its own. The
network is the real machine's loopback. When it ends, every process in it is killed, however it detached itself.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.commands import places
from tests.harness import wait

# Run as PID 1 of the namespace. $1: scratch folder, $2: shared folder, $3: more of the setup, the rest: PID 1 itself.
_SETUP = r"""
set -eu
ov=$1
mount -t tmpfs -o size=4g none "$ov"
mkdir "$ov/up" "$ov/work" "$ov/root"
mount -t overlay none -o "lowerdir=/,upperdir=$ov/up,workdir=$ov/work" "$ov/root"
cd "$ov/root"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs none run
for hidden in usr/lib/jvm tmp; do mount -t tmpfs -o mode=1777 none $hidden; done
rm -rf etc/ipython
rm -f usr/bin/java etc/alternatives/java usr/local/bin/java
mkdir -p shared
mount --bind "$2" shared
eval "$3"
cd /
shift 3
exec chroot "$ov/root" "$@"
"""
SHARED = "/shared"
_PROCESSES = r"""
cd /proc; for p in [0-9]*; do c=$(tr "\0" " " <$p/cmdline 2>/dev/null) && [ -n "$c" ] && echo "$p $c"; done; true
"""


@dataclass(frozen=True)
class User:
    """A user of the machine, with a private home."""

    name: str
    uid: int
    gid: int

    @property
    def home(self) -> str:
        return f"/home/{self.name}" if self.uid else "/root"


ROOT = User("root", 0, 0)


@dataclass(frozen=True)
class Ran:
    """How a command in the machine ended, read until both its streams were closed by everyone who held them."""

    code: int
    out: str
    err: str
    seconds: float


class Machine:
    """One machine without any Java but the given ones; `setup` are shell lines, run in its root before it starts."""

    def __init__(
        self,
        scratch: Path,
        *,
        readable: Iterable[Path] = (),
        users: Iterable[User] = (),
        jvms: dict[str, Path] | None = None,
        on_path: str | None = None,
        setup: Sequence[str] = (),
        first: Sequence[str | Path] = ("sleep", "infinity"),
    ) -> None:
        self.scratch = scratch
        self.shared = scratch / "shared"
        self.first = [str(word) for word in first]
        self._setup = "\n".join(
            [*_checkout(), *_users(users), *_jvms(jvms or {}, on_path), *_readable(readable), *setup]
        )
        self._holder: subprocess.Popen[bytes] | None = None
        self._pid = 0

    @staticmethod
    def why_not() -> str | None:
        """Why no machine can be simulated here, or None."""
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            return "a simulated machine needs root: it mounts an overlay"
        for tool in ("unshare", "nsenter", "setpriv"):
            if shutil.which(tool) is None:
                return f"a simulated machine needs {tool} (util-linux)"
        if "overlay" not in Path("/proc/filesystems").read_text():
            return "a simulated machine needs overlayfs in the kernel"
        return None

    def __enter__(self) -> Self:
        self.shared.mkdir(parents=True, exist_ok=True)
        mountpoint = self.scratch / "machine"
        mountpoint.mkdir(exist_ok=True)
        unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        command = [*unshare, "bash", "-c", _SETUP, "machine", str(mountpoint), str(self.shared), self._setup]
        with (self.scratch / "setup.log").open("wb") as log:
            self._holder = subprocess.Popen([*command, *self.first], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait.until(self._ready, "the simulated machine", 30)
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Switches it off: with PID 1 everything in it is killed."""
        if self._holder is not None:
            if self._pid:
                # Not the holder first: it reaps, and the real PID 1 may take seconds for that.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
            else:
                self._holder.kill()
            self._holder.wait(30)
            self._holder, self._pid = None, 0

    def _ready(self) -> bool:
        assert self._holder is not None
        if self._holder.poll() is not None:
            raise AssertionError("the simulated machine did not start: " + (self.scratch / "setup.log").read_text())
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text().split()
        if not children or Path(f"/proc/{children[0]}/comm").read_text().strip() in ("unshare", "bash", "chroot"):
            return False
        self._pid = int(children[0])
        return True

    def command(self, *words: str | Path, env: dict[str, str] | None = None, user: User = ROOT) -> list[str]:
        """The command line, for outside, that runs `words` in the machine with just this environment."""
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        variables = {"PATH": path, "HOME": user.home, "LANG": "C.UTF-8", **(env or {})}
        enter = ["nsenter", "--target", str(self._pid), "--mount", "--pid", "--root", "env", "-C", "/", "-i"]
        drop = ["setpriv", "--reuid", str(user.uid), "--regid", str(user.gid), "--clear-groups"] if user.uid else []
        return [*enter, *(f"{key}={value}" for key, value in variables.items()), *drop, *map(str, words)]

    def run(self, *words: str | Path, env: dict[str, str] | None = None, user: User = ROOT, limit: float = 300) -> Ran:
        """Runs to the end, and reads to the end of file, as the runner of a platform may do."""
        began = time.monotonic()
        told = subprocess.run(
            self.command(*words, env=env, user=user),
            capture_output=True,
            text=True,
            timeout=limit,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Ran(told.returncode, told.stdout, told.stderr, time.monotonic() - began)

    def put(self, path: str, content: str | Path) -> None:
        """Puts a text, or a copy of a file, into the machine, readable for all."""
        source = self.shared / f"put-{Path(path).name}"
        if isinstance(content, Path):
            shutil.copy(content, source)
        else:
            source.write_text(content)
        script = 'umask 022; mkdir -p "$(dirname "$2")" && cp "$1" "$2"'
        done = self.run("sh", "-c", script, "put", f"{SHARED}/{source.name}", path)
        assert done.code == 0, done.err

    def read(self, path: str) -> str:
        """The text of a file in the machine; empty where there is none."""
        return self.run("sh", "-c", 'cat "$1" 2>/dev/null || true', "read", path).out

    def processes(self, pattern: str) -> list[str]:
        """`pid command line` of the machine's live processes whose command line holds `pattern`."""
        lines = self.run("bash", "-c", _PROCESSES, "look").out.splitlines()
        return [line for line in lines if pattern in line and " look" not in line]

    def agents(self) -> list[str]:
        """The machine's agents; not what makes class data of the same jar beside one."""
        return self.processes("notesync-agent.jar --state")


def _checkout() -> list[str]:
    """/tmp is the machine's own. A checkout in the real one is shown there, under a layer that takes changes."""
    if Path("/tmp") not in places.ROOT.parents:
        return []
    here, real = shlex.quote(f".{places.ROOT}"), shlex.quote(str(places.ROOT))
    layers = f'lowerdir={real},upperdir="$ov/checkout",workdir="$ov/checkout-work"'
    return [f'mkdir -p "$ov/checkout" "$ov/checkout-work" {here}', f"mount -t overlay none -o {layers} {here}"]


def _users(users: Iterable[User]) -> list[str]:
    lines = []
    for user in users:
        lines.append(f"echo {user.name}:x:{user.uid}:{user.gid}::{user.home}:/bin/bash >>etc/passwd")
        lines.append(f"mkdir -p .{user.home}; chown {user.uid}:{user.gid} .{user.home}; chmod 700 .{user.home}")
    return lines


def _jvms(jvms: dict[str, Path], on_path: str | None) -> list[str]:
    lines = []
    for name, home in jvms.items():
        lines.append(f"mkdir usr/lib/jvm/{name}; mount --bind {shlex.quote(str(home.resolve()))} usr/lib/jvm/{name}")
    if on_path:
        lines.append(f"ln -s /usr/lib/jvm/{on_path}/bin/java usr/bin/java")
    return lines


def _readable(readable: Iterable[Path]) -> list[str]:
    """What other users have to read and pass: opened in the overlay, never on the real machine."""
    folders: set[Path] = set()
    for path in readable:
        python = places.tool(path, "python")
        for one in (path, python.resolve().parent if python.exists() else path):
            folders |= {one, *one.parents}
    return [f"chmod a+rx {shlex.quote('.' + str(folder))}" for folder in sorted(folders - {Path("/")})]
