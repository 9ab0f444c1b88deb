"""Where the replica of a source lies on this machine, and whose replica a folder is.

Two laptops, or two folders of one, may serve projects of the same name. A folder belongs to the
source that was the first in it, by a small file in the state directory; another source gets the
next free name, unless the user names that folder himself, which his notebook then keeps to. One
thread at a time.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from itertools import count
from pathlib import Path

from . import _state, connect_texts
from ._names import folder_name
from ._remembered import RememberedPlaces
from .errors import NotesyncError
from .messages.laptop import Project

_log = logging.getLogger("notesync")


class Places:
    """The places of one kernel's replicas. What was told in a notebook outlives its kernel."""

    def __init__(self, notebook: str = "") -> None:
        self._remembered = RememberedPlaces(notebook)
        # For the next connection alone, as the user told it.
        self.wanted: Path | None = None
        # What is special about the place that was chosen last.
        self.note: str | None = None
        self._told: dict[str, Path] = {}

    def is_called(self, notebook: str) -> None:
        """The notebook was renamed."""
        self._remembered.is_called(notebook)

    def of(self, project: Project) -> Path:
        """As told with this connection, or with one before; else by the project's name."""
        source = project.source or project.name
        usual = Path.home() / "notesync" / folder_name(project.name)
        if self.wanted is not None:
            place, self.wanted = self.wanted, None
            self._told[source] = place
            self._remembered.keep(source, None if place == usual else place)
        told = self._told.get(source) or self._told_before(source)
        place = told or next(
            one
            for number in count(1)
            if not _is_of_another(one := _numbered(usual, number), project.source)
        )
        if project.source:
            _remember(place, project.source)
        moved = told is None and place != usual
        self.note = connect_texts.another_is_there(usual, place) if moved else None
        return place

    def _told_before(self, source: str) -> Path | None:
        """By a kernel of before, unless the folder was given to another source since."""
        place = self._remembered.of(source)
        return None if place is None or _is_of_another(place, source) else place


def make_root(place: Path) -> None:
    """Raises NotesyncError where the folder cannot be made."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotesyncError("root_refused", *connect_texts.root_refused(place, error)) from None


def mend_root(place: Path) -> bool:
    """Make a folder again that somebody deleted; tells whether that was so."""
    if place.is_dir():
        return False
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
    return True


def _numbered(usual: Path, number: int) -> Path:
    return usual if number == 1 else usual.with_name(f"{usual.name}-{number}")


def _is_of_another(place: Path, source: str) -> bool:
    """Whether the folder holds the replica of a source that is known not to be this one."""
    owner = _owner(place) if source else None
    if owner is None or owner == source:
        return False
    try:
        return any(place.iterdir())
    except OSError:
        return False


def _owner(place: Path) -> str | None:
    try:
        told = json.loads(_file(place).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    source = told.get("source") if isinstance(told, dict) else None
    return source if isinstance(source, str) else None


def _remember(place: Path, source: str) -> None:
    """What cannot be written is not remembered."""
    if _owner(place) == source:
        return
    try:
        _state.make_private(_state.state_dir())
        file = _file(place)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        _state.write_private(file, json.dumps({"root": str(place), "source": source}))
    except (OSError, NotesyncError) as error:
        _log.info("notesync: whose replica %s is, is not remembered: %s", place, error)


def _file(place: Path) -> Path:
    return _state.owner_file(_state.state_dir(), os.path.realpath(place))
