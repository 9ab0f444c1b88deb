"""The catalogue's table: a project before, a cell, one or more batches, what must hold after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Files = Mapping[str, "str | bytes | None"]  # None: the file is deleted


@dataclass(frozen=True)
class Case:
    """One sentence of the specification."""

    title: str
    before: Files
    cell: str
    batches: tuple[Files, ...]
    checks: tuple[str, ...]
    between: str = ""  # a cell after the first load and before the batches
    then: str = ""  # a cell after the batches
    fails: str = ""  # part of the message when the last batch is refused
    runs: int | None = None  # statements that the last batch executes
    kept: str = ""  # part of what the report says was kept
    note: str = ""
    says: str = ""  # part of the report's one line
    needs: tuple[int, int] = (3, 10)
    libraries: tuple[str, ...] = ()


CASES: list[Case] = []


def case(
    title: str,
    before: str | bytes | Files,
    cell: str,
    after: str | Files | list[str | Files],
    *checks: str,
    **options: object,
) -> None:
    """Add a case. A plain string is the text of `m.py`."""
    batches = after if isinstance(after, list) else [after]
    made = Case(
        title,
        _files(before),
        cell,
        tuple(_files(batch) for batch in batches),
        checks,
        **options,  # type: ignore[arg-type]
    )
    assert all(made.title != other.title for other in CASES), title
    CASES.append(made)


def _files(value: str | bytes | Files) -> Files:
    return {"m.py": value} if isinstance(value, (str, bytes)) else value
