"""Notebook pages of servers that somebody else runs: a hub, a supervisor. And agents that a test has to end itself."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import psutil

from tests.harness import wait
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter
from tests.harness.lab import NotebookPage
from tests.harness.laptop import Laptop
from tests.harness.paged import PANEL


class Hosted(Jupyter):
    """What NotebookPage has to know of a server: where its files are, and the address of a page."""

    def __init__(self, address: str, files: Path) -> None:
        self.app = "lab"
        self.address = address
        self.files = files

    def page(self, name: str) -> str:
        return f"{self.address}lab/tree/{name}"


class Story:
    """A notebook in such a server, followed by a laptop through its page."""

    CELLS = ("%load_ext notesync", "%notesync connect --page {url}", "import shop.cart; print(shop.cart.total())")

    def __init__(self, server: Jupyter, laptop: Laptop, write: bool = True) -> None:
        self.server = server
        self.laptop = laptop
        if write:
            self.server.write("story.ipynb", *(cell.format(url=laptop.url) for cell in self.CELLS))

    def open(self, browser: Browser) -> NotebookPage:
        return NotebookPage(browser, self.server, "story.ipynb")

    def connect(self, page: NotebookPage) -> None:
        """Loads notesync in the page; the code that its panel shows is typed on the laptop."""
        for number in (0, 1):
            page.run(number)
        panel = page.page.locator(PANEL)
        shown = panel.locator("output.code")
        shown.wait_for()
        self.laptop.approve(shown.inner_text().strip())
        page.page.locator(PANEL, has_text=self.laptop.source.name).first.wait_for(state="attached")

    def until_total(self, page: NotebookPage, wanted: str) -> None:
        """The cell shows what was saved last; a first connection may still be filling the replica."""

        def look() -> None:
            assert page.run(2) == wanted

        wait.until_passes(look)


def agents(state: Path) -> list[psutil.Process]:
    """The agents that a state directory names and that are alive."""
    found = []
    for file in state.glob("agent-*.json"):
        with contextlib.suppress(psutil.NoSuchProcess, ValueError, KeyError):
            process = psutil.Process(json.loads(file.read_text(encoding="utf-8"))["pid"])
            if process.status() != psutil.STATUS_ZOMBIE and "java" in process.name():
                found.append(process)
    return found


def end_agents(state: Path) -> None:
    for process in agents(state):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
            process.wait(10)
