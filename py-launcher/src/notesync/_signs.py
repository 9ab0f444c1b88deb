"""Asks the page that carries for a sign of life, for as long as another page could carry instead.

A tab that is closed says so, and one that dies is seen by the others of its browser (PROTOCOL.md,
section 4, `gone`). This is for the rest: a browser that is gone as a whole, a frozen tab, a network
that swallows. With one page, nothing is sent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

EVERY_S = 3.0
_DOUBT_S = 0.5


class Asked(Protocol):
    """What is used of a page."""

    heard_at: float

    @property
    def answers_pings(self) -> bool: ...

    def ping(self) -> None: ...


_Page = TypeVar("_Page", bound=Asked)


class SignsOfLife(Generic[_Page]):
    """Belongs to one loop. `carrier` gives the page to watch, None while no other could carry."""

    def __init__(
        self,
        carrier: Callable[[], _Page | None],
        silent: Callable[[_Page], None],
        every_s: float = EVERY_S,
    ) -> None:
        self._carrier = carrier
        self._silent = silent
        self._every_s = every_s
        self._watching = False

    async def watch(self) -> None:
        """Go on until there is nothing to watch. One at a time: another call does nothing."""
        if self._watching:
            return
        self._watching = True
        try:
            while (page := self._carrier()) is not None:
                await self._look(page, self._every_s)
        finally:
            self._watching = False

    async def doubt(self) -> None:
        """An answer did not come in time: look at once."""
        page = self._carrier()
        if page is not None:
            await self._look(page, _DOUBT_S)

    async def _look(self, page: _Page, seconds: float) -> None:
        asked = time.monotonic()
        page.ping()
        await asyncio.sleep(seconds)
        if self._carrier() is page and page.answers_pings and page.heard_at < asked:
            self._silent(page)
