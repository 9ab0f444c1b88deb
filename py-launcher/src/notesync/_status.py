"""A snapshot of where things stand: what `notesync.status()` gives. A value, any thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import texts


@dataclass(frozen=True)
class Status:
    """A snapshot for people and programs: `notesync.status()`."""

    state: str
    detail: str
    project: str | None
    root: str | None
    laptop: str | None
    legs: Mapping[str, str]
    sequence: int | None
    git: Mapping[str, Any] | None
    pending: int
    kept: int
    agent: str | None
    error: str | None
    guarantees: tuple[str, ...] = field(default=())
    broken: str | None = None
    why: str = ""
    late: str | None = None

    @property
    def line(self) -> str:
        """All of it that matters, in one line."""
        return texts.status_line(self)
