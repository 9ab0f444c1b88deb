"""A real Chromium, driven as a person would: opens pages, presses keys, reads what is shown."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from playwright.sync_api import BrowserContext, Page, Playwright, Request, sync_playwright

from tests.harness.world import KEPT

# Without these Chromium looks for hosts outside, which a closed network refuses one by one.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium() -> str:
    names = (os.environ.get("NOTESYNC_CHROMIUM", "chromium"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    assert found, "no Chromium on this machine"
    return found


class Browser:
    """One profile, kept in `profile` as long as the story lasts; it may be closed and opened again."""

    def __init__(self, profile: Path, logs: Path, options: Sequence[str] = ()) -> None:
        self.profile = profile
        self.logs = logs
        self.options = [*QUIET, *options]
        self.console: list[str] = []
        # Every token that a page has used.
        self.tokens: set[str] = set()
        self._playwright: Playwright | None = None
        self._context: BrowserContext | None = None

    def __enter__(self) -> Self:
        self._playwright = sync_playwright().start()
        self._launch(self._playwright)
        return self

    def _launch(self, playwright: Playwright) -> None:
        self._context = playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=chromium(),
            headless=True,
            args=self.options,
            # A person's browser blocks popups that no click opened; so does this one.
            ignore_default_args=["--disable-popup-blocking"],
            viewport={"width": 1280, "height": 900},
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        )
        self._context.set_default_timeout(60_000)
        self._context.on("console", lambda said: self.console.append(f"{said.type}: {said.text}"))
        self._context.on("request", self._note_token)
        self._context.on("weberror", lambda wrong: self.console.append(f"pageerror: {wrong.error}"))

    def _note_token(self, request: Request) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind == "Bearer":
            self.tokens.add(token)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._keep_pictures()
        self.logs.mkdir(parents=True, exist_ok=True)
        (self.logs / "browser-console.log").write_text("\n".join(self.console), encoding="utf-8")
        if self._context is not None:
            self._context.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._context = self._playwright = None

    @property
    def context(self) -> BrowserContext:
        assert self._context is not None
        return self._context

    def open(self, url: str) -> Page:
        page = self.context.new_page()
        page.goto(url)
        return page

    @contextlib.contextmanager
    def frozen(self, whole: bool = False) -> Iterator[None]:
        """Every page stands still, as tabs do that were in the background for long. Nobody may ask a page meanwhile.

        `whole`: the browser does, with its connections; as when its machine has no time for it.
        """
        processes = self._processes() if whole else self._renderers()
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    @contextlib.contextmanager
    def beside(self, profile: Path, logs: Path) -> Iterator[Browser]:
        """Somebody else's browser, with a profile of its own, while this one is open: one Playwright drives both."""
        assert self._playwright is not None
        other = Browser(profile, logs)
        other._launch(self._playwright)
        try:
            yield other
        except BaseException as error:
            other.__exit__(type(error), error, None)
            raise
        other.__exit__(None, None, None)

    def kill(self) -> None:
        """`kill -9` of the browser with all its processes: no page can say goodbye."""
        found = self._processes()
        for process in found:
            process.kill()
        psutil.wait_procs(found, timeout=10)

    def kill_renderer(self) -> None:
        """`kill -9` of the process that draws the notebook: of all that draw, the one that has most to hold."""
        max(self._renderers(), key=lambda process: process.memory_info().rss).kill()

    def _processes(self) -> list[psutil.Process]:
        """The browser first, then what it has started."""
        own = f"--user-data-dir={self.profile}"
        found = next((one for one in psutil.Process().children(recursive=True) if own in one.cmdline()), None)
        assert found, "Chromium does not run"
        return [found, *found.children(recursive=True)]

    def _renderers(self) -> list[psutil.Process]:
        own = psutil.Process().children(recursive=True)
        renderers = [process for process in own if "--type=renderer" in process.cmdline()]
        assert renderers, "Chromium has no page"
        return renderers

    def _keep_pictures(self) -> None:
        """What every open page looked like when the story failed."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(self.context.pages):
            page.screenshot(path=self.logs / f"page-{number}.png", timeout=5_000)
