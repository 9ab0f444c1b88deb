"""What a definition leaves behind when it is taken away: its places in registers of the project."""

from __future__ import annotations

import types
import weakref
from collections import deque
from collections.abc import Iterator
from typing import Any

from notesync.reload.project import Project
from notesync.reload.undo import MISSING, Undo, isa

CONTAINERS = (dict, list, set, deque, weakref.WeakSet, weakref.WeakValueDictionary)
_BIG = 10_000


def containers(project: Project) -> Iterator[Any]:
    """Module values, class attributes and fields of objects that could be registers."""
    for loaded in list(project.loaded.values()):
        for value in list(loaded.space.values()):
            if isa(value, CONTAINERS):
                yield value
            elif isa(value, type):
                if value.__module__ == loaded.name:
                    yield from _containers_in(value.__dict__)
            elif type(value).__module__ in project.loaded:
                fields = getattr(value, "__dict__", None)
                if type(fields) is dict:
                    yield from _containers_in(fields)


def _containers_in(fields: Any) -> Iterator[Any]:
    for value in list(fields.values()):
        if isa(value, CONTAINERS):
            yield value


def registers_of(cls: type) -> Iterator[Any]:
    """Containers that the bases and the metaclass of a class may have put it into."""
    maker: type = type(cls)
    for base in (*cls.__mro__[1:-1], *maker.__mro__):
        if base.__module__ != "builtins":
            yield from _containers_in(base.__dict__)


def heirs_of(cls: type) -> list[type]:
    """Every class derived from one, near and far."""
    found: list[type] = []
    stack: list[type] = type.__subclasses__(cls)
    while stack:
        heir = stack.pop()
        if heir not in found:
            found.append(heir)
            stack += type.__subclasses__(heir)
    return found


def purge(registers: Iterator[Any], gone: list[Any], undo: Undo) -> None:
    """Take definitions that no longer exist out of registers."""
    ids = {id(item) for item in gone}
    seen: set[int] = set()
    for container in registers if ids else ():
        if id(container) in seen:
            continue
        seen.add(id(container))
        try:
            if len(container) <= _BIG:
                _purge_one(container, ids, undo)
        except Exception:
            continue  # a container of the user's own making


def _purge_one(container: Any, ids: set[int], undo: Undo) -> None:
    if isa(container, (dict, weakref.WeakValueDictionary)):
        for key, value in list(container.items()):
            if _holds(key, ids) or _holds(value, ids):
                undo.set_item(container, key, MISSING)
    elif isa(container, list):
        if any(_holds(item, ids) for item in container):
            undo.snapshot(container)
            container[:] = [item for item in container if not _holds(item, ids)]
    else:
        for item in list(container):
            if _holds(item, ids):
                add = container.append if isa(container, deque) else container.add
                undo.add(lambda item=item, add=add: add(item))  # type: ignore[misc]
                container.remove(item)


def _holds(value: Any, ids: set[int]) -> bool:
    """The definition itself, or a pair such as (name, definition)."""
    return id(value) in ids or (
        type(value) is tuple and len(value) < 10 and any(id(item) in ids for item in value)
    )


def is_definition_of(value: Any, module: str) -> bool:
    """A function or class that the module itself has made."""
    return isa(value, (types.FunctionType, type)) and value.__module__ == module
