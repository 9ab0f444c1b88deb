"""Pages and their comms, played by the test, in front of the kernel's end of the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from notesync._loop import LoopThread
from notesync.messages import comm as words
from notesync.messages import hello
from notesync.messages.laptop import Project
from notesync.relayed import Pages, RelayedLaptop

PROJECT = {"name": "shop", "cursor": None, "python_paths": ["", "src"], "files": 1, "bytes": 1}


class Comm:
    """One comm, kernel side: keeps what is sent, can be talked to."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.new = threading.Condition()

    def send(self, data: Any, buffers: Any = None) -> None:
        with self.new:
            self.sent.append((data, list(buffers or [])))
            self.new.notify_all()

    def on_msg(self, callback: Callable[[Any], None]) -> None:
        self.hear = callback

    def on_close(self, callback: Callable[[Any], None]) -> None:
        self.end = callback

    def close(self) -> None:
        pass

    def wait(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The `count`th message of a kind, once it was sent."""

        def found() -> list[dict[str, Any]]:
            return [data for data, _ in self.sent if data["kind"] == kind]

        with self.new:
            assert self.new.wait_for(lambda: len(found()) >= count, 5), self.sent
            return found()[count - 1]


class CommManager:
    def __init__(self) -> None:
        self.targets: dict[str, Callable[[Any, Any], None]] = {}
        self.comms: list[Any] = []

    def register_target(self, name: str, opened: Callable[[Any, Any], None]) -> None:
        self.targets[name] = opened

    def unregister_target(self, name: str, _opened: object) -> None:
        del self.targets[name]

    def register_comm(self, comm: Any) -> None:
        self.comms.append(comm)

    def unregister_comm(self, comm: Any) -> None:
        self.comms.remove(comm)


class Host:
    def __init__(self) -> None:
        self.ready: list[RelayedLaptop] = []
        self.gone: list[RelayedLaptop] = []
        self.takes = True
        self.takeovers = 0
        self.shown: list[str] = []
        self.changed = threading.Event()
        self.left = threading.Event()

    def on_page_ready(self, laptop: RelayedLaptop, project: Project) -> bool:
        assert project.name == "shop"
        self.ready.append(laptop)
        self.changed.set()
        return self.takes

    def on_page_gone(self, laptop: RelayedLaptop, _why: object) -> None:
        self.gone.append(laptop)
        self.left.set()

    def on_page_asks(self, answer: Callable[[int | None, bool], None]) -> None:
        answer(7, False)

    def on_page_hello(self) -> None:
        pass

    def on_page_shows(self, path: str) -> None:
        self.shown.append(path)

    def on_no_page(self) -> None:
        pass

    def on_takeover(self) -> None:
        self.takeovers += 1

    def laptop_url(self) -> str:
        return "http://127.0.0.1:8765"


class Page:
    """A front end that opened its two comms."""

    def __init__(self, manager: CommManager, relay: str, leg: str = "websocket") -> None:
        self.sends, self.hears = Comm(), Comm()
        told = {**hello("relay"), "relay": relay, "legs": {"laptop": "direct", "kernel": leg}}
        told["capabilities"] = ["pong"]
        opening = {"content": {"data": told}}
        manager.targets[words.FROM_KERNEL](self.hears, opening)
        manager.targets[words.TO_KERNEL](self.sends, opening)
        self.hears.wait("hello")

    def say(self, kind: str, *buffers: bytes, **data: Any) -> None:
        message = {"content": {"data": {"kind": kind, **data}}, "buffers": list(buffers)}
        self.sends.hear(message)

    def say_beside(self, kind: str, **data: Any) -> None:
        """As on a kernel whose handlers do not wait for the running cell."""
        thread = threading.Thread(target=self.say, args=(kind,), kwargs=data)
        thread.start()
        thread.join()

    def ready(self) -> None:
        self.say("ready", project=PROJECT, laptop="http://127.0.0.1:8765")


class Stage:
    def __init__(self) -> None:
        self.loop = LoopThread("test-loop")
        self.manager, self.host = CommManager(), Host()
        self.pages = Pages(self.manager, self.loop, self.host)

    def page(self, relay: str = "a" * 32, leg: str = "websocket") -> Page:
        return Page(self.manager, relay, leg)

    def connected(
        self, relay: str = "a" * 32, leg: str = "websocket"
    ) -> tuple[Page, RelayedLaptop]:
        page = self.page(relay, leg)
        self.host.changed.clear()
        page.ready()
        assert self.host.changed.wait(5)
        return page, self.host.ready[-1]
