"""notesync: the project that you edit on your laptop follows into this notebook.

    %load_ext notesync
    %notesync connect                           # through the page that shows this notebook
    %notesync connect http://127.0.0.1:8765     # or directly, where the kernel reaches the laptop

The same from Python: `notesync.connect(...)`, `notesync.status()`, `notesync.sequence()`.
Public are the names in `__all__` and the package `notesync.reload`; everything else may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ._status import Status
from .errors import NotesyncError
from .messages import VERSION as __version__

__all__ = [
    "NotesyncError",
    "Status",
    "__version__",
    "connect",
    "disconnect",
    "git",
    "load_ipython_extension",
    "sequence",
    "status",
    "unload_ipython_extension",
]

_app: Any = None


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext notesync`. Loading twice changes nothing."""
    from .app import App
    from .magics import run

    global _app
    if _app is not None:
        if _app.shell is shell:
            return
        _app.unload()
    app = App(shell)
    _app = app
    shell.register_magic_function(lambda line: run(app, line), "line", "notesync")
    app.load()


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext notesync`. The replica and the agent stay."""
    global _app
    if _app is not None and _app.shell is shell:
        app, _app = _app, None
        app.unload()
        shell.magics_manager.magics["line"].pop("notesync", None)


def connect(
    url: str | None = None,
    *,
    to: str | Path | None = None,
    wait: bool = True,
) -> Status:
    """Connect this notebook to a laptop server.

    With `url` the kernel speaks to the server itself and shows a code to type on the laptop;
    without, the way that worked before is taken, else the page that shows the notebook is invited.
    The replica is `~/notesync/<project>` (with a number behind it where that is another source's),
    or `to`. With `wait` (and a url) it returns when the first sync came out. Raises NotesyncError.
    """
    status: Status = _loaded().connect(url, to, wait)
    return status


def disconnect() -> None:
    """Stop following the laptop; the replica stays as it is."""
    _loaded().session.disconnect()


def status() -> Status:
    """Where things stand."""
    found: Status = _loaded().session.status()
    return found


def sequence() -> int | None:
    """The sequence that the current cell runs on; None where no laptop was ever connected."""
    number: int | None = _loaded().session.sequence() if _app is not None else None
    return number


def git() -> Mapping[str, Any] | None:
    """Commit, branch and dirty state of the laptop's repository at that sequence, if it has one."""
    state: Mapping[str, Any] | None = _loaded().session.git() if _app is not None else None
    return state


def _loaded() -> Any:
    """The App of this process; loads the extension into the running IPython where needed."""
    if _app is None:
        from IPython import get_ipython

        from . import texts

        shell = get_ipython()
        if shell is None:
            raise NotesyncError("not_a_shell", texts.NOT_A_SHELL)
        load_ipython_extension(shell)
    return _app
