"""After a definition has run again: the old object of the name takes it over, or gives way."""

from __future__ import annotations

import sys
import types
from typing import Any

from notesync.reload import heap
from notesync.reload.classes import ClassPatch, replace_class
from notesync.reload.diff import Pair, changed_items, removed_items, state_items
from notesync.reload.hits import ANY, CALL
from notesync.reload.patch import forward, patch_function, reconcile
from notesync.reload.plan import Planner
from notesync.reload.report import Report
from notesync.reload.residue import registers_of
from notesync.reload.source import Stmt
from notesync.reload.undo import MISSING, Undo, isa
from notesync.reload.unit import Unit, index_of

Originals = dict[tuple[str, int], "types.FunctionType | None"]


class Rebinder:
    """Keeps identities during one batch and remembers which could not be kept."""

    def __init__(
        self, planner: Planner, undo: Undo, report: Report, before: dict[str, dict[str, Any]]
    ) -> None:
        self.planner = planner
        self.undo = undo
        self.report = report
        self.before = before
        self.temporary: list[tuple[Any, Any]] = []  # made during the batch → what stays
        self.replaced: list[tuple[Any, Any]] = []  # old object → the one that takes its place
        self.names: list[tuple[Any, Any]] = []  # value of a module name → what it is now
        self.handed_out: set[int] = set()  # old functions that decorators were given again

    def may_hand_out(self, unit: Unit, each: Pair, original: types.FunctionType) -> bool:
        """Not when the name is bound to the function itself and its decorators act differently."""
        if unit.loaded.space.get(original.__name__) is not original:
            return True
        return not any(
            self.planner.hits.behaviour(unit, tuple(decorator.split(".")))
            for decorator in each.new.facts.decorators
        )

    def rebind(self, unit: Unit, each: Pair, name: str, originals: Originals) -> None:
        """Give the old object of a name the new definition, where there is one."""
        space = unit.loaded.space
        old = self.before[unit.name].get(name, MISSING)
        new = space[name]
        facts = each.new.facts
        if old is MISSING or old is new:
            return
        if _is_mock(old):
            space[name] = old
            self.report.keep(f"{unit.name}.{name}", "patched by unittest.mock")
            for (code_name, _), original in originals.items():
                if code_name == name and original is not None:
                    reconcile(original, new, self.undo)
            return
        if name in facts.aliases:
            self._moved(unit, name, old, new)
            return
        if isa(old, type) and isa(new, type):
            if _same_class(old, new) and (name in facts.classes or old.__name__ == name):
                space[name] = self._class(unit, each, name, old, new)
            elif name in facts.classes or old.__name__ == name:
                self._give_way(unit, name, old, new)
            return
        if name not in facts.bodies:
            self._note_replaced(old, new)
            return
        if isa(old, types.FunctionType) and not self._made_by(unit, each, name, old, originals):
            self._note_replaced(old, new)  # an alias, or something that the user has put there
            return
        if id(old) in self.handed_out:  # it is a part of the new object
            self._note_replaced(old, new)
            return
        result = reconcile(old, new, self.undo)
        if result is not old:
            self._note_replaced(old, result)
        else:
            self.temporary.append((new, old))
        space[name] = result

    def _moved(self, unit: Unit, name: str, old: Any, new: Any) -> None:
        """A definition that went to another module and is imported from there now."""
        both_classes = isa(old, type) and isa(new, type)
        both_functions = isa(old, types.FunctionType) and isa(new, types.FunctionType)
        moved = (both_classes or both_functions) and (
            old.__name__ == new.__name__
            and old.__module__ != new.__module__
            and self._is_undefined(old)
        )
        if moved and both_classes:
            self._give_way(unit, name, old, new)
        elif not both_classes:
            if moved:
                forward(old, new, self.undo)
            self._note_replaced(old, new)

    def _is_undefined(self, old: Any) -> bool:
        """Whether the module that has made a function or class does not define it any more."""
        unit = self.planner.units.get(old.__module__)
        if unit is None or not unit.trusted:
            return old.__module__ in self.planner.gone
        name, after = old.__name__, index_of(unit.new)
        if "." in old.__qualname__ or name in after.classes or name in after.bodies:
            return False
        before = index_of(unit.old)
        return name in before.classes or name in before.bodies

    def _give_way(self, unit: Unit, name: str, old: type, new: type) -> None:
        """Another class takes the place of one: its instances and heirs go over."""
        self.replaced.append((old, new))
        for note in replace_class(old, new, self.undo):
            self.report.keep(f"{unit.name}.{name}", note)

    @staticmethod
    def _made_by(
        unit: Unit, each: Pair, name: str, old: types.FunctionType, originals: Originals
    ) -> bool:
        """Whether a live function is what an older definition of the name bound."""
        if not unit.trusted:
            return old.__code__.co_name in (name, "<lambda>") or bool(each.new.facts.decorators)
        before = [each.old] if each.old is not None else [unit.old.stmts[i] for i in unit.removed]
        for stmt in before:
            if name in stmt.facts.bodies:
                return bool(stmt.facts.decorators) or any(old is o for o in originals.values())
        return False

    def _note_replaced(self, old: Any, new: Any) -> None:
        if not isinstance(
            old,
            (int, float, complex, str, bytes, bool, type(None), tuple, frozenset, types.ModuleType),
        ):
            self.names.append((old, new))

    def settle_name(self, unit: Unit, name: str) -> None:
        """A name that several statements bind: compare what it ends up with."""
        space = unit.loaded.space
        old, new = self.before[unit.name].get(name, MISSING), space.get(name, MISSING)
        if old is MISSING or new is MISSING or old is new:
            return
        orphan = name in self.planner.closure.orphans(unit.name)
        if (
            isa(old, types.FunctionType)
            and isa(new, types.FunctionType)
            and old.__code__.co_name == new.__code__.co_name
            and old.__module__ == new.__module__
            and (orphan or old.__code__.co_firstlineno == new.__code__.co_firstlineno)
            and patch_function(old, new, self.undo)
        ):
            space[name] = old
            return
        if isa(old, type) and isa(new, type) and _same_class(old, new):
            makers = [each for each in binders(unit, name) if name in each.new.facts.classes]
            if makers:
                space[name] = self._class(unit, makers[-1], name, old, new)
                return
        self._note_replaced(old, new)

    def _class(self, unit: Unit, each: Pair, name: str, old: type, new: type) -> type:
        keep: set[str] = set()
        removed: set[str] = set()
        if each.old is not None and (unit.name, name) not in self.planner.rebuilds:
            keep = self._state_to_keep(unit, each, name)
            removed = removed_items(each.old, each.new, name) | self._set_outside(unit, each, name)
            if self._made_otherwise(unit, each, name):
                removed |= self._made(unit, each.old, name)
        patch = ClassPatch(old, new, keep, removed, self.undo, self._unchanged(each, name))
        if patch.apply():
            self.temporary.append((new, old))
            self._settle_registers(unit, each, new, old)
            for note in patch.notes:
                self.report.note(unit.new.file, each.new.line, note)
            return old
        self._give_way(unit, name, old, new)
        return new

    def _made_otherwise(self, unit: Unit, each: Pair, name: str) -> bool:
        """Whether what makes a class out of its body is another than it was."""
        kind = each.new.facts.classes.get(name)
        if kind is None or each.old is None or not self.planner.rewrites(unit, kind):
            return False
        hits = self.planner.hits
        makers = {tuple(words.split(".")) for words in each.new.facts.decorators} | kind.bases
        return (
            changed_items(each.old, each.new, name) is None
            or hits.made_otherwise(unit, kind)
            or any(hits.behaviour(unit, ref) & {ANY, CALL, "__init_subclass__"} for ref in makers)
        )

    def _settle_registers(self, unit: Unit, each: Pair, new: type, old: type) -> None:
        """Statements that follow find the class that stays in the registers of the project."""
        if heap.is_private(new, 4):
            return
        found = list(registers_of(old))
        for module, name in self.planner.closure.effects(unit, each.new, True):
            found.append(getattr(sys.modules.get(module), "__dict__", {}).get(name))
        for register in found:
            if isa(register, (dict, list, set)):
                heap.swap_in(self.undo, register, new, old)

    @staticmethod
    def _set_outside(unit: Unit, each: Pair, name: str) -> set[str]:
        """Attributes that statements of the old text have set on a class from outside its body."""
        assert each.old is not None
        found: set[str] = set()
        if unit.trusted:
            for stmt in unit.old.stmts:
                found |= {ref[1] for ref in stmt.facts.sets if ref[0] == name and len(ref) == 2}
        if b"setattr" in unit.old.data:
            found |= Rebinder._made(unit, each.old, name)
        return {n for n in found if not (n.startswith("__") and n.endswith("__"))}

    @staticmethod
    def _made(unit: Unit, old: Stmt, name: str) -> set[str]:
        """Attributes that a class had when it was loaded and that its body does not name."""
        own = old.facts.classes.get(name)
        return set() if own is None else {*unit.loaded.parts.get(name, ())} - {*own.items}

    @staticmethod
    def _unchanged(each: Pair, name: str) -> set[str]:
        """Names of a class body whose definition is the same in both texts."""
        if each.old is None:
            return set()
        changed = changed_items(each.old, each.new, name)
        kind = each.new.facts.classes.get(name)
        return set() if kind is None or changed is None else set(kind.items) - changed

    def _state_to_keep(self, unit: Unit, each: Pair, name: str) -> set[str]:
        """Data of a class whose definition and inputs are what they were."""
        assert each.old is not None
        kind = each.new.facts.classes.get(name)
        changed = changed_items(each.old, each.new, name)
        if kind is None or changed is None:
            return set()
        keep = state_items(each.old, each.new, name) - changed
        keep -= self.planner.changed_inputs(unit, kind, changed)
        return keep


def originals_of(unit: Unit, functions: list[types.FunctionType]) -> Originals:
    """Live functions by the place of their old definition; None where there are several."""
    found: Originals = {}
    for function in functions:
        code = function.__code__
        if code.co_filename == unit.old.file:
            key = (code.co_name, code.co_firstlineno)
            found[key] = None if key in found else function
    return found


def binders(unit: Unit, name: str) -> list[Pair]:
    """The statements that bind a name."""
    return [each for each in unit.pairs if name in each.new.facts.binds]


def _same_class(old: type, new: type) -> bool:
    return old.__name__ == new.__name__ and old.__module__ == new.__module__


def _is_mock(value: Any) -> bool:
    return any(base.__module__ == "unittest.mock" for base in type(value).__mro__)
