"""How the kernel reaches the laptop server: the small interface that the receiver works with.

Two ways exist: `direct` (the kernel's own HTTP) and `relayed` (through a page and its two comms).
Both send the same calls; neither knows what they mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Protocol

from ._run import Run
from .messages import Cursor
from .messages.laptop import Answer, Call


class Laptop(Protocol):
    """A way to the laptop. Any thread may call; answers come as Futures.

    A Future fails with LaptopUnreachable (try again later), PermissionRefused (only the user can
    change that) or Unpaired. An HTTP error status is an Answer. Cancelling a Future gives up on it.
    """

    @property
    def address(self) -> str:
        """Where the server is, as the user would write it."""

    @property
    def legs(self) -> Mapping[str, str]:
        """Which way the bytes take, for the status and the dashboard."""

    @property
    def why(self) -> str:
        """Why these legs and no others, as a code of the page's; empty where there is no choice."""

    @property
    def answers_in_cells(self) -> bool:
        """Whether an answer can arrive while the main thread of the kernel is busy."""

    def seen_at_run(self, run: Run) -> Cursor | None:
        """The cursor at which nothing was newer when Run was pressed for this run.

        None: nobody asked, or something is newer; the kernel has to ask.
        """

    def was_silent(self) -> None:
        """An answer did not come in time: whatever carries the calls may want to be another."""

    def doubt(self) -> None:
        """A cell had no answer in time: is whatever carries the calls still there?"""

    def send(self, call: Call) -> Future[Answer]:
        """Send a call."""

    def close(self) -> None:
        """Let go; open calls fail with LaptopUnreachable."""
