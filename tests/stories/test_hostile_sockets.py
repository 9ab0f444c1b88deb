"""What can be tried on the WebSocket of pages: the laptop server stays right, and within a small heap."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import pytest
from notesync import pairing

from tests.harness import wait
from tests.harness.http import ask
from tests.harness.laptop import Laptop
from tests.stories.test_hard_times import begin, follows, many_files, served

HUB = "https://hub.example.org"
STRANGER = "https://evil.example"
MOST = 32
HEAP = "-Xmx64m"
MORE, TEXT, PING, PONG = 0, 1, 9, 10


class Raw:
    """A socket byte by byte, as no browser would do it."""

    def __init__(self, laptop: Laptop, origin: str = HUB) -> None:
        self.connection = socket.create_connection(("127.0.0.1", laptop.port), 20)
        self.head = (
            f"GET /v1/socket HTTP/1.1\r\nHost: 127.0.0.1:{laptop.port}\r\nOrigin: {origin}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.connection.close()

    def opens(self) -> int:
        """The status of the handshake."""
        self.connection.sendall(self.head)
        answer = b""
        while b"\r\n\r\n" not in answer:
            some = self.connection.recv(1)
            assert some, answer
            answer += some
        return int(answer.split()[1])

    def opened(self, first: bytes | None = None) -> Self:
        assert self.opens() == 101
        if first is not None:
            self.says(first)
        return self

    def says(self, text: bytes, opcode: int = TEXT, fin: bool = True, claims: int | None = None) -> None:
        self.connection.sendall(frame(text, opcode, fin, claims))

    def closed_with(self) -> int:
        """The code of the close frame, with which everything ends."""
        got = b""
        while some := self.connection.recv(65_536):
            got += some
        at = got.rfind(b"\x88")
        return int.from_bytes(got[at + 2 : at + 4], "big") if at >= 0 else 0


def frame(text: bytes, opcode: int = TEXT, fin: bool = True, claims: int | None = None) -> bytes:
    """Masked with zeros, so it is what it says. `claims` is a length that it has not."""
    length = len(text) if claims is None else claims
    head = bytes([opcode | (0x80 if fin else 0)])
    head += bytes([0x80 | length]) if length < 126 else bytes([0x80 | 127]) + length.to_bytes(8, "big")
    return head + bytes(4) + text


def paired(laptop: Laptop) -> bytes:
    """What a page of the hub says first."""
    secret = pairing.Secret.drawn()
    client = {"kind": "page", "label": "a page", "machine": "hub"}
    asked = ask(laptop.port, "POST", "/v1/pairings", body={"commit": secret.commit, "client": client}, Origin=HUB)
    laptop.approve(pairing.code(secret.commit, HUB))
    claim = {"nonce": secret.nonce, "wait_ms": 20_000}
    path = f"/v1/pairings/{json.loads(asked.body)['pairing']}/claim"
    token = json.loads(ask(laptop.port, "POST", path, body=claim, Origin=HUB).body)["token"]
    return json.dumps({"token": token}).encode()


class Hub:
    """A server that a page and a kernel are paired with; one for all stories, so it has what they leave behind."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        # What the page says first.
        self.token = paired(laptop)
        self.follower, self.at = begin(laptop)
        self.saves = 0

    def still_serves(self) -> None:
        """The page gets a socket, and a save goes out."""
        with Raw(self.laptop) as one:
            one.opened(self.token)
        self.still_saves()

    def still_saves(self) -> None:
        self.saves += 1
        self.at = follows(self.laptop, self.follower, self.at, f"as ever: {self.saves}\n")
        assert not [line for line in self.laptop.server.lines if "OutOfMemory" in line]

    def opens(self) -> bool:
        with Raw(self.laptop) as one:
            return one.opens() == 101


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with served(tmp_path_factory.mktemp("hub"), java=HEAP) as laptop:
        yield Hub(laptop)


def test_a_thousand_sockets_of_a_stranger_and_of_a_paired_page(hub: Hub) -> None:
    laptop, token = hub.laptop, hub.token
    with many_files():
        for _ in range(1000):
            with Raw(laptop, STRANGER) as one:
                assert one.opens() == 403
        with ExitStack() as opened:
            for _ in range(MOST):
                opened.enter_context(Raw(laptop)).opened(token)
            for _ in range(1000):
                assert opened.enter_context(Raw(laptop)).opens() == 503
            hub.still_saves()
        wait.until(hub.opens, "the places of those that went are free")
        hub.still_serves()


def test_halves_of_handshakes_delay_nobody_and_cost_nobody_a_socket(hub: Hub) -> None:
    with many_files(), ExitStack() as opened, Raw(hub.laptop) as good:
        good.opened(hub.token)
        for number in range(3500):
            one = opened.enter_context(Raw(hub.laptop))
            one.connection.sendall(one.head[: 20 + number % (len(one.head) - 20)])
        hub.still_serves()
        good.says(b"", PING)
        assert good.connection.recv(2) == bytes([0x80 | PONG, 0])


@pytest.mark.parametrize("known", [False, True], ids=["before the token", "after it"])
def test_what_is_too_large_ends_the_socket_before_it_is_there(hub: Hub, known: bool) -> None:
    laptop, token = hub.laptop, hub.token
    first = token if known else None
    for claims in (8193, 1 << 30, (1 << 63) - 1):
        with Raw(laptop) as one:
            one.opened(first).says(b"x" * 100, claims=claims)
            assert one.closed_with() in (1009, 1011), claims
    with Raw(laptop) as one:
        one.opened(first).says(b"[" * 1000, fin=False)
        for _ in range(8):
            one.says(b"[" * 1000, MORE, fin=False)
        assert one.closed_with() == 1009
    with Raw(laptop) as one:
        one.opened(first).says(b"[" * 8000)
        assert one.closed_with() == 1007
    hub.still_serves()


@pytest.mark.parametrize("known", [False, True], ids=["before the token", "after it"])
@pytest.mark.parametrize(
    "one_more",
    [frame(b"", MORE, fin=False), frame(b"p" * 125, PING), frame(b"p" * 125, PONG)],
    ids=["a fragment of nothing", "a ping whose answer is not read", "a pong"],
)
def test_frames_without_end_end_the_socket(hub: Hub, known: bool, one_more: bytes) -> None:
    laptop, token = hub.laptop, hub.token
    with Raw(laptop) as one:
        one.opened(token if known else None).says(b"", fin=False)
        sent = 0
        # The answers to a gigabyte would not fit into the server's 64 MB.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while sent < 1 << 30:
                one.connection.sendall(one_more * 1000)
                sent += len(one_more) * 1000
        assert sent < 1 << 28
    hub.still_serves()


def test_who_keeps_a_socket_busy_and_says_no_token_keeps_nobody_out(hub: Hub) -> None:
    with ExitStack() as opened:
        busy = [opened.enter_context(Raw(hub.laptop)).opened() for _ in range(MOST)]
        said = time.monotonic()

        def place_is_free() -> bool:
            nonlocal said
            if time.monotonic() - said > 1:
                said = time.monotonic()
                for each in busy:
                    with contextlib.suppress(OSError):
                        each.says(b"", PING)
            return hub.opens()

        assert not place_is_free()
        wait.until(place_is_free, "they lose their places", 15)
        hub.still_serves()
