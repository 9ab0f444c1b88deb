"""Lists, counts and the like on a class that decorators fill: emptied, and filled again by all."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from notesync.reload.source import Stmt
from notesync.reload.undo import Undo, isa
from notesync.reload.unit import Unit, index_of

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

Part = tuple[str, str, str]  # module, class, attribute
_EMPTY = {"list": list, "dict": dict, "set": set}


class Refills:
    """Knows for one planner which of them are filled again, and how they begin."""

    def __init__(self, plan: Planner) -> None:
        self.plan = plan
        self.parts: dict[Part, Any] = {}  # how it begins

    def note(self, unit: Unit, stmt: Stmt, *, newer: bool) -> None:
        """A decorator fills something once more than the text says, or no longer does."""
        if stmt.facts.classes or not stmt.facts.decorators:
            return
        for part in self.plan.closure.class_effects(unit, stmt, newer) - self.parts.keys():
            begins = self._begins(part)
            if begins is None:
                continue
            self.parts[part] = begins[0]
            self.plan.behave(part[0], part[1], {part[2]})
            for name in [part[0], *(e.name for e in self.plan.project.dependants(part[0], None))]:
                if self.plan.ensure(name) is not None:
                    self.plan.queue(name)

    def settle(self, unit: Unit) -> bool:
        """Whatever else fills one of them runs again, too."""
        moved = False
        for each in unit.pairs if self.parts else ():
            facts = each.new.facts
            if each.index not in unit.dirty and facts.decorators and not facts.classes:
                fills = self.plan.closure.class_effects(unit, each.new, True)
                if not self.parts.keys().isdisjoint(fills):
                    moved |= self.plan.mark(unit, each, "fills what is filled again")
        return moved

    def empty(self, undo: Undo) -> None:
        """Let all of them begin anew. Main thread only, before anything runs."""
        for (module, name, attribute), begins in self.parts.items():
            cls = getattr(sys.modules.get(module), "__dict__", {}).get(name)
            value: Any = cls.__dict__.get(attribute) if isa(cls, type) else None
            if type(value) is not type(begins):
                continue
            if isa(value, (list, dict, set)):
                undo.snapshot(value)
                value.clear()
                fill = value.extend if isa(value, list) else value.update
                fill(begins)
            else:
                undo.set_attr(cls, attribute, begins)

    def _begins(self, part: Part) -> tuple[Any] | None:
        """The value that the class body gives, where that is plain to see."""
        module, name, attribute = part
        source = self.plan.closure.source(module)
        kind = index_of(source).classes.get(name) if source is not None else None
        items = kind.items.get(attribute, []) if kind is not None else []
        if len(items) != 1 or not isinstance(items[0], ast.Assign | ast.AnnAssign):
            return None
        value = items[0].value
        if isinstance(value, ast.Call) and not (value.args or value.keywords):
            made = _EMPTY.get(value.func.id) if isinstance(value.func, ast.Name) else None
            return None if made is None else (made(),)
        try:
            found = ast.literal_eval(value) if value is not None else None
        except (ValueError, TypeError):
            return None
        return None if found is None else (found,)
