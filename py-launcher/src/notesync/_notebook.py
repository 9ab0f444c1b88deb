"""The notebook that a kernel belongs to: its name and its file, as far as anybody told.

The server tells a kernel once, when it starts; a notebook that is renamed afterwards (as most that
begin as `Untitled.ipynb`) is known to the page that shows it, which tells. Any thread.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Any


class Notebook:
    """The notebook of one shell."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._place = Path(os.getcwd())
        self._shown: PurePosixPath | None = None
        self._server: Path | None = None

    @property
    def of_vs_code(self) -> str | None:
        """The file that VS Code shows; it tells its kernels."""
        name = (getattr(self._shell, "user_ns", None) or {}).get("__vsc_ipynb_file__")
        return name if isinstance(name, str) else None

    @property
    def started_as(self) -> str | None:
        """The path that the front end gave to the kernel."""
        return self.of_vs_code or os.environ.get("JPY_SESSION_NAME")

    @property
    def label(self) -> str:
        """What the laptop's user reads about this kernel."""
        known = self._shown or self.started_as
        return PurePosixPath(known).name if known else "notebook"

    @property
    def file(self) -> str | None:
        """The file as far as it is known; it need not be there."""
        started = self.started_as
        first = None if started is None else self._place / started
        found = None if self._shown is None else self._file_of(self._shown, first)
        return str(found or first) if found or first else None

    def is_shown_as(self, path: str) -> bool:
        """A page tells the path that its server knows. Whether name or file are other ones now."""
        shown = PurePosixPath(path.partition(":")[2] or path)
        if shown.is_absolute() or ".." in shown.parts or not shown.name:
            return False
        before = (self.label, self.file)
        started = self.started_as
        if self._server is None and started is not None:
            first = self._place / started
            if first.parts[-len(shown.parts) :] == shown.parts:
                self._server = Path(*first.parts[: -len(shown.parts)])
        self._shown = shown
        return (self.label, self.file) != before

    def _file_of(self, shown: PurePosixPath, first: Path | None) -> Path | None:
        """Where the server has it. A kernel is started in its notebook's folder, or above it."""
        if self._server is not None:
            return self._server / shown
        start = self._place if first is None else first.parent
        return next((at / shown for at in (start, *start.parents) if (at / shown).is_file()), None)
