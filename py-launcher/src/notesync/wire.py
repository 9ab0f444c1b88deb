"""Signed ZeroMQ frames (PROTOCOL.md, section 5): what makes a message of a peer with the key.

Pure: no sockets, no clocks. A `Signer` belongs to one session and to the one thread that owns the
socket.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

MAGIC = b"notesync/1"
NO_NONCE = bytes(16)
NO_SESSION = bytes(32)
_KERNEL, _AGENT = b"K", b"A"


def signature(
    key: bytes, direction: bytes, session: bytes, number: int, header: bytes, body: bytes
) -> bytes:
    """HMAC-SHA256 over direction, session, number and both digests."""
    text = b"".join(
        (
            direction,
            session,
            number.to_bytes(8, "big"),
            hashlib.sha256(header).digest(),
            hashlib.sha256(body).digest(),
        )
    )
    return hmac.new(key, text, hashlib.sha256).digest()


def identity() -> bytes:
    """A random identity for a DEALER; ZeroMQ reserves those that begin with a zero byte."""
    return b"K" + secrets.token_bytes(15)


class Signer:
    """Signs what this kernel sends and checks what the agent sends, in one session."""

    def __init__(self, key: bytes, kernel_nonce: bytes) -> None:
        self._key = key
        self._kernel_nonce = kernel_nonce
        self._agent_nonce = NO_NONCE
        self._last_seen = -1

    @property
    def established(self) -> bool:
        return self._agent_nonce != NO_NONCE

    def frames(self, number: int, header: bytes, body: bytes) -> list[bytes]:
        session = self._kernel_nonce + self._agent_nonce
        signed = signature(self._key, _KERNEL, session, number, header, body)
        return [MAGIC, signed, header, body]

    def accepts(
        self, signed: bytes, number: int, header: bytes, body: bytes, nonce: bytes | None = None
    ) -> bool:
        """Whether a message is the agent's and new. `nonce` is the one in an answer to hello."""
        session = self._kernel_nonce + (nonce or self._agent_nonce)
        wanted = signature(self._key, _AGENT, session, number, header, body)
        if not hmac.compare_digest(wanted, signed):
            return False
        if nonce is not None and nonce != self._agent_nonce:
            self._agent_nonce = nonce
            self._last_seen = -1
        if number <= self._last_seen:
            return False
        self._last_seen = number
        return True

    def says_unknown(self, signed: bytes, number: int, header: bytes, body: bytes) -> bool:
        """Whether this is the agent's word that it does not know our session."""
        wanted = signature(self._key, _AGENT, NO_SESSION, number, header, body)
        return hmac.compare_digest(wanted, signed)


def split(frames: Sequence[bytes]) -> tuple[bytes, bytes, bytes] | None:
    """Signature, header and body of a message, or None for what is not one of ours."""
    if len(frames) != 4 or frames[0] != MAGIC or len(frames[1]) != 32:
        return None
    return frames[1], frames[2], frames[3]
