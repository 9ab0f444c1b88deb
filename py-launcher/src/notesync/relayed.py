"""The way through a page: two comms that the front end opened (PROTOCOL.md, section 4).

Comm handlers may run on any thread, even in the middle of a cell: they only queue. Everything else
here happens on the session's loop thread, which is also the only one that sends.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from . import texts
from ._beacon import Beacon
from ._calls import Calls
from ._loop import LoopThread
from ._page_host import Host
from ._run import Run
from ._signs import SignsOfLife
from .errors import LaptopUnreachable, NotesyncError, Unpaired
from .messages import Cursor, Json
from .messages import comm as words
from .messages.comm import FromPage, Part, RelayHello
from .messages.laptop import Answer, Call, Project

_log = logging.getLogger("notesync.relay")
_ONE_COMM = ("widget", "base64")


class Comm(Protocol):
    """What is used of a Jupyter comm, or of whatever carries messages to a page in its place."""

    def send(self, data: Json, buffers: Sequence[bytes] | None = None) -> None: ...

    def on_msg(self, callback: Callable[[Any], None]) -> None: ...

    def on_close(self, callback: Callable[[Any], None]) -> None: ...

    def close(self) -> None: ...


class RelayedLaptop:
    """A laptop behind one page. Implements `laptop.Laptop`."""

    def __init__(self, page: Page, address: str, legs: Mapping[str, str], why: str) -> None:
        self._page = page
        self._address = address
        self._legs = dict(legs)
        self._why = why

    @property
    def address(self) -> str:
        return self._address

    @property
    def legs(self) -> Mapping[str, str]:
        return self._legs

    @property
    def why(self) -> str:
        return self._why

    @property
    def answers_in_cells(self) -> bool:
        return self._page.heard_beside_main

    def seen_at_run(self, run: Run) -> Cursor | None:
        try:
            return words.seen(run.seen, self._page.hello.relay) if run.seen is not None else None
        except NotesyncError as error:
            _log.warning("notesync: a page sent what cannot be read: %s", error)
            return None

    def was_silent(self) -> None:
        self._page.was_silent()

    def doubt(self) -> None:
        self._page.doubt()

    def send(self, call: Call) -> Future[Answer]:
        return self._page.send(call)

    def close(self) -> None:
        self._page.let_go()


class Page:
    """One relay: a page with its two comms, and the calls that it makes for the kernel."""

    def __init__(self, pages: Pages, hello: RelayHello) -> None:
        self._pages = pages
        self.hello = hello
        self.to_kernel: Comm | None = None
        self.from_kernel: Comm | None = None
        self.laptop: RelayedLaptop | None = None
        self.greeted = False
        self.heard_beside_main = False
        self.heard_at = time.monotonic()
        self.is_silent = False
        self._calls = Calls(pages.loop, self.tell)
        self._gone = False

    # -- any thread

    def send(self, call: Call) -> Future[Answer]:
        future: Future[Answer] = Future()
        self._pages.loop.post(self._calls.make, call, future)
        return future

    def let_go(self) -> None:
        self._pages.loop.post(self.tell, words.bye())

    def was_silent(self) -> None:
        """A call got no answer: the page may be asleep, or gone without a word."""
        self._pages.loop.post(self._pages.missed, self)

    def doubt(self) -> None:
        """A cell had no answer in time: whose fault that is shows at once."""
        self._pages.loop.submit(self._pages.signs.doubt())

    # -- the loop thread

    def tell(self, data: Json, buffers: Sequence[bytes] = ()) -> None:
        """Send to the page, on the comm on which nothing is ever received."""
        if self.from_kernel is None or self._gone:
            return
        if buffers and self.hello.kernel_leg == "base64":
            data, buffers = {**data, "buffers": words.base64_buffers(buffers)}, ()
        try:
            self.from_kernel.send(data, buffers=list(buffers) or None)
        except Exception:
            _log.exception("notesync: a message could not be sent to the page")

    @property
    def is_ready(self) -> bool:
        """Connected to the laptop, and not missed."""
        return self.laptop is not None and not self.is_silent

    @property
    def answers_pings(self) -> bool:
        """Whether it would answer now: elsewhere a running cell holds messages up."""
        return self.hello.answers_pings and self.heard_beside_main

    def ping(self) -> None:
        if self.answers_pings:
            self.tell(words.ping())

    def take(self, message: FromPage) -> None:
        """Act on a message of the page."""
        kind = message.kind
        if kind == "response":
            self._calls.answered(Part.of(message))
        elif kind == "failed":
            if self._calls.failed(message):
                self._pages.unable(self)
        elif kind == "ready":
            self._ready(message)
        elif kind == "unpaired":
            code = str(message.data.get("code") or "token_unknown")
            self._lose_laptop(Unpaired(code, *texts.UNPAIRED))
            self._pages.unable(self)
        elif kind == "ask" and message.data.get("what") == "fresh":
            ident = message.id
            self._pages.host.on_page_asks(
                lambda sequence, newer: self._pages.loop.post(
                    self.tell, words.answer(ident, sequence, newer)
                )
            )
        elif kind == "notebook":
            self._pages.host.on_page_shows(words.notebook(message))
        elif kind == "gone":
            self._pages.is_gone(words.gone(message), self)
        elif kind == "bye":
            self._pages.gone(self, paused=words.is_pause(message))

    def _ready(self, message: FromPage) -> None:
        project = Project.of(message.data.get("project") or {})
        legs = message.data.get("legs") or {
            "laptop": self.hello.laptop_leg,
            "kernel": self.hello.kernel_leg,
        }
        address = str(message.data.get("laptop") or "")
        why = message.data.get("why")
        self.laptop = RelayedLaptop(self, address, legs, why if isinstance(why, str) else "")
        self._pages.ready(self, self.laptop, project)

    def _lose_laptop(self, error: NotesyncError) -> None:
        self._calls.fail(error)
        if self.laptop is not None:
            self._pages.host.on_page_gone(self.laptop, error)
            self.laptop = None

    def end(self, paused: bool = False) -> None:
        """The page is gone, opened again under the same id, or its user wants nothing brought."""
        if not self._gone:
            self._gone = True
            gone = LaptopUnreachable(
                "page_gone", *(texts.PAGE_PAUSED if paused else texts.PAGE_GONE)
            )
            self._calls.end(gone)
            self._lose_laptop(gone)


class Pages:
    """All pages of this kernel: registers the comm targets, knows which page carries."""

    def __init__(self, comm_manager: Any, loop: LoopThread, host: Host) -> None:
        self.loop = loop
        self.host = host
        self._comm_manager = comm_manager
        self._pages: dict[str, Page] = {}
        self._carrier: Page | None = None
        self.signs = SignsOfLife(self._watched, self.missed)
        self._targets = {
            words.TO_KERNEL: self._open_to_kernel,
            words.FROM_KERNEL: self._open_from_kernel,
        }
        for name, opened in self._targets.items():
            comm_manager.register_target(name, opened)
        self._beacon = Beacon()
        comm_manager.register_comm(self._beacon)

    def close(self) -> None:
        """Say goodbye to the pages and take the targets back."""
        for name, opened in self._targets.items():
            self._comm_manager.unregister_target(name, opened)
        self._comm_manager.unregister_comm(self._beacon)
        self.loop.post(self._bye_to_all)

    def _bye_to_all(self) -> None:
        for page in list(self._pages.values()):
            page.tell(words.bye())
            self.gone(page)

    def show(self, status: Mapping[str, Any]) -> None:
        """Let the pages show a status. Any thread."""
        self.loop.post(self._tell_all, words.status(status))

    def _tell_all(self, told: Json) -> None:
        for page in self._pages.values():
            page.tell(told)

    def tell_cell(self, cell: str, sequence: int | None, git: Mapping[str, Any] | None) -> None:
        """Let the pages know on what a cell of theirs runs. Any thread."""
        self.loop.post(self._tell_all, words.runs(cell, sequence, git))

    def opened_in_widget(self, target: str, comm: Comm, data: object) -> None:
        """A page opened a comm inside a widget. Any thread; it only queues."""
        opened = self._targets.get(target)
        if opened is not None:
            opened(comm, {"content": {"data": data}})

    # -- comm handlers: any thread, they only queue

    def _open_from_kernel(self, comm: Comm, message: Any) -> None:
        data = message["content"].get("data")
        comm.on_close(lambda _message: self.loop.post(self._closed, comm))
        self.loop.post(self._opened, data, comm, None)

    def _open_to_kernel(self, comm: Comm, message: Any) -> None:
        data = message["content"].get("data")
        comm.on_msg(lambda heard: self._heard(comm, heard))
        comm.on_close(lambda _message: self.loop.post(self._closed, comm))
        self.loop.post(self._opened, data, None, comm)

    def _heard(self, comm: Comm, message: Any) -> None:
        beside = threading.current_thread() is not threading.main_thread()
        data = message["content"].get("data")
        self.loop.post(self._take, comm, data, message.get("buffers") or [], beside)

    # -- the loop thread

    def _opened(self, data: Any, sends: Comm | None, hears: Comm | None) -> None:
        try:
            hello = RelayHello.of(data if isinstance(data, dict) else {})
        except NotesyncError as error:
            _log.warning("notesync: a page cannot be talked to: %s", error)
            return
        page = self._pages.get(hello.relay)
        if page is None or (sends is not None and page.from_kernel is not None):
            if page is not None:
                page.end()
                if self._carrier is page:
                    self._carrier = None
            page = self._pages[hello.relay] = Page(self, hello)
        if sends is not None:
            page.from_kernel = sends
        if hears is not None:
            page.to_kernel = hears
        if page.from_kernel is not None and page.to_kernel is not None:
            self._greet(page)

    def _greet(self, page: Page) -> None:
        page.greeted = True
        page.tell(words.greet("carrier", self.host.laptop_url()))
        if self._carrier is None:
            self._carrier = page
        self.host.on_page_hello()

    def ready(self, page: Page, laptop: RelayedLaptop, project: Project) -> None:
        """The newest page that is connected carries; the ones before stand by."""
        self._carrier = page
        self._tell_standbys()
        if not self.host.on_page_ready(laptop, project):
            page.tell(words.greet("standby", self.host.laptop_url()))
        self.loop.submit(self.signs.watch())

    def _tell_standbys(self) -> None:
        """Every connected page but the carrier knows for whom it stands by."""
        assert self._carrier is not None
        told = words.greet("standby", self.host.laptop_url(), self._carrier.hello.relay)
        for page in self._pages.values():
            if page is not self._carrier and page.laptop is not None:
                page.tell(told)

    def _watched(self) -> Page | None:
        carrier = self._carrier
        return carrier if carrier is not None and self._could_carry(carrier) else None

    def is_gone(self, relay: str, witness: Page) -> None:
        """A page saw that another one of its browser ended without a word."""
        page = self._pages.get(relay)
        if page is not None and page is not witness:
            self.gone(page)

    def gone(self, page: Page, paused: bool = False) -> None:
        if self._pages.get(page.hello.relay) is page:
            del self._pages[page.hello.relay]
        page.end(paused)
        if self._carrier is page:
            self._carrier = None
            self._hand_over(self._others(page))
        if not self._pages:
            self.host.on_no_page()

    def missed(self, page: Page) -> None:
        """The page does not answer. It is asked to carry again only after it was heard."""
        page.is_silent = True
        self.unable(page)

    def unable(self, page: Page) -> None:
        """The carrier cannot reach the laptop, or does not answer: another connected page may."""
        ready = self._could_carry(page)
        if self._carrier is page and ready:
            self._hand_over(ready)
            if page.laptop is None:
                page.tell(words.greet("standby", self.host.laptop_url()))

    def _others(self, page: Page) -> list[Page]:
        return [one for one in self._pages.values() if one is not page and one.greeted]

    def _could_carry(self, page: Page) -> list[Page]:
        """The others that are connected, as far as anybody knows."""
        return [one for one in self._others(page) if one.is_ready]

    def _hand_over(self, pages: Sequence[Page]) -> None:
        """Let the newest of the pages carry, one that is connected before one that would try."""
        if pages:
            self._carrier = max(reversed(pages), key=lambda one: one.is_ready)
            self._carrier.tell(words.greet("carrier", self.host.laptop_url()))
            self._tell_standbys()
            if self._carrier.laptop is not None:
                self.host.on_takeover()

    def _closed(self, comm: Comm) -> None:
        for page in list(self._pages.values()):
            if comm is page.to_kernel or comm is page.from_kernel:
                self.gone(page)

    def _take(self, comm: Comm, data: Any, buffers: Sequence[Any], beside: bool) -> None:
        page = next((one for one in self._pages.values() if one.to_kernel is comm), None)
        if page is None:
            return
        # A widget has one comm for both ways: what the kernel asks in a cell is answered after it.
        page.heard_at = time.monotonic()
        if page.is_silent:
            page.is_silent = False
            self.loop.submit(self.signs.watch())
        page.heard_beside_main = beside and page.hello.kernel_leg not in _ONE_COMM
        try:
            page.take(FromPage.of(data, buffers))
        except NotesyncError as error:
            _log.warning("notesync: a page sent what cannot be read: %s", error)
