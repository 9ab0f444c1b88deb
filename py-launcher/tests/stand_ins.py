"""A small agent and a small laptop server, in this process, for unit tests only.

They speak the real wire (ZeroMQ with signatures, HTTP) but keep everything in memory; the tests of
the whole way, in the repository's tests/, use the real ones.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import zmq

from notesync import _process, _state
from notesync.messages import VERSION, hello, pack_envelope

EMPTY_TREE = "0" * 64


def sign(
    key: bytes, direction: bytes, session: bytes, number: int, header: bytes, body: bytes
) -> bytes:
    """The signature of PROTOCOL.md section 5, written a second time."""
    text = direction + session + number.to_bytes(8, "big")
    text += hashlib.sha256(header).digest() + hashlib.sha256(body).digest()
    return hmac.new(key, text, "sha256").digest()


class StandInAgent:
    """A ROUTER that knows sessions, one replica and its batches. `script` may replace answers."""

    def __init__(self, state: Path, version: str = VERSION, pid: int | None = None) -> None:
        self.key = os.urandom(32)
        self.state = state
        self.version = version
        self.pid = pid or os.getpid()
        self.seen: list[dict[str, Any]] = []
        self.script: dict[str, Callable[[dict[str, Any], bytes], Any]] = {}
        self.silent = threading.Event()
        self.cursor: dict[str, Any] | None = None
        self.tree = EMPTY_TREE
        self.streams: dict[str, bytes] = {}
        self.in_cell = False
        self.placed = False
        self.kept: list[dict[str, Any]] = []
        self.halts = False
        self.staged: dict[str, Any] | None = None
        self.changes: list[dict[str, Any]] = [{"op": "put", "path": "a.py", "digest": "0" * 64}]
        self._sessions: dict[bytes, tuple[bytes, bytes]] = {}
        self._numbers = 0
        self._stop = threading.Event()
        self._context = zmq.Context()
        self._unanswered: list[tuple[bytes, dict[str, Any]]] = []
        self._todo: list[Callable[[], None]] = []

    def __enter__(self) -> StandInAgent:
        self.router = self._context.socket(zmq.ROUTER)
        self.router.setsockopt(zmq.LINGER, 0)
        self.port = self.router.bind_to_random_port("tcp://127.0.0.1")
        self.write_file()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.router.close()
        self._context.term()

    def write_file(self) -> None:
        told = {
            "notesync": "agent",
            "protocol": 1,
            "version": self.version,
            "port": self.port,
            "key": self.key.hex(),
            "pid": self.pid,
            "started": _process.start_time(self.pid) or 0,
            "java": "17",
        }
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        _state.connection_file(self.state).write_text(json.dumps(told))

    def forget_sessions(self) -> None:
        """As after a restart on the same port with the same key."""
        self._sessions.clear()

    def tell(self, event: str, **fields: Any) -> None:
        """Send an event to every session."""
        self._todo.append(lambda: self._tell(event, fields))

    def kinds(self) -> list[str]:
        return [header["type"] for header in self.seen]

    def _tell(self, event: str, fields: dict[str, Any]) -> None:
        for peer in list(self._sessions):
            self._send(peer, {"type": "event", "event": event, **fields}, b"")

    def _run(self) -> None:
        while not self._stop.is_set():
            while self._todo:
                self._todo.pop(0)()
            if self.router.poll(5) and not self.silent.is_set():
                self._take(self.router.recv_multipart())

    def _take(self, frames: list[bytes]) -> None:
        peer, magic, signed, raw, body = frames
        assert magic == b"notesync/1"
        header = json.loads(raw)
        if header["type"] == "hello":
            nonce = bytes.fromhex(header["nonce"])
            expected = sign(self.key, b"K", nonce + bytes(16), header["number"], raw, body)
            if expected != signed:
                return
            ours = os.urandom(16)
            self._sessions[peer] = (nonce, ours)
            greeting = {**hello("agent"), "nonce": ours.hex(), "pid": self.pid}
            self._reply(peer, header, greeting, b"")
            return
        if peer not in self._sessions:
            raw_answer = json.dumps({"type": "unknown_session", "number": 0}).encode()
            answer = sign(self.key, b"A", bytes(32), 0, raw_answer, b"")
            self.router.send_multipart([peer, b"notesync/1", answer, raw_answer, b""])
            return
        session = b"".join(self._sessions[peer])
        if sign(self.key, b"K", session, header["number"], raw, body) != signed:
            return
        self.seen.append(header)
        answer = self.script.get(header["type"]) or getattr(self, f"on_{header['type']}", None)
        answered = answer(header, body) if answer else ({}, b"")
        if answered is None:
            self._unanswered.append((peer, header))
        else:
            self._reply(peer, header, *answered)

    def answer_late(self) -> None:
        """Answer what a script left open."""
        self._todo.append(self._answer_late)

    def _answer_late(self) -> None:
        waiting, self._unanswered = self._unanswered, []
        for peer, header in waiting:
            answer = getattr(self, f"on_{header['type']}")
            self._reply(peer, header, *answer(header, b""))

    def _reply(
        self, peer: bytes, header: dict[str, Any], told: dict[str, Any], body: bytes
    ) -> None:
        kind = "error" if "code" in told else "reply"
        self._send(peer, {"type": kind, "re": header["id"], **told}, body)

    def _send(self, peer: bytes, told: dict[str, Any], body: bytes) -> None:
        self._numbers += 1
        raw = json.dumps({**told, "number": self._numbers}).encode()
        session = b"".join(self._sessions[peer])
        signed = sign(self.key, b"A", session, self._numbers, raw, body)
        self.router.send_multipart([peer, b"notesync/1", signed, raw, body])

    # -- one replica

    def on_attach(self, _header: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes]:
        return {
            "replica": "1f" * 16,
            "cursor": self.cursor,
            "tree": self.tree,
            "entries": 0,
            "guarantees": [],
            "recovered": "nothing",
            "held": False,
            "carrier": False,
        }, b""

    def on_carry(self, _header: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes]:
        return {"carrier": True}, b""

    def on_offer(self, header: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes]:
        self.streams[header["batch"]["batch"]] = b""
        self.offered = header["batch"]
        return {"state": "accept", "offset": 0}, b""

    def on_chunk(self, header: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        stream = self.streams[header["batch"]]
        if header["offset"] != len(stream):
            wrong = {"code": "chunk_gap", "message": "not next", "offset": len(stream)}
            return wrong, b""
        self.streams[header["batch"]] = stream + body
        if header["end"]:
            self.staged = self.offered
            self.tell("staged", replica="1f" * 16, batch=header["batch"], to=self.offered["to"])
            if self.halts:
                told = {"deletes": 20, "of": 30, "message": "deletes 20 of 30"}
                self.tell("halted", replica="1f" * 16, batch=header["batch"], **told)
                self.staged = None
            elif self.in_cell:
                self._recall()
                self.tell("waiting", replica="1f" * 16, batch=header["batch"], **{"for": ["k"]})
            elif self.placed:
                self._recall()
            else:
                self._todo.append(self.apply)
        return {"offset": len(self.streams[header["batch"]])}, b""

    def apply(self) -> None:
        batch, self.staged = self.staged, None
        if batch is None:
            return
        start, self.cursor = self.cursor, batch["to"]
        self.tree = f"{batch['to']['sequence']:064x}"
        self._tell(
            "applied",
            {
                "replica": "1f" * 16,
                "batch": batch["batch"],
                "from": start,
                "to": self.cursor,
                "tree": self.tree,
                "git": None,
                "reason": "batch",
                "changes": self.changes,
                "kept": self.kept,
                "timings": {"applied": 1},
            },
        )

    def apply_soon(self) -> None:
        """Apply what is staged, on the thread that owns the socket."""
        self._todo.append(self.apply)

    def _recall(self) -> None:
        if self.placed:
            self.tell("recall", replica="1f" * 16)

    def on_place(self, _header: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes]:
        self.placed = self.staged is None and not self.in_cell
        return {"place": self.placed}, b""

    def on_enter(self, header: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes]:
        self.placed = self.placed and header.get("place", False)
        if "place" not in header:
            self.apply()
        self.in_cell = True
        return {"replicas": [{"replica": "1f" * 16, "cursor": self.cursor}]}, b""

    def on_leave(self, header: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes]:
        self.in_cell = False
        self.placed = self.placed and header.get("place", False)
        if not self.placed:
            self._todo.append(self.apply)
        return {}, b""


class StandInLaptop:
    """An HTTP server with one project. `save()` makes a new sequence out of some bytes."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.reports: list[dict[str, Any]] = []
        self.token = "aa" * 32
        self.allowed = threading.Event()
        self.allowed.set()
        self.denied = False
        self.sequence = 0
        self.name = "shop"
        self.epoch = "e0" * 16
        self.stream = b""
        self.clock_ahead_s = 0
        self._saved = threading.Condition()
        self._awake = threading.Event()
        self._delay_s = 0.0

    def sleeps(self, seconds: float) -> None:
        """From now on it reads what is asked and answers that much later; what waits goes on."""
        self._delay_s = seconds
        self._awake.set()
        self._awake = threading.Event()

    def save(self, stream: bytes) -> int:
        with self._saved:
            self.sequence += 1
            self.stream = stream
            self._saved.notify_all()
        return self.sequence

    def __enter__(self) -> StandInLaptop:
        laptop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                laptop.serve(self, b"")

            def do_DELETE(self) -> None:
                laptop.serve(self, b"")

            def do_POST(self) -> None:
                laptop.serve(self, self.rfile.read(int(self.headers["Content-Length"])))

            do_PUT = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sleeps(0)
        with self._saved:
            self.sequence += 1000
            self._saved.notify_all()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def cursor(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "sequence": self.sequence}

    def project(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "cursor": self.cursor(),
            "python_paths": ["", "src"],
            "git": None,
            "files": 1,
            "bytes": 1,
            "now_ms": int((time.time() + self.clock_ahead_s) * 1000),
        }

    def serve(self, http: BaseHTTPRequestHandler, body: bytes) -> None:
        path = http.path.partition("?")[0]
        self.calls.append((http.command, http.path))
        if self._delay_s:
            self._awake.wait(self._delay_s)
        needs = path.startswith(("/v1/project", "/v1/replicas"))
        if needs and http.headers.get("Authorization") != f"Bearer {self.token}":
            wrong = {"error": {"code": "token_unknown", "message": "pair again"}}
            self._answer(http, 401, json.dumps(wrong).encode())
            return
        status, data = self._route(http, path, body)
        self._answer(http, status, data)

    def _route(self, http: Any, path: str, body: bytes) -> tuple[int, bytes]:
        if path == "/v1/hello":
            return 200, json.dumps(hello("server")).encode()
        if path == "/v1/pairings":
            return 201, json.dumps({"pairing": "ab" * 16, "expires_seconds": 120}).encode()
        if path.endswith("/claim"):
            return self._claim(json.loads(body))
        if path == "/v1/project":
            return 200, json.dumps(self.project()).encode()
        if path.endswith("/next"):
            return 200, self._next(json.loads(body))
        if path.endswith("/report"):
            self.reports.append(json.loads(body))
            return 200, b"{}"
        if path.endswith("/chunk"):
            asked = json.loads(body)
            at = asked["offset"]
            piece = self.stream[at : at + asked["max"]]
            header = {
                "batch": asked["batch"],
                "offset": at,
                "end": at + len(piece) >= len(self.stream),
            }
            return 200, pack_envelope(header, piece)
        return 200, b"{}"

    def _claim(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        if self.denied:
            wrong = {"error": {"code": "pairing_denied", "message": "denied on the laptop"}}
            return 403, json.dumps(wrong).encode()
        if not self.allowed.wait(asked["wait_ms"] / 1000):
            return 200, b'{"state": "pending"}'
        told = {"state": "allowed", "token": self.token, "project": self.project()}
        return 200, json.dumps(told).encode()

    def _next(self, asked: dict[str, Any]) -> bytes:
        has = asked["cursor"]["sequence"] if asked["cursor"] else 0
        with self._saved:
            self._saved.wait_for(lambda: self.sequence > has, asked["wait_ms"] / 1000)
            if self.sequence <= has:
                return pack_envelope({"state": "current", "cursor": asked["cursor"]})
            batch = {
                "batch": f"{self.sequence:032x}",
                "from": asked["cursor"],
                "to": self.cursor(),
                "encoding": "identity",
                "manifest_size": 1,
                "manifest_digest": "0" * 64,
                "payload_size": 0,
                "stream_size": len(self.stream),
                "changes": 1,
            }
            first = self.stream[: asked["inline"]]
            told = {"state": "batch", "batch": batch, "offset": 0, "end": first == self.stream}
            return pack_envelope(told, first)

    @staticmethod
    def _answer(http: BaseHTTPRequestHandler, status: int, data: bytes) -> None:
        try:
            http.send_response(status)
            http.send_header("Content-Length", str(len(data)))
            http.end_headers()
            http.wfile.write(data)
        except OSError:
            http.close_connection = True
