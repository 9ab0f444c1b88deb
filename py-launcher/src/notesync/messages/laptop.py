"""The calls to the laptop server and its answers (PROTOCOL.md, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from notesync.errors import LaptopRefused, Malformed, NotesyncError, Unpaired

from . import _fields as read
from ._common import CAPABILITIES, CHUNK_BYTES, Cursor, Descriptor, cursor_json, unpack_envelope

DEFAULT_PORT = 8765
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
LONG_POLL_MS = 25_000
_OCTETS = "application/octet-stream"
_CODES_OF_A_DEAD_TOKEN = ("token_missing", "token_unknown")


@dataclass(frozen=True)
class Call:
    """One HTTP request, before a transport sends it. `wait_ms` is what the server may take."""

    method: str
    path: str
    json: read.Json | None = None
    body: bytes | None = None
    wait_ms: int = 0

    @property
    def content_type(self) -> str:
        return "application/json" if self.body is None else _OCTETS

    def payload(self) -> bytes | None:
        if self.body is not None:
            return self.body
        return None if self.json is None else read.dumps(self.json)


@dataclass(frozen=True)
class Answer:
    """Status and body of an HTTP answer."""

    status: int
    body: bytes

    def checked(self) -> Answer:
        """This answer, or the error that it tells of."""
        if 200 <= self.status < 300:
            return self
        raise error_of(self)

    def json(self) -> read.Json:
        return read.loads(self.checked().body)


def error_of(answer: Answer) -> NotesyncError:
    """The error that an answer of 400 or above carries, or one made from the bare status."""
    try:
        told = read.inner(read.loads(answer.body), "error")
        code, message = read.text(told, "code"), read.text(told, "message")
        remedy, path = read.optional_text(told, "remedy"), read.optional_text(told, "path")
    except Malformed:
        code, message = "internal", f"the laptop answered HTTP {answer.status}"
        remedy, path = "is it a notesync server?", None
    if answer.status == 401 or code in _CODES_OF_A_DEAD_TOKEN:
        return Unpaired(code, message, remedy, path)
    return LaptopRefused(answer.status, code, message, remedy, path)


@dataclass(frozen=True)
class Project:
    """What is synchronised, as the server describes it."""

    name: str
    cursor: Cursor | None
    python_paths: tuple[str, ...]
    git: read.Json | None
    files: int
    size: int
    # The laptop's clock when it answered; 0 from a server that does not tell.
    now_ms: int = 0
    # Which source this is, opaque; "" from a server that does not tell.
    source: str = ""

    @staticmethod
    def of(source: read.Json) -> Project:
        paths = read.texts(source, "python_paths")
        return Project(
            name=read.text(source, "name"),
            cursor=Cursor.of(read.optional_inner(source, "cursor")),
            python_paths=tuple(paths) or ("",),
            git=read.optional_inner(source, "git"),
            files=read.whole(source, "files", 0),
            size=read.whole(source, "bytes", 0),
            now_ms=read.whole(source, "now_ms", 0),
            source=read.optional_text(source, "source") or "",
        )


def hello() -> Call:
    return Call("GET", "/v1/hello")


def ask_pairing(commit: str, label: str, machine: str) -> Call:
    client = {"kind": "kernel", "label": label[:200], "machine": machine[:200]}
    return Call("POST", "/v1/pairings", {"commit": commit, "client": client})


@dataclass(frozen=True)
class PairingAsked:
    pairing: str
    expires_seconds: int

    @staticmethod
    def of(source: read.Json) -> PairingAsked:
        return PairingAsked(read.text(source, "pairing"), read.whole(source, "expires_seconds"))


def claim(pairing: str, nonce: str, wait_ms: int) -> Call:
    return Call(
        "POST",
        f"/v1/pairings/{pairing}/claim",
        {"nonce": nonce, "wait_ms": wait_ms},
        wait_ms=wait_ms,
    )


def claimed(source: read.Json) -> tuple[str, Project] | None:
    """The token and the project once the user has allowed it; None while that is open."""
    state = read.text(source, "state")
    if state == "pending":
        return None
    if state != "allowed":
        raise Malformed(f"a claim in state {state!r}")
    return read.text(source, "token"), Project.of(read.inner(source, "project"))


def project() -> Call:
    return Call("GET", "/v1/project")


def introduce(
    replica: str,
    *,
    label: str,
    machine: str,
    root: str,
    versions: Mapping[str, str],
    legs: Mapping[str, str],
    notes: list[str],
) -> Call:
    told = {
        "label": label[:200],
        "machine": machine[:200],
        "root": root,
        "versions": dict(versions),
        "legs": dict(legs),
        "notes": notes,
    }
    return Call("PUT", f"/v1/replicas/{replica}", told)


def next_batch(
    replica: str,
    cursor: Cursor | None,
    tree: str | None,
    *,
    wait_ms: int,
    fresh: bool = False,
    plain: bool = False,
    inline: int = CHUNK_BYTES,
) -> Call:
    asked: dict[str, Any] = {
        "cursor": cursor_json(cursor),
        "wait_ms": wait_ms,
        "inline": inline,
        "encodings": ["gzip", "identity"],
        "capabilities": [one for one in CAPABILITIES if one in ("copy", "recipe")],
        "fresh": fresh,
        "plain": plain,
    }
    if tree is not None:  # Else it only asks whether there is anything newer.
        asked["tree"] = tree
    return Call("POST", f"/v1/replicas/{replica}/next", asked, wait_ms=wait_ms)


@dataclass(frozen=True)
class Next:
    """The answer to `next_batch`. `first` begins the stream, `end` tells whether it is all.

    `now_ms` and `saved_ms` are for people, by the laptop's clock: now, and when the first change
    after the replica's cursor was seen.
    """

    state: str
    cursor: Cursor | None = None
    batch: Descriptor | None = None
    first: bytes = b""
    end: bool = False
    why: str = ""
    confirmed: tuple[str, ...] = field(default=())
    declined: tuple[str, ...] = field(default=())
    now_ms: int | None = None
    saved_ms: int | None = None

    @staticmethod
    def of(answer: Answer) -> Next:
        header, body = unpack_envelope(answer.checked().body)
        state = read.text(header, "state")
        if state not in ("current", "batch", "exchange", "held"):
            raise Malformed(f"a next answer in state {state!r}")
        batch = Descriptor.of(read.inner(header, "batch")) if state == "batch" else None
        if batch is not None and read.whole(header, "offset", 0) != 0:
            raise Malformed("the first bytes of a batch do not start at offset 0")
        return Next(
            state=state,
            cursor=Cursor.of(read.optional_inner(header, "cursor")),
            batch=batch,
            first=body,
            end=read.flag(header, "end"),
            why=read.optional_text(header, "why") or "",
            confirmed=tuple(read.texts(header, "confirmed")),
            declined=tuple(read.texts(header, "declined")),
            now_ms=_time(header, "now_ms"),
            saved_ms=_time(header, "saved_ms"),
        )


def _time(source: read.Json, field: str) -> int | None:
    return read.whole(source, field) if source.get(field) is not None else None


def put_manifest(replica: str, compressed: bytes) -> Call:
    return Call("PUT", f"/v1/replicas/{replica}/manifest", body=compressed)


def chunk(replica: str, batch: str, offset: int, most: int = CHUNK_BYTES) -> Call:
    asked: read.Json = {"batch": batch, "offset": offset, "max": most}
    return Call("POST", f"/v1/replicas/{replica}/chunk", json=asked, wait_ms=5_000)


@dataclass(frozen=True)
class Chunk:
    """A piece of a batch stream."""

    batch: str
    offset: int
    data: bytes
    end: bool

    @staticmethod
    def of(answer: Answer) -> Chunk:
        header, body = unpack_envelope(answer.checked().body)
        return Chunk(
            read.text(header, "batch"),
            read.whole(header, "offset"),
            body,
            read.flag(header, "end"),
        )


def report(
    replica: str,
    batch: str,
    state: str,
    cursor: Cursor | None,
    *,
    error: Mapping[str, Any] | None = None,
    kept: list[read.Json] | None = None,
    timings: Mapping[str, int] | None = None,
    reload: Mapping[str, Any] | None = None,
) -> Call:
    told = {
        "batch": batch,
        "state": state,
        "cursor": cursor_json(cursor),
        "error": error,
        "kept": kept or [],
        "timings": dict(timings or {}),
        "reload": reload,
    }
    return Call("POST", f"/v1/replicas/{replica}/report", told)


def error_json(error: NotesyncError) -> read.Json:
    return {
        "code": error.code,
        "message": error.message,
        "path": error.path,
        "remedy": error.remedy,
    }


def forget_token() -> Call:
    return Call("DELETE", "/v1/token")
