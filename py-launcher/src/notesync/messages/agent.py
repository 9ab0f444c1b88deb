"""Requests to the agent, its replies and its events (PROTOCOL.md, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from notesync.errors import AgentRefused, Malformed

from . import _fields as read
from ._common import Cursor, Descriptor, hello


@dataclass(frozen=True)
class Request:
    """One request: the client adds id and number, signs it and sends it."""

    type: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    header: read.Json
    body: bytes


@dataclass(frozen=True)
class Incoming:
    """A message from the agent, sorted: a reply or error (`re` is set) or an event."""

    kind: str
    number: int
    header: read.Json
    body: bytes
    re: int | None = None

    @staticmethod
    def of(header: read.Json, body: bytes) -> Incoming:
        kind = read.text(header, "type")
        if kind not in ("reply", "error", "event", "unknown_session"):
            raise Malformed(f"an agent message of type {kind!r}")
        answers = kind in ("reply", "error")
        return Incoming(
            kind=kind,
            number=read.whole(header, "number", 0),
            header=header,
            body=body,
            re=read.whole(header, "re") if answers else None,
        )

    def error(self) -> AgentRefused:
        offset = self.header.get("offset")
        return AgentRefused(
            read.text(self.header, "code"),
            read.text(self.header, "message"),
            read.optional_text(self.header, "remedy"),
            read.optional_text(self.header, "path"),
            offset if isinstance(offset, int) else None,
        )


def header_of(request: Request, ident: int, number: int) -> bytes:
    return read.dumps({"type": request.type, "id": ident, "number": number, **request.fields})


def parse(header: bytes, body: bytes) -> Incoming:
    return Incoming.of(read.loads(header), body)


def nonce_of(header: bytes) -> bytes | None:
    """The agent's nonce in an answer to hello, read before the signature can be checked."""
    try:
        value = read.loads(header).get("nonce")
        nonce = bytes.fromhex(value) if isinstance(value, str) else b""
    except (Malformed, ValueError):
        return None
    return nonce if len(nonce) == 16 else None


def say_hello(nonce: bytes, pid: int, kernel: str) -> Request:
    told = {**hello(), "nonce": nonce.hex(), "pid": pid, "kernel": kernel[:200]}
    return Request("hello", told)


def ping() -> Request:
    return Request("ping")


def attach(
    root: str, project: str, in_cell: bool = False, documents: Iterable[str] = ()
) -> Request:
    """`in_cell`: this kernel is in the middle of a cell, which an earlier agent may have known.

    `documents`: what its front end has open in the replica, and no batch may exchange.
    """
    told = {"root": root, "project": project, "in_cell": in_cell, "open": list(documents)}
    return Request("attach", told)


@dataclass(frozen=True)
class Guarantee:
    """Something that is weaker on the replica's file system, and why."""

    code: str
    text: str


@dataclass(frozen=True)
class Attached:
    """What the agent has at the root."""

    replica: str
    cursor: Cursor | None
    tree: str
    entries: int
    guarantees: tuple[Guarantee, ...]
    recovered: str
    held: bool
    carrier: bool

    @staticmethod
    def of(reply: Reply) -> Attached:
        header = reply.header
        weaker = read.objects(header, "guarantees")
        return Attached(
            replica=read.text(header, "replica"),
            cursor=Cursor.of(read.optional_inner(header, "cursor")),
            tree=read.text(header, "tree"),
            entries=read.whole(header, "entries", 0),
            guarantees=tuple(
                Guarantee(read.text(one, "code"), read.text(one, "text")) for one in weaker
            ),
            recovered=read.optional_text(header, "recovered") or "nothing",
            held=read.flag(header, "held"),
            carrier=read.flag(header, "carrier", True),
        )


def detach(replica: str) -> Request:
    return Request("detach", {"replica": replica})


def manifest(replica: str, part: int) -> Request:
    return Request("manifest", {"replica": replica, "part": part})


def manifest_parts(reply: Reply) -> int:
    return read.whole(reply.header, "parts")


def adopt(replica: str, cursor: Cursor, tree: str) -> Request:
    return Request("adopt", {"replica": replica, "cursor": cursor.json(), "tree": tree})


def offer(replica: str, batch: Descriptor) -> Request:
    return Request("offer", {"replica": replica, "batch": batch.raw})


def chunk(replica: str, batch: str, offset: int, data: bytes, end: bool) -> Request:
    told = {"replica": replica, "batch": batch, "offset": offset, "end": end}
    return Request("chunk", told, data)


def offset_of(reply: Reply) -> int:
    return read.whole(reply.header, "offset")


def already_whole(reply: Reply) -> bool:
    """Whether the agent holds the whole stream that was offered, so that nothing is to be sent."""
    return read.text(reply.header, "state") != "accept"


def abandon(replica: str, batch: str) -> Request:
    return Request("abandon", {"replica": replica, "batch": batch})


def enter(wait_ms: int) -> Request:
    return Request("enter", {"wait_ms": wait_ms})


@dataclass(frozen=True)
class Entered:
    """What a cell runs on: the cursor of each attached replica."""

    cursors: Mapping[str, Cursor | None]
    waiting_for: tuple[str, ...]

    @staticmethod
    def of(reply: Reply) -> Entered:
        cursors: dict[str, Cursor | None] = {}
        waiting: list[str] = []
        for one in read.objects(reply.header, "replicas"):
            cursors[read.text(one, "replica")] = Cursor.of(read.optional_inner(one, "cursor"))
            if one.get("waiting_for"):
                waiting += read.texts(one, "waiting_for")
        return Entered(cursors, tuple(waiting))


def leave() -> Request:
    return Request("leave")


def ask_for_place() -> Request:
    """From a place a kernel begins its cells without asking, until it is recalled."""
    return Request("place")


def is_place_given(reply: Reply) -> bool:
    return read.flag(reply.header, "place")


def enter_in_place() -> Request:
    return Request("enter", {"place": True})


def leave_in_place() -> Request:
    return Request("leave", {"place": True})


def give_up_place_in_cell() -> Request:
    """The cell goes on; the next one begins with asking."""
    return Request("enter", {"place": False})


def carry(replica: str) -> Request:
    return Request("carry", {"replica": replica})


def give_up_carrying(replica: str) -> Request:
    """This kernel has no way to the laptop: another may bring the bytes. It stays attached."""
    return Request("carry", {"replica": replica, "give_up": True})


def is_carrier(reply: Reply) -> bool:
    return read.flag(reply.header, "carrier")


def kept(replica: str, action: str, ident: str | None = None) -> Request:
    told = {"replica": replica, "action": action}
    return Request("kept", told if ident is None else {**told, "kept": ident})


@dataclass(frozen=True)
class Kept:
    """The user's bytes that stood in the way of a batch and were set aside."""

    id: str
    path: str
    why: str
    when: int
    size: int
    sequence: int

    @staticmethod
    def all_of(source: Mapping[str, Any]) -> tuple[Kept, ...]:
        return tuple(
            Kept(
                id=read.text(one, "id"),
                path=read.text(one, "path"),
                why=read.optional_text(one, "why") or "",
                when=read.whole(one, "when", 0),
                size=read.whole(one, "size", 0),
                sequence=read.whole(one, "sequence", 0),
            )
            for one in read.objects(source, "kept")
        )

    def json(self) -> read.Json:
        return {"path": self.path, "why": self.why, "id": self.id}


def rollback(replica: str, count: int) -> Request:
    return Request("rollback", {"replica": replica, "count": count})


def resume(replica: str) -> Request:
    return Request("resume", {"replica": replica})


def cursor_of(reply: Reply) -> Cursor | None:
    return Cursor.of(read.optional_inner(reply.header, "cursor"))


def history(replica: str) -> Request:
    return Request("history", {"replica": replica})


@dataclass(frozen=True)
class Sequence:
    """One sequence that the replica can go back to."""

    number: int
    applied: int
    changes: int
    git: read.Json | None


def sequences(reply: Reply) -> tuple[Sequence, ...]:
    return tuple(
        Sequence(
            read.whole(one, "sequence"),
            read.whole(one, "applied", 0),
            read.whole(one, "changes", 0),
            read.optional_inner(one, "git"),
        )
        for one in read.objects(reply.header, "sequences")
    )


def confirm(replica: str, batch: str) -> Request:
    return Request("confirm", {"replica": replica, "batch": batch})


def decline(replica: str, batch: str) -> Request:
    return Request("decline", {"replica": replica, "batch": batch})


def verify(replica: str, deep: bool) -> Request:
    return Request("verify", {"replica": replica, "deep": deep})


@dataclass(frozen=True)
class Difference:
    path: str
    what: str


def differences(reply: Reply) -> tuple[Difference, ...]:
    return tuple(
        Difference(read.text(one, "path"), read.text(one, "what"))
        for one in read.objects(reply.header, "differences")
    )


def status() -> Request:
    return Request("status")


def stop(why: str = "stopped") -> Request:
    """`why` is told to all kernels: after `replaced` they look for the next agent."""
    return Request("stop", {"why": why})


@dataclass(frozen=True)
class ConnectionFile:
    """How a kernel finds the agent of this user and machine."""

    version: str
    port: int
    key: bytes = field(repr=False)
    pid: int
    started: int
    java: str

    @staticmethod
    def of(data: bytes) -> ConnectionFile:
        source = read.loads(data)
        if read.text(source, "notesync") != "agent":
            raise Malformed("not an agent's connection file")
        try:
            key = bytes.fromhex(read.text(source, "key"))
        except ValueError:
            raise Malformed("the agent's key is not hexadecimal") from None
        return ConnectionFile(
            version=read.text(source, "version"),
            port=read.whole(source, "port"),
            key=key,
            pid=read.whole(source, "pid"),
            started=read.whole(source, "started"),
            java=read.optional_text(source, "java") or "",
        )
