"""What the relays of a kernel's pages need of the session behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .errors import NotesyncError
    from .messages.laptop import Project
    from .relayed import RelayedLaptop


class Host(Protocol):
    """What the session does with pages. Called on the loop thread."""

    def on_page_ready(self, laptop: RelayedLaptop, project: Project) -> bool: ...

    def on_page_gone(self, laptop: RelayedLaptop, why: NotesyncError) -> None: ...

    def on_page_asks(self, answer: Callable[[int | None, bool], None]) -> None: ...

    def on_page_hello(self) -> None: ...

    def on_page_shows(self, path: str) -> None: ...

    def on_no_page(self) -> None: ...

    def on_takeover(self) -> None: ...

    def laptop_url(self) -> str | None: ...
