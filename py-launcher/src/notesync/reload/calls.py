"""How far the calls of a statement go into what they call, where it only binds what they give back.

`@deco` runs the decorator and not the wrapper that this returns; `X = C()` makes an object and does
not call it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from notesync.reload.diff import TRANSPARENT
from notesync.reload.facts import ADDING
from notesync.reload.later import WRAPPING
from notesync.reload.names import HOLDERS, Body, ClassFacts, Facts, Made, Ref
from notesync.reload.undo import isa
from notesync.reload.unit import Index, index_of

if TYPE_CHECKING:
    from notesync.reload.effects import Closure

MAKING = ("__init__", "__new__", "__post_init__")
_RUN_BY_MAKING = frozenset(
    [
        *MAKING,
        "__getattr__",
        "__getattribute__",
        "__init_subclass__",
        "__set_name__",
        "__setattr__",
        "__slots__",
    ]
)
ANY_TIME = 99  # calls: whenever what was made is called
DERIVED = -1  # calls: none, a class is derived from it
_QUIET = frozenset(["ABC", "Generic", "Protocol", "object"])
_GIVING_BACK = TRANSPARENT | WRAPPING
Place = tuple[str, str, Index]  # module, name and index of its text


class Calls:
    """Answers for one planner from the texts. What cannot be decided counts as called."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self._depths: dict[tuple[str, int, Ref, bool], tuple[Facts, int | None]] = {}

    def depth(self, module: str, facts: Facts, ref: Ref, *, newer: bool = True) -> int | None:
        """How often the statement calls what a reference leads to; None: that is not known."""
        mades = facts.calls.get(ref)
        if mades is None:
            return None
        key = (module, id(facts), ref, newer)
        if key not in self._depths:
            place = self.place(module, ref, newer)
            known = place is None or not self._is_dressed(place)
            known = known and all(self._lets_go(module, facts, made, newer) for made in mades)
            self._depths[key] = (facts, max(made.calls for made in mades) if known else None)
        return self._depths[key][1]

    def at_once(self, module: str, facts: Facts, name: str) -> bool:
        """Whether a decorator calls the function that it is given."""
        for ref, mades in facts.calls.items():
            for made in mades:
                if made.name == name and any(
                    body.calls_param for body in self._run_by(module, ref, made.calls, True)
                ):
                    return True
        return False

    def is_called(self, module: str, callee: Ref, facts: Facts) -> bool:
        """Whether an argument of `callee` may be called before the statement is over."""
        if callee[-1] in HOLDERS or self.only_keeps(module, callee, None):
            return False
        found = self.closure.resolve_in(module, callee) if callee[0] else None
        if found is not None and found[1]:
            where, name, _ = self.closure.origin(found)
            source = self.closure.source(where)
            if source is not None and name in index_of(source).bodies:
                return index_of(source).bodies[name].calls_params
        return not facts.bare_call

    def only_keeps(self, module: str, callee: Ref, ref: Ref | None, *, newer: bool = True) -> bool:
        """Whether making an object of a class does no more with a function than to keep it."""
        place = self.place(module, callee, newer) if callee[0] else None
        kind = place[2].classes.get(place[1]) if place is not None else None
        if place is None or kind is None:
            return False
        given = self.place(module, ref, newer) if ref is not None else None
        if ref is not None and (given is None or given[1] not in given[2].bodies):
            return False
        family = [each for _, each in self._family(place[0], kind, newer=newer)]
        methods = {name for each in family for name in each.methods} - {*MAKING}
        making = [each.methods[n] for each in family for n in MAKING if n in each.methods]
        return self._is_quiet(family) and not any(
            body.calls_params or not body.attrs.isdisjoint(methods) for body in making
        )

    def runs(self, place: Place, calls: int) -> Iterator[Body]:
        """What calling a class, or an object of one, runs besides making it."""
        module, name, index = place
        kind = index.classes.get(name)
        if kind is None:
            value: Any = getattr(sys.modules.get(module), "__dict__", {}).get(name)
            made = None if isa(value, type) or name in index.bodies else type(value)
            source = self.closure.source(made.__module__) if made is not None else None
            kind = index_of(source).classes.get(made.__name__) if source and made else None
            if kind is None or made is None:
                return
            module, calls = made.__module__, calls + 1
        for _, each in self._family(module, kind) if calls > 1 else ():
            if "__call__" in each.methods:
                yield from each.methods["__call__"].runs(calls - 1)

    def due(self, place: Place, changed: set[str], levels: dict[str, int], calls: int) -> set[str]:
        """Of what acts differently, that which so many calls run."""
        module, name, index = place
        kind = index.classes.get(name)
        if kind is None:
            found = {token for token in changed if levels.get(token, 0) < calls}
            if name in index.bodies:  # what it gives back is not used here
                found = {token for token in found if token[:2] != "__"}
            return found
        if not self._is_quiet([each for _, each in self._family(module, kind)]):
            return changed
        return {
            token
            for token in changed
            if token in _RUN_BY_MAKING
            or not (token.startswith("__") and token.endswith("__"))
            or (token == "__call__" and levels.get(token, 0) < calls - 1)
        }

    # -- of one reference ---------------------------------------------------------------------

    def _lets_go(self, module: str, facts: Facts, made: Made, newer: bool) -> bool:
        """Whether nothing in the statement may call what the calls give back."""
        owner = made.name.rpartition(".")[0]
        if owner:
            kind = facts.classes[owner]
            if kind.several or kind.dressed:
                return False
            if not all(
                "__init_subclass__" not in each.methods and (each is kind or not each.open)
                for _, each in self._family(module, kind, newer=newer)
            ):
                return False
            item = made.name.rpartition(".")[2]
            if kind.open or any(item in names for names in kind.item_locals.values()):
                return False
        for ref, calls in made.above:
            if self.place(module, ref, newer) is None and ref[-1] in _GIVING_BACK:
                continue
            bodies = self._run_by(module, ref, calls, newer)
            if not bodies or any(body.calls_params for body in bodies):
                return False
        return True

    @staticmethod
    def _is_dressed(place: Place) -> bool:
        """Whether a decorator stands between a call and what its name defines."""
        _, name, index = place
        makers = index.makers.get(name, ()) if name in index.bodies or name in index.classes else ()
        return any(ref[-1] not in _GIVING_BACK and ref[-1] not in ADDING for ref in makers)

    def place(self, module: str, ref: Ref, newer: bool) -> Place | None:
        """The global of the project that a reference leads to."""
        found = self.closure.resolve_in(module, ref, newer=newer)
        if found is None or not found[1]:
            return None
        where, name, rest = self.closure.origin(found, newer=newer)
        source = self.closure.source(where, newer=newer)
        return None if source is None or rest else (where, name, index_of(source))

    def _run_by(self, module: str, ref: Ref, calls: int, newer: bool) -> list[Body]:
        place = self.place(module, ref, newer)
        if place is None:
            return []
        _, name, index = place
        if name in index.bodies:
            return list(index.bodies[name].runs(calls))
        kind = index.classes.get(name)
        found = [] if kind is None else [kind.methods[n] for n in MAKING if n in kind.methods]
        return [*found, *self.runs(place, calls)]

    # -- of one class -------------------------------------------------------------------------

    def _family(
        self, module: str, kind: ClassFacts, *, newer: bool = True
    ) -> Iterator[tuple[str, ClassFacts]]:
        """A class and those of the project that it derives from."""
        seen: list[ClassFacts] = []
        stack = [(module, kind)]
        while stack:
            where, each = stack.pop()
            if any(each is other for other in seen):
                continue
            seen.append(each)
            yield where, each
            for base in each.bases:
                place = self.place(where, base, newer)
                mother = place[2].classes.get(place[1]) if place is not None else None
                if place is not None and mother is not None:
                    stack.append((place[0], mother))
                elif base[-1] not in _QUIET:
                    yield where, _FOREIGN

    @staticmethod
    def _is_quiet(family: list[ClassFacts]) -> bool:
        """Whether making an object of a class does no more with it than its methods tell."""
        for kind in family:
            if kind.dressed or kind.open or kind.several or "__new__" in kind.methods:
                return False
        names, done = set(MAKING), set[str]()
        while names - done:
            name = (names - done).pop()
            done.add(name)
            for kind in family:
                body = kind.methods.get(name)
                if body is not None:
                    if body.hands_self:
                        return False
                    names |= body.attrs
        return True


_FOREIGN = ClassFacts(open=True)
