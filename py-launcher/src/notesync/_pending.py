"""What changed on disk and this kernel has not taken up yet.

Filled on the agent client's thread, emptied on the main thread before a cell.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from .messages.events import Applied


@dataclass(frozen=True)
class Taken:
    """Everything that was applied since the last time, each path once, as it is now."""

    changes: tuple[tuple[str, bool], ...]
    events: tuple[Applied, ...]
    missed: bool

    def __bool__(self) -> bool:
        return bool(self.changes or self.events or self.missed)


class Pending:
    """Applied changes that wait for the next cell."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changes: dict[str, bool] = {}
        self._events: list[Applied] = []
        self._missed = False

    def add(self, event: Applied) -> None:
        with self._lock:
            for change in event.changes:
                self._changes.pop(change.path, None)
                self._changes[change.path] = change.op == "delete"
            if not event.more:
                self._events.append(event)

    def missed(self) -> None:
        """Something was applied that nobody told: every loaded file has to be looked at."""
        with self._lock:
            self._missed = True

    def count(self) -> int:
        return len(self._changes)

    def paths(self) -> list[str]:
        """Every path that waits, without taking it."""
        with self._lock:
            return list(self._changes)

    @property
    def is_missed(self) -> bool:
        """Whether more than `paths` may have changed."""
        return self._missed

    def take(self) -> Taken:
        with self._lock:
            taken = Taken(tuple(self._changes.items()), tuple(self._events), self._missed)
            self._changes, self._events, self._missed = {}, [], False
        return taken
