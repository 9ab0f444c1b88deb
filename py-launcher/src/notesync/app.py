"""notesync in one shell: session, cell hooks, pages and the invitation, put together.

One App per process. Main thread, except where a method says otherwise.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any

from . import connect_texts, display, texts, widget
from ._names import kernel_id
from ._notebook import Notebook
from ._places import Places, make_root
from ._remembered import RememberedLaptop
from ._status import Status
from .cells import MOST_S, Cells
from .databricks import hooks
from .direct import Address
from .errors import NotesyncError
from .messages import comm as words
from .messages.laptop import DEFAULT_URL, Project
from .relayed import Pages, RelayedLaptop
from .session import Session

_log = logging.getLogger("notesync")
_OFFER_S = 10.0
_START_PATIENCE_S = 0.3
_GLANCE_S = 0.25
_PATIENT_S = 0.5
PAIR_PATIENCE_S = 150.0
SYNC_PATIENCE_S = 600.0
_NEEDS_THE_USER = ("halted", "held", "refused", "stopped")


class App:
    """What `%load_ext notesync` makes."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._process = os.getpid()
        self.notebook = Notebook(shell)
        self.session = Session(kernel_id(), self.notebook.label)
        self._remembered = RememberedLaptop(self.notebook.started_as or "", self.session.laptop_url)
        self.session.laptop_url = self._remembered.url
        self.session.places = Places(self.notebook.started_as or "")
        self.session.notebook = lambda: self.notebook.file
        self.cells = Cells(shell, self.session)
        self.pages: Pages | None = None
        self.session.on_change = self._show_status
        # The user told where the page is to look for the laptop.
        self._page_was_told = False
        self._directly_to: str | None = None
        self._offer: display.Offer | None = None
        self._offer_timer: threading.Timer | None = None

    def load(self) -> None:
        """Start the agent beside the cell, hook the cells, invite the page. Blocks for 0.3 s."""
        starting = self.session.start()
        self.cells.install()
        kernel = getattr(self.shell, "kernel", None)
        if kernel is not None:
            self.pages = Pages(kernel.comm_manager, self.session.loop, self)
            self.cells.on_cell = self._tell_cell
            self.invite()
            if self._needs_widget():
                self._try_widget()
        atexit.register(self.unload)
        try:
            starting.result(_START_PATIENCE_S)
        except (FutureTimeout, TimeoutError):
            starting.add_done_callback(self._started_late)
        except NotesyncError as error:
            self.session.on_error(error)
            display.say(str(error))

    def _try_widget(self) -> None:
        try:
            self.show_widget()
        except NotesyncError as error:
            display.say(str(error))

    def _started_late(self, starting: Future[None]) -> None:
        error = starting.exception()
        if isinstance(error, NotesyncError):
            self.session.on_error(error)
        elif error is not None:
            _log.error("the agent could not be started", exc_info=error)

    def unload(self) -> None:
        """Take everything back; the agent leaves by itself when nobody uses it."""
        if os.getpid() != self._process:
            return  # A fork of the kernel ends: nothing of this is its own.
        atexit.unregister(self.unload)
        self.withdraw()
        self.cells.remove()
        if self.pages is not None:
            self.pages.close()
        self.session.close()

    # -- the page

    def invite(self, line: str = texts.OFFER_PLAIN) -> None:
        """Show the invitation to the page in this cell; `line` is what people see of it."""
        self.withdraw()
        told = words.offer(self.session.kernel, self.laptop_url(), self.session.label)
        offer = display.Offer(told, line)
        offer.show()
        self._offer = offer
        self._offer_timer = threading.Timer(_OFFER_S, self.withdraw)
        self._offer_timer.daemon = True
        self._offer_timer.start()

    def _needs_widget(self) -> bool:
        """Whether the front end is one that lets only widgets talk."""
        return hooks.here() or self.notebook.of_vs_code is not None

    def show_widget(self, base64: bool = False) -> None:
        """Show the panel as a widget, for front ends that let no comm of ours through."""
        if self.pages is None:
            raise NotesyncError("no_page", *connect_texts.NO_PAGE)
        told = words.offer(self.session.kernel, self.laptop_url(), self.session.label)
        widget.show(self.pages, told, base64)

    def withdraw(self) -> None:
        """Replace the invitation by a line of text. Any thread."""
        offer, self._offer = self._offer, None
        if self._offer_timer is not None:
            self._offer_timer.cancel()
        if offer is not None:
            offer.withdraw()

    def on_page_hello(self) -> None:
        self.session.shown_in_page = True
        self.withdraw()

    def on_no_page(self) -> None:
        self.session.shown_in_page = False

    def on_page_ready(self, laptop: RelayedLaptop, project: Project) -> bool:
        # A page that was connected already was only woken by the invitation, and said no hello.
        self.withdraw()
        if self.session.follows_directly:
            return False
        try:
            self.session.follow(laptop, project)
        except NotesyncError:
            return False  # The session has told why.
        if self.laptop_url() is None:
            self._take_address(laptop.address)
        if laptop.address == self.session.laptop_url:
            self._remembered.keep(laptop.address)
        return True

    def _take_address(self, address: str) -> None:
        with contextlib.suppress(NotesyncError):
            self.session.laptop_url = str(Address.of(address))

    def on_page_gone(self, laptop: RelayedLaptop, why: NotesyncError) -> None:
        self.session.page_gone(laptop, why)

    def on_page_shows(self, path: str) -> None:
        if self.notebook.is_shown_as(path):
            self.session.is_called(self.notebook.label)
            if self.notebook.file is not None:
                self._remembered.is_called(self.notebook.file)
                self.session.places.is_called(self.notebook.file)

    def on_takeover(self) -> None:
        self.session.expects_page()

    def on_page_asks(self, answer: Callable[[int | None, bool], None]) -> None:
        late = self.session.cannot_come_within(MOST_S)
        asked = self.session.ask_fresh() if late is None else None
        if asked is None:
            answer(self.session.sequence(), True)
            return

        def done(future: Future[Any]) -> None:
            if future.cancelled() or future.exception() is not None:
                answer(self.session.sequence(), True)
            else:
                fresh = future.result()
                answer(fresh.cursor.sequence if fresh.cursor else None, fresh.newer)

        asked.add_done_callback(done)

    def laptop_url(self) -> str | None:
        """Where the page is to look; None where nobody said so, and the page may know better."""
        url = self.session.laptop_url
        return url if self._page_was_told or url != DEFAULT_URL else None

    def _show_status(self) -> None:
        """Let the page show where things stand. Any thread."""
        if self.pages is not None:
            self.pages.show(page_status(self.session))

    def _tell_cell(self, cell: str) -> None:
        """Let the page note on what its cell runs."""
        if self.pages is not None:
            self.pages.tell_cell(cell, self.session.sequence(), self.session.git())

    # -- commands

    def connect(self, url: str | None, to: str | Path | None, wait: bool) -> Status:
        """Connect kernel-direct to `url`; without, the way that worked last, or by the page.

        See `notesync.connect`.
        """
        url = url or self._directly_to
        if url is None:
            self.connect_by_page(None, to)
            return self.session.status()
        if to is None and self._is_well_with(Address.of(url)):
            display.say(texts.already_connected(self.session.status()))
            return self.session.status()
        self._choose_root(to)

        def show_code(code: str, seconds: int) -> None:
            self._directly_to = url
            display.say(connect_texts.show_code(code, self.session.laptop_url, seconds))

        with self.cells.outside():
            pairing = self.session.pair(url, show_code)
            if wait:
                _wait(pairing, PAIR_PATIENCE_S)
                self._wait_for_first_sync()
        return self.session.status()

    def _is_well_with(self, address: Address) -> bool:
        """Whether the kernel itself follows that laptop, which still knows this notebook."""
        laptop = self.session.laptop
        if not self.session.follows_directly or laptop is None or laptop.address != str(address):
            return False
        asked = self.session.ask_fresh()
        try:
            fresh = asked.result(MOST_S) if asked is not None else None
            return fresh is not None and fresh.why != texts.LAPTOP_AWAY
        except (NotesyncError, CancelledError, FutureTimeout, TimeoutError):
            return False

    def _choose_root(self, to: str | Path | None) -> None:
        if to is not None:
            place = Path(to).expanduser().absolute()
            make_root(place)  # Before anybody types a code.
            self.session.places.wanted = place

    def connect_by_page(
        self,
        url: str | None,
        to: str | Path | None,
        as_widget: bool = False,
        base64: bool = False,
    ) -> None:
        """Invite the page; it looks for the laptop at `url`, as seen from the browser."""
        if self.pages is None:
            raise NotesyncError("no_page", *connect_texts.NO_PAGE)
        self._choose_root(to)
        self._directly_to = None
        if self.session.follows_directly:
            self.session.disconnect()
        if url is not None:
            self.session.laptop_url = str(Address.of(url))
            self._page_was_told = True
        self.session.start()
        if as_widget or self._needs_widget():
            self.show_widget(base64)
        else:
            self.invite("")  # What there is to say comes below.
        here = self.session.shown_in_page
        display.say(
            connect_texts.page_looks(self.laptop_url()) if here else connect_texts.WAITS_FOR_PAGE
        )

    def _watch_first_sync(self, deadline: float) -> bool:
        """Wait, and show progress on what takes longer than half a second."""
        began = time.monotonic()
        progress = display.Progress()
        while not self.session.wait_until_settled(_GLANCE_S):
            now = time.monotonic()
            if now > deadline:
                progress.close()
                return False
            if now - began > _PATIENT_S:
                progress.show(texts.progress_line(self.session, now - began))
        progress.close()
        return True

    def _wait_for_first_sync(self) -> None:
        settled = self._watch_first_sync(time.monotonic() + SYNC_PATIENCE_S)
        self.cells.assert_path()
        status = self.session.status()
        error = self.session.error()
        if not settled:
            display.say(texts.still_going(SYNC_PATIENCE_S))
        elif error is not None and status.state in ("stopped", "connecting"):
            raise error  # It may be trying again already.
        else:
            display.say(texts.connected(status))
        self.cells.look_at_place()


def _wait(future: Future[None], seconds: float) -> None:
    """Wait in small steps, so that Interrupt is heard at once."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return future.result(0.2)
        except (FutureTimeout, TimeoutError):
            if time.monotonic() > deadline:
                raise NotesyncError("pairing_expired", *connect_texts.PAIRING_EXPIRED) from None


def page_status(session: Session) -> dict[str, Any]:
    """What a page may show of the session."""
    status = session.status()
    progress = session.progress
    needs = status.state if status.state in _NEEDS_THE_USER else None
    return {
        "line": status.line,
        "state": status.state,
        "sequence": status.sequence,
        "pending": status.pending,
        "progress": None
        if progress is None
        else {"received": progress[0], "total": progress[1] or progress[0]},
        "needs": needs,
        "late": status.late,
    }
