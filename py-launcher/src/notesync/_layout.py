"""From which folders of the replica the project is imported, where that changes under the kernel.

The laptop says it with the project. A batch that brings a `src` folder, or another
configuration, may change it: then the laptop is asked again. Noticed on the agent client's thread,
heard on any, waited for on the main thread.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import NotesyncError
from .messages import laptop as laptop_words
from .messages.laptop import Answer, Project

if TYPE_CHECKING:
    from .session import Session

_log = logging.getLogger("notesync")
_CONFIGURATION = ("pyproject.toml", "notesync.toml")
_SOURCE = "src"
_PATIENCE_S = 0.3


class Layout:
    """What the session's project says of it, kept up to date."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked: Future[Answer] | None = None

    def look(self, paths: Iterable[str]) -> None:
        """These have changed: ask the laptop where that may move where modules are found."""
        laptop, project = self._session.laptop, self._session.project
        if laptop is None or project is None or not _may_move(paths, project):
            return

        def heard(future: Future[Answer]) -> None:
            try:
                told = Project.of(future.result().json())
            except (NotesyncError, CancelledError) as error:
                _log.info("notesync: where modules are found was not told: %s", error)
                return
            if self._session.laptop is laptop and self._session.project is project:
                self._session.project = replace(project, python_paths=told.python_paths)

        asked = laptop.send(laptop_words.project())
        asked.add_done_callback(heard)
        self._asked = asked

    def settle(self) -> None:
        """Wait a moment for the answer, where one is on its way and can come now."""
        asked, laptop = self._asked, self._session.laptop
        if asked is None or laptop is None or not laptop.answers_in_cells:
            return
        self._asked = None
        try:
            asked.exception(_PATIENCE_S)
        except (CancelledError, FutureTimeout, TimeoutError):
            pass  # The next cell has it.


def _may_move(paths: Iterable[str], project: Project) -> bool:
    has_source = _SOURCE in project.python_paths
    return any(
        path in _CONFIGURATION or (not has_source and path.startswith(f"{_SOURCE}/"))
        for path in paths
    )
