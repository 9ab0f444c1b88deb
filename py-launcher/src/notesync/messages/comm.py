"""The two comms between a page and the kernel (PROTOCOL.md, section 4)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notesync.errors import Malformed

from . import _fields as read
from ._common import Cursor, check_hello, hello
from .laptop import DEFAULT_URL, Call

TO_KERNEL = "notesync.to_kernel"
FROM_KERNEL = "notesync.from_kernel"
BEACON = "notesync.beacon"
# In the metadata of an execute request.
SEEN = "notesync_seen"
OFFER_TYPE = "application/vnd.notesync.offer+json"
_ALLOWED = ("/v1/project", "/v1/replicas/")


@dataclass(frozen=True)
class RelayHello:
    """A page introduces itself on each of its two comms."""

    relay: str
    laptop_leg: str
    kernel_leg: str
    version: str
    answers_pings: bool

    @staticmethod
    def of(source: Mapping[str, Any]) -> RelayHello:
        check_hello(source, "relay")
        legs = read.inner(source, "legs")
        return RelayHello(
            read.text(source, "relay"),
            read.optional_text(legs, "laptop") or "none",
            read.text(legs, "kernel"),
            read.optional_text(source, "version") or "",
            "pong" in read.texts(source, "capabilities"),
        )


def greet(role: str, laptop: str | None, carrier: str | None = None) -> read.Json:
    """The kernel's answer to a page that has opened both comms, and every change of its role.

    `laptop`: where it is, None where only the page may know. `carrier`: for whom it stands by.
    """
    return {"kind": "hello", **hello(), "role": role, "laptop": laptop, "carrier": carrier}


def ping() -> read.Json:
    return {"kind": "ping"}


def offer(kernel: str, laptop: str | None, label: str) -> read.Json:
    """The kernel's invitation to a page; it holds no secret. `laptop` as in `greet`."""
    told = {**hello("offer"), "kernel": kernel, "label": label[:200]}
    return (
        {**told, "laptop": laptop} if laptop else {**told, "laptop": DEFAULT_URL, "guessed": True}
    )


def request(ident: int, call: Call) -> tuple[read.Json, list[bytes]]:
    """A call for the page to make with its token, and the buffer that goes with it."""
    if not call.path.startswith(_ALLOWED):
        raise ValueError(f"a relay does not carry {call.path}")
    asked = {
        "kind": "request",
        "id": ident,
        "method": call.method,
        "path": call.path,
        "json": call.json,
    }
    return asked, [] if call.body is None else [call.body]


def cancel(ident: int) -> read.Json:
    return {"kind": "cancel", "id": ident}


def status(told: Mapping[str, Any]) -> read.Json:
    return {"kind": "status", **told}


def answer(ident: int, sequence: int | None, newer: bool) -> read.Json:
    return {"kind": "answer", "id": ident, "sequence": sequence, "newer": newer}


def runs(cell: str, sequence: int | None, git: Mapping[str, Any] | None) -> read.Json:
    """A cell begins, on this sequence and this state of the laptop's repository."""
    return {
        "kind": "runs",
        "cell": cell,
        "sequence": sequence,
        "commit": git.get("commit") if git else None,
        "dirty": git.get("dirty") if git else None,
    }


def bye() -> read.Json:
    return {"kind": "bye"}


@dataclass(frozen=True)
class FromPage:
    """A message of a page, with its buffers as bytes whether they came as such or as base64."""

    kind: str
    data: read.Json
    buffers: tuple[bytes, ...]

    @staticmethod
    def of(data: object, buffers: Sequence[bytes | memoryview]) -> FromPage:
        if not isinstance(data, dict):
            raise Malformed("a comm message without an object")
        raw = tuple(bytes(one) for one in buffers)
        if not raw and data.get("buffers"):
            try:
                raw = tuple(
                    base64.b64decode(one, validate=True) for one in read.texts(data, "buffers")
                )
            except binascii.Error as error:
                raise Malformed(f"a buffer is not base64: {error}") from None
        return FromPage(read.text(data, "kind"), data, raw)

    @property
    def id(self) -> int:
        return read.whole(self.data, "id")


@dataclass(frozen=True)
class Part:
    """A part of an HTTP answer that a page hands over."""

    id: int
    status: int
    part: int
    last: bool
    data: bytes

    @staticmethod
    def of(message: FromPage) -> Part:
        return Part(
            message.id,
            read.whole(message.data, "status"),
            read.whole(message.data, "part", 0),
            read.flag(message.data, "last", True),
            b"".join(message.buffers),
        )


def in_widget(kind: str, comm: str, data: read.Json | None = None) -> read.Json:
    """A message of a comm that travels in a widget's custom messages."""
    told = {"notesync": kind, "comm": comm}
    return told if data is None else {**told, "data": data}


@dataclass(frozen=True)
class FromWidget:
    """A custom message of the widget: which comm, and what of it."""

    kind: str
    comm: str
    target: str
    data: object

    @staticmethod
    def of(content: object) -> FromWidget | None:
        """None for what is not one of ours."""
        if not isinstance(content, dict):
            return None
        kind, comm = content.get("notesync"), content.get("comm")
        if kind not in ("open", "message", "close") or not isinstance(comm, str):
            return None
        return FromWidget(kind, comm, str(content.get("target") or ""), content.get("data"))


def seen(word: Mapping[str, Any], relay: str) -> Cursor | None:
    """At which cursor the relay's page saw nothing newer when Run was pressed; another's is none.

    A cell's own metadata come with every request of it, too: only a live relay's id counts.
    """
    return Cursor.of(read.inner(word, "cursor")) if word.get("relay") == relay else None


def gone(message: FromPage) -> str:
    """The page of the same browser that is no longer there."""
    return read.text(message.data, "relay")


def is_pause(message: FromPage) -> bool:
    """Of a `bye`: the page stays, and its user wants nothing brought."""
    return message.data.get("paused") is True


def notebook(message: FromPage) -> str:
    """The path of the notebook that the page shows, as its server has it."""
    return read.text(message.data, "path")


def base64_buffers(buffers: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode("ascii") for one in buffers]
