"""Which statements of which modules must run again: a fixpoint over the texts, before anything
runs.

Two things spread from a change. *Values*: a name is bound to something else, so whatever was
computed from
it is computed again. *Behaviours*: a function or class stays the same object but acts differently,
so
whatever was computed by calling it is computed again, while whoever only holds it is left alone.
"""

from __future__ import annotations

import ast
import builtins
import sys
import types
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from notesync.reload import heap
from notesync.reload.chains import Chains
from notesync.reload.diff import (
    Pair,
    Status,
    changed_bodies,
    changed_items,
    made_of,
    wrapper_level,
)
from notesync.reload.effects import Closure
from notesync.reload.files import Files
from notesync.reload.hits import ANY, CALL, Hits, is_plain
from notesync.reload.lazies import Lazies
from notesync.reload.names import ClassFacts, Facts
from notesync.reload.news import Behaviours, Values
from notesync.reload.project import Project, Words
from notesync.reload.refill import Refills
from notesync.reload.source import Source, Stmt
from notesync.reload.spread import Spread
from notesync.reload.suspects import Suspects
from notesync.reload.through import Through
from notesync.reload.undo import isa
from notesync.reload.unit import Symbol, Unit, index_of


class Planner:
    """Decides what one batch runs. Pure apart from reading live values to see what they are."""

    def __init__(
        self,
        project: Project,
        gone: set[str],
        appeared: set[str] | frozenset[str] = frozenset(),
        files: Iterable[str] = (),
    ) -> None:
        self.project = project
        self.gone = gone
        self.appeared = appeared  # modules that could not be imported before, perhaps
        self.files = Files(self, files)
        self.units: dict[str, Unit] = {}
        self.values = Values()
        self.behaviours = Behaviours()
        self.rebuilds: set[Symbol] = set()
        self.filled: set[tuple[str, str, str]] = set()  # class attributes of other content, no more
        self.outside: dict[Symbol, set[tuple[str, int]]] = {}  # set anew outside the project, where
        self.closure = Closure(self)
        self.hits = Hits(self)
        self.chains = Chains(self)
        self.spread = Spread(self)
        self.through = Through(self)
        self.lazies = Lazies(self)
        self.refills = Refills(self)
        self._told: dict[str, frozenset[tuple[str, ...]]] = {}
        self._words: dict[frozenset[str] | None, Words] = {}
        self._queue: deque[str] = deque()
        self._queued: set[str] = set()

    # -- the fixpoint over modules ------------------------------------------------------------

    def add(self, unit: Unit) -> None:
        """Take a changed module into the plan."""
        self.units[unit.name] = unit
        self.queue(unit.name)

    def run(self) -> None:
        """Spread the changes until nothing new is touched."""
        for unit in list(self.units.values()):
            self._seed(unit)
        for name in self.gone | self.appeared:
            self._tell(name, None)
        self.files.seed()
        while self._queue:
            name = self._queue.popleft()
            self._queued.discard(name)
            unit = self.units[name]
            self._settle(unit)
            self._spread_news()
            for module in {module for module, _ in self.rebuilds}:
                self._rebuild(module)

    def _spread_news(self) -> None:
        """Tell whoever reads from a module what has changed in it since it was last told."""
        moved, self.values.moved = self.values.moved, set()
        for name in sorted(moved):
            self.ensure(name)
            news = self._news(name)
            fresh = news - self._told.get(name, frozenset())
            if fresh:
                self._told[name] = news
                self.lazies.spread(name)
                self._tell(name, {item[0] for item in fresh})

    def _news(self, name: str) -> frozenset[tuple[str, ...]]:
        found: set[tuple[str, ...]] = {(n,) for n in self.values.names.get(name, ())}
        for n, attributes in self.behaviours.of(name):
            levels = self.behaviours.levels.get((name, n), {})
            found.update((n, each, str(levels.get(each, 0))) for each in attributes)
        return frozenset(found)

    def _tell(self, name: str, words: set[str] | None) -> None:
        """Queue the modules that may read what changed in `name`."""
        if words is not None and not words:
            return
        key = None if words is None else frozenset(words)
        asked = self._words.get(key)
        if asked is None:
            asked = self._words[key] = Words(key)
        for each in self.project.dependants(name, asked):
            if each.name in self.gone:
                continue
            self.ensure(each.name)
            self.queue(each.name)

    def queue(self, name: str) -> None:
        """Look at a module, again if need be."""
        if name not in self._queued:
            self._queued.add(name)
            self._queue.append(name)

    def ensure(self, name: str) -> Unit | None:
        if name not in self.units:
            loaded = self.project.loaded.get(name)
            if loaded is None:
                return None
            self.units[name] = Unit(loaded, loaded.source)
        return self.units[name]

    def _rebuild(self, module: str) -> None:
        """A value that several modules fill is made anew: all of them take part."""
        key = f"rebuild {module}"
        news = frozenset((n,) for m, n in self.rebuilds if m == module)
        if self._told.get(key) == news:
            return
        self._told[key] = news
        for name in [module, *(each.name for each in self.project.dependants(module, None))]:
            if self.ensure(name) is not None:
                self.queue(name)

    # -- one module ---------------------------------------------------------------------------

    def live(self, unit: Unit, name: str) -> Any:
        """What a name of the module is bound to now."""
        return unit.loaded.space.get(name)

    def _seed(self, unit: Unit) -> None:
        for each in unit.pairs:
            stmt = each.new
            if each.status in (Status.CHANGED, Status.NEW):
                if stmt.keep and self._is_bound(unit, stmt.facts):
                    unit.kept.add(each.index)
                else:
                    self.mark(unit, each, "changed" if each.old else "new")
            elif each.status is Status.BODY:
                self._seed_body(unit, each)
        if not unit.trusted:
            for name in unit.loaded.space:
                self.behave(unit.name, name, {ANY})
        for name in self.gone_names(unit):
            self.values.add((unit.name, name))
        for position in unit.removed:
            self._class_effects(unit, unit.old.stmts[position], newer=False, family=True)
            self.refills.note(unit, unit.old.stmts[position], newer=False)
        orphans = self.closure.orphans(unit.name)
        if orphans:
            for position in unit.removed:
                symbols = self.closure.effects(unit, unit.old.stmts[position], False)
                self.values.update(s for s in symbols if s[0] == unit.name and s[1] in orphans)

    def gone_names(self, unit: Unit) -> set[str]:
        """Names that the module no longer binds, those of star imports included."""
        names = unit.gone_names
        after: set[str] = set()
        for star in index_of(unit.new).stars:
            after |= self.closure.publics(star, True)
        if unit.touched and unit.trusted:
            kept = index_of(unit.new).binds
            for star in index_of(unit.old).stars:
                names |= self.closure.publics(star, False) - kept
        return names - after

    def _seed_body(self, unit: Unit, each: Pair) -> None:
        assert each.old is not None
        stmt = each.new
        for name in changed_bodies(stmt):
            value = self.live(unit, name)
            again = self.closure.calls.at_once(unit.name, stmt.facts, name) or (
                not is_plain(value, name)
                and (
                    not same_docstring(each.old.node, stmt.node)
                    or (not heap.is_lru(value) and heap.remembers(value))
                )
            )
            if again and len(self._binders(unit, name)) == 1:
                self.mark(unit, each, "its decorator must see the new function")
            self.behave(unit.name, name, {CALL}, wrapper_level(each.old, stmt))
        for where in stmt.facts.classes:
            items = changed_items(each.old, stmt, where)
            if items and made_of(stmt.facts.classes[where], items):
                self.mark(unit, each, "a part of it is computed from another")
            self.behave_class(unit, where, {ANY} if items is None else items)

    @staticmethod
    def _binders(unit: Unit, name: str) -> list[Pair]:
        return [each for each in unit.pairs if name in each.new.facts.binds]

    def _is_bound(self, unit: Unit, facts: Facts) -> bool:
        return bool(facts.binds) and all(name in unit.loaded.space for name in facts.binds)

    def mark(self, unit: Unit, each: Pair, why: str) -> bool:
        """Decide that a statement runs again, and note what that changes."""
        if each.index in unit.dirty or each.index in unit.kept:
            return False
        if each.new.keep and each.old is not None and self._is_bound(unit, each.new.facts):
            unit.kept.add(each.index)
            return False
        unit.dirty.add(each.index)
        unit.why[each.index] = why
        facts = each.new.facts
        if facts.imports_only:
            self.values.update((unit.name, name) for name in facts.binds)
            return True
        for name in facts.binds:
            if self.keeps_identity(unit, each, name):
                kind = facts.classes.get(name)
                if kind is None:
                    self.behave(unit.name, name, {CALL})
                else:
                    items = changed_items(each.old, each.new, name) if each.old else None
                    inputs = self.changed_inputs(unit, kind, items or set())
                    other = self.hits.made_otherwise(unit, kind)
                    if items and getattr(self.live(unit, name), "_is_protocol", False):
                        items = items | {"__subclasshook__"}  # it asks for other members
                    if items is None or other or (items | inputs and self.rewrites(unit, kind)):
                        self.behave_class(unit, name, {ANY})
                    else:
                        self.behave_class(unit, name, items | inputs)
            else:
                self.values.add((unit.name, name))
        self._hand_on(unit, each)
        for ref in facts.stores | facts.mutates:
            outside = self.closure.foreign(unit.name, ref)
            if outside is not None:
                self.values.add(outside)
                self.outside.setdefault(outside, set()).add((unit.name, each.index))
        self._class_effects(unit, each.new, newer=True, family=each.old is None)
        if each.old is not None:
            self.refills.note(unit, each.new, newer=True)
        for symbol in self.closure.effects(unit, each.new, True):
            if not self.is_definition(symbol):
                self.values.add(symbol)
                if symbol[0] != unit.name and each.old is not None:
                    self.rebuilds.add(symbol)
        if id(each.new) in self.closure.dynamic:
            self.values.add((unit.name, ANY))  # names that no text tells
        return True

    def _hand_on(self, unit: Unit, each: Pair) -> bool:
        """A star import that runs again binds what has changed so far. True when that is more."""
        before = len(self.values)
        for name in each.new.facts.stars:
            self.values.update([(unit.name, n) for n in self.values.names.get(name, ())])
            if (name, "__all__") in self.values or each.old is None:
                self.values.update((unit.name, n) for n in self.closure.publics(name, True))
        return len(self.values) > before

    def _class_effects(self, unit: Unit, stmt: Stmt, *, newer: bool, family: bool) -> None:
        """Registers of subclasses, and the subclasses that Python itself counts."""
        for module, name, attribute in self.closure.class_effects(unit, stmt, newer):
            if attribute not in self.behaviours.get((module, name), ()):
                self.filled.add((module, name, attribute))
            self.behave(module, name, {attribute})
        if family and stmt.facts.classes:
            for module, name in self.closure.families(unit, stmt, newer):
                self.behave(module, name, {"__subclasses__"})

    def changed_inputs(self, unit: Unit, kind: ClassFacts, changed: set[str]) -> set[str]:
        """Names in a class body that are computed from something that is not what it was."""
        found = {
            item
            for item, reads in kind.item_reads.items()
            if any(self.hits.input_changed(unit, r) for r in reads)
        }
        while True:
            more = {
                item
                for item, names in kind.item_locals.items()
                if item not in found and names & (found | changed)
            }
            if not more:
                return found
            found |= more

    def rewrites(self, unit: Unit, kind: ClassFacts, depth: int = 0) -> bool:
        """Whether a decorator, metaclass or foreign base may make methods out of class
        attributes."""
        if kind.decorated or not kind.plain or depth > 20:
            return True
        for base in kind.bases:
            found = self.closure.resolve(unit, base)
            if found is None:
                return True
            module, name, _ = self.closure.origin(found)
            source = self.closure.source(module)
            mother = index_of(source).classes.get(name) if source is not None else None
            if mother is None:
                if not hasattr(builtins, base[-1]):
                    return True
            elif (module in self.units or self.ensure(module)) and self.rewrites(
                self.units[module], mother, depth + 1
            ):
                return True
        return False

    def is_definition(self, symbol: Symbol) -> bool:
        module = sys.modules.get(symbol[0])
        value = getattr(module, "__dict__", {}).get(symbol[1])
        if symbol in self.closure.registrars:
            return False
        return isa(value, (types.FunctionType, type, types.ModuleType))

    def keeps_identity(self, unit: Unit, each: Pair, name: str) -> bool:
        """True when the new definition is given to the object that the name is bound to now."""
        label = each.new.label
        if label is None or label[0] not in ("def", "class", "lambda"):
            return False
        if each.old is not None and each.old.label != label:
            return False
        if each.old is None and (unit.trusted or each.status is Status.NEW):
            return False
        value = self.live(unit, name)
        if label[0] == "class":
            return isa(value, type)
        if each.old is not None and each.old.facts.decorators != each.new.facts.decorators:
            return False
        if any(
            self.hits.input_changed(unit, tuple(d.split("."))) for d in each.new.facts.decorators
        ):
            return False
        return isa(value, types.FunctionType)

    def behave(self, module: str, name: str, attributes: Iterable[str], level: int = 0) -> bool:
        """Note that something acts differently, once what it gives was called `level` times."""
        if not self.behaviours.widen((module, name), attributes, level):
            return False
        self.values.moved.add(module)
        return True

    def behave_like(self, module: str, name: str, other: Symbol, calls: int = 0) -> bool:
        """Note that something acts as differently as another thing that was called to make it."""
        moved = False
        for attribute in list(self.behaviours.get(other, ())):
            level = max(0, self.behaviours.level(other, attribute) - calls)
            moved |= self.behave(module, name, {attribute}, level)
        return moved

    def behave_class(self, unit: Unit, where: str, attributes: set[str]) -> bool:
        """A nested class changes the class around it."""
        top, _, _ = where.partition(".")
        self.filled -= {(unit.name, top, attribute) for attribute in attributes}
        return self.behave(unit.name, top, attributes)

    def _settle(self, unit: Unit) -> None:
        if self.through.settle(unit):
            return
        suspects = Suspects(self, unit)
        for _ in range(len(unit.pairs) + 3):
            moved = False
            for each in suspects.pairs():
                if each.index in unit.dirty:
                    moved |= bool(each.new.facts.stars) and self._hand_on(unit, each)
                elif each.index not in unit.kept:
                    why = self.hits.hit(unit, each)
                    if why is not None:
                        moved |= self.mark(unit, each, why)
            made = unit.dirty or unit.removed or unit.reordered or self.rebuilds
            if made and not suspects.only_imports():
                moved |= self.chains.settle(unit)
            moved |= self.spread.settle(unit, suspects)
            moved |= self.refills.settle(unit)
            if not moved:
                return

    # -- results ------------------------------------------------------------------------------

    def affected(self) -> Iterator[Unit]:
        """The modules in which something happens."""
        for unit in self.units.values():
            if unit.touched or unit.dirty:
                yield unit

    def sources(self) -> Iterator[Source]:
        """Every text that the plan has looked into and that modules are made of now."""
        for unit in self.units.values():
            yield unit.loaded.source


def same_docstring(old: ast.stmt, new: ast.stmt) -> bool:
    """Wrappers copy the docstring, so they are made again when it changes."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    if not isinstance(old, kinds) or not isinstance(new, kinds):
        return True
    return ast.get_docstring(old, clean=False) == ast.get_docstring(new, clean=False)
