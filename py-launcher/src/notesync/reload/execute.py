"""Running one statement again in the live namespace of its module, as a fresh start would."""

from __future__ import annotations

import ast
import copy
import sys
import types
from collections.abc import Iterator, MutableMapping
from typing import Any

from notesync.reload import loggers
from notesync.reload.binding import BIND, Binder, WithBind
from notesync.reload.collector import Collector
from notesync.reload.diff import Pair, Status
from notesync.reload.methods import changed_methods, run_methods
from notesync.reload.patch import nested_codes
from notesync.reload.plan import Planner
from notesync.reload.rebind import Originals, Rebinder, binders
from notesync.reload.source import Stmt
from notesync.reload.undo import MISSING, Undo
from notesync.reload.unit import Unit, index_of


class Noting(MutableMapping[str, Any]):
    """The namespace of a module as one statement sees it: knows afterwards which names it bound.

    A whole mapping: it is what `locals()` gives, and tracebacks look through it.
    """

    def __init__(self, space: dict[str, Any]) -> None:
        self.space = space
        self.bound: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        return self.space[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.bound.add(name)
        self.space[name] = value

    def __delitem__(self, name: str) -> None:
        del self.space[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.space)

    def __len__(self) -> int:
        return len(self.space)


class Executor:
    """Runs statements of one plan. Main thread only."""

    def __init__(
        self, planner: Planner, undo: Undo, rebinder: Rebinder, collector: Collector
    ) -> None:
        self.planner = planner
        self.undo = undo
        self.rebinder = rebinder
        self.before = rebinder.before
        self.collector = collector
        self._adds_handlers: bool | None = None

    def run(self, unit: Unit, each: Pair, originals: Originals) -> set[str]:
        """Run one statement. Returns the names whose old object is found only at the end."""
        space = unit.loaded.space
        stmt = each.new
        if self._import(unit, each, originals):
            return set()
        node = stmt.node
        methods = changed_methods(self.planner, unit, each)
        if methods is not None:
            run_methods(unit, each, methods, self.undo)
            return set()
        code = stmt.code
        binder = self._binder(unit, each, originals)
        if binder is not None:
            prepared = WithBind(binder.sites).visit(copy.deepcopy(node))
            code = unit.new.compile_nodes([ast.fix_missing_locations(prepared)])
            space[BIND] = binder
        stars = {star: self._public_before(star) for star in stmt.facts.stars}
        hidden = self._hide_later_names(unit, each)
        unsure = self._unsure(unit, each)
        seen: Any = Noting(space) if unsure else space
        said = space.get("__annotations__")
        logging = loggers.handlers() if self._logs(unit, stmt) else None
        try:
            with self.collector.working():
                exec(code, space, seen)
        finally:
            if logging is not None:
                loggers.settle(logging, self.undo)
            space.pop(BIND, None)
            for name, value in hidden.items():
                space.setdefault(name, value)
        for name in unsure - seen.bound if isinstance(seen, Noting) else ():
            space.pop(name, None)
        if said is not None and "__annotations__" not in space:
            space["__annotations__"] = said
        for star, names in stars.items():
            self._drop_star_names(unit, star, names)
        late: set[str] = set()
        for name in stmt.facts.binds:
            if name in stmt.facts.deletes or name not in space:
                continue
            if len(binders(unit, name)) > 1:
                late.add(name)
            else:
                self.rebinder.rebind(unit, each, name, originals)
        return late

    def _import(self, unit: Unit, each: Pair, originals: Originals) -> bool:
        """An import of one name that its module has. False: it is run like any statement."""
        facts = each.new.facts
        if not facts.imports_only or len(facts.aliases) > 1:
            return False
        [(name, ref)] = facts.aliases.items()
        source = getattr(sys.modules.get(ref[0][1:]), "__dict__", {})
        if len(ref) != 2 or ref[1] not in source or len(binders(unit, name)) > 1:
            return False
        if f"{ref[0][1:]}.{ref[1]}" in sys.modules:
            return False
        unit.loaded.space[name] = source[ref[1]]
        self.rebinder.rebind(unit, each, name, originals)
        return True

    def _logs(self, unit: Unit, stmt: Stmt) -> bool:
        """Whether a statement may add handlers to loggers."""
        if self._adds_handlers is None:
            loaded = self.planner.project.loaded.values()
            self._adds_handlers = any(b"addHandler" in each.source.data for each in loaded)
        return self._adds_handlers and "addHandler" in self.planner.closure.open_attributes(
            unit, stmt.facts
        )

    def _hide_later_names(self, unit: Unit, each: Pair) -> dict[str, Any]:
        """In a fresh interpreter a name that is bound further down does not exist yet."""
        space = unit.loaded.space
        hidden: dict[str, Any] = {}
        facts = each.new.facts
        names = {ref[0] for ref in facts.reads} - set(facts.binds)
        if unit.reordered or each.status in (Status.NEW, Status.CHANGED):
            written = {n for body in index_of(unit.new).bodies.values() for n in body.writes}
            names |= self.planner.closure.read_by_calls(unit, each.new) - written
        for name, ref in facts.aliases.items():
            if ref == (f"@{unit.name}", name) and f"{unit.name}.{name}" in sys.modules:
                names.add(name)  # `from . import name` finds the submodule, not a former value
        if names or facts.dynamic:
            new, _ = unit.tables(self.planner.closure.effects, self.planner.closure.publics)
        names |= set(new) if facts.dynamic else set()  # it sees which names there are
        for name in names:
            events = new.get(name)
            if not events or name not in space:
                continue
            first = next((e.index for e in events if self._binds(unit.pairs[e.index], name)), -1)
            if first > each.index or (first == each.index and name in facts.binds):
                hidden[name] = space.pop(name)
        return hidden

    def _unsure(self, unit: Unit, each: Pair) -> set[str]:
        """Names that only this statement binds, and that it may leave unbound."""
        facts = each.new.facts
        if facts.dynamic or all(facts.binds.values()) or _binds_inside(each.new.node):
            return set()
        names = {name for name, certain in facts.binds.items() if not certain}
        names -= {ref[0] for ref in facts.reads} | facts.deletes
        for body in index_of(unit.new).bodies.values():
            names -= body.writes
        return {name for name in names if binders(unit, name) == [each]}

    @staticmethod
    def _binds(each: Pair, name: str) -> bool:
        return name in each.new.facts.binds or bool(each.new.facts.stars)

    def _public_before(self, star: str) -> set[str]:
        content = self.before.get(star)
        if content is None:
            return set()
        listed = content.get("__all__")
        return set(listed) if listed else {n for n in content if not n.startswith("_")}

    def _drop_star_names(self, unit: Unit, star: str, names: set[str]) -> None:
        space = unit.loaded.space
        present = getattr(sys.modules.get(star), "__dict__", {})
        listed = present.get("__all__")
        for name in names:
            public = name in listed if listed is not None else name in present
            if (
                not public
                and not binders(unit, name)
                and space.get(name, MISSING) is self.before[star].get(name)
            ):
                space.pop(name, None)

    def _binder(self, unit: Unit, each: Pair, originals: Originals) -> Binder | None:
        """For decorated functions: hand the old function, brought up to date, to the decorators."""
        if each.old is None or not each.new.facts.decorators:
            return None
        if each.old.facts.decorators != each.new.facts.decorators:
            return None
        theirs = dict(nested_codes(each.old.code))
        sites: dict[tuple[str, int], types.FunctionType] = {}
        for path, code in nested_codes(each.new.code):
            mate = theirs.get(path)
            if path.count("/") == 1 and mate is not None:
                original = originals.get((mate.co_name, mate.co_firstlineno))
                if original is not None and self.rebinder.may_hand_out(unit, each, original):
                    self.rebinder.handed_out.add(id(original))
                    sites[(code.co_name, code.co_firstlineno)] = original
        return Binder(sites, self.undo) if sites else None


def _binds_inside(node: ast.stmt) -> bool:
    """Whether a comprehension, or a statement about globals, binds names past the statement."""
    return any(isinstance(part, (ast.NamedExpr, ast.Global)) for part in ast.walk(node))
