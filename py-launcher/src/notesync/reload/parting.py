"""Before new texts run: what they no longer define leaves the registers that it is in."""

from __future__ import annotations

import ast
from typing import Any

from notesync.reload import heap
from notesync.reload.abstract import is_abstract, unregister
from notesync.reload.diff import changed_items
from notesync.reload.names import Ref
from notesync.reload.plan import Planner
from notesync.reload.rebind import Originals, originals_of
from notesync.reload.residue import containers, heirs_of, is_definition_of, purge, registers_of
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

    def _unregister(self, unit: Unit) -> None:
        """What a statement has registered with an abstract class, and does not or does anew."""
        again = [each.old for each in unit.pairs if each.index in unit.dirty and each.old]
        removed = [unit.old.stmts[position] for position in unit.removed] if unit.trusted else []
        for stmt in [*removed, *again]:
            facts = stmt.facts
            words = facts.attrs | {name.rpartition(".")[2] for name in facts.decorators}
            for ref in facts.registers | facts.mutates if "register" in words else ():
                cls = self._live(unit, ref)
                if is_abstract(cls):
                    refs = {(name,) for name in facts.classes} | facts.reads
                    leaving = [self._live(unit, each) for each in refs]
                    unregister(cls, [each for each in leaving if isa(each, type)], self.undo)

    def _live(self, unit: Unit, ref: Ref) -> Any:
        """What a reference of the old text leads to now."""
        if ref[0].startswith("@"):
            return None
        value: Any = unit.loaded.space.get(ref[0])
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
