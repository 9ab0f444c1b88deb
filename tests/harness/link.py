"""A slow uplink between browser and server: all that goes up stands in one line, however many connections there are."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

PIECE = 4096


class Link:
    """A proxy to `port` on this machine. `rate` bytes a second go up, each `delay` seconds late; down is not held up.

    The line has no end, as in a router that buffers all it is given: the worst case for whoever waits behind.
    """

    def __init__(self, port: int, rate: float = 250_000, delay: float = 0.2) -> None:
        self.rate, self.delay = rate, delay
        self.up = 0
        self._to = port
        self._free = 0.0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._down = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()
        self._cut()

    @contextlib.contextmanager
    def broken(self) -> Iterator[None]:
        """Nothing gets through, and what was open is lost."""
        self._down = True
        self._cut()
        try:
            yield
        finally:
            self._down = False

    def _cut(self) -> None:
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self._down:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            with self._lock:
                self._open |= {near, far}
            line: queue.Queue[tuple[float, bytes]] = queue.Queue()
            for work, ends in ((self._read, (near, line)), (_deliver, (far, line)), (_copy, (far, near))):
                threading.Thread(target=work, args=ends, daemon=True).start()

    def _read(self, near: socket.socket, line: queue.Queue[tuple[float, bytes]]) -> None:
        """Takes what the browser sends, and gives each piece its place in the one line."""
        while True:
            try:
                data = near.recv(PIECE)
            except OSError:
                data = b""
            with self._lock:
                self._free = max(time.monotonic(), self._free) + len(data) / self.rate
                due = self._free + self.delay
                self.up += len(data)
            line.put((due, data))
            if not data:
                return


def _deliver(far: socket.socket, line: queue.Queue[tuple[float, bytes]]) -> None:
    while True:
        due, data = line.get()
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            if not data:
                far.shutdown(socket.SHUT_WR)
                return
            far.sendall(data)
        except OSError:
            return


def _copy(far: socket.socket, near: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := far.recv(65536):
            near.sendall(data)
        near.shutdown(socket.SHUT_WR)
