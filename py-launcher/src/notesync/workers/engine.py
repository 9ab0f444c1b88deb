"""One engine that runs the user's functions in other processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .supply import Given, Supply


class Engine:
    """Hooks into one framework once the kernel has imported it. Main thread.

    `module` is the framework's last module to be imported that the hooks need; nothing is imported
    by us.
    """

    name = ""
    module = ""

    def __init__(self, supply: Supply) -> None:
        self.supply = supply
        self.given = Given()
        self._undo: list[Callable[[], None]] = []

    @property
    def is_imported(self) -> bool:
        return self.module in sys.modules

    @property
    def active(self) -> bool:
        return bool(self._undo)

    def install(self) -> None:
        """Put the hooks in."""
        raise NotImplementedError

    def begin(self) -> None:
        """Put all hooks in, or none."""
        try:
            self.install()
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Take the hooks out, in reverse order."""
        while self._undo:
            self._undo.pop()()

    def changed(self) -> None:
        """There is another version since the last cell; only engines that must act at once do."""

    def notes(self) -> list[str]:
        """What stays old with this engine, and what else a user should know."""
        return []

    def replace(self, owner: Any, name: str, made: Callable[[Any], Any]) -> None:
        """Put `made(original)` in place of an attribute, until `remove`."""
        original = owner.__dict__[name]
        setattr(owner, name, made(original))
        self._undo.append(lambda: setattr(owner, name, original))

    def guarded(self, work: Callable[[], Any], otherwise: Any = None) -> Any:
        return self.supply.guarded(self.name, work, otherwise)
