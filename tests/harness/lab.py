"""A notebook as a page shows it, in JupyterLab or Notebook 7: press Run, read what stands below the cell."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, WebSocket

from tests.harness import wait
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter


class NotebookPage:
    """One open notebook of a Jupyter server. Cells are numbered from 0."""

    def __init__(self, browser: Browser, jupyter: Jupyter, name: str) -> None:
        self.jupyter = jupyter
        self.file: Path = jupyter.files / name
        self.page: Page = browser.context.new_page()
        self._kernel_talks = False
        self.page.on("websocket", self._watch)
        self.page.goto(jupyter.page(name))
        self.until_ready()

    def _watch(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framereceived", self._talks)

    def _talks(self, _frame: object) -> None:
        self._kernel_talks = True

    def until_ready(self) -> None:
        """The notebook is shown, the page hears its kernel (before that a Run is lost), and the kernel is idle."""
        self.cell(0).wait_for()
        wait.until(lambda: self.page.evaluate("true") and self._kernel_talks, f"{self.file.name} hears its kernel")
        idle = ".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status=idle], .jp-NotebookKernelStatus-idle"
        self.page.locator(idle).first.wait_for(state="attached")

    def cell(self, number: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(number)

    def press_run(self, number: int) -> None:
        """Clicks into the cell and presses Shift and Return."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def run(self, number: int) -> str:
        """Presses Run and waits until the cell has run; returns what it shows."""
        before = self.count(number)
        self.press_run(number)
        wait.until(lambda: self.count(number) not in (before, "*", " "), f"cell {number} runs")
        return self.output(number)

    def count(self, number: int) -> str:
        """What stands between the brackets before the cell: a number, a star, or nothing."""
        return self.cell(number).locator(".jp-InputPrompt").inner_text().strip("[]:") or " "

    def output(self, number: int) -> str:
        return "\n".join(self.cell(number).locator(".jp-OutputArea-output").all_inner_texts()).strip()

    def until_output(self, number: int, pattern: str) -> str:
        wait.until(lambda: re.search(pattern, self.output(number)), f"cell {number} shows /{pattern}/")
        return self.output(number)

    def save(self) -> str:
        """Saves the notebook and returns the text of the .ipynb on the disk."""
        before = self.file.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")

        def written() -> str | None:
            text = self.file.read_text(encoding="utf-8")
            return text if self.file.stat().st_mtime_ns != before and text.rstrip().endswith("}") else None

        return wait.until(written, f"{self.file.name} is saved")

    def rename(self, name: str) -> None:
        """As the File menu does it."""
        self.page.get_by_role("menuitem", name="File", exact=True).click()
        self.page.get_by_role("menuitem", name=re.compile("^Rename( Notebook)?…")).click()
        dialog = self.page.locator(".jp-Dialog")
        dialog.locator("input").fill(name)
        dialog.get_by_role("button", name="Rename").click()
        self.file = self.file.with_name(name)
        wait.until(self.file.exists, f"the notebook is called {name}")

    def reload(self) -> None:
        self._kernel_talks = False
        self.page.reload()
        self.until_ready()
