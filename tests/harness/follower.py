"""A replica that is only a client of the laptop server: for what has to be asked without kernel, agent and page."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import zlib
from dataclasses import dataclass
from typing import Any

from notesync import pairing

from tests.harness.laptop import Laptop

EMPTY_TREE = "0" * 64
Cursor = dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """An envelope of the server: its JSON, and the bytes behind it."""

    head: dict[str, Any]
    body: bytes

    @property
    def state(self) -> str:
        return str(self.head["state"])


def decoded(stream: bytes, encoding: str) -> bytes:
    """The first bytes of a stream, as they are before the encoding."""
    return zlib.decompressobj(31).decompress(stream, 64_000) if encoding == "gzip" else stream[:64_000]


def envelope(answer: bytes) -> Offer:
    size = int.from_bytes(answer[:4], "big")
    return Offer(json.loads(answer[4 : 4 + size]), answer[4 + size :])


class Follower:
    """Pairs with the laptop as a kernel does, the code typed at the server's terminal, and then asks."""

    def __init__(self, laptop: Laptop, label: str = "follower") -> None:
        self.laptop = laptop
        self.id = secrets.token_hex(16)
        secret = pairing.Secret.drawn()
        client = {"kind": "kernel", "label": label, "machine": "beside"}
        self.token = ""
        asked = self.json("POST", "/v1/pairings", {"commit": secret.commit, "client": client})
        laptop.approve(pairing.code(secret.commit, pairing.KERNEL_ORIGIN))
        claim = {"nonce": secret.nonce, "wait_ms": 20_000}
        claimed = self.json("POST", f"/v1/pairings/{asked['pairing']}/claim", claim)
        self.token = claimed["token"]
        self.project = claimed["project"]

    def introduce(self, label: str) -> None:
        self.json("PUT", f"/v1/replicas/{self.id}", {"label": label, "machine": "beside", "root": "/replica"})

    def json(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.call(method, path, body))
        return found

    def next(self, cursor: Cursor | None, tree: str, **more: object) -> Offer:
        asked = {"cursor": cursor, "tree": tree, "inline": 262_144, "encodings": ["gzip"], **more}
        asked.setdefault("capabilities", ["copy", "recipe"])
        return envelope(self.call("POST", f"/v1/replicas/{self.id}/next", asked))

    def place_of(self, offer: Offer) -> tuple[Cursor, str]:
        """Where a replica stands that has applied this batch: cursor and tree digest, which begin the manifest."""
        batch = offer.head["batch"]
        stream = offer.body
        while not (tree := re.search(rb'"tree":\s*"([0-9a-f]{64})"', decoded(stream, batch["encoding"]))):
            # It is in the making: some more of it.
            more = self.chunk(batch["batch"], len(stream), 65_536)
            assert more.body or not more.head["end"], "a manifest without a tree"
            stream += more.body
        return batch["to"], tree.group(1).decode()

    def chunk(self, batch: str, offset: int, most: int) -> Offer:
        asked = {"batch": batch, "offset": offset, "max": most}
        return envelope(self.call("POST", f"/v1/replicas/{self.id}/chunk", asked))

    def stream(self, offer: Offer) -> bytes:
        """The whole stream of an offered batch."""
        found, end = offer.body, bool(offer.head["end"])
        while not end:
            piece = self.chunk(offer.head["batch"]["batch"], len(found), 1 << 20)
            found, end = found + piece.body, bool(piece.head["end"])
        return found

    def report(self, **said: object) -> None:
        self.json("POST", f"/v1/replicas/{self.id}/report", said)

    def call(self, method: str, path: str, body: object = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.laptop.port, timeout=70)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        assert answer.status < 300, content
        return content
