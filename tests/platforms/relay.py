"""The relay of PROTOCOL.md section 4, in Python: stands in for the page where only the kernel's side is looked at.

Pairs as a page does, opens the two comms, and executes the kernel's requests. One thread owns the kernel's channels,
others wait for the laptop.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import queue
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_core.utils import ensure_event_loop

from tests.harness import wait

ORIGIN = "http://127.0.0.1:8888"
_PART = 256 * 1024
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Relay:
    """`with Relay(manager, port, approve)`: paired and connected inside."""

    def __init__(self, manager: KernelManager, port: int, approve: Callable[[str], None]) -> None:
        # A session of its own: one that is shared would take the other's messages for replays.
        self.client = BlockingKernelClient()
        self.client.load_connection_info(manager.get_connection_info(session=False))
        self.port = port
        self.approve = approve
        self.token = ""
        self.relay = secrets.token_hex(16)
        self.to_kernel, self.from_kernel = secrets.token_hex(16), secrets.token_hex(16)
        self.heard: list[str] = []
        self.carried = 0
        self._answers: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(8)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._pair()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=wait.PATIENCE)
        self._thread.start()
        wait.until(lambda: "hello" in self.heard, "the kernel's hello to the relay")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(20)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.client.stop_channels()

    def _call(self, method: str, path: str, body: bytes | None, kind: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Origin": ORIGIN, "Content-Type": kind}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()

    def _json(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        status, told = self._call(method, path, json.dumps(body).encode() if body else None, "application/json")
        assert status < 300, f"{method} {path}: {status} {told!r}"
        answer: dict[str, Any] = json.loads(told)
        return answer

    def _pair(self) -> None:
        nonce = secrets.token_bytes(32)
        commit = hashlib.sha256(nonce).hexdigest()
        client = {"kind": "page", "label": "matrix.ipynb", "machine": "test"}
        pairing = self._json("POST", "/v1/pairings", {"commit": commit, "client": client})["pairing"]
        self.approve(code_of(commit))

        def allowed() -> str | None:
            claim = {"nonce": nonce.hex(), "wait_ms": 2000}
            return self._json("POST", f"/v1/pairings/{pairing}/claim", claim).get("token")

        self.token = str(wait.until(allowed, "the laptop's approval"))

    def _serve(self) -> None:
        hello = {"notesync": "relay", "protocol": 1, "version": "0.1.0", "capabilities": ["gzip"], "relay": self.relay}
        hello["legs"] = {"laptop": "direct", "kernel": "websocket"}
        for comm, target in ((self.from_kernel, "notesync.from_kernel"), (self.to_kernel, "notesync.to_kernel")):
            self._send("comm_open", {"comm_id": comm, "target_name": target, "data": hello})
        while not self._ended.is_set():
            while not self._answers.empty():
                data, body = self._answers.get()
                self._respond(data, body)
            try:
                message = self.client.get_iopub_msg(timeout=0.02)
            except queue.Empty:
                continue
            if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == self.from_kernel:
                self._take(message["content"]["data"], message["buffers"])
        for comm in (self.to_kernel, self.from_kernel):
            self._send("comm_close", {"comm_id": comm, "data": {}})
        ensure_event_loop().close()  # the client made one for this thread

    def _take(self, data: dict[str, Any], buffers: list[Any]) -> None:
        self.heard.append(data["kind"])
        if data["kind"] == "hello":
            project = self._json("GET", "/v1/project")
            self._tell({"kind": "ready", "project": project, "laptop": f"http://127.0.0.1:{self.port}"})
        elif data["kind"] == "request":
            self._pool.submit(self._execute, data, bytes(buffers[0]) if buffers else None)

    def _execute(self, data: dict[str, Any], body: bytes | None) -> None:
        kind = "application/octet-stream" if body is not None else "application/json"
        if body is None and data.get("json") is not None:
            body = json.dumps(data["json"]).encode()
        try:
            status, told = self._call(data["method"], data["path"], body, kind)
        except OSError as error:
            failed = {"kind": "failed", "id": data["id"], "code": "laptop_unreachable", "message": str(error)}
            self._answers.put((failed, b""))
            return
        self._answers.put(({"kind": "response", "id": data["id"], "status": status}, told))

    def _respond(self, data: dict[str, Any], body: bytes) -> None:
        if data["kind"] == "failed":
            self._tell(data)
            return
        parts = [body[start : start + _PART] for start in range(0, len(body), _PART)] or [b""]
        for number, part in enumerate(parts):
            self._tell({**data, "part": number, "last": number == len(parts) - 1}, part)
        self.carried += len(body)

    def _tell(self, data: dict[str, Any], buffer: bytes | None = None) -> None:
        content = {"comm_id": self.to_kernel, "data": data}
        self._send("comm_msg", content, [buffer] if buffer is not None else None)

    def _send(self, kind: str, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        message = self.client.session.msg(kind, content)
        socket = self.client.shell_channel.socket
        self.client.session.send(socket, message, buffers=buffers)


def code_of(commit: str) -> str:
    """The pairing code: 30 bits of a digest, in six characters."""
    bits = int.from_bytes(hashlib.sha256(f"notesync pairing\n{commit}\n{ORIGIN}\n".encode()).digest()[:4], "big") >> 2
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(25, -1, -5))
