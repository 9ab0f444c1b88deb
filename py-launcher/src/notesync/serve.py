"""`notesync serve`: the laptop server as a frugal Java program. The command line's thread."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import _state, class_data, java, texts
from .errors import NotesyncError

# The server names itself as its user called it.
_CALLED_AS = "notesync.command"
# The server makes that file when it serves.
_MARK = "notesync.served"
# With these it serves nothing.
_ONLY_TELLS = ("-h", "--help", "-V", "--version")
# How an archive of classes begins once the JVM has written it whole: as a number, in its own order.
_WHOLE = 0xF00BABA8


def run(arguments: Sequence[str]) -> int:
    """Becomes the server; where there is no exec, waits for it and gives its exit code.

    Raises NotesyncError where there is no server or no Java for it.
    """
    jar = _jar()
    if jar is None or not jar.is_file():
        raise NotesyncError("no_server_jar", texts.no_server_jar())
    found = java.find()
    program = str(found.program)
    data = _class_data(found, jar, serves=_serves(arguments))
    options = [*java.FRUGAL, "-Xms16m", *data, f"-D{_CALLED_AS}=notesync serve"]
    command = [program, *options, "-jar", str(jar), *arguments]
    if os.name != "nt":  # There it would give the terminal back at once.
        os.execv(program, command)
    return subprocess.call(command)


def _jar() -> Path | None:
    """The jar as told, else that of `pip install notesync[serve]`."""
    told = os.environ.get("NOTESYNC_SERVER_JAR")
    if told:
        return Path(told)
    try:
        from notesync_server import JAR
    except ImportError:
        return None
    return Path(JAR)


def _serves(arguments: Sequence[str]) -> bool:
    return arguments[:1] != ["why"] and not any(word in _ONLY_TELLS for word in arguments)


def _class_data(found: java.Java, jar: Path, serves: bool) -> list[str]:
    """What makes the next start a quick one, where its state has a place.

    The first server of a jar on a Java writes the archive when it ends, the next ones use it. The
    JVM itself does without one that does not fit. One that was written by a run that served nothing
    lacks most classes, so it is made anew.
    """
    try:
        state = _state.make_private(_state.state_dir())
        archive = _state.server_class_data(state, class_data.fingerprint(found, jar))
        if os.pathsep in str(archive):  # To the JVM that is between two of them.
            return []
        mark = _state.server_class_data_mark(archive)
        if _is_whole(archive) and mark.exists():
            return [f"-XX:SharedArchiveFile={archive}"]
        if not serves:
            return []
        for path in _state.server_class_data_files(state):
            with contextlib.suppress(OSError):  # On Windows an older server may be using it.
                path.unlink()
    except (OSError, NotesyncError):
        return []
    return [f"-XX:ArchiveClassesAtExit={archive}", f"-D{_MARK}={mark}"]


def _is_whole(archive: Path) -> bool:
    try:
        with archive.open("rb") as file:
            return int.from_bytes(file.read(4), sys.byteorder) == _WHOLE
    except FileNotFoundError:
        return False
