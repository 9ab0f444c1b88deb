"""The whole way through a page: a Jupyter server, Chromium, and the laptop, each in folders of its own."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness import world
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter
from tests.harness.lab import NotebookPage
from tests.harness.stack import Stack

PANEL = "section[aria-label=notesync]"
LOAD = "%load_ext notesync"


class PagedStack(Stack):
    """Like Stack, but the bytes go through the page that shows the notebook. `app` is `lab` or `notebook`.

    `options` are those of Stack; `cells` are the notebook's cells behind the one that loads notesync.
    """

    def __init__(
        self,
        place: Path,
        project: str | None = None,
        *,
        app: str = "lab",
        cells: tuple[str, ...] = (),
        browser_options: tuple[str, ...] = (),
        connected: bool = True,
        **options: object,
    ) -> None:
        super().__init__(place, project, connected=connected, **options)  # type: ignore[arg-type]
        env = world.environment(self.home)
        self.jupyter = Jupyter(app, self.home / "jupyter", env, self.logs)
        self.browser = Browser(place / "profile", self.logs, browser_options)
        self._cells = cells

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as owned:
            owned.callback(self.end_agents)
            owned.enter_context(self.laptop)
            owned.enter_context(self.jupyter)
            owned.enter_context(self.browser)
            self.file = self.jupyter.write("story.ipynb", *self.first_cells(), *self._cells)
            self.page = NotebookPage(self.browser, self.jupyter, "story.ipynb")
            if self._connected:
                self.connect()
                self.settle()
            self._owned = owned.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._owned:
            if error is None:
                self.settle()

    def first_cells(self) -> list[str]:
        return [LOAD, f"%notesync connect --page {self.laptop.url}"]

    def cell(self, number: int) -> int:
        """The page's number of the story's own cell `number`."""
        return number + len(self.first_cells())

    def run(self, number: int) -> str:
        """Presses Run in the story's own cell `number` and returns what it shows."""
        return self.page.run(self.cell(number))

    def connect(self, options: str = "") -> None:  # noqa: ARG002
        """Loads notesync; the page reaches the laptop by itself and shows a code, which is typed on the laptop."""
        for number in range(len(self.first_cells())):
            self.page.run(number)
        self.laptop.approve(self.code())
        self.until_connected()

    def until_connected(self) -> None:
        """The panel names the project."""
        # Folded up, or hidden behind the status bar, when all is well.
        self.page.page.locator(PANEL, has_text=self.project).first.wait_for(state="attached")

    def code(self) -> str:
        """The pairing code that the panel shows."""
        shown = self.page.page.locator(f"{PANEL} output.code")
        shown.wait_for()
        return shown.inner_text().strip()
