"""What the machine itself must have: a JDK, Maven, git, Chromium.

Where something is missing and this is Debian (or a child of it) and we are root, its own packages are installed;
elsewhere one sentence says what is missing and how to get it.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from tests.commands import step


@dataclass(frozen=True)
class Need:
    """A program, the Debian packages that bring it, and the oldest major version that will do (0: any)."""

    names: tuple[str, ...]
    packages: tuple[str, ...] = ()
    oldest: int = 0
    elsewhere: str = ""

    def found(self) -> str | None:
        return next((path for path in map(shutil.which, self.names) if path), None)

    def lack(self) -> str | None:
        """What is wrong with this machine, or None."""
        path = self.found()
        if path is None:
            return f"{self.names[0]} was not found"
        if self.oldest and (have := major(path)) < self.oldest:
            return f"{self.names[0]} {have} found at {path}, {self.oldest} or newer is needed"
        return None


@dataclass(frozen=True)
class Library(Need):
    """A shared library, by its file name; asked for on Linux only."""

    def lack(self) -> str | None:
        if sys.platform != "linux":
            return None
        try:
            ctypes.CDLL(self.names[0])
        except OSError:
            return f"{self.names[0]} was not found"
        return None


# Debian calls the JDK of each release so: 17 in bookworm, 21 in trixie.
JDK = Need(("javac",), ("default-jdk-headless",), 17, "install a JDK 17 or newer and put it on PATH")
MAVEN = Need(("mvn",), ("maven",), 0, "install Maven 3.8 or newer")
# Not from Debian, whose own is often too old: `parts.node` brings one.
NODE = Need(("node",), (), 20)
NPM = Need(("npm",))
GIT = Need(("git",), ("git",), 0, "install git")
CHROMIUM = Need(
    (os.environ.get("NOTESYNC_CHROMIUM", "chromium"), "chromium", "chromium-browser", "google-chrome"),
    ("chromium",),
    0,
    "install Chromium or Chrome, or set NOTESYNC_CHROMIUM to its path",
)
# Playwright's own Node.js, which drives Chromium, wants it.
ATOMIC = Library(("libatomic.so.1",), ("libatomic1",), 0, "install libatomic, which comes with GCC")


def prepare(needs: Iterable[Need]) -> None:
    """Makes sure of every need, or raises StepFailed with one sentence for each that cannot be met."""
    needs = list(needs)
    packages = [package for need in needs if need.lack() for package in need.packages]
    if not has_venv():
        packages.append("python3-venv")
    if packages and can_install():
        install(packages)
    lacks = [f"{lack}: {need.elsewhere}" for need in needs if (lack := need.lack())]
    if not has_venv():
        lacks.append("this Python has no venv module: install python3-venv, or set NOTESYNC_PYTHON to another")
    if lacks:
        raise step.StepFailed("; ".join(lacks))


def can_install() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    names = " ".join(packages)
    step.run("reading Debian's package lists", ["apt-get", "update", "-q"], log="apt-update", limit=300, env=env)
    command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages]
    step.run(f"installing with apt-get: {names}", command, log="apt-install", limit=900, env=env)


def has_venv() -> bool:
    try:
        import ensurepip  # noqa: F401  (Debian splits it off, and venv fails without it)
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def major(path: str) -> int:
    """The major version that `path --version` (or -version) tells, 0 if it tells none."""
    told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    number = re.search(r"(\d+)[.\s]", told.stdout + told.stderr + " ")
    return int(number.group(1)) if number else 0
