"""Kernel-direct: the kernel itself speaks HTTP to the laptop server (same machine, any tunnel).

`DirectLaptop` is the paired way; `pair` gets the token for it. Connections are kept alive, one
daemon thread each: a kernel that exits never waits for a long poll.
"""

from __future__ import annotations

import http.client
import queue
import re
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from . import connect_texts, pairing
from ._heard import Heard
from ._run import Run
from .errors import LaptopRefused, LaptopUnreachable, Malformed, NotesyncError, Unpaired
from .messages import check_hello
from .messages import laptop as words
from .messages.laptop import Answer, Call, Project

_CONNECT_S = 5.0
_GRACE_S = 15.0
_CLAIM_WAIT_MS = 2_000
_HERE = "127.0.0.1"
_LOOPBACK = (_HERE, "localhost", "::1")
_ONLY_PORT = re.compile(r":?\d{1,5}")


@dataclass(frozen=True)
class Address:
    """Scheme, host and port of a server, and the path before `/v1` (for tunnels)."""

    scheme: str
    host: str
    port: int
    prefix: str

    @staticmethod
    def of(url: str) -> Address:
        """Read what the user wrote, be it only the port. Raises NotesyncError for no address."""
        whole = f"{_HERE}:{url.removeprefix(':')}" if _ONLY_PORT.fullmatch(url) else url
        parts = urllib.parse.urlsplit(whole if "://" in whole else f"http://{whole}")
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https") or not parts.hostname or port == -1:
            raise NotesyncError("bad_address", *connect_texts.bad_address(url))
        default = 443 if parts.scheme == "https" else 80
        if parts.scheme == "http" and ("://" not in whole or parts.hostname in _LOOPBACK):
            default = words.DEFAULT_PORT  # Nobody means a web server of his own machine.
        return Address(parts.scheme, parts.hostname, port or default, parts.path.rstrip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.prefix}"


class Line:
    """One kept-alive connection and the daemon thread that owns it; calls go one after another.

    With `heard` a call ends with LaptopUnreachable as soon as nobody seems to be there.
    """

    def __init__(
        self, address: Address, token: Callable[[], str | None], heard: Heard | None = None
    ) -> None:
        self._address = address
        self._token = token
        self._heard = heard
        self._calls: queue.SimpleQueue[tuple[Call, Future[Answer]] | None] = queue.SimpleQueue()
        self._connection: http.client.HTTPConnection | None = None
        self._current: Future[Answer] | None = None
        self._closed = False
        self._lock = threading.Lock()
        self.busy = 0
        self._thread = threading.Thread(target=self._run, name="notesync-http", daemon=True)
        self._thread.start()

    def send(self, call: Call) -> Future[Answer]:
        """Queue a call. Cancelling the Future of the call under way breaks the connection."""
        future: Future[Answer] = Future()
        with self._lock:
            closed = self._closed
            if not closed:
                self.busy += 1
                self._calls.put((call, future))
        if closed:
            future.set_exception(self._unreachable(ConnectionError("closed")))
        else:
            future.add_done_callback(self._cancelled)
        return future

    def close(self) -> None:
        """Break the connection, so that a long poll ends now."""
        with self._lock:
            self._closed = True
            self._calls.put(None)
        self._break()

    def _cancelled(self, future: Future[Answer]) -> None:
        if future.cancelled() and self._current is future:
            self._break()

    def _break(self) -> None:
        connection = self._connection
        if connection is not None and connection.sock is not None:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _run(self) -> None:
        while (item := self._calls.get()) is not None:
            call, future = item
            self._current = future
            if not future.cancelled():
                self._resolve(call, future)
            self._current = None
            with self._lock:
                self.busy -= 1
        self._drop()

    def _resolve(self, call: Call, future: Future[Answer]) -> None:
        try:
            answer = self._answer(call, future)
        except Exception as error:
            if not future.cancelled():
                _settle(future.set_exception, self._unreachable(error))
        else:
            _settle(future.set_result, answer)

    def _answer(self, call: Call, future: Future[Answer]) -> Answer:
        """Send the call; once more on a new connection where the kept one had gone stale."""
        if self._closed:
            raise ConnectionError("closed")
        if self._connection is not None:
            try:
                return self._exchange(call)
            except (http.client.HTTPException, ConnectionError):
                self._drop()
                if self._closed or future.cancelled():
                    raise
            except BaseException:
                self._drop()
                raise
        self._connect()
        try:
            return self._exchange(call)
        except BaseException:
            self._drop()
            raise

    def _connect(self) -> None:
        kind = (
            http.client.HTTPSConnection
            if self._address.scheme == "https"
            else http.client.HTTPConnection
        )
        self._connection = kind(self._address.host, self._address.port, timeout=_CONNECT_S)
        try:
            self._connection.connect()
        except BaseException:
            self._drop()
            raise
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _exchange(self, call: Call) -> Answer:
        connection = self._connection
        assert connection is not None
        connection.sock.settimeout(call.wait_ms / 1000 + _GRACE_S)
        headers = {"Content-Type": call.content_type} if call.payload() is not None else {}
        token = self._token()
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = call.payload()
        if body is None and call.method in ("POST", "PUT"):
            headers["Content-Length"] = "0"
        connection.request(call.method, self._address.prefix + call.path, body, headers)
        if self._heard is not None:
            self._heard.wait(connection.sock)
        response = connection.getresponse()
        if self._heard is not None:
            self._heard.now()
        data = response.read()
        if response.will_close:
            self._drop()
        return Answer(response.status, data)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _unreachable(self, error: Exception) -> Exception:
        if isinstance(error, (OSError, http.client.HTTPException)):
            here = self._address.host in _LOOPBACK
            told = connect_texts.laptop_unreachable(str(self._address), error, here)
            return LaptopUnreachable("laptop_unreachable", *told)
        return error


def _settle(settle: Callable[[Any], None], value: object) -> None:
    try:
        settle(value)
    except InvalidStateError:
        pass  # It was cancelled in this very moment: nobody wants it.


class DirectLaptop:
    """The paired, kernel-direct way to a laptop server. Implements `laptop.Laptop`."""

    answers_in_cells = True

    def __init__(self, address: Address, token: str) -> None:
        self._address = address
        self._token = token
        self._lines: list[Line] = []
        self._lock = threading.Lock()
        self._greeter: Line | None = None
        self._heard = Heard(self._greet)

    @property
    def address(self) -> str:
        return str(self._address)

    @property
    def legs(self) -> Mapping[str, str]:
        return {"laptop": "kernel-direct", "kernel": "none"}

    @property
    def why(self) -> str:
        return "told"

    def seen_at_run(self, _run: Run) -> None:
        """Nobody looks before the kernel does."""

    def was_silent(self) -> None:
        """There is no other way: the call is made again."""

    def doubt(self) -> None:
        """There is nobody in between."""

    def send(self, call: Call) -> Future[Answer]:
        """On an idle line, or a new one: at most the receiver's few calls are open at once."""
        with self._lock:
            idle = next((line for line in self._lines if line.busy == 0), None)
            if idle is None:
                idle = Line(self._address, lambda: self._token, self._heard)
                self._lines.append(idle)
            return idle.send(call)

    def _greet(self) -> Future[Answer]:
        """On a connection of its own, which nothing else may hold up."""
        if self._greeter is None:
            self._greeter = Line(self._address, lambda: None)
        return self._greeter.send(words.hello())

    def forget(self) -> None:
        """Give the token back, so that nobody can use it any more, and close."""
        try:
            self.send(words.forget_token()).result(2.0)
        except (NotesyncError, TimeoutError):
            pass  # It expires by itself.
        self.close()

    def close(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, []
        if self._greeter is not None:
            lines.append(self._greeter)
        for line in lines:
            line.close()


def _greet(answer: Answer, address: Address) -> None:
    """Raises NotesyncError where a program answers that is no laptop server of this protocol."""
    try:
        check_hello(answer.json(), "server")
    except (Malformed, LaptopRefused) as error:
        if isinstance(error, LaptopRefused) and error.code not in ("not_found", "internal"):
            raise
        told = connect_texts.another_server(str(address), address.prefix)
        raise NotesyncError("another_server", *told) from None


ShowCode = Callable[[str, int], None]


def pair(
    url: str,
    label: str,
    machine: str,
    show_code: ShowCode,
    given_up: Callable[[], bool] = lambda: False,
) -> tuple[DirectLaptop, Project]:
    """Ask to be paired, show the code, wait until the user has typed it on the laptop.

    `show_code(code, seconds)` is called once. Raises LaptopUnreachable, LaptopRefused (denied,
    expired, too many) or ProtocolMismatch. Blocks up to two minutes; any thread.
    """
    address = Address.of(url)
    line = Line(address, lambda: None)

    def call(one: Call) -> Answer:
        return line.send(one).result()

    try:
        _greet(call(words.hello()), address)
        secret = pairing.Secret.drawn()
        asked = words.PairingAsked.of(call(words.ask_pairing(secret.commit, label, machine)).json())
        show_code(pairing.code(secret.commit, pairing.KERNEL_ORIGIN), asked.expires_seconds)
        deadline = time.monotonic() + asked.expires_seconds + _GRACE_S
        while not given_up() and time.monotonic() < deadline:
            answer = call(words.claim(asked.pairing, secret.nonce, _CLAIM_WAIT_MS))
            if answer.status == HTTPStatus.GONE:
                break
            allowed = words.claimed(answer.json())
            if allowed is not None:
                token, project = allowed
                return DirectLaptop(address, token), project
        raise Unpaired("pairing_expired", *connect_texts.PAIRING_EXPIRED)
    finally:
        line.close()
