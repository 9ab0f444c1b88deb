"""`notesync serve`: the laptop server as a frugal Java program. The command line's thread."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import _state, java, texts
from .errors import NotesyncError

# From this version on the JVM makes class data by itself, when the first server ends.
_MAKES_CLASS_DATA = 19


def run(arguments: Sequence[str]) -> int:
    """Becomes the server; where there is no exec, waits for it and gives its exit code.

    Raises NotesyncError where there is no server or no Java for it.
    """
    jar = _jar()
    if jar is None or not jar.is_file():
        raise NotesyncError("no_server_jar", texts.no_server_jar())
    found = java.find()
    program = str(found.program)
    command = [program, *java.FRUGAL, "-Xms16m", *_class_data(found), "-jar", str(jar), *arguments]
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


def _class_data(found: java.Java) -> list[str]:
    """What makes the next start a quick one, where this Java can and its state has a place."""
    if found.major < _MAKES_CLASS_DATA:
        return []
    try:
        archive = _state.server_class_data(_state.make_private(_state.state_dir()))
    except (OSError, NotesyncError):
        return []
    if os.pathsep in str(archive):  # To the JVM that is between two of them.
        return []
    return ["-XX:+AutoCreateSharedArchive", f"-XX:SharedArchiveFile={archive}"]
