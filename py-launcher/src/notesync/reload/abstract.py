"""What abstract classes remember of others: registered subclasses and answers of `isinstance`."""

from __future__ import annotations

import importlib
from typing import Any

from notesync.reload.undo import Undo

_ABC: Any = importlib.import_module("_abc")  # has no stubs


def registered(cls: type) -> list[type]:
    """The classes that were registered with an abstract class."""
    return [found for ref in _ABC._get_dump(cls)[0] if (found := ref()) is not None]


def take_over(old: type, new: type) -> None:
    """Give an abstract class what was registered with its newer version; it is asked anew."""
    if "_abc_impl" in new.__dict__ and "_abc_impl" in old.__dict__:
        _ABC._reset_caches(old)
        for each in registered(new):
            _ABC._abc_register(old, each)


def unregister(cls: Any, leaving: list[type], undo: Undo) -> None:
    """Take classes out of the register of an abstract class."""
    before = registered(cls)
    staying = [each for each in before if not any(each is other for other in leaving)]
    if len(staying) < len(before):
        undo.add(lambda: _register(cls, before))
        _register(cls, staying)


def _register(cls: Any, classes: list[type]) -> None:
    _ABC._reset_registry(cls)
    for base in cls.__mro__:
        if "_abc_impl" in base.__dict__:
            _ABC._reset_caches(base)
    for each in classes:
        _ABC._abc_register(cls, each)


def is_abstract(cls: Any) -> bool:
    """A class with a register of its own."""
    return "_abc_impl" in getattr(cls, "__dict__", {})
