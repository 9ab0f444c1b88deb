"""Modules that make names when they are asked for: packages with a `__getattr__`.

No statement of theirs binds such a name, so a change spreads to it by the name itself.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from notesync.reload.project import Loaded
from notesync.reload.undo import MISSING, Undo
from notesync.reload.unit import index_of

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

Changed = dict[str, list[tuple[Any, Any]]]


class Lazies:
    """The modules of one plan that may hand on what others define, when somebody asks."""

    def __init__(self, plan: Planner) -> None:
        self.plan = plan
        self._all = [each for each in plan.project.loaded.values() if "__getattr__" in each.space]

    def spread(self, module: str) -> None:
        """What has another value in a module has so, too, where it is handed on."""
        last = module.rpartition(".")[2].encode()
        for lazy in self._all:
            if lazy.name != module and last in lazy.source.plain:
                for name in list(self.plan.values.names.get(module, ())):
                    if not self._binds(lazy, name):
                        self.plan.values.add((lazy.name, name))

    def forget(self, before: dict[str, dict[str, Any]], undo: Undo) -> None:
        """What they have kept of it is asked for again."""
        for lazy in self._all:
            for name in list(self.plan.values.names.get(lazy.name, ())):
                if name in lazy.space and not self._binds(lazy, name):
                    before.setdefault(lazy.name, dict(lazy.space))
                    undo.set_item(lazy.space, name, MISSING)

    def changed(self, before: dict[str, dict[str, Any]]) -> Changed:
        """After the batch: what they have handed on, by name, with what took its place."""
        found: Changed = {}
        for module, names in self.plan.values.names.items() if self._all else ():
            space = getattr(sys.modules.get(module), "__dict__", {})
            for name in names:
                pair = (before.get(module, {}).get(name, MISSING), space.get(name, MISSING))
                if MISSING not in pair and pair[0] is not pair[1]:
                    found.setdefault(name, []).append(pair)
        return found

    def _binds(self, lazy: Loaded, name: str) -> bool:
        unit = self.plan.units.get(lazy.name)
        return name in index_of(lazy.source if unit is None else unit.new).binds
