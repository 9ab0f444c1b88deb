"""Hello, cursor, descriptor and envelope: what every hop shares (PROTOCOL.md, sections 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notesync.errors import Malformed, ProtocolMismatch

from . import _fields as read

PROTOCOL_VERSION = 1
VERSION = "0.1.0"
CAPABILITIES = ("gzip", "copy", "recipe", "fresh")

CHUNK_BYTES = 256 * 1024
LARGEST_HEADER = 4 * 1024 * 1024
LARGEST_BODY = 8 * 1024 * 1024 + 64 * 1024


def hello(who: str = "kernel") -> read.Json:
    """The fields that open a hop."""
    return {
        "notesync": who,
        "protocol": PROTOCOL_VERSION,
        "version": VERSION,
        "capabilities": list(CAPABILITIES),
    }


def check_hello(peer: Mapping[str, Any], who: str) -> None:
    """Refuse a peer that is not `who`, or speaks another protocol (naming which to upgrade)."""
    name = read.text(peer, "notesync")
    read.texts(peer, "capabilities")
    if name != who:
        raise Malformed(f"expected the notesync {who}, found {name!r}")
    theirs = read.whole(peer, "protocol")
    if theirs != PROTOCOL_VERSION:
        older = f"the {who}" if theirs < PROTOCOL_VERSION else "the notesync package here"
        raise ProtocolMismatch(
            "protocol_mismatch",
            f"the {who} speaks protocol {theirs}, this kernel {PROTOCOL_VERSION}",
            f"upgrade {older}",
        )


@dataclass(frozen=True)
class Cursor:
    """How far a replica is: the sequence within one unbroken history of the server."""

    epoch: str
    sequence: int

    @staticmethod
    def of(source: Mapping[str, Any] | None) -> Cursor | None:
        if source is None:
            return None
        return Cursor(read.text(source, "epoch"), read.whole(source, "sequence"))

    def json(self) -> read.Json:
        return {"epoch": self.epoch, "sequence": self.sequence}


def cursor_json(cursor: Cursor | None) -> read.Json | None:
    return None if cursor is None else cursor.json()


@dataclass(frozen=True)
class Descriptor:
    """Names one batch stream. `raw` goes to the agent as it came."""

    batch: str
    start: Cursor | None
    to: Cursor
    stream_size: int | None
    changes: int
    raw: read.Json

    @property
    def most_bytes(self) -> int:
        """The stream's length; until it is known, that of what it holds: it may be compressed."""
        held = (self.raw.get("manifest_size"), self.raw.get("payload_size"))
        return self.stream_size or sum(size for size in held if isinstance(size, int))

    @staticmethod
    def of(source: read.Json) -> Descriptor:
        to = Cursor.of(read.inner(source, "to"))
        assert to is not None
        size = None if source.get("stream_size") is None else read.whole(source, "stream_size")
        return Descriptor(
            batch=read.text(source, "batch"),
            start=Cursor.of(read.optional_inner(source, "from")),
            to=to,
            stream_size=size,
            changes=read.whole(source, "changes", 0),
            raw=source,
        )


def unpack_envelope(data: bytes) -> tuple[read.Json, bytes]:
    """Split an envelope into its JSON object and the bytes behind it."""
    if len(data) < 4:
        raise Malformed(f"an envelope of {len(data)} bytes")
    size = int.from_bytes(data[:4], "big")
    if size > LARGEST_HEADER:
        raise Malformed(f"an envelope announces {size} bytes of JSON", "limit_exceeded")
    if 4 + size > len(data):
        raise Malformed(f"an envelope of {len(data)} bytes announces {size} bytes of JSON")
    return read.loads(data[4 : 4 + size]), data[4 + size :]


def pack_envelope(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    """The reverse of `unpack_envelope`."""
    text = read.dumps(header)
    return len(text).to_bytes(4, "big") + text + body
