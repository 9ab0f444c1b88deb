"""What a cell is told about the code that it runs on. Pure, any thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import texts

if TYPE_CHECKING:
    from ._replica import Fresh


def newer_exists(fresh: Fresh) -> str:
    sequence = fresh.cursor.sequence if fresh.cursor else None
    if fresh.why == texts.LAPTOP_AWAY:
        return not_asked(sequence, fresh.why)  # Whether there is something newer, nobody knows.
    on = _on(sequence)
    return f"this cell runs on {on}; something newer is not here yet: {_why(fresh.why)}"


def replica_deleted(root: Path | None) -> str:
    return f"{root} was deleted here: it is filled again"


def _on(sequence: int | None) -> str:
    return f"sequence {sequence}" if sequence is not None else "what is here"


def _why(code: str) -> str:
    return {
        "refused": "the agent refused it (`%notesync` says why)",
        "halted": "it waits for your answer (`%notesync confirm` or `decline`)",
        "declined": "you declined it",
        "held": "this replica was rolled back (`%notesync resume` catches up)",
    }.get(code, code)


def not_in_time(sequence: int | None, seconds: float, left: float | None = None) -> str:
    on = _on(sequence)
    if left is not None:
        return f"this cell runs on {on}: what is newer is on its way, about {left:.0f} s left"
    return f"this cell runs on {on}: what is newer did not arrive within {seconds:g} s"


def no_answer(sequence: int | None, seconds: float) -> str:
    return f"this cell runs on {_on(sequence)}: the laptop did not answer within {seconds:g} s"


def not_asked(sequence: int | None, why: str) -> str:
    on = _on(sequence)
    return f"this cell runs on {on}: the laptop could not be asked ({why})"


def ran_on_older(cells: tuple[int, int], on: int | None, newer: int, before_s: float) -> str:
    """`before_s`: how long before the first of them it had been saved, at the least.

    Less than a tenth of a second, or below zero, is too little to tell.
    """
    first, last = cells
    which = f"In [{first}]" if first == last else f"In [{first}] to In [{last}]"
    it = "it" if first == last else "them"
    ran = f"sequence {on}" if on is not None else "what was here"
    when = f"{before_s:.1f} s before" if before_s >= 0.1 else "in that very moment"
    return (
        f"{which} ran on {ran}; what had been saved {when} (sequence {newer}) came after {it}: "
        f"run {it} again"
    )
