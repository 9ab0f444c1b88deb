"""A comm that nobody opens: it shows a page that notesync is loaded (PROTOCOL.md, section 4)."""

from __future__ import annotations

from typing import Any

from .messages import comm as words


class Beacon:
    """Shows in `comm_info_request`, without a message, that notesync is loaded in this kernel."""

    comm_id = "notesync-beacon"
    target_name = words.BEACON

    def handle_msg(self, _message: Any) -> None:
        """Nobody has anything to say to it."""

    def handle_close(self, _message: Any) -> None:
        """It ends with the kernel."""

    def close(self, *_arguments: Any, **_more: Any) -> None:
        """Nothing was opened."""
