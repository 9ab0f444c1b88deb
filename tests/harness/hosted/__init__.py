"""A hosted notebook, imitated: a page with output frames of another origin; the kernel behind it is a real one."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import FrameLocator, Page, WebSocket

from tests.harness import world
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter
from tests.harness.paged import HUB_OPTIONS
from tests.harness.stack import Stack

HERE = Path(__file__).parent


class HostedPage(Stack):
    """The page with its cells, connected to nothing yet. Cells are numbered from 0; LAPTOP in them is its address.

    `folder` has the page's `page.js` and the frames' `frame.js`; `argv` starts the kernel. `space` is the address space
    in which the browser sees the page: `public`, or `local`.
    """

    name = "hosted"

    def __init__(
        self, place: Path, folder: Path, argv: Sequence[str | Path], *cells: str, space: str = "public", **env: str
    ) -> None:
        super().__init__(place, connected=False)
        self.cells = cells
        self.folder = folder
        self.space = space
        self._argv = argv
        # How long each message between page and kernel was.
        self.messages: list[int] = []
        options = (*HUB_OPTIONS, "--ServerApp.allow_origin=*", "--ServerApp.disable_check_xsrf=True")
        self.jupyter = Jupyter("lab", self.home / "jupyter", world.environment(self.home, **env), self.logs, *options)
        self.browser = Browser(place / "profile", self.logs)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as owned:
            owned.callback(self.end_agents)
            owned.enter_context(self.laptop)
            spec = self.jupyter.home / "data" / "kernels" / self.name
            spec.mkdir(parents=True)
            argv = [*map(str, self._argv), "-f", "{connection_file}"]
            told = {"argv": argv, "display_name": "Python 3", "language": "python"}
            (spec / "kernel.json").write_text(json.dumps(told), encoding="utf-8")
            owned.enter_context(self.jupyter)
            server = _serve(self.file)
            owned.callback(server.server_close)
            owned.callback(server.shutdown)
            port, kernels = server.server_port, urllib.parse.urlsplit(self.jupyter.url).port or 0
            self.browser.options += [
                f"--ip-address-space-overrides=127.0.0.1:{port}={self.space},127.0.0.1:{kernels}={self.space}",
                "--host-resolver-rules=MAP *.test 127.0.0.1",
                *self.browser_options(f"http://{self.name}.test:{port}", f"http://output.test:{port}"),
            ]
            owned.enter_context(self.browser)
            self.page: Page = self.browser.context.new_page()
            self.page.on("websocket", self._weigh)
            self.page.goto(self._address(port, kernels))
            self.page.locator("body[data-ready]").wait_for()
            self._owned = owned.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owned.__exit__(kind, error, trace)

    def told(self) -> dict[str, object]:
        """What the page is told beside kernel and cells."""
        return {}

    def browser_options(self, page: str, frames: str) -> list[str]:  # noqa: ARG002
        """What Chromium is told beside the addresses; the arguments are the two origins."""
        return []

    def file(self, path: str) -> Path | None:
        """What is served there, but for the pages themselves."""
        own = self.folder / Path(path).name
        return own if own.is_file() else HERE / Path(path).name

    def _weigh(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.messages.append(len(frame)))
        socket.on("framereceived", lambda frame: self.messages.append(len(frame)))

    def _address(self, port: int, kernels: int) -> str:
        told = {
            "kernel": self._start_kernel(),
            "server": f"ws://kernels.test:{kernels}/",
            "token": self.jupyter.token,
            "frames": f"http://output.test:{port}",
            "cells": [cell.replace("LAPTOP", self.laptop.url) for cell in self.cells],
            **self.told(),
        }
        return f"http://{self.name}.test:{port}/#{urllib.parse.quote(json.dumps(told))}"

    def _start_kernel(self) -> str:
        wanted = json.dumps({"name": self.name}).encode()
        asked = urllib.request.Request(
            f"{self.jupyter.url}api/kernels", wanted, {"Authorization": f"token {self.jupyter.token}"}
        )
        with urllib.request.urlopen(asked) as answer:
            return str(json.load(answer)["id"])

    def press(self, number: int, button: str) -> None:
        self.page.locator("section").nth(number).get_by_role("button", name=button).click()

    def run(self, number: int) -> str:
        """Runs a cell to its end and returns its text."""
        self.press(number, "Run")
        self.page.locator("section").nth(number).and_(self.page.locator("[data-state=idle]")).wait_for()
        return self.text(number)

    def text(self, number: int) -> str:
        return self.page.locator("section").nth(number).locator(".text").inner_text().strip()

    def frame(self, number: int) -> FrameLocator:
        return self.page.locator("section").nth(number).frame_locator("iframe")

    def frames(self) -> int:
        return self.page.locator("iframe").count()

    def saved(self) -> str:
        """What would be saved with the notebook."""
        return str(self.page.evaluate("sessionStorage.getItem('saved')"))

    def code_in(self, number: int) -> str:
        """The pairing code that the panel in a cell's output shows."""
        code = self.frame(number).locator("output.code")
        code.wait_for()
        return code.inner_text().strip()

    def pair_in(self, number: int) -> None:
        """Connects through the notesync window that the panel in a cell's output opens."""
        with self.browser.context.expect_page() as opening:
            self.frame(number).get_by_role("button", name="Connect through a window").click()
        window = opening.value
        window.get_by_label("Code that the notebook shows").fill(self.code_in(number))
        window.bring_to_front()
        window.mouse.move(100, 100)
        window.mouse.move(120, 140)
        window.get_by_role("button", name="Allow").click()
        self.page.bring_to_front()
        self.until_connected_in(number)

    def until_connected_in(self, number: int) -> None:
        self.frame(number).get_by_role("status").filter(has_text=self.project).wait_for()


def _serve(file: Callable[[str], Path | None]) -> ThreadingHTTPServer:
    """Page and frame, told apart by the path; and their scripts."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urllib.parse.urlsplit(self.path).path
            if path.endswith(".js"):
                place = file(path)
                content, kind = (place.read_bytes() if place and place.is_file() else b""), "text/javascript"
            else:
                scripts = ("frame.js",) if path == "/frame" else ("kernel.js", "page.js")
                tags = "".join(f'<script src="/{script}"></script>' for script in scripts)
                content, kind = f"<!doctype html><body>{tags}".encode(), "text/html"
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_told: Any) -> None:
            """Nothing that anybody would read."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
