"""Which parts of a module can be touched by what has changed so far: found by the names they read.

Most modules that import something changed read it in few places or nowhere; only these are looked
into.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from notesync.reload.diff import Pair
from notesync.reload.names import Body, ClassFacts, Facts, Ref
from notesync.reload.source import Source
from notesync.reload.undo import isa
from notesync.reload.unit import Unit, index_of

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

_T = TypeVar("_T")
_NONE: set[str] = set()


class Roots:
    """The places of one source by the first part of every reference in them."""

    def __init__(self, source: Source) -> None:
        self.stmts: dict[str, set[int]] = {}
        self.always: set[int] = set()
        self.bodies: dict[str, set[str]] = {}
        self.classes: dict[str, set[str]] = {}
        for index, stmt in enumerate(source.stmts):
            facts = stmt.facts
            if facts.aliases or facts.stars or facts.dynamic:
                self.always.add(index)
            for root in _of_statement(facts):
                self.stmts.setdefault(root, set()).add(index)
            for name, body in facts.bodies.items():
                for root in {ref[0] for ref in body.reads}:
                    self.bodies.setdefault(root, set()).add(name)
            for where, kind in facts.classes.items():
                for root in {where.partition(".")[0], *_of_class(kind)}:
                    self.classes.setdefault(root, set()).add(where)
        self.imports: list[tuple[int, str, tuple[str, str]]] = []  # statement, name, what it is
        self.beyond: set[str] = self.bodies.keys() | self.classes.keys()  # used by more than these
        self.reaches = False  # for names that it does not import by name
        for index, stmt in enumerate(source.stmts):
            facts = stmt.facts
            if not facts.imports_only:
                self.beyond |= _of_statement(facts)
                self.reaches |= bool(facts.stars or facts.dynamic or facts.aliases)
                continue
            for name, ref in facts.aliases.items():
                if name in facts.binds and len(ref) == 2:
                    self.imports.append((index, name, (ref[0][1:], ref[1])))
        self.reaches |= any(name[:1] == "@" for name in self.beyond)
        self.names = self.stmts.keys() | self.bodies.keys() | self.classes.keys()


def roots_of(source: Source) -> Roots:
    """The roots of a source, made once."""
    found = source.__dict__.get("_roots")
    if found is None:
        found = source.__dict__["_roots"] = Roots(source)
    assert isinstance(found, Roots)
    return found


def _of_statement(facts: Facts) -> set[str]:
    refs: set[Ref] = facts.reads | facts.stores | facts.sets | facts.registers | facts.mutates
    refs |= {callee for _, callee in facts.passed}
    for body in facts.bodies.values():
        refs |= body.reads
    found = {ref[0] for ref in refs if ref} | set(facts.binds) | facts.bodies.keys()
    found.update(decorator.partition(".")[0] for decorator in facts.decorators)
    for where, kind in facts.classes.items():
        found |= _of_class(kind) | {where.partition(".")[0]}
    return found


def _reads(facts: Facts, name: str) -> bool:
    """Whether running a statement looks at a name, or changes what it holds."""
    return any(ref[0] == name for ref in facts.reads | facts.stores | facts.mutates)


def _of_class(kind: ClassFacts) -> set[str]:
    refs = kind.bases | kind.makers | kind.annotations
    for body in kind.methods.values():
        refs |= body.reads
    for reads in kind.item_reads.values():
        refs |= reads
    return {ref[0] for ref in refs if ref}


class Suspects:
    """Answers for one planner about one module, each time anew: what has changed grows."""

    def __init__(self, plan: Planner, unit: Unit) -> None:
        self.plan = plan
        self.unit = unit
        self.roots = roots_of(unit.new)
        self._aliases = index_of(unit.new).aliases
        self._size = (-1, -1)
        self._found: set[str] = set()
        self._pairs: list[Pair] = []
        self._modular = {root for root in self.roots.names if self._is_modular(root)}

    def _is_modular(self, root: str) -> bool:
        """Whether it leads into another module, and not to a name of this one."""
        alias = self._aliases.get(root)
        if alias is None or len(alias) == 1:
            space = self.unit.loaded.space
            return alias is not None or root[:1] == "@" or isa(space.get(root), types.ModuleType)
        return f"{alias[0][1:]}.{alias[1]}" in self.plan.project.loaded

    def only_imports(self) -> bool:
        """Whether what runs again are imports of names that no other statement is made of."""
        unit, touched = self.unit, self._all() or self.plan.rebuilds
        if touched or unit.removed or unit.reordered:
            return False
        for index in unit.dirty:
            aliases = unit.pairs[index].new.facts.aliases
            if not aliases:
                return False
            for name in aliases:
                for other in self.roots.stmts.get(name, ()):
                    facts = unit.pairs[other].new.facts
                    if other != index and (name in facts.binds or _reads(facts, name)):
                        return False
        return True

    def _hot(self) -> set[str]:
        """The names that may lead to something that has changed. Looked up again as these grow."""
        values = self.plan.values.names.get(self.unit.name, _NONE)
        acting = self.plan.behaviours.names.get(self.unit.name, _NONE)
        if (len(values), len(acting)) != self._size:
            self._size = (len(values), len(acting))
            self._found = ((values | acting) & self.roots.names) | self._modular
            indexes = self.roots.always.union(
                *(self.roots.stmts[root] for root in self._found & self.roots.stmts.keys())
            )
            self._pairs = [self.unit.pairs[index] for index in sorted(indexes)]
        return self._found

    def _all(self) -> bool:
        plan = self.plan
        return bool(self.unit.touched or plan.gone or plan.appeared or plan.outside)

    def pairs(self) -> Iterable[Pair]:
        """The statements that may have to run again, in order."""
        if self._all():
            return self.unit.pairs
        self._hot()
        return self._pairs

    def bodies(self, bodies: dict[str, Body]) -> Iterable[tuple[str, Body]]:
        """The functions that may act differently."""
        return _some(bodies, None if self._all() else _at(self.roots.bodies, self._hot()))

    def classes(self, classes: dict[str, ClassFacts]) -> Iterable[tuple[str, ClassFacts]]:
        """The classes that may act differently."""
        return _some(classes, None if self._all() else _at(self.roots.classes, self._hot()))


def _at(places: dict[str, set[str]], roots: set[str]) -> set[str]:
    found: set[str] = set()
    for root in roots & places.keys():
        found |= places[root]
    return found


def _some(items: dict[str, _T], names: set[str] | None) -> Iterable[tuple[str, _T]]:
    if names is None:
        return items.items()
    return [(name, items[name]) for name in items if name in names] if names else ()
