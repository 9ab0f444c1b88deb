"""Results that were computed by code that acts differently now: forgotten, to be computed again."""

from __future__ import annotations

import functools
import gc
import sys
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from notesync.reload import heap
from notesync.reload.hits import ANY
from notesync.reload.residue import heirs_of
from notesync.reload.undo import MISSING, Undo, isa

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

_ONCE = frozenset({"cached_property", "lazy_property", "lazyproperty", "reify"})
_INNER = ("__wrapped__", "__func__", "fget", "func")


def clear_caches(planner: Planner, undo: Undo) -> None:
    """Empty the caches of functions that now act differently, in whichever module they are.

    Main thread only. An instance forgets what a cached property has left in it.
    """
    once: list[tuple[type, str, Any]] = []
    seen: set[int] = set()  # a function has as many names as modules that import it
    for (module, name), changed in planner.behaviours.items():
        value: Any = getattr(sys.modules.get(module), "__dict__", {}).get(name)
        if not isa(value, type):
            if id(value) not in seen:
                seen.add(id(value))
                _clear(value, undo)
        elif value.__module__ == module:
            for attribute in list(value.__dict__) if ANY in changed else changed:
                member = value.__dict__.get(attribute)
                if type(member).__name__ in _ONCE:
                    once.append((value, attribute, member))
                else:
                    _clear(member, undo)
    if once:
        _forget(once, undo)


def _clear(value: Any, undo: Undo) -> None:
    for cached in _caches(value):
        cached.cache_clear()
        undo.add(cached.cache_clear)


def _caches(value: Any) -> Iterator[Any]:
    """What `lru_cache` has made, below other decorators too."""
    for _ in range(10):
        if heap.is_lru(value):
            yield value
        elif not isa(value, (types.FunctionType, staticmethod, classmethod, property)) and not isa(
            value, functools.singledispatchmethod
        ):
            return
        value = next((found for n in _INNER if (found := getattr(value, n, None))), None)


def _forget(once: list[tuple[type, str, Any]], undo: Undo) -> None:
    """One look at the heap for the instances of all the classes and their heirs."""
    kinds = {kind for cls, _, _ in once for kind in (cls, *heirs_of(cls))}
    for item in gc.get_referrers(*kinds):
        kind = type(item)
        if kind not in kinds:
            continue
        fields = item.__dict__ if hasattr(item, "__dict__") else {}
        for _, attribute, member in once:
            if attribute in fields and _looked_up(kind, attribute) is member:
                undo.set_item(fields, attribute, MISSING)


def _looked_up(kind: type, name: str) -> Any:
    return next((base.__dict__[name] for base in kind.__mro__ if name in base.__dict__), None)
