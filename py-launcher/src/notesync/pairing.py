"""The numbers of a pairing (PROTOCOL.md, section 3): nonce, commit, code. Pure, any thread."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KERNEL_ORIGIN = "kernel"


@dataclass(frozen=True)
class Secret:
    """The nonce that proves who asked, and the commit that may be told before."""

    nonce: str
    commit: str

    @staticmethod
    def of(nonce: bytes) -> Secret:
        return Secret(nonce.hex(), hashlib.sha256(nonce).hexdigest())

    @staticmethod
    def drawn() -> Secret:
        return Secret.of(secrets.token_bytes(32))


def code(commit: str, origin: str) -> str:
    """The six characters that both sides show: 30 bits, most significant first."""
    text = f"notesync pairing\n{commit}\n{origin}\n".encode("ascii")
    bits = int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 2
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(25, -1, -5))
