"""The calls that a page makes for the kernel, from the request to the last part of the answer.

Belongs to one page. Everything happens on the session's loop thread.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field

from . import texts
from ._loop import LoopThread
from .errors import LaptopUnreachable, NotesyncError, PermissionRefused
from .messages import Json
from .messages import comm as words
from .messages.comm import FromPage, Part
from .messages.laptop import Answer, Call

_ONLY_THE_USER = {"permission_refused", "popup_blocked", "popup_closed"}


@dataclass
class _Open:
    future: Future[Answer]
    parts: list[bytes] = field(default_factory=list)


class Calls:
    """Those that are under way. `tell` sends a message to the page."""

    def __init__(self, loop: LoopThread, tell: Callable[[Json, Sequence[bytes]], None]) -> None:
        self._loop = loop
        self._tell = tell
        self._ids = itertools.count(1)
        self._open: dict[int, _Open] = {}
        self._over: NotesyncError | None = None

    def make(self, call: Call, future: Future[Answer]) -> None:
        if future.cancelled():
            return
        if self._over is not None:
            settle(future, self._over)
            return
        ident = next(self._ids)
        self._open[ident] = _Open(future)
        future.add_done_callback(lambda done: self._loop.post(self._cancelled, ident, done))
        self._tell(*words.request(ident, call))

    def _cancelled(self, ident: int, future: Future[Answer]) -> None:
        if future.cancelled() and self._open.pop(ident, None) is not None:
            self._tell(words.cancel(ident), ())

    def answered(self, part: Part) -> None:
        waiting = self._open.get(part.id)
        if waiting is None:
            return
        if part.part < len(waiting.parts):
            return  # Heard already.
        if part.part > len(waiting.parts):
            del self._open[part.id]
            settle(waiting.future, LaptopUnreachable("part_lost", *texts.PART_LOST))
            return
        waiting.parts.append(part.data)
        if part.last:
            del self._open[part.id]
            settle(waiting.future, Answer(part.status, b"".join(waiting.parts)))

    def failed(self, message: FromPage) -> bool:
        """The page could not make a call; whether only its user can change that."""
        waiting = self._open.pop(message.id, None)
        if waiting is None:
            return False
        code = str(message.data.get("code") or "laptop_unreachable")
        said = str(message.data.get("message") or code)
        refused = code in _ONLY_THE_USER
        kind = PermissionRefused if refused else LaptopUnreachable
        settle(waiting.future, kind(code, said, texts.SEE_PANEL))
        return refused

    def fail(self, error: NotesyncError) -> None:
        """None that is under way is answered any more."""
        waiting, self._open = self._open, {}
        for one in waiting.values():
            settle(one.future, error)

    def end(self, error: NotesyncError) -> None:
        """Nor any that comes."""
        self._over = error
        self.fail(error)


def settle(future: Future[Answer], outcome: Answer | NotesyncError) -> None:
    try:
        if isinstance(outcome, NotesyncError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
    except InvalidStateError:
        pass  # Cancelled meanwhile.
