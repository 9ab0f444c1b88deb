"""Which run of a cell it is, and what the page says with it. Read on the main thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .messages.comm import SEEN


@dataclass(frozen=True)
class Run:
    """The front end's id of the cell, when the request left, by that clock, and its word."""

    cell: str | None
    date: datetime | None
    seen: Mapping[str, Any] | None = None

    @staticmethod
    def of(shell: Any) -> Run:
        """The one that the shell is at; all is None where no front end sent it."""
        parent = getattr(shell, "parent_header", None) or {}
        header, metadata = parent.get("header") or {}, parent.get("metadata") or {}
        cell, date, seen = metadata.get("cellId"), header.get("date"), metadata.get(SEEN)
        return Run(
            cell if isinstance(cell, str) else None,
            date if isinstance(date, datetime) else None,
            seen if isinstance(seen, dict) else None,
        )
