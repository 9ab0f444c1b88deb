"""Modules that import what has changed and do nothing with it themselves, as most importers do.

They pass it on: the import runs again, and nothing else in them needs to be looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notesync.reload.suspects import roots_of
from notesync.reload.unit import Unit

if TYPE_CHECKING:
    from notesync.reload.plan import Planner


class Through:
    """Settles such modules for one planner. What it cannot decide is left as it is."""

    def __init__(self, plan: Planner) -> None:
        self.plan = plan

    def settle(self, unit: Unit) -> bool:
        """True when nothing but imports of the module is touched by what has changed so far."""
        plan, roots, loaded = self.plan, roots_of(unit.new), unit.loaded
        if roots.reaches or loaded.shelves or not unit.only_imports:
            return False
        for names in (plan.values.names, plan.behaviours.names):
            if not roots.beyond.isdisjoint(names.get(unit.name, ())):
                return False
        if (
            plan.gone
            or plan.appeared
            or plan.outside
            or plan.rebuilds
            or plan.filled
            or plan.refills.parts
        ):
            return False
        if any(each in plan.project.loaded for each in loaded.holds):
            return False
        found = []
        for index, name, symbol in roots.imports:
            acts, moved = plan.behaviours.get(symbol), symbol in plan.values
            if acts or moved:
                if name in roots.beyond:
                    return False
                found.append((index, name, symbol, moved))
        for index, name, symbol, moved in found:
            if moved:
                plan.mark(unit, unit.pairs[index], f"imports {name}")
            if symbol in plan.behaviours:
                plan.behave_like(unit.name, name, symbol)
        return True
