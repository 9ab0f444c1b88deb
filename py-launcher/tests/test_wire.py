"""Signed frames: what is accepted and what is not."""

from __future__ import annotations

import pytest

from notesync import wire

from .stand_ins import sign

KEY, KERNEL, AGENT = b"k" * 32, b"a" * 16, b"b" * 16
HEADER, BODY = b'{"number": 5}', b"body"


def signer() -> wire.Signer:
    made = wire.Signer(KEY, KERNEL)
    greeted = sign(KEY, b"A", KERNEL + AGENT, 1, HEADER, BODY)
    assert made.accepts(greeted, 1, HEADER, BODY, AGENT)
    return made


def test_frames_are_magic_signature_header_body() -> None:
    frames = signer().frames(2, HEADER, BODY)
    assert frames == [
        b"notesync/1",
        sign(KEY, b"K", KERNEL + AGENT, 2, HEADER, BODY),
        HEADER,
        BODY,
    ]


def test_hello_is_signed_with_an_empty_agent_nonce() -> None:
    frames = wire.Signer(KEY, KERNEL).frames(1, HEADER, BODY)
    assert frames[1] == sign(KEY, b"K", KERNEL + bytes(16), 1, HEADER, BODY)


def test_a_good_message_is_accepted() -> None:
    assert signer().accepts(sign(KEY, b"A", KERNEL + AGENT, 5, HEADER, BODY), 5, HEADER, BODY)


@pytest.mark.parametrize(
    ("direction", "session", "number", "header", "body"),
    [
        pytest.param(b"K", KERNEL + AGENT, 5, HEADER, BODY, id="reflected"),
        pytest.param(b"A", KERNEL + KERNEL, 5, HEADER, BODY, id="other session"),
        pytest.param(b"A", KERNEL + AGENT, 6, HEADER, BODY, id="other number"),
        pytest.param(b"A", KERNEL + AGENT, 5, HEADER + b" ", BODY, id="other header"),
        pytest.param(b"A", KERNEL + AGENT, 5, HEADER, b"", id="other body"),
    ],
)
def test_anything_else_is_dropped(
    direction: bytes, session: bytes, number: int, header: bytes, body: bytes
) -> None:
    signed = sign(KEY, direction, session, number, header, body)
    assert not signer().accepts(signed, 5, HEADER, BODY)


def test_a_replayed_message_is_dropped() -> None:
    made = signer()
    signed = sign(KEY, b"A", KERNEL + AGENT, 5, HEADER, BODY)
    assert made.accepts(signed, 5, HEADER, BODY)
    assert not made.accepts(signed, 5, HEADER, BODY)


def test_a_message_older_than_the_last_is_dropped() -> None:
    made = signer()
    assert made.accepts(sign(KEY, b"A", KERNEL + AGENT, 7, HEADER, BODY), 7, HEADER, BODY)
    assert not made.accepts(sign(KEY, b"A", KERNEL + AGENT, 6, HEADER, BODY), 6, HEADER, BODY)


def test_an_identity_never_begins_with_zero() -> None:
    assert all(wire.identity()[0] != 0 for _ in range(300))
    assert len(wire.identity()) == 16
