"""The way back: whatever a batch changes in memory is written here first."""

from __future__ import annotations

import warnings
from collections.abc import Callable, MutableMapping
from types import CodeType, FunctionType
from typing import Any

MISSING: Any = type("Missing", (), {})()
_CONTAINERS = (list, dict, set)
_KINDS = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator


def isa(value: object, kinds: type | tuple[type, ...]) -> bool:
    """`isinstance` by the real type: proxies that answer for others may raise when asked."""
    return issubclass(type(value), kinds)


class Undo:
    """A log of inverse actions, played backwards when a batch fails. One per batch; main thread
    only.

    It also holds what may only happen once the batch is certain (`later`), such as clearing a
    cache.
    """

    def __init__(self) -> None:
        self._log: list[Callable[[], object]] = []
        self._later: list[Callable[[], object]] = []
        self._seen: set[int] = set()
        self._held: list[object] = []
        self.patching: set[tuple[int, int]] = set()  # functions that are being patched
        self.copies: dict[int, dict[Any, Any]] = {}  # of dicts that were snapshot

    def add(self, inverse: Callable[[], object]) -> None:
        """Remember how to take the next step back."""
        self._log.append(inverse)

    def later(self, action: Callable[[], object]) -> None:
        """Do this when the batch is committed."""
        self._later.append(action)

    def set_attr(self, target: object, name: str, value: object) -> None:
        """Set an attribute that exists on every such object (`__code__`, `cell_contents`, …)."""
        old = getattr(target, name)
        self._log.append(lambda: setattr(target, name, old))
        setattr(target, name, value)

    def set_code(self, function: FunctionType, code: CodeType) -> None:
        """Give a function new code, of another kind too: a generator's to what was none."""
        old = function.__code__

        def give(value: CodeType) -> None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                function.__code__ = value

        if (old.co_flags ^ code.co_flags) & _KINDS:
            self._log.append(lambda: give(old))
            give(code)
        else:
            self.set_attr(function, "__code__", code)

    def set_item(self, target: MutableMapping[Any, Any], key: Any, value: Any) -> None:
        """Set or, with MISSING, delete one item."""
        self.remember_item(target, key)
        if value is MISSING:
            target.pop(key, None)
        else:
            target[key] = value

    def remember_item(self, target: MutableMapping[Any, Any], key: Any) -> None:
        """Log the present state of one item."""
        old = target.get(key, MISSING)

        def back() -> None:
            if old is MISSING:
                target.pop(key, None)
            else:
                target[key] = old

        self._log.append(back)

    def snapshot(self, target: object) -> None:
        """Remember the content of a list, dict, set or plain object, one level deep. Idempotent."""
        if id(target) in self._seen:
            return
        self._seen.add(id(target))
        self._held.append(target)
        if isinstance(target, dict):
            copy = self.copies[id(target)] = dict(target)
            self._log.append(lambda: _refill_dict(target, copy))
        elif isinstance(target, list):
            items = list(target)
            self._log.append(lambda: target.__setitem__(slice(None), items))
        elif isinstance(target, set):
            members = set(target)
            self._log.append(lambda: _refill_set(target, members))
        else:
            fields = getattr(target, "__dict__", None)
            if isinstance(fields, dict):
                for value in list(fields.values()):
                    if isinstance(value, _CONTAINERS) and len(value) < 100_000:
                        self.snapshot(value)
                content = dict(fields)
                self._log.append(lambda: _refill_dict(fields, content))

    def rollback(self) -> None:
        """Take every step back, newest first. A step that fails does not stop the others."""
        while self._log:
            inverse = self._log.pop()
            try:
                inverse()
            except Exception:
                continue
        self._later.clear()

    def commit(self) -> None:
        """Forget the way back and do what waited for certainty."""
        self._log.clear()
        for action in self._later:
            try:
                action()
            except Exception:
                continue
        self._later.clear()


def _refill_dict(target: dict[Any, Any], content: dict[Any, Any]) -> None:
    for key in [key for key in target if key not in content]:
        del target[key]
    target.update(content)


def _refill_set(target: set[Any], members: set[Any]) -> None:
    target.clear()
    target.update(members)
