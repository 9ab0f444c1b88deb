"""Before new texts run: what they no longer define leaves the registers that it is in."""

from __future__ import annotations

import ast
import sys
from typing import Any

from notesync.reload import heap
from notesync.reload.abstract import is_abstract, unregister
from notesync.reload.diff import changed_items
from notesync.reload.names import Ref
from notesync.reload.plan import Planner
from notesync.reload.rebind import Originals, originals_of
from notesync.reload.residue import (
    CONTAINERS,
    containers,
    heirs_of,
    is_definition_of,
    purge,
    registers_of,
)
from notesync.reload.source import Stmt
from notesync.reload.syntax import first_line
from notesync.reload.undo import Undo, isa
from notesync.reload.unit import Unit, index_of


class Parting:
    """Takes definitions that are gone out of registers, for one plan, through the undo log."""

    def __init__(self, planner: Planner, undo: Undo, before: dict[str, dict[str, Any]]) -> None:
        self.planner = planner
        self.undo = undo
        self.before = before
        self._gone: list[Any] = []

    def part(self, units: list[Unit]) -> None:
        """Definitions that the new texts no longer have leave the project's registers."""
        for unit in units:
            if unit.touched:
                self._note_gone(unit)
                self._unregister(unit)
            if unit.only_imports:
                continue
            self._part_with_instances(unit)
            self._part_with_bases(unit)
        purge(containers(self.planner.project), self._gone, self.undo)
        for gone in self._gone:
            # held by its module, by `before` and by the list of those that are gone
            if isa(gone, type) and heap.is_private(gone, 3 + 1):
                retire(gone, self.undo)

    def _part_with_bases(self, unit: Unit) -> None:
        """A class that is derived in another way is registered anew with its bases, or no more."""
        for each in unit.pairs:
            name = each.new.label[1] if each.new.label else ""
            old: Any = unit.loaded.space.get(name)
            if (
                each.index in unit.dirty
                and each.old is not None
                and name in each.new.facts.classes
                and isa(old, type)
                and changed_items(each.old, each.new, name) is None
            ):
                heirs = [heir for heir in heirs_of(old) if heir.__module__ in self.before]
                purge(registers_of(old), [old, *heirs], self.undo)

    def _part_with_instances(self, unit: Unit) -> None:
        """Objects that a class keeps a list of, and that are made anew or no more."""
        for stmt in self._leaving(unit):
            if stmt.facts.classes or stmt.facts.bodies or stmt.facts.aliases:
                continue
            values = [self.before[unit.name].get(name) for name in stmt.facts.binds]
            values = [each for each in values if hasattr(each, "__dict__") and not callable(each)]
            effects = self.planner.closure.class_effects(unit, stmt, False) if values else ()
            found = (self._live(module, (cls, name)) for module, cls, name in effects)
            purge((each for each in found if isa(each, CONTAINERS)), values, self.undo)

    def _leaving(self, unit: Unit) -> list[Stmt]:
        """Statements of the old text that are no more, or run again."""
        again = [each.old for each in unit.pairs if each.index in unit.dirty and each.old]
        return again + [unit.old.stmts[p] for p in (unit.removed if unit.trusted else ())]

    def _unregister(self, unit: Unit) -> None:
        """What a statement has registered with an abstract class, and does not or does anew."""
        for stmt in self._leaving(unit):
            facts = stmt.facts
            words = facts.attrs | {name.rpartition(".")[2] for name in facts.decorators}
            for ref in facts.registers | facts.mutates if "register" in words else ():
                cls = self._live(unit.name, ref)
                if is_abstract(cls):
                    refs = {(name,) for name in facts.classes} | facts.reads
                    leaving = [self._live(unit.name, each) for each in refs]
                    unregister(cls, [each for each in leaving if isa(each, type)], self.undo)

    @staticmethod
    def _live(module: str, ref: Ref) -> Any:
        """What a reference of the old text leads to now."""
        value: Any = getattr(sys.modules.get(module), "__dict__", {}).get(ref[0])
        for name in ref[1:]:
            value = getattr(value, "__dict__", {}).get(name)
        return value

    def _note_gone(self, unit: Unit) -> None:
        originals: Originals = {}
        if unit.trusted and any(unit.old.stmts[p].facts.decorators for p in unit.removed):
            originals = originals_of(unit, heap.functions_of(unit.loaded.module))
        before = self.before[unit.name]
        names = set(self.planner.gone_names(unit))
        if unit.trusted:
            old, new = index_of(unit.old), index_of(unit.new)
            names |= (old.classes.keys() | old.bodies.keys()) & (
                new.binds - new.classes.keys() - new.bodies.keys() - new.aliases.keys()
            )
        gone = [before[name] for name in names if name in before]
        for position in unit.removed if unit.trusted else ():
            stmt = unit.old.stmts[position]
            for name in stmt.facts.bodies if stmt.facts.decorators else ():
                gone += [
                    function
                    for (co_name, line), function in originals.items()
                    if function is not None and co_name == name and _inside(stmt.node, line)
                ]
        self._gone += [value for value in gone if is_definition_of(value, unit.name)]


def _inside(node: ast.stmt, line: int) -> bool:
    return first_line(node) <= line <= (node.end_lineno or node.lineno)


def retire(cls: type, undo: Undo) -> None:
    """Take a class that nobody uses out of `__subclasses__()` of its bases."""
    if cls.__base__ is object:
        return
    try:
        undo.set_attr(cls, "__bases__", (type("Retired", (), {}),))
    except TypeError:
        return
