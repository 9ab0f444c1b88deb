"""Hello, envelope, signed frames and pairing codes (PROTOCOL.md 1, 3 and 5)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from generator.parts import parts
from generator.suite import Suite
from generator.trees import sha256

Frame = tuple[str, bytes, int, str, bytes]
"""Direction, session, number, header, body."""


def suites() -> list[Suite]:
    return [_hellos(), _envelopes(), _frames(), _pairings()]


def _hellos() -> Suite:
    suite = Suite("hellos", "What a peer says first.", {"version": "is about the protocol's number"})
    good: dict[str, Any] = {"notesync": "kernel", "protocol": 1, "version": "0.1.0", "capabilities": ["gzip", "copy"]}
    suite.add("a kernel", hello=good)
    suite.add("no capability", hello={**good, "capabilities": []})
    suite.add("unknown capabilities and fields are ignored", hello={**good, "capabilities": ["teleport"], "x": 1})
    suite.add("an unknown program version means nothing", hello={**good, "version": "99.0.0-beta+7"})
    for number in (0, 2, 99):
        suite.add(
            f"protocol {number}", "invalid", "version", hello={**good, "protocol": number}, code="protocol_mismatch"
        )
    for comment, hello in [
        ("protocol is a text", {**good, "protocol": "1"}),
        ("no protocol", {key: good[key] for key in good if key != "protocol"}),
        ("who is missing", {key: good[key] for key in good if key != "notesync"}),
        ("capabilities is a text", {**good, "capabilities": "gzip"}),
        ("a capability is a number", {**good, "capabilities": [1]}),
    ]:
        suite.add(comment, "invalid", hello=hello, code="bad_request")
    return suite


def _envelopes() -> Suite:
    suite = Suite("envelopes", "A JSON object with bytes behind it; `bytes`, `body` are lists of parts.")
    head: dict[str, object] = {"state": "current", "n": 7, "name": "caf\u00e9"}
    text = json.dumps(head, ensure_ascii=False).encode()

    def add(comment: str, data: bytes, code: str | None = None, body: bytes = b"") -> None:
        if code is None:
            suite.add(comment, bytes=parts(data), json=head, body=parts(body))
        else:
            suite.add(comment, "invalid", bytes=parts(data), code=code)

    def sized(json_text: bytes, body: bytes = b"", size: int | None = None) -> bytes:
        return (len(json_text) if size is None else size).to_bytes(4, "big") + json_text + body

    add("without bytes", sized(text))
    add("with bytes", sized(text, b"\x00\x01payload\xff"), body=b"\x00\x01payload\xff")
    add("empty", b"", "bad_request")
    add("three bytes", b"\x00\x00\x00", "bad_request")
    add("ends inside the JSON", sized(text, size=len(text) + 1), "bad_request")
    add("claims 4 GiB", sized(text, size=2**32 - 1), "limit_exceeded")
    add("claims one byte more than the limit", sized(text, size=(4 << 20) + 1), "limit_exceeded")
    add("no JSON", sized(b""), "bad_request")
    add("JSON is a list", sized(b"[1]"), "bad_request")
    add("JSON is cut off", sized(text[:-1]), "bad_request")
    add("two JSON values", sized(b"{} {}"), "bad_request")
    add("a byte order mark", sized(b"\xef\xbb\xbf{}"), "bad_request")
    add("UTF-16", sized("{}".encode("utf-16-be")), "bad_request")
    add("a byte that is not UTF-8", sized(b'{"a": "\xff"}'), "bad_request")
    add("an overlong encoding", sized(b'{"a": "\xc0\xaf"}'), "bad_request")
    add("a field twice", sized(b'{"a": 1, "a": 2}'), "bad_request")
    add("NaN", sized(b'{"a": NaN}'), "bad_request")
    add("nested 1,000 deep", sized(b'{"a": ' + b"[" * 1000 + b"]" * 1000 + b"}"), "limit_exceeded")
    return suite


def _frames() -> Suite:
    suite = Suite(
        "frames",
        "Signatures of messages between kernel and agent. Byte fields are hex; `header` is the text as sent.",
        {"forged": "one thing differs from what was signed"},
    )
    key, kernel, agent = bytes(range(32)), bytes(range(16)), bytes(range(240, 256))

    def signature(direction: str, session: bytes, number: int, header: str, body: bytes) -> str:
        signed = direction.encode() + session + number.to_bytes(8, "big")
        signed += hashlib.sha256(header.encode()).digest() + hashlib.sha256(body).digest()
        return hmac.new(key, signed, hashlib.sha256).hexdigest()

    def add(comment: str, frame: Frame, **forged: object) -> None:
        direction, session, number, header, body = frame
        said = {
            "key": key.hex(),
            "direction": direction,
            "session": session.hex(),
            "number": number,
            "header": header,
            "body": body.hex(),
            "signature": signature(*frame),
        }
        result = "invalid" if forged else "valid"
        code = {"code": "signature"} if forged else {}
        suite.add(comment, result, "forged" if forged else "", **{**said, **forged}, **code)

    ping: Frame = ("K", kernel + agent, 2, '{"type":"ping","id":2,"number":2}', b"")
    chunk: Frame = ("K", kernel + agent, 2**40, '{"type":"chunk","number":1099511627776}', b"\x00\xffdata")
    add("the kernel's hello, before there is a session", ("K", kernel + bytes(16), 1, '{"type":"hello"}', b""))
    add("a ping", ping)
    add("a chunk with a body", chunk)
    add("the agent's reply, not ASCII", ("A", kernel + agent, 1, '{"type":"reply","name":"caf\u00e9"}', b""))
    add("an answer to a peer without a session", ("A", bytes(32), 1, '{"type":"unknown_session"}', b""))
    add("another direction", ping, direction="A")
    add("another number", ping, number=3)
    add("another session", ping, session=(agent + kernel).hex())
    add("another header", ping, header=ping[3] + " ")
    add("another body", chunk, body="00")
    add("the header's last byte moved into the body", ping, header=ping[3][:-1], body=b"}".hex())
    add("another key", ping, key=bytes(32).hex())
    add("a signature of zeros", ping, signature="00" * 32)
    add("half a signature", ping, signature=signature(*ping)[:32])
    add("no signature", ping, signature="")
    return suite


def _pairings() -> Suite:
    suite = Suite("pairings", "Nonce, commitment and origin, and the code that both sides show.")
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for nonce in (bytes(32), bytes(range(32)), b"\xff" * 32):
        commit = sha256(nonce)
        for origin in ("kernel", "https://colab.research.google.com", "http://localhost:8888", "null"):
            digest = hashlib.sha256(f"notesync pairing\n{commit}\n{origin}\n".encode()).digest()
            bits = int.from_bytes(digest, "big") >> (256 - 30)
            code = "".join(alphabet[bits >> shift & 31] for shift in range(25, -1, -5))
            suite.add(f"asked by {origin}", nonce=nonce.hex(), commit=commit, origin=origin, code=code)
    return suite
