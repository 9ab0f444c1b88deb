"""The whole way through a page: a Jupyter server, Chromium, and the laptop, each in folders of its own."""

from __future__ import annotations

import contextlib
import urllib.parse
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Locator, Page

from tests.harness import world
from tests.harness.browser import Browser
from tests.harness.jupyter import Jupyter
from tests.harness.lab import NotebookPage
from tests.harness.link import Link
from tests.harness.stack import Stack

PANEL = "section[aria-label=notesync]"
LOAD = "%load_ext notesync"
# A server that is reached under a name of its own.
HUB_OPTIONS = ("--ServerApp.allow_remote_access=True", "--ServerApp.ip=127.0.0.1")
# A server that lets no output run a script of its own. The modules of widgets are blobs.
ONLY_WIDGETS = (
    "--ServerApp.tornado_settings={'headers': {'Content-Security-Policy': "
    "\"script-src 'self' 'unsafe-eval' blob:; frame-ancestors 'self'\"}}",
)


class PagedStack(Stack):
    """Like Stack, but the bytes go through the page that shows the notebook. `app` is `lab` or `notebook`.

    `cells` are the notebook's cells behind the one that loads notesync. `public` shows it under a public address on
    plain http, where only the notesync window reaches the laptop; `slow` puts a `Link` in between; without `extension`
    the injected script does the work, with `widget` a widget, as neither may run; `inside` puts the replica beside the
    notebook, where the page shows its files, `within` the notebook into the replica.
    `options` are those of Stack.
    """

    def __init__(
        self,
        place: Path,
        project: str | None = None,
        *,
        app: str = "lab",
        cells: tuple[str, ...] = (),
        public: bool = False,
        slow: bool = False,
        extension: bool = True,
        inside: bool = False,
        within: bool = False,
        widget: bool = False,
        jupyter_options: tuple[str, ...] = (),
        browser_options: tuple[str, ...] = (),
        connected: bool = True,
        **options: object,
    ) -> None:
        super().__init__(place, project, connected=connected, **options)  # type: ignore[arg-type]
        env = world.environment(self.home)
        host = (*(HUB_OPTIONS if public else ()), *(ONLY_WIDGETS if widget else ()))
        self.jupyter = Jupyter(app, self.home / "jupyter", env, self.logs, *host, *jupyter_options)
        if not extension or widget:
            self.jupyter.disable("notesync")
        self._widget = widget
        self.browser = Browser(place / "profile", self.logs, browser_options)
        self._cells = cells
        self._to = self.project if inside else "." if within else None
        self._name = f"{self.project}/story.ipynb" if within else "story.ipynb"
        if inside or within:
            self.replica = self.jupyter.files / self.project
        self._public = public
        self._slow = slow

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as owned:
            owned.callback(self.end_agents)
            owned.enter_context(self.laptop)
            owned.enter_context(self.jupyter)
            self._place_in_the_net(owned)
            owned.enter_context(self.browser)
            (self.jupyter.files / self._name).parent.mkdir(exist_ok=True)
            self.file = self.jupyter.write(self._name, *self.first_cells(), *self._cells)
            self.page = NotebookPage(self.browser, self.jupyter, self._name)
            if self._connected:
                self.connect()
                self.settle()
            self._owned = owned.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.ExitStack() as owned:
            # With the story's error, so that the browser keeps its pictures.
            owned.push(self._owned)
            if error is not None:
                self._owned.__exit__(kind, error, trace)
            elif self.compares:
                self.settle()

    def first_cells(self) -> list[str]:
        to = f" --to {self._to}" if self._to else ""
        way = "--widget" if self._widget else "--page"
        return [LOAD, f"%notesync connect {way} {self.laptop.url}{to}"]

    def cell(self, number: int) -> int:
        """The page's number of the story's own cell `number`."""
        return number + len(self.first_cells())

    def run(self, number: int) -> str:
        """Presses Run in the story's own cell `number` and returns what it shows."""
        return self.page.run(self.cell(number))

    def _place_in_the_net(self, owned: contextlib.ExitStack) -> None:
        """Puts the slow link between, and the server under the address at which the browser sees it."""
        seen = urllib.parse.urlsplit(self.jupyter.url)
        port = seen.port or 80
        if self._slow:
            self.link = owned.enter_context(Link(port))
            port = self.link.port
        host = "hub.test" if self._public else "127.0.0.1"
        self.jupyter.url = seen._replace(netloc=f"{host}:{port}").geturl()
        if self._public:
            self.browser.options += [
                f"--ip-address-space-overrides=127.0.0.1:{port}=public",
                "--host-resolver-rules=MAP hub.test 127.0.0.1",
            ]

    def connect(self, options: str = "") -> None:  # noqa: ARG002
        """Loads notesync and carries the code that the page shows to the laptop, or to the notesync window."""
        for number in range(len(self.first_cells())):
            self.page.run(number)
        if self._public:
            self.answer_in(self.open_window())
        else:
            self.laptop.approve(self.code())
        self.until_connected()

    def panel(self) -> Locator:
        """The card of the page that is looked at."""
        return self.page.page.locator(PANEL)

    def open_window(self) -> Page:
        """Presses the button that opens the notesync window."""
        with self.browser.context.expect_page() as opening:
            self.panel().get_by_role("button", name="Connect through a window").click()
        return opening.value

    def answer_in(self, window: Page) -> None:
        """Types the code into the notesync window and allows it, with a hand on the mouse."""
        window.get_by_label("Code that the notebook shows").fill(self.code())
        window.bring_to_front()
        window.mouse.move(100, 100)
        window.mouse.move(120, 140)
        window.get_by_role("button", name="Allow").click()
        self.page.page.bring_to_front()

    def until_connected(self) -> None:
        """The panel names the project."""
        # Folded up, or hidden behind the status bar, when all is well.
        self.page.page.locator(PANEL, has_text=self.project).first.wait_for(state="attached")

    def code(self) -> str:
        """The pairing code that the panel shows."""
        shown = self.page.page.locator(f"{PANEL} output.code")
        shown.wait_for()
        return shown.inner_text().strip()
