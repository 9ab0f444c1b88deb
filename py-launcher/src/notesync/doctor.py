"""What this machine has for notesync, line by line: for `notesync doctor` and `%notesync doctor`.

Holds no secret: what it prints can go into a bug report.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from . import _state, agent_client, agent_process, java, texts
from .errors import NotesyncError
from .messages import PROTOCOL_VERSION, VERSION
from .messages import laptop as laptop_words
from .messages.laptop import Project
from .session import Session

Row = tuple[str, str]
_PACKAGES = ("ipython", "ipykernel", "pyzmq", "jupyterlab", "notebook", "ipywidgets", "anywidget")


def rows(session: Session | None = None) -> list[Row]:
    """Every check with its outcome: `ok …`, or what is wrong and what to do."""
    found = [
        ("notesync", f"ok {VERSION}, protocol {PROTOCOL_VERSION}"),
        ("python", f"ok {platform.python_version()} on {platform.platform()}"),
        ("packages", _packages()),
        ("java", _told(_java)),
        ("agent file", _told(_jar)),
        ("browser code", _told(_script)),
        ("state", _told(_state_directory)),
        ("agent", _told(_agent)),
        ("disk", _told(_disk)),
        ("limits", _told(_limits)),
        (
            "locale",
            os.environ.get("LC_ALL") or os.environ.get("LANG") or "none (the agent has its own)",
        ),
    ]
    if session is not None:
        found += _of_session(session)
    return found


def _of_session(session: Session) -> list[Row]:
    """What only a kernel that is loaded can tell."""
    attached = session.attached
    weaker = [one.text for one in attached.guarantees] if attached else []
    found = [("file system", "; ".join(weaker) or "ok every promise holds")] if attached else []
    if session.shown_in_page:
        found.append(("front end", "ok a page is connected"))
    clocks: list[str] = []
    found.append(("server", _told(lambda: _server(session, clocks))))
    found += [("clocks", f"ok {told}") for told in clocks]
    return found + texts.status_rows(session.status())


def _server(session: Session, clocks: list[str]) -> str:
    """What the server says; puts into `clocks` how its clock stands to this machine's."""
    if session.laptop is None:
        return f"not connected ({session.laptop_url} where it is not told otherwise)"
    if not session.laptop.answers_in_cells:
        return f"{session.laptop.address}, which cannot be asked while a cell runs"
    began, here = time.monotonic(), time.time()
    answer = session.laptop.send(laptop_words.project()).result(5.0).json()
    took = time.monotonic() - began
    theirs = Project.of(answer).now_ms / 1000
    if theirs:
        clocks.append(texts.clocks(theirs - (here + took / 2), took / 2))
    return f"{session.laptop.address}, answers in {took * 1000:.0f} ms"


def healthy(found: list[Row]) -> bool:
    """Whether nothing is wrong."""
    return not any(value.startswith(_WRONG) for _, value in found)


_WRONG = "wrong: "


def _told(check: Callable[[], str]) -> str:
    try:
        return f"ok {check()}"
    except (NotesyncError, OSError, TimeoutError) as error:
        return f"{_WRONG}{error}"


def _packages() -> str:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return "ok " + ", ".join(found)


def _java() -> str:
    found = java.find()
    return f"{found.version} at {found.program} ({found.source})"


def _jar() -> str:
    jar = Path(os.environ.get("NOTESYNC_AGENT_JAR") or _state.bundled(_state.AGENT_JAR))
    if not jar.is_file():
        raise NotesyncError("no_agent_jar", *texts.no_agent_jar(jar))
    return f"{jar} ({jar.stat().st_size} bytes)"


def _script() -> str:
    script = _state.bundled(_state.BROWSER_SCRIPT)
    if not script.is_file():
        raise NotesyncError("no_script", *texts.NO_SCRIPT)
    return f"{script.stat().st_size} bytes"


def _state_directory() -> str:
    return str(_state.make_private(_state.state_dir()))


def _agent() -> str:
    found = agent_process.running(_state.state_dir())
    if found is None:
        return "not running (the first notebook starts it)"
    if not agent_client.answers(found):
        raise NotesyncError("agent_silent", *texts.silent_agent(found.pid))
    return f"{found.version}, process {found.pid}, Java {found.java}"


def _limits() -> str:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= files < 256:
        raise NotesyncError("few_files", *texts.few_files(files))
    return f"{'any number of' if files < 0 else files} open files"


def _disk() -> str:
    home = Path.home()
    free = shutil.disk_usage(home).free
    if free < 100 * 1024 * 1024:
        raise NotesyncError("disk_full", *texts.little_disk(str(home), free))
    return f"{free // 1024**3} GiB free at {home}"
