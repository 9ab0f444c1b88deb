"""One module in a plan: its pairs of statements, and for each name the statements that make its
value.

An *event* of a name is a statement that binds or changes it. The *chain* of a name at some point
are the
events since it was last bound outright: what its value there is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from notesync.reload.diff import Pair, Status, pair
from notesync.reload.names import Body, ClassFacts, Facts, Ref
from notesync.reload.project import Loaded
from notesync.reload.source import Source, Stmt
from notesync.reload.syntax import has_annotations

Symbol = tuple[str, str]
Effects = Callable[["Unit", Stmt, bool], set[Symbol]]
Publics = Callable[[str, bool], set[str]]


@dataclass(frozen=True)
class Event:
    """A statement that binds (`kills`) or changes a name."""

    index: int
    ident: int  # equal in both versions for the same statement
    kills: bool


class Index:
    """Functions and classes of one source by name."""

    def __init__(self, source: Source) -> None:
        self.bodies: dict[str, Body] = {}
        self.classes: dict[str, ClassFacts] = {}
        self.methods: dict[str, list[Body]] = {}
        self.aliases: dict[str, Ref] = {}
        self.stars: list[str] = []
        self.binds: set[str] = set()
        self.makers: dict[str, set[Ref]] = {}  # what was called to make it; of a method: `.name`
        for stmt in source.stmts:
            facts = stmt.facts
            self.bodies.update(facts.bodies)
            self.classes.update(facts.classes)
            self.aliases.update(facts.aliases)
            self.stars += facts.stars
            self.binds.update(facts.binds)
            for name in facts.binds:
                if name not in facts.aliases:
                    self.aliases.pop(name, None)
            for ref, name in facts.makers:
                _, dot, item = name.rpartition(".")
                self.makers.setdefault(f"{dot}{item}", set()).add(ref)
            for each in facts.classes.values():
                for name, body in each.methods.items():
                    self.methods.setdefault(name, []).append(body)


def index_of(source: Source) -> Index:
    """The index of a source, made once."""
    found = source.__dict__.get("_index")
    if found is None:
        found = source.__dict__["_index"] = Index(source)
    assert isinstance(found, Index)
    return found


class Unit:
    """A module whose statements are decided upon: `dirty` ones will be run again."""

    def __init__(self, loaded: Loaded, new: Source, *, trusted: bool = True) -> None:
        self.loaded = loaded
        self.name = loaded.name
        self.old = loaded.source
        self.new = new
        self.trusted = trusted
        self.dirty: set[int] = set()
        self.why: dict[int, str] = {}
        self.kept: set[int] = set()
        self._only = (0, True)  # of how many dirty ones, and whether all are imports
        self.touched = new is not loaded.source or not trusted
        self._tables: tuple[dict[str, list[Event]], dict[str, list[Event]]] | None = None

    @cached_property
    def pairs(self) -> list[Pair]:
        """The statements of the new text. Made when they are asked for: most units pass on."""
        return self._paired[0]

    @property
    def removed(self) -> list[int]:
        """Positions of old statements that have no counterpart."""
        return self._paired[1] if self.touched else []

    @cached_property
    def reordered(self) -> bool:
        """Whether statements that stay have changed places."""
        if not self.touched:
            return False
        places = [each.old_index for each in self.pairs if each.old_index is not None]
        return places != sorted(places)

    @cached_property
    def _paired(self) -> tuple[list[Pair], list[int]]:
        if not self.trusted:
            return [
                Pair(i, stmt, None, None, Status.CHANGED if stmt.label else Status.NEW)
                for i, stmt in enumerate(self.new.stmts)
            ], []
        if not self.touched:
            return [Pair(i, s, s, i, Status.SAME) for i, s in enumerate(self.new.stmts)], []
        pairs, removed = pair(self.old.stmts, self.new.stmts)
        if self.old.flags != self.new.flags:  # a future import: annotations are kept otherwise
            for each in pairs:
                if each.status in (Status.SAME, Status.BODY) and has_annotations(each.new.node):
                    each.status = Status.CHANGED
        return pairs, removed

    @property
    def only_imports(self) -> bool:
        """Whether all that happens in it is that imports run again."""
        if self.touched:
            return False
        if self._only[0] != len(self.dirty):
            self._only = (
                len(self.dirty),
                all(self.pairs[i].new.facts.imports_only for i in self.dirty),
            )
        return self._only[1]

    @property
    def gone_names(self) -> set[str]:
        """Names that the old text bound and the new one does not."""
        if not self.touched or not self.trusted:
            return set()
        before, after = index_of(self.old), index_of(self.new)
        written = {name for body in after.bodies.values() for name in body.writes}
        return before.binds - after.binds - written

    def tables(
        self, effects: Effects, publics: Publics
    ) -> tuple[dict[str, list[Event]], dict[str, list[Event]]]:
        """Events by name in the new and in the old text."""
        if self._tables is None:
            new: dict[str, list[Event]] = {}
            old: dict[str, list[Event]] = {}
            for each in self.pairs:
                ident = -1 - each.index if each.old_index is None else each.old_index
                self._events(new, each.new, each.index, ident, effects, publics, True)
            for index, stmt in enumerate(self.old.stmts if self.trusted else ()):
                self._events(old, stmt, index, index, effects, publics, False)
            self._tables = (new, old)
        return self._tables

    def _events(
        self,
        table: dict[str, list[Event]],
        stmt: Stmt,
        index: int,
        ident: int,
        effects: Effects,
        publics: Publics,
        newer: bool,
    ) -> None:
        facts = stmt.facts
        roots = {ref[0] for ref in facts.reads}
        for name, kills in facts.binds.items():
            table.setdefault(name, []).append(Event(index, ident, kills and name not in roots))
        for star in facts.stars:
            for name in publics(star, newer):
                table.setdefault(name, []).append(Event(index, ident, True))
        changed = {name for module, name in effects(self, stmt, newer) if module == self.name}
        seeds = any(ref[-1] == "seed" for ref in facts.uses)
        for name in changed - set(facts.binds):
            kills = seeds and name == "@chance"
            table.setdefault(name, []).append(Event(index, ident, kills))


def chain_at(events: Iterable[Event], position: int | None) -> list[Event]:
    """The events that make up the value of a name before `position` (None: at the end)."""
    found: list[Event] = []
    for event in events:
        if position is not None and event.index >= position:
            break
        if event.kills:
            found = []
        found.append(event)
    return found


def local_roots(facts: Facts) -> set[str]:
    """Global names that a statement reads directly."""
    return {ref[0] for ref in facts.reads if not ref[0].startswith("@")}
