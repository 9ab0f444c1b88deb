"""What the user told a notebook that outlives its kernel, on this machine.

Where its laptop server was last reached by its page: a server whose port was taken listens on
another one, and the notebook need not be told again. Where it wants a replica to lie. Small files
in the state directory, of this user only. Any thread; the last writer wins.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from . import _state
from .direct import Address
from .errors import NotesyncError

_log = logging.getLogger("notesync")
_MOST = 200


class RememberedLaptop:
    """The address for one notebook."""

    def __init__(self, notebook: str, default: str) -> None:
        self._notebook = notebook
        self._default = default

    @property
    def url(self) -> str:
        """The remembered address, or the default where there is none that can be read."""
        try:
            known = _read(_state.laptops_file(_state.state_dir()))[self._notebook]
            return str(Address.of(known)) if isinstance(known, str) else self._default
        except (KeyError, NotesyncError):
            return self._default

    def is_called(self, notebook: str) -> None:
        """The notebook has another name now. Its next kernel is told only that."""
        url = self.url
        self._notebook = notebook
        self.keep(url)

    def keep(self, url: str) -> None:
        """Remember, or forget where it is the default. What cannot be written is not remembered."""
        if not self._notebook or url == self.url:
            return
        _keep(
            _state.laptops_file(_state.state_dir()),
            self._notebook,
            None if url == self._default else url,
        )


class RememberedPlaces:
    """The folders that one notebook was told to use (`--to`), by the source whose replica it is.

    Kernels to which nobody tells their notebook (Databricks, a terminal) have this together.
    """

    def __init__(self, notebook: str) -> None:
        self._notebook = notebook

    def of(self, source: str) -> Path | None:
        """None where none was told, or what was told cannot be read."""
        known = self._known().get(source)
        return Path(known) if isinstance(known, str) else None

    def is_called(self, notebook: str) -> None:
        """The notebook has another name now. Its next kernel is told only that."""
        known = self._known()
        self._notebook = notebook
        if known != self._known():
            _keep(_state.places_file(_state.state_dir()), notebook, known or None)

    def keep(self, source: str, place: Path | None) -> None:
        """Remember, or forget with None. What cannot be written is not remembered."""
        if place == self.of(source):
            return
        known = self._known()
        known.pop(source, None)
        if place is not None:
            known[source] = str(place)
        _keep(_state.places_file(_state.state_dir()), self._notebook, known or None)

    def _known(self) -> dict[str, object]:
        known = _read(_state.places_file(_state.state_dir())).get(self._notebook)
        return dict(known) if isinstance(known, dict) else {}


def _read(file: Path) -> dict[str, object]:
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _keep(file: Path, notebook: str, told: object) -> None:
    known = _read(file)
    known.pop(notebook, None)
    if told is not None:
        known[notebook] = told
    try:
        _state.make_private(file.parent)
        _state.write_private(file, json.dumps(dict(list(known.items())[-_MOST:])))
    except (OSError, NotesyncError) as error:
        _log.info("notesync: %s is not remembered: %s", told, error)
