"""The state of notesync in this kernel: what it is connected to, and where it stands.

One Session per kernel. It wires agent link, receiver and the ways to the laptop together. Methods
are for the main thread unless they say otherwise; the `on_…` methods are called by the threads of
those parts and only store, queue and notify.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from . import direct, texts
from ._introduction import introduction
from ._log import Log
from ._loop import LoopThread, in_background
from ._names import documents_in, machine_name
from ._pending import Pending
from ._places import Places, make_root, mend_root
from ._replica import Fresh, Moment
from ._status import Status
from .agent_link import AgentLink
from .direct import DirectLaptop
from .errors import AgentLost, NotesyncError, Unpaired
from .laptop import Laptop
from .messages import Cursor, events
from .messages import agent as agent_words
from .messages import laptop as laptop_words
from .messages.agent import Attached, Entered, Reply, Request
from .messages.laptop import Call, Project
from .receiver import Receiver

_log = logging.getLogger("notesync")
_TAKEOVER_S = 5.0
SETTLED = frozenset(
    {
        "current",
        "applied",
        "waiting",
        "halted",
        "held",
        "declined",
        "refused",
        "standby",
        "stopped",
        "away",
    }
)


class Session:
    """notesync in this kernel."""

    def __init__(self, kernel: str, label: str) -> None:
        self.kernel = kernel
        self.label = label
        self.log = Log()
        self.log.install()
        self.loop = LoopThread("notesync-receiver")
        self.link = AgentLink(kernel, self.on_event, self.on_agent_lost)
        self.pending = Pending()
        self.laptop_url = laptop_words.DEFAULT_URL
        self.places = Places()
        self.project: Project | None = None
        self.root: Path | None = None
        self.laptop: Laptop | None = None
        self.attached: Attached | None = None
        self.broken: str | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.shown_in_page = False
        self.on_applied: Callable[[], None] = lambda: None
        self.in_cell: Callable[[], bool] = lambda: False
        self.notebook: Callable[[], str | None] = lambda: None
        self.late: Callable[[], str | None] = lambda: None
        self.on_news: Callable[[Cursor, Moment], None] = lambda _to, _saved: None
        self._receiver: Receiver | None = None
        self._running: Future[None] | None = None
        self._cursor: Cursor | None = None
        self._git: Mapping[str, Any] | None = None
        self._state, self._detail = "idle", ""
        self._error: NotesyncError | None = None
        self._kept = 0
        self._changed = threading.Condition()
        self._progress: tuple[int, int | None] | None = None
        self._page_expected_until = 0.0

    # -- connecting

    def start(self) -> Future[None]:
        """Find or start the agent, in the background."""
        return self.link.renew()

    def pair(self, url: str, show_code: direct.ShowCode) -> Future[None]:
        """Connect kernel-direct: pair, then follow. The Future ends when that is done."""
        before = self.laptop_url, self._state, self._detail
        self.laptop_url = str(direct.Address.of(url))
        self.start()
        self._tell("pairing", self.laptop_url)

        def work() -> None:
            try:
                laptop, project = direct.pair(url, self.label, machine_name(), show_code)
            except NotesyncError as error:
                if self.follows:  # The laptop of before, as before.
                    self.laptop_url = before[0]
                    self._tell(*before[1:])
                    raise
                self._tell("stopped", error.message)
                self.on_error(error)
                raise
            self.follow(laptop, project)

        return in_background(work, "notesync-pair")

    def follow(self, laptop: Laptop, project: Project) -> None:
        """Synchronise with a laptop from now on, in place of what was before. Any thread."""
        self._stop_receiver()
        root = self.places.of(project)
        try:
            make_root(root)
        except NotesyncError as refused:
            self._tell("stopped", refused.message)
            self.on_error(refused)
            raise
        with self._changed:
            if self.root != root:
                self._detach()
                self._cursor = None
            self.laptop, self.project, self.root = laptop, project, root
            self._error = None
            self._state = "connecting"
        receiver = Receiver(
            laptop,
            self.link,
            str(root),
            project.name,
            self._introduce,
            self,
            self._mend_root,
            in_cell=lambda: self.in_cell(),
            documents=self._documents,
        )
        self._receiver = receiver
        self._page_expected_until = 0.0
        self._running = self.loop.submit(self._run(receiver))
        self.on_change()

    def _detach(self) -> None:
        attached, self.attached = self.attached, None
        if attached is not None:
            self.link.request(agent_words.detach(attached.replica), 2.0)

    def look_after_root(self) -> bool:
        """Fill a replica again whose folder somebody deleted; tells whether that is so."""
        receiver = self._receiver
        if receiver is None or not self._mend_root():
            return False
        self.loop.post(receiver.attach_again, "root_gone", texts.REPLICA_DELETED)
        return True

    def _mend_root(self) -> bool:
        """On the receiver's thread."""
        return self.root is not None and mend_root(self.root)

    async def _run(self, receiver: Receiver) -> None:
        await receiver.run()

    def _introduce(self, attached: Attached) -> Call:
        assert self.laptop is not None
        documents, agent = self._documents(), self.link.agent
        return introduction(attached, self.label, self.root, agent, self.laptop, documents)

    def is_called(self, label: str) -> None:
        """The notebook was renamed or moved: the laptop shows it so, the agent spares its file."""
        self.label = label
        if self._receiver is not None:
            self.loop.post(self._receiver.attach_again, "renamed", texts.NOTEBOOK_RENAMED)

    def _documents(self) -> list[str]:
        return documents_in(self.root, self.notebook()) if self.root is not None else []

    def disconnect(self) -> None:
        """Stop following; the replica and the agent stay as they are."""
        self._stop_receiver()
        laptop, self.laptop = self.laptop, None
        self._detach()
        if isinstance(laptop, DirectLaptop):
            in_background(laptop.forget, "notesync-forget")
        elif laptop is not None:
            laptop.close()
        self._tell("idle")

    @property
    def follows(self) -> bool:
        """Whether somebody asks the laptop for what is new. Any thread."""
        return self._receiver is not None and self._receiver.following.is_set()

    @property
    def follows_directly(self) -> bool:
        """Whether the user connected kernel-direct, and that goes on: pages then stand by."""
        running = self._running
        return isinstance(self.laptop, DirectLaptop) and running is not None and not running.done()

    def expects_page(self) -> None:
        """Another page, which is connected to the laptop, was asked to go on. Any thread."""
        self._page_expected_until = time.monotonic() + _TAKEOVER_S
        self._tell("connecting")

    def page_gone(self, laptop: Laptop, why: NotesyncError) -> None:
        """The page behind `laptop` cannot go on; another may come, or the user pair. Any thread."""
        if self.laptop is laptop:
            self._stop_receiver()
            if self.attached is not None:
                self.link.request(agent_words.give_up_carrying(self.attached.replica), 5.0)
            self._tell("stopped" if isinstance(why, Unpaired) else "away", why.message)

    def _stop_receiver(self) -> None:
        running, self._running = self._running, None
        self._receiver = None
        if running is not None:
            running.cancel()

    def close(self) -> None:
        """The kernel ends or the extension is unloaded."""
        self.disconnect()
        self.link.close()
        self.loop.close()
        self.log.remove()

    # -- asking

    def wait_until_settled(self, seconds: float) -> bool:
        """Wait until the first sync came out somehow; False when the time is over first."""
        return self.wait_until(lambda: self._state in SETTLED, seconds)

    def wait_until(self, there: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so, looking at each change of the state; tells whether it is."""
        with self._changed:
            return self._changed.wait_for(there, seconds)

    def ask_fresh(self) -> Future[Fresh] | None:
        """Ask for everything saved before now; None where nobody can be asked."""
        receiver = self._receiver
        if receiver is None or self._running is None or self._running.done():
            return None
        return self.loop.submit(receiver.fresh())

    @property
    def is_expecting_page(self) -> bool:
        """Whether somebody to ask may be there in a moment. Any thread."""
        return time.monotonic() < self._page_expected_until

    def cannot_come_within(self, seconds: float) -> float | None:
        """How long the batch on its way still takes, where that is longer. Any thread."""
        left = self._receiver.pace.seconds_left() if self._receiver is not None else None
        return left if left is not None and left > seconds else None

    def is_at(self, cursor: Cursor) -> bool:
        """Whether the replica has reached the cursor and follows from there. Any thread."""
        replica = self._receiver.replica if self._receiver is not None else None
        return replica is not None and replica.is_at(cursor)

    def has(self, cursor: Cursor) -> bool:
        """Whether the replica is there, or is when it enters the next cell. Any thread."""
        replica = self._receiver.replica if self._receiver is not None else None
        return replica is not None and (replica.is_at(cursor) or replica.has_staged(cursor))

    def request(self, request: Request, timeout_s: float = 30.0) -> Reply:
        """A request to the agent, waited for; one that hangs costs a second."""
        return self.link.patiently(request, timeout_s)

    @property
    def replica(self) -> str:
        """The id of the replica. Raises NotesyncError where there is none yet."""
        if self.attached is None:
            raise NotesyncError("not_connected", *texts.NOT_CONNECTED)
        return self.attached.replica

    def entered(self, reply: Entered) -> None:
        """A cell begins on what the agent says."""
        if self.attached is not None and self.attached.replica in reply.cursors:
            self._is_at(reply.cursors[self.attached.replica])
        elif self.attached is not None and self._receiver is not None:
            self.loop.post(self._receiver.attach_again, "unknown_replica", texts.ANOTHER_REPLICA)

    def _is_at(self, cursor: Cursor | None) -> None:
        """The agent says where the replica is: what was applied without a word is made up for."""
        if cursor != self._cursor:
            if self._cursor is not None:
                _log.info("something was applied that this kernel was not told of")
            self.pending.missed()
            self._cursor, self._git = cursor, None

    @property
    def cursor(self) -> Cursor | None:
        """Where the replica is. Any thread."""
        return self._cursor

    def sequence(self) -> int | None:
        """The sequence that the current cell runs on."""
        return self._cursor.sequence if self._cursor else None

    def git(self) -> Mapping[str, Any] | None:
        """Commit, branch and dirty state of the laptop at that sequence."""
        return self._git

    def resumed(self, cursor: Cursor | None) -> None:
        self._tell("connecting")
        if self._receiver is not None:
            self.loop.post(self._receiver.resumed, cursor)

    def answered_halt(self, declined: bool) -> None:
        if self._receiver is not None:
            self.loop.post(self._receiver.answered, declined)

    def parked_batch(self) -> str | None:
        """The batch that waits for the user's answer."""
        replica = self._receiver.replica if self._receiver else None
        parked = replica.parked if replica else None
        return parked.batch if parked else None

    def report_reload(self, batch: str, ok: bool, line: str) -> None:
        """Tell the laptop's screen what the reload said."""
        receiver, cursor = self._receiver, self._cursor
        if receiver is not None:
            told = {"reload": {"ok": ok, "line": line}}
            self.loop.post(lambda: receiver.report(batch, "reloaded", cursor, **told))

    def status(self) -> Status:
        """A snapshot. Any thread."""
        agent = self.link.agent
        laptop = self.laptop
        attached = self.attached
        return Status(
            state=self._state,
            detail=self._detail,
            project=self.project.name if self.project else None,
            root=str(self.root) if self.root else None,
            laptop=laptop.address if laptop else None,
            legs=dict(laptop.legs) if laptop else {},
            sequence=self.sequence(),
            git=self._git,
            pending=self.pending.count(),
            kept=self._kept,
            agent=f"{agent.version} (process {agent.pid})" if agent else None,
            error=str(self._error) if self._error else None,
            guarantees=tuple(one.text for one in attached.guarantees) if attached else (),
            broken=self.broken,
            why=laptop.why if laptop else "",
            late=self.late(),
        )

    def kept_are(self, count: int) -> None:
        """How many files are set aside, as the agent says."""
        self._kept = count

    def error(self) -> NotesyncError | None:
        return self._error

    @property
    def progress(self) -> tuple[int, int | None] | None:
        """Bytes received and bytes to come of the batch that is on its way."""
        return self._progress

    # -- told by the parts (their threads)

    def on_attached(self, attached: Attached) -> None:
        self.attached = attached
        self._is_at(attached.cursor)
        if attached.recovered not in ("nothing", ""):
            _log.info("the agent recovered the replica: %s", attached.recovered)

    def on_state(self, state: str, detail: str = "") -> None:
        if state == "current" or state == "applied":
            self._error = None
        self._tell(state, detail)

    def on_error(self, error: NotesyncError) -> None:
        if self._error is None or self._error.code != error.code:
            _log.warning("%s", error)
        self._error = error
        with self._changed:
            self._changed.notify_all()

    def on_event(self, event: events.Event) -> None:
        """On the agent client's thread, in order: what was applied is known before `enter` ends."""
        receiver = self._receiver
        if isinstance(event, events.Applied):
            self._on_applied(event)
        elif isinstance(event, events.Progress):
            expected = receiver.pace.total if receiver is not None else None
            self._progress = (event.received, event.total or expected)
            self.on_change()
        if receiver is not None:
            self.loop.post(receiver.on_event, event)

    def _on_applied(self, event: events.Applied) -> None:
        if self.attached is not None and event.replica != self.attached.replica:
            return
        self.pending.add(event)
        if event.more:
            return
        self._progress = None
        self._cursor, self._git = event.to, event.git
        self._kept += len(event.kept)
        _log.info("%s", texts.applied_line(event))
        self.on_applied()

    def on_agent_lost(self, error: AgentLost) -> None:
        """On the agent client's thread."""
        _log.warning("%s", error)
        receiver = self._receiver
        if receiver is not None:
            self.loop.post(receiver.agent_lost, error)

    def _tell(self, state: str, detail: str = "") -> None:
        with self._changed:
            moved = (state, detail) != (self._state, self._detail)
            self._state, self._detail = state, detail
            self._changed.notify_all()
        if moved:
            self.on_change()
