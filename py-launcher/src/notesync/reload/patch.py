"""Giving a live function the code of a newer one without changing its identity."""

from __future__ import annotations

import functools
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

from notesync.reload import heap
from notesync.reload.undo import MISSING, Undo

_HAS_DOCSTRING = 0x4000000


def nested_codes(code: types.CodeType, path: str = "") -> Iterator[tuple[str, types.CodeType]]:
    """Every code object inside `code` with its path, in order of appearance."""
    seen: dict[str, int] = {}
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            number = seen[const.co_name] = seen.get(const.co_name, -1) + 1
            where = f"{path}/{const.co_name}#{number}"
            yield where, const
            yield from nested_codes(const, where)


def docstring(code: types.CodeType) -> str | None:
    """The docstring that a function made from `code` gets."""
    if sys.version_info >= (3, 14) and not code.co_flags & _HAS_DOCSTRING:
        return None
    first = code.co_consts[0] if code.co_consts else None
    return first if isinstance(first, str) else None


def patch_function(old: types.FunctionType, new: types.FunctionType, undo: Undo) -> bool:
    """Make `old` behave and look as `new` does. False, with nothing changed, when it cannot be."""
    if old is new:
        return True
    if old.__globals__ is not new.__globals__:
        return False
    if old.__code__.co_freevars != new.__code__.co_freevars:
        return False
    if (id(old), id(new)) in undo.patching:  # wrappers may refer to each other in a circle
        return True
    undo.patching.add((id(old), id(new)))
    try:
        _patch_cells(old, new, undo, {id(old)})
        undo.set_code(old, new.__code__)
        _copy_surface(old, new, undo)
    finally:
        undo.patching.discard((id(old), id(new)))
    return True


def _copy_surface(old: types.FunctionType, new: types.FunctionType, undo: Undo) -> None:
    for name in ("__defaults__", "__kwdefaults__", "__doc__", "__name__", "__qualname__"):
        if getattr(old, name) is not getattr(new, name):
            undo.set_attr(old, name, getattr(new, name))
    if hasattr(new, "__annotate__"):
        undo.set_attr(old, "__annotate__", new.__annotate__)
    elif old.__annotations__ or new.__annotations__:
        undo.set_attr(old, "__annotations__", new.__annotations__)
    fields, newer = old.__dict__, new.__dict__
    for key in [*fields, *newer]:
        value = newer.get(key, MISSING)
        if value is MISSING and key not in fields:
            continue
        present = fields.get(key, MISSING)
        if value is old:
            continue
        if (
            isinstance(present, types.FunctionType)
            and isinstance(value, types.FunctionType)
            and (
                present is value
                or (same_shape(present, value) and patch_function(present, value, undo))
            )
        ):
            continue
        undo.set_item(fields, key, value)


def same_shape(old: types.FunctionType, new: types.FunctionType) -> bool:
    """Two functions that the same `def` could have made."""
    return old.__code__.co_name == new.__code__.co_name and old.__module__ == new.__module__


def _patch_cells(
    old: types.FunctionType, new: types.FunctionType, undo: Undo, seen: set[int]
) -> None:
    """Give the closure of `old` the values of the closure of `new`; functions in it are patched."""
    for mine, theirs in zip(old.__closure__ or (), new.__closure__ or (), strict=False):
        if mine is theirs:
            continue
        try:
            value = theirs.cell_contents
        except ValueError:
            continue
        if isinstance(value, type) and _is_class_cell(old, mine):
            continue  # zero-argument super() must go on meaning the old class
        try:
            present = mine.cell_contents
        except ValueError:
            present = MISSING
        if value is present:
            continue
        if value is new:
            value = old
        elif (
            isinstance(present, types.FunctionType)
            and isinstance(value, types.FunctionType)
            and id(present) not in seen
            and same_shape(present, value)
        ):
            seen.add(id(present))
            if patch_function(present, value, undo):
                continue
        if present is MISSING:
            undo.add(lambda cell=mine: delattr(cell, "cell_contents"))  # type: ignore[misc]
            mine.cell_contents = value
        else:
            undo.set_attr(mine, "cell_contents", value)


def _is_class_cell(function: types.FunctionType, cell: types.CellType) -> bool:
    names = function.__code__.co_freevars
    closure = function.__closure__ or ()
    return any(n == "__class__" and c is cell for n, c in zip(names, closure, strict=False))


def forward(old: types.FunctionType, new: Any, undo: Undo) -> None:
    """Make `old`, whose closure does not fit, call `new` for whoever still holds it."""
    global _forward_code
    if old is new or not callable(new):
        return
    if _forward_code is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            space: dict[str, Any] = {}
            exec(
                compile(
                    "def forwarded(*args, **kwargs): return 'target'(*args, **kwargs)",
                    "<notesync>",
                    "exec",
                ),
                space,
            )
        _forward_code = space["forwarded"].__code__
    if old.__code__.co_freevars:
        # same number of free variables, none of them used
        names = old.__code__.co_freevars
        code = _forward_closure(len(names))
    else:
        code = _forward_code
    consts = tuple(new if const == "target" else const for const in code.co_consts)
    undo.set_code(old, code.replace(co_consts=consts, co_name=old.__code__.co_name))
    undo.set_attr(old, "__defaults__", None)
    undo.set_attr(old, "__kwdefaults__", None)
    if isinstance(new, types.FunctionType):
        if old.__doc__ != new.__doc__:
            undo.set_attr(old, "__doc__", new.__doc__)
        undo.set_item(old.__dict__, "__wrapped__", new)


_forward_code: types.CodeType | None = None


def _forward_closure(count: int) -> types.CodeType:
    outer = "\n".join(f"  v{i} = None" for i in range(count))
    used = ", ".join(f"v{i}" for i in range(count))
    text = (
        f"def make():\n{outer}\n  def forwarded(*args, **kwargs):\n"
        f"    return 'target'(*args, **kwargs)\n    {used}\n  return forwarded\n"
    )
    space: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, "<notesync>", "exec"), space)
    code: types.CodeType = space["make"]().__code__
    return code


def reconcile(old: Any, new: Any, undo: Undo) -> Any:
    """What a name shall be bound to after its definition was run again.

    `old` is what it was bound to, `new` what the statement has made. Wherever the old object can be
    given the new behaviour, the old one stays.
    """
    if old is new or old is MISSING:
        return new
    if isinstance(old, types.FunctionType):
        if isinstance(new, types.FunctionType) and patch_function(old, new, undo):
            return old
        if callable(new):
            forward(old, new, undo)
        return new
    if type(old) is not type(new):
        return new
    if heap.is_lru(old):
        old.cache_clear()
        undo.add(old.cache_clear)
        inner, newer = old.__wrapped__, new.__wrapped__
        if isinstance(inner, types.FunctionType) and isinstance(newer, types.FunctionType):
            patch_function(inner, newer, undo)
        return new
    if isinstance(old, functools.partial):
        partial: Any = old
        before = partial.__reduce__()[2]
        undo.add(lambda: partial.__setstate__(before))
        partial.__setstate__(new.__reduce__()[2])
        return old
    if isinstance(old, (staticmethod, classmethod)):
        return old if reconcile(old.__func__, new.__func__, undo) is old.__func__ else new
    if _is_plain_instance(old):
        undo.snapshot(old)
        fields = vars(old)
        newer = dict(vars(new))
        for key in [key for key in fields if key not in newer]:
            del fields[key]
        for key, value in newer.items():
            present = fields.get(key, MISSING)
            if isinstance(present, types.FunctionType) and isinstance(value, types.FunctionType):
                value = reconcile(present, value, undo)
            fields[key] = value
        return old
    return new


def _is_plain_instance(value: Any) -> bool:
    """An object whose whole state is its `__dict__`, such as a decorator written as a class."""
    kind = type(value)
    return (
        kind.__module__ not in ("builtins", "types", "functools")
        and getattr(kind, "__new__", None) is object.__new__
        and kind.__itemsize__ == 0
        and type(getattr(value, "__dict__", None)) is dict
        and not any(base.__dict__.get("__slots__") for base in kind.__mro__)
        and kind.__base__ is object
    )
