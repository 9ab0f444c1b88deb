"""Which statements of which modules must run again: a fixpoint over the texts, before anything runs.

Two things spread from a change. *Values*: a name is bound to something else, so whatever was computed from
it is computed again. *Behaviours*: a function or class stays the same object but acts differently, so
whatever was computed by calling it is computed again, while whoever only holds it is left alone.
"""

from __future__ import annotations

import ast
import builtins
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any

from notesync.reload import heap
from notesync.reload.diff import Pair, Status, changed_bodies, changed_items
from notesync.reload.effects import Closure
from notesync.reload.names import Body, ClassFacts, Facts, Ref
from notesync.reload.project import Project
from notesync.reload.source import Source
from notesync.reload.unit import Symbol, Unit, chain_at, index_of

CALL, ANY = "()", "*"
_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__call__"})
_LOOKUP = frozenset({"__getattr__", "__getattribute__", "__get__"})


class Planner:
    """Decides what one batch runs. Pure apart from reading live values to see what they are."""

    def __init__(self, project: Project, gone: set[str]) -> None:
        self.project = project
        self.gone = gone
        self.units: dict[str, Unit] = {}
        self.values: set[Symbol] = set()
        self.behaviours: dict[Symbol, set[str]] = {}
        self.rebuilds: set[Symbol] = set()
        self.closure = Closure(self)
        self._told: dict[str, frozenset[tuple[str, ...]]] = {}
        self._queue: list[str] = []

    # -- the fixpoint over modules ------------------------------------------------------------

    def add(self, unit: Unit) -> None:
        """Take a changed module into the plan."""
        self.units[unit.name] = unit
        self._queue.append(unit.name)

    def run(self) -> None:
        """Spread the changes until nothing new is touched."""
        for unit in list(self.units.values()):
            self._seed(unit)
        for name in self.gone:
            self._tell(name, None)
        while self._queue:
            name = self._queue.pop(0)
            unit = self.units[name]
            self._settle(unit)
            self._spread_news()
            for module in {module for module, _ in self.rebuilds}:
                self._rebuild(module)

    def _spread_news(self) -> None:
        """Tell whoever reads from a module what has changed in it since it was last told."""
        for name in {module for module, _ in [*self.values, *self.behaviours]}:
            self._ensure(name)
            news = self._news(name)
            if news != self._told.get(name):
                self._told[name] = news
                self._tell(name, {item[0] for item in news})

    def _news(self, name: str) -> frozenset[tuple[str, ...]]:
        found: set[tuple[str, ...]] = {(n,) for module, n in self.values if module == name}
        for (module, n), attributes in self.behaviours.items():
            if module == name:
                found.update((n, attribute) for attribute in attributes)
        return frozenset(found)

    def _tell(self, name: str, words: set[str] | None) -> None:
        """Queue the modules that may read what changed in `name`."""
        if words is not None and not words:
            return
        for each in self.project.dependants(name, words):
            self._ensure(each.name)
            if each.name not in self._queue:
                self._queue.append(each.name)

    def _ensure(self, name: str) -> Unit | None:
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
            if self._ensure(name) is not None and name not in self._queue:
                self._queue.append(name)

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
                    self._mark(unit, each, "changed" if each.old else "new")
            elif each.status is Status.BODY:
                self._seed_body(unit, each)
        if not unit.trusted:
            for name in unit.loaded.space:
                self._behave(unit.name, name, {ANY})
        for name in self.gone_names(unit):
            self.values.add((unit.name, name))

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
        for name in changed_bodies(each.old, stmt):
            value = self.live(unit, name)
            if not is_plain(value, name) and (
                not same_docstring(each.old.node, stmt.node)
                or (not heap.is_lru(value) and heap.remembers(value))
            ):
                if len(self._binders(unit, name)) == 1:
                    self._mark(unit, each, "its decorator must see the new function")
            self._behave(unit.name, name, {CALL})
        for where in stmt.facts.classes:
            items = changed_items(each.old, stmt, where)
            self._behave_class(unit, where, {ANY} if items is None else items)

    @staticmethod
    def _binders(unit: Unit, name: str) -> list[Pair]:
        return [each for each in unit.pairs if name in each.new.facts.binds]

    def _is_bound(self, unit: Unit, facts: Facts) -> bool:
        return bool(facts.binds) and all(name in unit.loaded.space for name in facts.binds)

    def _mark(self, unit: Unit, each: Pair, why: str) -> bool:
        """Decide that a statement runs again, and note what that changes."""
        if each.index in unit.dirty or each.index in unit.kept:
            return False
        if each.new.keep and each.old is not None and self._is_bound(unit, each.new.facts):
            unit.kept.add(each.index)
            return False
        unit.dirty.add(each.index)
        unit.why[each.index] = why
        facts = each.new.facts
        for name in facts.binds:
            if self.keeps_identity(unit, each, name):
                kind = facts.classes.get(name)
                if kind is None:
                    self._behave(unit.name, name, {CALL})
                else:
                    items = changed_items(each.old, each.new, name) if each.old else None
                    inputs = self.changed_inputs(unit, kind, items or set())
                    if items is None or (items | inputs and self._rewrites(unit, kind)):
                        self._behave_class(unit, name, {ANY})
                    else:
                        self._behave_class(unit, name, items | inputs)
            else:
                self.values.add((unit.name, name))
        for name in facts.stars:
            self.values.update((unit.name, n) for m, n in list(self.values) if m == name)
            if (name, "__all__") in self.values:
                self.values.update((unit.name, n) for n in self.closure.publics(name, True))
        for symbol in self.closure.effects(unit, each.new, True):
            if not self._is_definition(symbol):
                self.values.add(symbol)
                if symbol[0] != unit.name and each.old is not None:
                    self.rebuilds.add(symbol)
        return True

    def changed_inputs(self, unit: Unit, kind: ClassFacts, changed: set[str]) -> set[str]:
        """Names in a class body that are computed from something that is not what it was."""
        found = {item for item, reads in kind.item_reads.items()
                 if any(self.input_changed(unit, r) for r in reads)}
        while True:
            more = {item for item, names in kind.item_locals.items()
                    if item not in found and names & (found | changed)}
            if not more:
                return found
            found |= more

    def _rewrites(self, unit: Unit, kind: ClassFacts, depth: int = 0) -> bool:
        """Whether a decorator, metaclass or foreign base may make methods out of class attributes."""
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
            elif module in self.units or self._ensure(module):
                if self._rewrites(self.units[module], mother, depth + 1):
                    return True
        return False

    def _is_definition(self, symbol: Symbol) -> bool:
        module = sys.modules.get(symbol[0])
        value = getattr(module, "__dict__", {}).get(symbol[1])
        return isinstance(value, (types.FunctionType, type, types.ModuleType))

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
            return isinstance(value, type)
        if each.old is not None and each.old.facts.decorators != each.new.facts.decorators:
            return False
        if any(self.input_changed(unit, tuple(d.split("."))) for d in each.new.facts.decorators):
            return False
        return isinstance(value, types.FunctionType)

    def _behave(self, module: str, name: str, attributes: Iterable[str]) -> bool:
        known = self.behaviours.setdefault((module, name), set())
        before = len(known)
        known.update(attributes)
        return len(known) > before

    def _behave_class(self, unit: Unit, where: str, attributes: Iterable[str]) -> bool:
        """A nested class changes the class around it."""
        top, _, _ = where.partition(".")
        return self._behave(unit.name, top, attributes)

    def _settle(self, unit: Unit) -> None:
        for _ in range(len(unit.pairs) + 3):
            moved = False
            for each in unit.pairs:
                if each.index not in unit.dirty and each.index not in unit.kept:
                    why = self._hit(unit, each)
                    if why is not None:
                        moved |= self._mark(unit, each, why)
            if unit.dirty or unit.removed or unit.reordered or self.rebuilds:
                moved |= self._chains(unit)
            moved |= self._spread(unit)
            if not moved:
                return

    # -- does a change reach a statement ------------------------------------------------------

    def _hit(self, unit: Unit, each: Pair) -> str | None:
        facts = each.new.facts
        for name, ref in facts.aliases.items():
            if self._alias_hit(ref):
                return f"imports {name}"
            if ref[0][1:] in self.gone:
                return f"imports {name}"
        for ref in facts.uses:
            if ref[-1] == "" and ref[0][1:] in self.gone:
                return f"imports {ref[0][1:]}"
        for star in facts.stars:
            if star in self.gone or any(
                m == star and (n == "__all__" or self._public(star, n)) for m, n in self.values
            ):
                return f"imports from {star}"
        foreign = (ref for ref in facts.reads if not self._is_local(unit, ref))
        for ref in foreign:
            if self._value_hit(unit, ref):
                return f"reads {'.'.join(ref)}"
        return self._behaviour_hit(unit, each)

    def _alias_hit(self, ref: Ref) -> bool:
        module = ref[0][1:]
        if len(ref) == 1:
            return False
        return (module, ref[1]) in self.values or f"{module}.{ref[1]}" in self.gone

    @staticmethod
    def _public(module: str, name: str) -> bool:
        listed = getattr(sys.modules.get(module), "__all__", None)
        return not name.startswith("_") or (listed is not None and name in listed)

    def _is_local(self, unit: Unit, ref: Ref) -> bool:
        found = self.closure.resolve(unit, ref)
        return found is not None and found[0] == unit.name

    def _value_hit(self, unit: Unit, ref: Ref) -> bool:
        found = self.closure.resolve(unit, ref)
        if found is None:
            return False
        module, name, _ = found
        if name == "":  # the module as a whole, as in vars(m)
            return module in self.gone
        return (module, name) in self.values

    def input_changed(self, unit: Unit, ref: Ref) -> bool:
        """Whether what a reference leads to is not what it was."""
        return self._value_hit(unit, ref) or bool(self.behaviour(unit, ref))

    def beyond(self, unit: Unit, ref: Ref) -> Ref:
        """The attributes of a reference beyond the global that it leads to."""
        found = self.closure.resolve(unit, ref)
        return ref[1:] if found is None else found[2]

    def behaviour(self, unit: Unit, ref: Ref) -> set[str]:
        """What acts differently about the thing that a reference leads to."""
        found = self.closure.resolve(unit, ref)
        if found is None:
            return set()
        return self.behaviours.get((found[0], found[1]), set())

    def _behaviour_hit(self, unit: Unit, each: Pair) -> str | None:
        facts = each.new.facts
        attributes: set[str] | None = None
        for ref in facts.uses:
            changed = self.behaviour(unit, ref)
            if changed:
                if attributes is None:
                    attributes = self.closure.open_attributes(unit, facts)
                if acts(changed, self.beyond(unit, ref), attributes):
                    return f"uses {'.'.join(ref)}"
        for ref, callee in facts.passed:
            changed = self.behaviour(unit, ref)
            if changed and self.closure.is_called(unit, callee, facts):
                if attributes is None:
                    attributes = self.closure.open_attributes(unit, facts)
                if acts(changed, self.beyond(unit, ref), attributes):
                    return f"calls with {'.'.join(ref)}"
        for ref in facts.holds:
            changed = self.behaviour(unit, ref)
            rest = self.beyond(unit, ref) if changed else ()
            if rest and (ANY in changed or changed & set(rest)):
                return f"reads {'.'.join(ref)}"
        if facts.decorators and self._remembers(unit, facts):
            return "its decorator may remember results"
        for where, kind in facts.classes.items():
            for base in kind.bases:
                found = self.closure.resolve(unit, base)
                if found is None:
                    continue
                changed = self.behaviours.get((found[0], found[1]), set())
                if ANY in changed or changed & {"__init_subclass__", "__set_name__",
                                                "__class_getitem__", "__prepare__"}:
                    return f"{where} derives from {'.'.join(base)}"
        return None

    def _remembers(self, unit: Unit, facts: Facts) -> bool:
        """A decorated function acts differently while its wrapper may hold on to old results."""
        for name in facts.bodies:
            value = self.live(unit, name)
            if CALL in self.behaviours.get((unit.name, name), ()) and isinstance(
                value, types.FunctionType
            ):
                if not is_plain(value, name) and heap.remembers(value):
                    return True
        for where, kind in facts.classes.items():
            cls = self.live(unit, where)
            if isinstance(cls, type):
                for name in self.behaviours.get((unit.name, where), set()) & set(kind.methods):
                    value = cls.__dict__.get(name)
                    value = getattr(value, "__func__", value)
                    if isinstance(value, types.FunctionType) and not is_plain(value, name):
                        if heap.remembers(value):
                            return True
        return False

    # -- chains -------------------------------------------------------------------------------

    def _chains(self, unit: Unit) -> bool:
        """Whatever a value is made of runs again as a whole and in order, or not at all."""
        new, old = unit.tables(self.closure.effects, self.closure.publics)
        moved = False
        for name, events in new.items():
            if (unit.name, name) in self.rebuilds:
                moved |= self._mark_events(unit, events, f"{name} is made again")
            moved |= self._final(unit, name, events, old.get(name, []))
            dirty_kill = next((e.index for e in events if e.kills and e.index in unit.dirty), None)
            if dirty_kill is not None:
                later = [event for event in events if event.index > dirty_kill]
                moved |= self._mark_events(unit, later, f"{name} was bound before")
        for each in unit.pairs:
            for name in self._local_reads(unit, each):
                events = new.get(name)
                if events is None and name not in old:
                    continue
                chain = chain_at(events or [], each.index)
                if each.index in unit.dirty:
                    moved |= self._travel(unit, name, chain, events or [], old.get(name, []))
                elif each.index not in unit.kept:
                    before = chain_at(old.get(name, []), each.old_index)
                    differs = [e.ident for e in chain] != [e.ident for e in before]
                    if differs or any(self._is_news(unit, e.index, name) for e in chain):
                        moved |= self._mark(unit, each, f"reads {name}")
        for each in unit.pairs:
            if each.index not in unit.dirty and self.rebuilds:
                effects = self.closure.effects(unit, each.new, True)
                if any(symbol in self.rebuilds for symbol in effects):
                    moved |= self._mark(unit, each, "fills a value that is made again")
        for position in unit.removed:
            for symbol in self.closure.effects(unit, unit.old.stmts[position], False):
                if symbol[0] != unit.name and not self._is_definition(symbol):
                    if symbol not in self.rebuilds:
                        self.rebuilds.add(symbol)
                        self.values.add(symbol)
                        moved = True
        return moved

    def _local_reads(self, unit: Unit, each: Pair) -> set[str]:
        return {ref[0] for ref in each.new.facts.reads if not ref[0].startswith("@")}

    def _is_news(self, unit: Unit, index: int, name: str) -> bool:
        """True when a statement that runs again may give the name another value."""
        if index not in unit.dirty:
            return False
        each = unit.pairs[index]
        if name in each.new.facts.binds:
            if each.new.facts.aliases.get(name) is not None:
                return (unit.name, name) in self.values
            return not self.keeps_identity(unit, each, name)
        if each.new.facts.stars:
            return (unit.name, name) in self.values
        return True

    def _final(self, unit: Unit, name: str, events: list[Any], before: list[Any]) -> bool:
        if not unit.trusted:
            return False
        now, then = chain_at(events, None), chain_at(before, None)
        left, right = [e.ident for e in now], [e.ident for e in then]
        again = [e for e in now if e.index in unit.dirty and unit.pairs[e.index].old is not None]
        if left == right:
            return bool(again) and self._mark_events(unit, now, f"{name} is made again")
        if left[: len(right)] == right and not again and then:
            return False  # only added to
        return self._mark_events(unit, now, f"{name} is made again")

    def _travel(
        self, unit: Unit, name: str, chain: list[Any], events: list[Any], before: list[Any]
    ) -> bool:
        """A statement that runs again must see the value of its place, not the final one."""
        final = [event.ident for event in chain_at(before, None)]
        if [event.ident for event in chain] == final or not chain:
            if not any(event.index in unit.dirty for event in chain):
                return False
        if all(event.index in unit.dirty for event in chain):
            return False
        start = chain[0].index
        return self._mark_events(
            unit, [event for event in events if event.index >= start], f"{name} is read in between")

    def _mark_events(self, unit: Unit, events: Iterable[Any], why: str) -> bool:
        moved = False
        for event in events:
            moved |= self._mark(unit, unit.pairs[event.index], why)
        return moved

    # -- behaviours ---------------------------------------------------------------------------

    def _spread(self, unit: Unit) -> bool:
        """Functions, classes, aliases and instances take part in what they lead to."""
        moved = False
        index = index_of(unit.new)
        for name, body in index.bodies.items():
            changed = self._body_changes(unit, body, body.reads)
            moved |= bool(changed) and self._behave(unit.name, name, changed)
        for where, kind in index.classes.items():
            moved |= self._behave_class(unit, where, self._class_changes(unit, where, kind))
        for each in unit.pairs:
            facts = each.new.facts
            for name, ref in facts.aliases.items():
                if len(ref) == 2:
                    changed = self.behaviours.get((ref[0][1:], ref[1]), set())
                    moved |= bool(changed) and self._behave(unit.name, name, changed)
            for star in facts.stars:
                for (module, name), changed in list(self.behaviours.items()):
                    if module == star and self._public(star, name) and name not in index.binds:
                        moved |= self._behave(unit.name, name, changed)
            if facts.aliases or not facts.binds:
                continue
            inherited: set[str] = set()
            for ref in facts.reads:
                inherited |= self.behaviour(unit, ref)
            if inherited:
                for name in facts.binds:
                    moved |= self._behave(unit.name, name, inherited)
        return moved

    def _body_changes(self, unit: Unit, body: Body, reads: Iterable[Ref]) -> set[str]:
        changed: set[str] = set()
        for ref in reads:
            if self._value_hit(unit, ref):
                changed.add(CALL)
            other = self.behaviour(unit, ref)
            if other:
                changed |= other - {CALL, ANY} - _MAKING
                if acts(other, self.beyond(unit, ref), body.attrs):
                    changed.add(CALL)
        return changed

    def _class_changes(self, unit: Unit, where: str, kind: ClassFacts) -> set[str]:
        changed: set[str] = set()
        shared: set[Ref] = set(kind.bases)
        for body in kind.methods.values():
            shared |= body.reads
        own = self.behaviours.get((unit.name, where.partition(".")[0]), set())
        for base in kind.bases:
            changed |= self.behaviour(unit, base)
        for name, body in kind.methods.items():
            hit = any(self._value_hit(unit, ref) for ref in body.reads)
            hit = hit or bool((own | changed) & body.attrs)
            for ref in shared:
                other = self.behaviour(unit, ref)
                direct = ref in body.reads and acts(other, self.beyond(unit, ref), body.attrs)
                hit = hit or direct or bool(other & body.attrs)
            if hit:
                changed.add(name)
        return changed

    # -- results ------------------------------------------------------------------------------

    def affected(self) -> Iterator[Unit]:
        """The modules in which something happens."""
        for unit in self.units.values():
            if unit.touched or unit.dirty:
                yield unit

    def sources(self) -> Iterator[Source]:
        """Every text that the plan has looked into."""
        for unit in self.units.values():
            yield unit.old
            if unit.new is not unit.old:
                yield unit.new


def is_plain(value: object, name: str) -> bool:
    """The function that `def name` itself makes, not a wrapper around it."""
    return isinstance(value, types.FunctionType) and value.__code__.co_name in (name, "<lambda>")


def same_docstring(old: ast.stmt, new: ast.stmt) -> bool:
    """Wrappers copy the docstring, so they are made again when it changes."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    if not isinstance(old, kinds) or not isinstance(new, kinds):
        return True
    return ast.get_docstring(old, clean=False) == ast.get_docstring(new, clean=False)


def acts(changed: set[str], rest: Ref, attributes: set[str]) -> bool:
    """Whether using something, `rest` of it and `attributes` runs into what acts differently."""
    if not changed:
        return False
    if ANY in changed or changed & attributes or changed & set(rest) or changed & _LOOKUP:
        return True
    if rest and CALL not in changed:
        return False
    return any(name == CALL or (name.startswith("__") and name.endswith("__")) for name in changed)
