"""Reads the project's modules before a change makes somebody wait for it."""

from __future__ import annotations

import time
from collections import deque

from notesync.reload.project import Loaded, Project
from notesync.reload.source import Source
from notesync.reload.suspects import roots_of
from notesync.reload.unit import index_of

_LARGE = 64_000  # bytes; parsing one text cannot be interrupted


class Ahead:
    """What is left to read of one project. In small steps, under the lock of its reloader.

    Nothing is decided here: what was not read in time is read when a change asks for it.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._waiting: deque[Source] = deque()

    def add(self, fresh: list[Loaded]) -> None:
        """Modules were imported."""
        self._waiting.extend(each.source for each in fresh if 0 < len(each.source.data) <= _LARGE)

    def step(self, seconds: float) -> bool:
        """Read on for about that long. True when there is more to read."""
        until = time.perf_counter() + seconds
        while self._waiting:
            if time.perf_counter() >= until:
                return True
            source = self._waiting[0]
            if not self._project.is_current(source) or self._read(source, until):
                self._waiting.popleft()
        return False

    def _read(self, source: Source, until: float) -> bool:
        """True when a text has been read, or cannot be."""
        try:
            for stmt in source.stmts:
                _ = stmt.facts
                if time.perf_counter() >= until:
                    return False
            index_of(source)
            roots_of(source)
            if not self._project.learn(source):
                self._waiting.clear()
                self._waiting.append(source)
        except (SyntaxError, ValueError, RecursionError):
            return True  # said where it matters
        return True
