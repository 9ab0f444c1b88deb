"""What a statement reads and changes through the functions that it calls."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from notesync.reload.calls import ANY_TIME, DERIVED, MAKING, Calls
from notesync.reload.chance import CHANCE, drawn_from
from notesync.reload.names import Body, ClassFacts, Facts, Ref, public_names
from notesync.reload.source import Source, Stmt
from notesync.reload.undo import isa
from notesync.reload.unit import Symbol, Unit, index_of

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

Target = tuple[str, str, Ref]  # module, global name, attributes beyond it
_DICT_LIKE = frozenset(
    ["get", "items", "keys", "values", "copy", "format", "join", "split", "strip", "lower", "upper"]
)


class Closure:
    """Follows calls from statement to function to function, through imports. Results are cached."""

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.calls = Calls(self)
        self._resolved: dict[tuple[str, Ref, bool], Target | None] = {}
        self._effects: dict[tuple[int, bool], tuple[Stmt, set[Symbol]]] = {}
        self._orphans: dict[str, set[str]] = {}
        self._chance: bool | None = None
        self._near: dict[tuple[str, bool], set[str]] = {}
        self._named: dict[tuple[str, str, bool], list[tuple[str, Body]]] = {}
        self.registrars: set[Symbol] = set()
        self.dynamic: set[int] = set()  # statements that may bind names that no text tells
        self._attributes: dict[int, tuple[Facts, set[str]]] = {}
        self._reads: dict[int, tuple[Stmt, set[str]]] = {}

    # -- names --------------------------------------------------------------------------------

    def source(self, module: str, *, newer: bool = True) -> Source | None:
        """The text of a project module in the wanted version."""
        unit = self.planner.units.get(module)
        if unit is not None:
            return unit.new if newer else unit.old
        loaded = self.planner.project.loaded.get(module)
        return loaded.source if loaded is not None else None

    def resolve(self, unit: Unit, ref: Ref, *, newer: bool = True) -> Target | None:
        """The module and global name that a reference in `unit` leads to."""
        return self._resolve(unit.name, ref, newer)

    def resolve_in(self, module: str, ref: Ref, *, newer: bool = True) -> Target | None:
        """The same for a reference in a module."""
        return self._resolve(module, ref, newer)

    def foreign(self, module: str, ref: Ref) -> Symbol | None:
        """A global outside the project that a reference leads to, such as `os.environ`."""
        if not ref[0].startswith("@"):
            source = self.source(module)
            alias = index_of(source).aliases.get(ref[0]) if source is not None else None
            if alias is None:
                return None
            ref = (*alias, *ref[1:])
        if len(ref) < 2 or not ref[1] or ref[0] == "@sys":
            return None
        return None if ref[0][1:] in self.planner.project.loaded else (ref[0][1:], ref[1])

    def _resolve(self, module: str, ref: Ref, newer: bool) -> Target | None:
        key = (module, ref, newer)
        if key not in self._resolved:
            self._resolved[key] = self._resolve_now(module, ref, newer)
        return self._resolved[key]

    def _resolve_now(self, module: str, ref: Ref, newer: bool) -> Target | None:
        root = ref[0]
        if root.startswith("@"):
            return self._walk(root[1:], ref[1:])
        source = self.source(module, newer=newer)
        if source is None:
            return None
        alias = index_of(source).aliases.get(root)
        if alias is not None:
            if len(alias) == 1:
                return self._walk(alias[0][1:], ref[1:])
            inner = f"{alias[0][1:]}.{alias[1]}"
            if inner in self.planner.project.loaded or inner in self.planner.gone:
                return self._walk(inner, ref[1:])
            return (module, root, ref[1:])
        value: Any = getattr(sys.modules.get(module), "__dict__", {}).get(root)
        if isa(value, types.ModuleType) and value.__name__ in self.planner.project.loaded:
            return self._walk(value.__name__, ref[1:])
        return (module, root, ref[1:])

    def _walk(self, module: str, rest: Ref) -> Target | None:
        project = self.planner.project
        while rest and (
            f"{module}.{rest[0]}" in project.loaded or f"{module}.{rest[0]}" in self.planner.gone
        ):
            module, rest = f"{module}.{rest[0]}", rest[1:]
        if module not in project.loaded and module not in self.planner.gone:
            return None
        if not rest:
            return (module, "", ())
        return (module, rest[0], rest[1:])

    def origin(self, target: Target, *, newer: bool = True) -> Target:
        """Follow `from a import X` to where X is defined."""
        for _ in range(20):
            module, name, rest = target
            source = self.source(module, newer=newer)
            if source is None:
                return target
            index = index_of(source)
            alias = index.aliases.get(name)
            if alias is None or len(alias) != 2:
                found = None
                if name not in index.binds:
                    for star in index.stars:
                        inner = self.source(star, newer=newer)
                        if inner is not None and name in index_of(inner).binds:
                            found = (star, name, rest)
                if found is None:
                    return target
                target = found
                continue
            target = (alias[0][1:], alias[1], rest)
        return target

    def orphans(self, module: str) -> set[str]:
        """Names of a module that no statement binds by name: `globals()`, `exec`, `setattr` did."""
        loaded = self.planner.project.loaded.get(module)
        if loaded is None:
            return set()
        found = self._orphans.get(module)
        if found is None:
            found = set(loaded.names)
            for newer in (True, False):
                source = self.source(module, newer=newer)
                if source is None:
                    continue
                index = index_of(source)
                found -= index.binds
                for body in index.bodies.values():
                    found -= body.writes
                for star in index.stars:
                    found.difference_update(getattr(sys.modules.get(star), "__dict__", ()))
            found = {
                name
                for name in found
                if not (name.startswith("__") and name.endswith("__"))
                and f"{module}.{name}" not in sys.modules
            }
            self._orphans[module] = found
        return found

    def publics(self, star: str, newer: bool) -> set[str]:
        """The names that a star import of a module binds."""
        space = getattr(sys.modules.get(star), "__dict__", {})
        names = set(public_names(space))
        unit = self.planner.units.get(star)
        if unit is not None and "__all__" not in space:
            index = index_of(unit.new if newer else unit.old)
            if newer:
                names -= unit.gone_names
            names |= {name for name in index.binds if not name.startswith("_")}
        return names

    # -- calls --------------------------------------------------------------------------------

    def _called(self, module: str, facts: Facts, newer: bool) -> Iterator[tuple[str, Body]]:
        """Every project function that running a statement may run, with its module."""
        return ((where, body) for where, _, body in self._calls(module, facts, newer))

    def _calls(self, module: str, facts: Facts, newer: bool) -> Iterator[tuple[str, str, Body]]:
        """The same with the class that a method was looked up in, if that is known."""
        seen: set[int] = set()
        followed: set[tuple[str, Ref, int | None]] = set()
        stack: list[tuple[str, Ref, int | None]] = [
            (module, ref, self.calls.depth(module, facts, ref, newer=newer)) for ref in facts.uses
        ]
        stack += [
            (module, ref, None)
            for ref, callee in facts.passed
            if not self.calls.only_keeps(module, callee, ref, newer=newer)
        ]
        attributes = [(module, name) for name in facts.attrs]
        for kind in facts.classes.values():
            stack += [(module, *each) for each in self._derived_from(kind)]
        while stack or attributes:
            bodies: list[tuple[str, Body]] = []
            owner = ""
            if stack:
                where, ref, depth = stack.pop()
                if (where, ref, depth) in followed:
                    continue
                followed.add((where, ref, depth))
                found = self._resolve(where, ref, newer)
                if found is None or not found[1]:
                    continue
                where, name, rest = self.origin(found, newer=newer)
                source = self.source(where, newer=newer)
                if source is None:
                    continue
                index = index_of(source)
                stack += [(where, maker, ANY_TIME) for maker in index.makers.get(name, ())]
                if name in index.bodies:
                    runs = index.bodies[name].runs(depth if not rest else None)
                    bodies += [(where, body) for body in runs]
                elif depth is not None and not rest:
                    called = self.calls.runs((where, name, index), depth)
                    bodies += [(where, body) for body in called]
                found_class = index.classes.get(name)
                if found_class is not None:
                    wanted = [*MAKING, "__init_subclass__", "__set_name__", *rest]
                    methods, owner = found_class.methods, name
                    if depth == DERIVED:
                        wanted = wanted[len(MAKING) :]
                    if depth == ANY_TIME:  # an object of it is called
                        wanted = list(methods)
                    bodies += [(where, methods[n]) for n in wanted if n in methods]
                    if depth == DERIVED:
                        stack += [(where, *each) for each in self._derived_from(found_class)]
                    else:
                        stack += [(where, base, None) for base in found_class.bases]
            else:
                where, name = attributes.pop()
                if name in _DICT_LIKE:
                    continue
                bodies += self._methods(where, name, newer)
                for near in {near for near, _ in bodies}:
                    text = self.source(near, newer=newer)
                    found_refs = index_of(text).makers.get(f".{name}", ()) if text else ()
                    stack += [(near, maker, ANY_TIME) for maker in found_refs]
            for where, body in bodies:
                if id(body) in seen:
                    continue
                seen.add(id(body))
                yield where, owner, body
                stack += [(where, ref, None) for ref in body.reads]
                attributes += [(where, name) for name in body.attrs]

    @staticmethod
    def _derived_from(kind: ClassFacts) -> list[tuple[Ref, int | None]]:
        """A base is not made by deriving from it; a metaclass makes the class."""
        return [(base, None if base in kind.makers else DERIVED) for base in kind.bases]

    def _methods(self, module: str, name: str, newer: bool) -> list[tuple[str, Body]]:
        """Methods of that name in the module and in the modules that it imports."""
        key = (module, name, newer)
        if key not in self._named:
            self._named[key] = list(self._methods_now(*key))
        return self._named[key]

    def _methods_now(self, module: str, name: str, newer: bool) -> Iterator[tuple[str, Body]]:
        source = self.source(module, newer=newer)
        if source is None:
            return
        word = b"def " + name.encode()
        for where in self._nearby(module, source, newer):
            text = self.source(where, newer=newer)
            if text is not None and word in text.plain:
                for body in index_of(text).methods.get(name, ()):
                    yield where, body

    def _nearby(self, module: str, source: Source, newer: bool) -> set[str]:
        """A module, those that it imports, and those from which their classes inherit."""
        found = self._near.get((module, newer))
        if found is None:
            loaded = self.planner.project.loaded
            found = self._near[module, newer] = set()
            waiting = [module, *(edge for edge in source.edges if edge in loaded)]
            while waiting:
                where = waiting.pop()
                text = self.source(where, newer=newer)
                if where in found or text is None:
                    continue
                found.add(where)
                for kind in index_of(text).classes.values() if b"class " in text.plain else ():
                    for base in kind.bases:
                        target = self._resolve(where, base, newer)
                        if target is not None:
                            waiting.append(self.origin(target, newer=newer)[0])
        return found

    def effects(self, unit: Unit, stmt: Stmt, newer: bool) -> set[Symbol]:
        """The globals whose objects a statement changes (not those that it binds itself)."""
        key = (id(stmt), newer)
        if key in self._effects:
            return self._effects[key][1]
        facts = stmt.facts
        found: set[Symbol] = set()
        for ref in facts.stores:
            self._add(found, unit.name, ref, newer, calls=False)
        for ref in facts.sets:
            target = self._resolve(unit.name, ref, newer)
            if target is not None and target[1] and not target[2]:
                found.add((target[0], target[1]))  # a.X = … for a module a
        for ref in facts.registers:
            self._registrar(found, unit.name, ref, newer)
        for ref in facts.mutates:
            self._add(found, unit.name, ref, newer, calls=True)
        self._draw(found, unit.name, unit.name, facts.uses | {r for r, _ in facts.passed}, newer)
        if facts.dynamic:
            self.dynamic.add(id(stmt))
            found.update((unit.name, name) for name in self.orphans(unit.name))
        for where, body in self._called(unit.name, facts, newer):
            found.update((where, name) for name in body.writes)
            self._draw(found, unit.name, where, body.reads, newer)
            if body.dynamic:
                self.dynamic.update({id(stmt)} if where == unit.name else ())
                found.update((where, name) for name in self.orphans(where))
            for ref in body.mutates:
                self._add(found, where, ref, newer, calls=True)
            for ref in body.stores:
                self._add_function(found, where, ref, newer)
        self._effects[key] = (stmt, found)
        return found

    def _draw(
        self, found: set[Symbol], into: str, where: str, refs: Iterable[Ref], newer: bool
    ) -> None:
        """Generators of random numbers that are drawn from."""
        source = self.source(where, newer=newer) if self._has_chance() else None
        if source is None:
            return
        for ref in refs:
            name = drawn_from(where, source, ref)
            if name == CHANCE:
                found.add((into, CHANCE))
            elif name is not None:
                target = self._resolve(where, (name,), newer)
                if target is not None and target[1]:
                    found.add(self.origin(target, newer=newer)[:2])

    def _has_chance(self) -> bool:
        if self._chance is None:
            loaded = self.planner.project.loaded.values()
            self._chance = any(b"random" in each.source.data for each in loaded)
            self._chance |= any(b"random" in u.new.data for u in self.planner.units.values())
        return self._chance

    def _add(self, found: set[Symbol], module: str, ref: Ref, newer: bool, *, calls: bool) -> None:
        target = self._resolve(module, ref, newer)
        if target is None:
            return
        if not target[1]:  # setattr(module, name, …), vars(module)[name] = …
            found.update((target[0], name) for name in self.orphans(target[0]))
            return
        target = self.origin(target, newer=newer)
        source = self.source(target[0], newer=newer)
        if calls and source is not None:
            index = index_of(source)
            if target[1] in index.bodies or target[1] in index.classes:
                return
        found.add((target[0], target[1]))

    def _add_function(self, found: set[Symbol], module: str, ref: Ref, newer: bool) -> None:
        """A function of which an attribute is set, such as a count of its calls."""
        target = self._resolve(module, ref, newer)
        if target is not None and target[1]:
            target = self.origin(target, newer=newer)
            source = self.source(target[0], newer=newer)
            if source is not None and target[1] in index_of(source).bodies:
                found.add(target[:2])

    def read_by_calls(self, unit: Unit, stmt: Stmt) -> set[str]:
        """Globals of the module that functions read which a statement calls."""
        if id(stmt) not in self._reads:
            found = {
                ref[0]
                for where, body in self._called(unit.name, stmt.facts, True)
                if where == unit.name
                for ref in body.reads
            }
            self._reads[id(stmt)] = (stmt, found)
        return self._reads[id(stmt)][1]

    def read_elsewhere(self, unit: Unit, stmt: Stmt) -> set[Symbol]:
        """Globals of other modules that functions read which a statement calls."""
        found: set[Symbol] = set()
        for where, body in self._called(unit.name, stmt.facts, True):
            for ref in body.reads if where != unit.name else ():
                target = self._resolve(where, ref, True)
                if target is not None and target[1] and target[0] != unit.name:
                    found.add(self.origin(target)[:2])
        return found

    def class_effects(self, unit: Unit, stmt: Stmt, newer: bool) -> set[tuple[str, str, str]]:
        """Class attributes, such as a register of subclasses, that running a statement changes."""
        found: set[tuple[str, str, str]] = set()
        makes = stmt.facts.classes or stmt.facts.decorators or stmt.facts.bare_call
        for where, owner, body in self._calls(unit.name, stmt.facts, newer):
            for ref in body.mutates:
                target = self._resolve(where, ref, newer)
                if target is not None and target[1] and target[2]:
                    module, name, rest = self.origin(target, newer=newer)
                    source = self.source(module, newer=newer)
                    if source is not None and name in index_of(source).classes:
                        found.add((module, name, rest[0]))
            if owner and makes:
                found.update((where, owner, attribute) for attribute in body.own)
        return found

    def families(self, unit: Unit, stmt: Stmt, newer: bool) -> set[Symbol]:
        """The project classes, near and far, among whose subclasses a statement puts one."""
        found: set[Symbol] = set()
        stack = [(unit.name, ref) for kind in stmt.facts.classes.values() for ref in kind.bases]
        while stack:
            where, ref = stack.pop()
            target = self._resolve(where, ref, newer)
            if target is None or not target[1]:
                continue
            module, name, _ = self.origin(target, newer=newer)
            source = self.source(module, newer=newer)
            kind = index_of(source).classes.get(name) if source is not None else None
            if kind is not None and (module, name) not in found:
                found.add((module, name))
                stack += [(module, base) for base in kind.bases]
        return found

    def _registrar(self, found: set[Symbol], module: str, ref: Ref, newer: bool) -> None:
        """A function that keeps a register of its own, such as a single dispatch."""
        target = self._resolve(module, ref, newer)
        if target is None or not target[1] or target[2]:
            return
        target = self.origin(target, newer=newer)
        source = self.source(target[0], newer=newer)
        if source is not None and target[1] in index_of(source).bodies:
            self.registrars.add((target[0], target[1]))
            found.add((target[0], target[1]))

    def open_attributes(self, unit: Unit, facts: Facts) -> set[str]:
        """Attributes that a statement looks up, itself or in functions that it hands things to."""
        known = self._attributes.get(id(facts))
        if known is None:
            found = set(facts.attrs)
            for _, body in self._called(unit.name, facts, True):
                found |= body.attrs
            known = self._attributes[id(facts)] = (facts, found)
        return known[1]
