"""New code objects for live functions whose definitions are not run again."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Hashable, Iterator
from difflib import SequenceMatcher

from notesync.reload.diff import Pair
from notesync.reload.patch import docstring
from notesync.reload.undo import Undo, isa
from notesync.reload.unit import Unit

Key = tuple[str, int]
_RUNS_LATER = 0x20 | 0x80 | 0x200  # generators, coroutines, asynchronous generators
_RUNNING = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)


class Swap:
    """Old code objects → new ones for the statements of one module that are not run again."""

    def __init__(self) -> None:
        self.pairs: dict[Key, list[tuple[types.CodeType, types.CodeType]]] = {}
        self.kept: list[tuple[str, str]] = []  # what still acts as before, and why

    def add(self, old: types.CodeType, new: types.CodeType) -> None:
        """Pair the functions of two versions of one statement."""
        for mine, theirs in _counterparts(old, new):
            key = (mine.co_name, mine.co_firstlineno)
            self.pairs.setdefault(key, []).append((mine, theirs))
            self.add(mine, theirs)

    def new_code(
        self, function: types.FunctionType
    ) -> tuple[types.CodeType, types.CodeType] | None:
        """The pair for a live function, or None when it is not one of ours."""
        code = function.__code__
        found = self.pairs.get((code.co_name, code.co_firstlineno), [])
        if len(found) > 1:
            found = [pair for pair in found if pair[0] == code] or found
        if not found or found[0][0].co_filename != code.co_filename:
            return None
        return found[0]

    def apply(self, functions: list[types.FunctionType], undo: Undo) -> None:
        """Set `__code__` (and the docstring) of every function that has a newer version."""
        if not self.pairs:
            return
        for function in functions:
            pair = self.new_code(function)
            if pair is None:
                continue
            old, new = pair
            if function.__code__.co_freevars != new.co_freevars:
                if "." in function.__qualname__ and shape(old) != shape(new):
                    why = "made before, its new body needs other variables"
                    self.kept.append((function.__qualname__, why))
                continue
            if function.__code__ is not new:
                before, after = docstring(old), docstring(new)
                if before != after and function.__doc__ == before:
                    undo.set_attr(function, "__doc__", after)
                if (old.co_flags | new.co_flags) & _RUNS_LATER and shape(old) != shape(new):
                    self._note_running(function, old)
                undo.set_code(function, new)

    def _note_running(self, function: types.FunctionType, old: types.CodeType) -> None:
        """The heap is searched only when the code has more holders than we know of."""
        code = function.__code__
        known = _ALONE + (2 if old is code else 0)  # its statement and the pair
        if sys.getrefcount(code) > known and any(
            isinstance(holder, _RUNNING) for holder in gc.get_referrers(code)
        ):
            why = "running ones finish with the code that they began with"
            self.kept.append((function.__qualname__, why))


def _alone() -> int:
    """References to the code of a function that nothing else holds, as `_note_running` sees it."""
    space: dict[str, types.FunctionType] = {}
    exec("def probe(): yield", space)

    def measure(function: types.FunctionType) -> int:
        code = function.__code__
        return sys.getrefcount(code)

    return measure(space["probe"])


_ALONE = _alone()


def _counterparts(
    old: types.CodeType, new: types.CodeType
) -> Iterator[tuple[types.CodeType, types.CodeType]]:
    """Functions of two versions by name; of several with one name (lambdas) by what they do."""
    left, right = _by_name(old), _by_name(new)
    for name, mine in left.items():
        theirs = right.get(name, [])
        if len(mine) == len(theirs) == 1:
            yield mine[0], theirs[0]
            continue
        matcher = SequenceMatcher(
            None, [shape(code) for code in mine], [shape(code) for code in theirs], autojunk=False
        )
        for _, start, end, first, last in matcher.get_opcodes():
            if end - start == last - first:
                yield from zip(mine[start:end], theirs[first:last], strict=True)


def _by_name(code: types.CodeType) -> dict[str, list[types.CodeType]]:
    found: dict[str, list[types.CodeType]] = {}
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            found.setdefault(const.co_name, []).append(const)
    return found


def shape(code: types.CodeType) -> Hashable:
    """Equal for two code objects that do the same on other lines."""
    consts = tuple(
        shape(const) if isinstance(const, types.CodeType) else (type(const), repr(const))
        for const in code.co_consts
    )
    return (code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_freevars, consts)


def class_lines(unit: Unit, each: Pair, undo: Undo) -> None:
    """Since Python 3.13 a class knows its line, and `inspect` believes it."""
    if sys.version_info < (3, 13):
        return
    for code in each.new.code.co_consts:
        if isinstance(code, types.CodeType) and code.co_name in each.new.facts.classes:
            cls = unit.loaded.space.get(code.co_name)
            if isa(cls, type) and cls.__module__ == unit.name:
                _class_line(cls, code, undo)


def _class_line(cls: type, code: types.CodeType, undo: Undo) -> None:
    if cls.__dict__.get("__firstlineno__") is not None:
        before = cls.__dict__["__firstlineno__"]
        undo.add(lambda: type.__setattr__(cls, "__firstlineno__", before))
        type.__setattr__(cls, "__firstlineno__", code.co_firstlineno)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            nested = cls.__dict__.get(inner.co_name)
            if (
                isinstance(nested, type)
                and nested.__qualname__.endswith("." + inner.co_name)
                and nested.__module__ == cls.__module__
            ):
                _class_line(nested, inner, undo)
