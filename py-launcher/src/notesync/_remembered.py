"""Where the laptop server of a notebook was last reached by its page, on this machine.

A server whose port was taken listens on another one; the notebook then need not be told again after
its kernel was restarted. A small file in the state directory, of this user only. Main thread and
loop thread; the last writer wins.
"""

from __future__ import annotations

import json
import logging

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
            known = _read()[self._notebook]
            return str(Address.of(known)) if isinstance(known, str) else self._default
        except (KeyError, NotesyncError):
            return self._default

    def keep(self, url: str) -> None:
        """Remember, or forget where it is the default. What cannot be written is not remembered."""
        if not self._notebook or url == self.url:
            return
        known = _read()
        known.pop(self._notebook, None)
        if url != self._default:
            known[self._notebook] = url
        try:
            _write(dict(list(known.items())[-_MOST:]))
        except (OSError, NotesyncError) as error:
            _log.info("notesync: the laptop's address is not remembered: %s", error)


def _read() -> dict[str, object]:
    try:
        told = json.loads(_state.laptops_file(_state.state_dir()).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _write(known: dict[str, object]) -> None:
    file = _state.laptops_file(_state.make_private(_state.state_dir()))
    _state.write_private(file, json.dumps(known))
