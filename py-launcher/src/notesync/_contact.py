"""Whether the laptop is followed, and if not, why. For the receiver's event loop only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from . import texts
from ._patience import Moved, first_of
from ._replica import Fresh, Listener
from .errors import LaptopUnreachable, NotesyncError
from .messages import Cursor


class Contact:
    """What the receiver's loop knows of the laptop, for those who wait for it beside the loop."""

    def __init__(self, listener: Listener, moved: Moved) -> None:
        self._listener = listener
        self._moved = moved
        self._lost_by: NotesyncError | None = None  # Since the laptop was last heard.
        self._retry = asyncio.Event()
        self.following = asyncio.Event()

    @property
    def is_away(self) -> bool:
        return isinstance(self._lost_by, LaptopUnreachable)

    def lost(self, error: NotesyncError) -> None:
        """Following has ended with this."""
        # The error first: who waits for the state to settle asks for the error then.
        self._listener.on_error(error)
        self._lost_by = error
        self._moved.set()
        self._listener.on_state("away" if self.is_away else "stopped", error.message)

    def heard(self) -> None:
        """The laptop has answered: it is followed."""
        self.following.set()
        self._lost_by = None
        self._moved.set()

    async def before_next(self, pause: Awaitable[None]) -> None:
        """The pause before the loop tries again; a cell that asks does not wait for its end."""
        self.following.clear()
        self._retry.clear()
        await first_of(pause, self._retry.wait())

    async def try_now(self) -> None:
        """Let the loop try at once; until it follows, or it is known that it cannot."""
        known = self._lost_by
        self._retry.set()
        await self._moved.until(
            lambda: self.following.is_set() or self.is_away or known is not self._lost_by
        )

    def not_asked(self, cursor: Cursor | None) -> Fresh:
        """What a cell is told while the laptop is not followed; raises what only the user mends."""
        lost = self._lost_by
        if lost is not None and cursor is not None and not self.is_away:
            raise NotesyncError(lost.code, lost.message, lost.remedy)
        first = lost.message if lost is not None else texts.FIRST_COPY
        return Fresh(cursor, True, texts.LAPTOP_AWAY if self.is_away else first)
