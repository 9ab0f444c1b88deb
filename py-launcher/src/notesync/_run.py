"""Which run of a cell it is, as the front end names it. Read on the main thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Run:
    """Its request, the front end's id of the cell, and when the request left, by that clock."""

    request: str | None
    cell: str | None
    date: datetime | None

    @staticmethod
    def of(shell: Any) -> Run:
        """The one that the shell is at; all is None where no front end sent it."""
        parent = getattr(shell, "parent_header", None) or {}
        header, metadata = parent.get("header") or {}, parent.get("metadata") or {}
        request, cell, date = header.get("msg_id"), metadata.get("cellId"), header.get("date")
        return Run(
            request if isinstance(request, str) else None,
            cell if isinstance(cell, str) else None,
            date if isinstance(date, datetime) else None,
        )
