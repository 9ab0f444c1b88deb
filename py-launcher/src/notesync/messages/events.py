"""What the agent tells without being asked (PROTOCOL.md, section 5, events)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union

from . import _fields as read
from ._common import Cursor
from .agent import Kept


@dataclass(frozen=True)
class Changed:
    """One path that a batch changed."""

    op: str
    path: str
    digest: str | None


@dataclass(frozen=True)
class Progress:
    replica: str
    batch: str
    received: int
    total: int | None


@dataclass(frozen=True)
class Staged:
    """Whole and verified; nothing is visible yet."""

    replica: str
    batch: str
    to: Cursor


@dataclass(frozen=True)
class Waiting:
    """Staged, and waits for these kernels to end their cells."""

    replica: str
    batch: str
    kernels: tuple[str, ...]


@dataclass(frozen=True)
class Applied:
    """Visible now. A large one comes in several messages, all but the last with `more`."""

    replica: str
    batch: str | None
    start: Cursor | None
    to: Cursor | None
    tree: str | None
    git: read.Json | None
    reason: str
    changes: tuple[Changed, ...]
    more: bool
    kept: tuple[Kept, ...]
    timings: dict[str, int] = field(default_factory=dict)
    forced: bool = False


@dataclass(frozen=True)
class Refused:
    """The batch was not taken; nothing was changed."""

    replica: str
    batch: str
    code: str
    message: str
    path: str | None
    remedy: str | None


@dataclass(frozen=True)
class Halted:
    """The batch deletes so much that the user is asked first."""

    replica: str
    batch: str
    deletes: int
    of: int
    message: str


@dataclass(frozen=True)
class CarrierIs:
    replica: str
    carrier: bool


@dataclass(frozen=True)
class Recall:
    """The place of this kernel is wanted back."""

    replica: str


@dataclass(frozen=True)
class Leaving:
    why: str


Event = Union[Progress, Staged, Waiting, Applied, Refused, Halted, CarrierIs, Recall, Leaving]


def event_of(header: read.Json) -> Event | None:
    """The event, or None for one that this version does not know."""
    name = read.text(header, "event")
    reader = _READERS.get(name)
    return None if reader is None else reader(header)


def _progress(header: read.Json) -> Event:
    total = None if header.get("total") is None else read.whole(header, "total")
    return Progress(
        read.text(header, "replica"),
        read.text(header, "batch"),
        read.whole(header, "received"),
        total,
    )


def _staged(header: read.Json) -> Event:
    to = Cursor.of(read.inner(header, "to"))
    assert to is not None
    return Staged(read.text(header, "replica"), read.text(header, "batch"), to)


def _waiting(header: read.Json) -> Event:
    return Waiting(
        read.text(header, "replica"),
        read.text(header, "batch"),
        tuple(read.texts(header, "for")),
    )


def _applied(header: read.Json) -> Event:
    timings = read.optional_inner(header, "timings") or {}
    return Applied(
        replica=read.text(header, "replica"),
        batch=read.optional_text(header, "batch"),
        start=Cursor.of(read.optional_inner(header, "from")),
        to=Cursor.of(read.optional_inner(header, "to")),
        tree=read.optional_text(header, "tree"),
        git=read.optional_inner(header, "git"),
        reason=read.optional_text(header, "reason") or "batch",
        changes=tuple(
            Changed(read.text(one, "op"), read.text(one, "path"), read.optional_text(one, "digest"))
            for one in read.objects(header, "changes")
        ),
        more=read.flag(header, "more"),
        kept=Kept.all_of(header) if header.get("kept") is not None else (),
        timings={name: value for name, value in timings.items() if isinstance(value, int)},
        forced=read.flag(header, "forced"),
    )


def _refused(header: read.Json) -> Event:
    return Refused(
        read.text(header, "replica"),
        read.text(header, "batch"),
        read.text(header, "code"),
        read.text(header, "message"),
        read.optional_text(header, "path"),
        read.optional_text(header, "remedy"),
    )


def _halted(header: read.Json) -> Event:
    return Halted(
        read.text(header, "replica"),
        read.text(header, "batch"),
        read.whole(header, "deletes"),
        read.whole(header, "of"),
        read.optional_text(header, "message") or "",
    )


def _carrier(header: read.Json) -> Event:
    return CarrierIs(read.text(header, "replica"), read.flag(header, "carrier"))


def _recall(header: read.Json) -> Event:
    return Recall(read.text(header, "replica"))


def _leaving(header: read.Json) -> Event:
    return Leaving(read.optional_text(header, "why") or "")


_READERS = {
    "progress": _progress,
    "staged": _staged,
    "waiting": _waiting,
    "applied": _applied,
    "refused": _refused,
    "halted": _halted,
    "carrier": _carrier,
    "recall": _recall,
    "leaving": _leaving,
}
