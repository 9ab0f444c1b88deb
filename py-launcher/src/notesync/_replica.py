"""What the receiver knows of a replica, and whom it tells. Values of the receiver's event loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .errors import NotesyncError
from .messages import Cursor
from .messages.agent import Attached


@dataclass(frozen=True)
class Moment:
    """When something was by this machine's clock: that is known no better than this."""

    earliest: float
    latest: float


class Listener(Protocol):
    """What the session wants to know. Called on the receiver's thread."""

    def on_attached(self, attached: Attached) -> None: ...

    def on_state(self, state: str, detail: str = "") -> None: ...

    def on_error(self, error: NotesyncError) -> None: ...

    # Something newer is there, saved at that moment.
    @property
    def on_news(self) -> Callable[[Cursor, Moment], None]: ...


@dataclass(frozen=True)
class Fresh:
    """The answer to "run what was saved": the sequence, and what is newer but not here."""

    cursor: Cursor | None
    newer: bool
    why: str = ""


@dataclass
class Parked:
    """A batch that the agent cannot apply now, or does not take: not sent again as it is."""

    batch: str
    to: Cursor
    why: str
    retry_s: float | None = None


@dataclass
class Replica:
    """What the agent has, as far as the receiver knows."""

    id: str
    cursor: Cursor | None
    tree: str
    carrier: bool = False
    parked: Parked | None = None
    plain: bool = False
    refusals: int = 0
    asked: bool = False

    def is_at(self, cursor: Cursor) -> bool:
        """Whether it has reached the cursor and follows from there. Any thread."""
        return self.carrier and self.parked is None and reached(self.cursor, cursor)

    def has_staged(self, cursor: Cursor) -> bool:
        """Whether what leads there is applied as soon as no cell runs. Any thread."""
        parked = self.parked
        waits = parked is not None and parked.why == "waiting" and reached(parked.to, cursor)
        return self.carrier and waits


def reached(cursor: Cursor | None, wanted: Cursor) -> bool:
    """Whether a replica at the cursor has all that leads to the wanted one."""
    return (
        cursor is not None and cursor.epoch == wanted.epoch and cursor.sequence >= wanted.sequence
    )
