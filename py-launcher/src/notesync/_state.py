"""File names of notesync's own state: the only place that knows them. Any thread."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from ._process import machine_id
from .errors import NotesyncError


def state_dir() -> Path:
    """Where the agent's connection file, log and class data live. Not created here."""
    chosen = os.environ.get("NOTESYNC_STATE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "notesync"


def make_private(directory: Path) -> Path:
    """Create `directory` for this user only (0700), or refuse one that belongs to another user."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    facts = directory.stat()
    if hasattr(os, "getuid") and facts.st_uid != os.getuid():
        raise NotesyncError(
            "state_not_mine",
            f"the state directory {directory} belongs to user {facts.st_uid}",
            "set NOTESYNC_STATE to a directory of your own",
        )
    if stat.S_IMODE(facts.st_mode) & 0o077:
        directory.chmod(0o700)
    return directory


def write_private(file: Path, text: str) -> None:
    """Write a file of the state by rename, for this user only."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text, "utf-8")
    part.replace(file)


def connection_file(state: Path) -> Path:
    return state / f"agent-{machine_id()}.json"


def lock_file(state: Path) -> Path:
    return state / f"agent-{machine_id()}.lock"


def stderr_file(state: Path) -> Path:
    return state / f"agent-{machine_id()}.stderr"


def class_data(state: Path, key: str) -> Path:
    """The archive that makes the next start of a jar on a Java a quick one; `key` names the two."""
    return state / f"agent-{key[:16]}.jsa"


def class_list(archive: Path) -> Path:
    """Where an agent without that archive tells what it loads."""
    return archive.with_suffix(".classes")


def class_data_files(state: Path) -> list[Path]:
    """All that was made for class data, of any jar and Java."""
    kinds = ("jsa", "classes", "list", "part", "dump")
    return [path for kind in kinds for path in state.glob(f"agent-*.{kind}")]


def server_class_data(state: Path, key: str) -> Path:
    """The same of the laptop server."""
    return state / f"server-{key[:16]}.jsa"


def server_class_data_mark(archive: Path) -> Path:
    """There once the run that writes the archive has served: then its classes are enough."""
    return archive.with_suffix(".served")


def server_class_data_files(state: Path) -> list[Path]:
    """Those of any jar and Java."""
    return [path for kind in ("jsa", "served") for path in state.glob(f"server-*.{kind}")]


def laptops_file(state: Path) -> Path:
    """Where the laptop of each notebook was last found by its page."""
    return state / "laptops.json"


def places_file(state: Path) -> Path:
    """Where each notebook was told to keep the replica of a source."""
    return state / "places.json"


def owner_file(state: Path, place: str) -> Path:
    """Which source the replica at a place belongs to."""
    return state / "replicas" / f"{hashlib.sha256(place.encode()).hexdigest()[:32]}.json"


def bundled(name: str) -> Path:
    """A file that the wheel carries."""
    return Path(__file__).parent / "_bundled" / name


AGENT_JAR = "notesync-agent.jar"
BROWSER_SCRIPT = "notesync.js"
WIDGET_SCRIPT = "widget.js"
