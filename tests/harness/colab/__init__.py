"""An imitation of Colab: page, output frames and kernel class; the kernel behind it is a real one."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import FrameLocator, Page

from tests.commands import places
from tests.harness import world
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter
from tests.harness.paged import HUB_OPTIONS
from tests.harness.stack import Stack

HERE = Path(__file__).parent
SITE = HERE / "site"


class Colab(Stack):
    """The page with its cells, connected to nothing yet. Cells are numbered from 0; LAPTOP in them is its address."""

    def __init__(self, place: Path, *cells: str) -> None:
        super().__init__(place, connected=False)
        self.cells = cells
        env = world.environment(self.home, PYTHONPATH=str(SITE), COLAB_RELEASE_TAG="imitated")
        options = (*HUB_OPTIONS, "--ServerApp.allow_origin=*", "--ServerApp.disable_check_xsrf=True")
        self.jupyter = Jupyter("lab", self.home / "jupyter", env, self.logs, *options)
        self.browser = Browser(place / "profile", self.logs)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as owned:
            owned.callback(self.end_agents)
            owned.enter_context(self.laptop)
            python = places.tool(places.OLD_KERNEL, "python")
            spec = self.jupyter.home / "data" / "kernels" / "colab"
            spec.mkdir(parents=True)
            argv = [str(python), str(HERE / "kernel.py"), "-f", "{connection_file}"]
            told = {"argv": argv, "display_name": "Python 3", "language": "python"}
            (spec / "kernel.json").write_text(json.dumps(told), encoding="utf-8")
            owned.enter_context(self.jupyter)
            server = _serve()
            owned.callback(server.server_close)
            owned.callback(server.shutdown)
            port, kernels = server.server_port, urllib.parse.urlsplit(self.jupyter.url).port
            self.browser.options += [
                f"--ip-address-space-overrides=127.0.0.1:{port}=public,127.0.0.1:{kernels}=public",
                "--host-resolver-rules=MAP *.test 127.0.0.1",
            ]
            owned.enter_context(self.browser)
            self.page: Page = self.browser.open(self._address(port, kernels or 0))
            self.page.locator("body[data-ready]").wait_for()
            self._owned = owned.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owned.__exit__(kind, error, trace)

    def _address(self, port: int, kernels: int) -> str:
        told = {
            "kernel": self._start_kernel(),
            "server": f"ws://kernels.test:{kernels}/",
            "token": self.jupyter.token,
            "frames": f"http://output.test:{port}",
            "cells": [cell.replace("LAPTOP", self.laptop.url) for cell in self.cells],
        }
        return f"http://colab.test:{port}/#{urllib.parse.quote(json.dumps(told))}"

    def _start_kernel(self) -> str:
        asked = urllib.request.Request(
            f"{self.jupyter.url}api/kernels", b'{"name": "colab"}', {"Authorization": f"token {self.jupyter.token}"}
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

    def pair_in(self, number: int) -> None:
        """Connects through the notesync window that the panel in a cell's output opens."""
        frame = self.frame(number)
        with self.browser.context.expect_page() as opening:
            frame.get_by_role("button", name="Connect through a window").click()
        window = opening.value
        code = frame.locator("output.code")
        code.wait_for()
        window.get_by_label("Code that the notebook shows").fill(code.inner_text().strip())
        window.bring_to_front()
        window.mouse.move(100, 100)
        window.mouse.move(120, 140)
        window.get_by_role("button", name="Allow").click()
        self.page.bring_to_front()
        frame.get_by_role("status").filter(has_text=self.project).wait_for()


class _Files(BaseHTTPRequestHandler):
    """Page and frame, told apart by the name under which they are asked for."""

    def do_GET(self) -> None:
        path = urllib.parse.urlsplit(self.path).path
        if path.endswith(".js"):
            content, kind = (HERE / Path(path).name).read_bytes(), "text/javascript"
        else:
            script = "frame.js" if path == "/frame" else "page.js"
            content, kind = f'<!doctype html><body><script src="/{script}"></script>'.encode(), "text/html"
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_told: Any) -> None:
        """Nothing that anybody would read."""


def _serve() -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
