"""What all engines share: the current bundle, the word on trouble, and what each was given."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from . import texts
from .bundle import Bundle, Tree
from .envelope import Envelope

_log = logging.getLogger("notesync.workers")
# Larger than this, compressed, a project does not travel with a task.
MOST_PACKED = 32 << 20
Result = TypeVar("Result")


class TooLarge(Exception):
    """The project's code is too large to be sent."""


class Supply:
    """The code for the workers. Main thread, and whichever thread sends a task."""

    def __init__(self, root: Path, paths: Sequence[Path], say: Callable[[str], None]) -> None:
        self.project = hashlib.sha256(str(root).encode()).hexdigest()[:12]
        self.tree = Tree(paths)
        self.serial = 0
        self.sequence: int | None = None
        self._say = say
        self._told: set[tuple[str, str]] = set()

    def bundle(self) -> Bundle:
        """The current version. Raises TooLarge."""
        bundle = self.tree.bundle()
        if len(bundle.packed) > MOST_PACKED:
            raise TooLarge(texts.too_large(len(bundle.packed), MOST_PACKED))
        return bundle

    def changed(self, sequence: int | None, paths: Sequence[Path]) -> None:
        self.sequence = sequence
        if self.tree.changed(paths):
            self.serial += 1

    def owns(self, obj: Any) -> bool:
        """Whether a function or class may behave differently with each version."""
        top = str(getattr(obj, "__module__", None)).partition(".")[0]
        return top == "__main__" or top in self.tree.tops()

    def forget(self) -> None:
        """Look at all files again when a task needs them."""
        self.tree.forget()
        self.serial += 1

    def seal(self, blob: bytes, carrier: Callable[[Bundle], Any]) -> bytes:
        """The blob in an envelope of the current version."""
        bundle = self.bundle()
        return Envelope(self.project, bundle.version, carrier(bundle), blob).sealed()

    def guarded(self, engine: str, work: Callable[[], Result], otherwise: Result) -> Result:
        """Our part of a user's call: where it fails, the call goes on as if we were not there."""
        try:
            return work()
        except Exception as error:
            if (engine, str(error)) not in self._told:
                self._told.add((engine, str(error)))
                self._say(texts.not_sent(engine, error))
            _log.warning("%s", texts.not_sent(engine, error), exc_info=error)
            return otherwise


class Given:
    """What an engine was given last: version, sequence, when and how."""

    def __init__(self) -> None:
        self.line = ""

    def note(self, supply: Supply, bundle: Bundle, how: str) -> None:
        now = time.strftime("%H:%M:%S")
        size = len(bundle.packed)
        self.line = texts.given(bundle.version, supply.sequence, now, how, size)
