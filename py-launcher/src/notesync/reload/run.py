"""Carrying a plan out: new code for what stays, execution of what does not, in the live
namespace."""

from __future__ import annotations

import ast
import sys
import types
from collections import deque
from collections.abc import Callable
from typing import Any

from notesync.reload import heap, hints
from notesync.reload.collector import Collector
from notesync.reload.diff import Pair, Status
from notesync.reload.execute import Executor
from notesync.reload.parting import retire
from notesync.reload.plan import Planner
from notesync.reload.rebind import Rebinder, originals_of
from notesync.reload.report import Report
from notesync.reload.swap import Swap, class_lines
from notesync.reload.undo import MISSING, Undo, isa
from notesync.reload.unit import Unit

_SNAPSHOTS = (list, dict, set, deque)


class Runner:
    """Runs the units of one plan in order. Main thread only; everything goes through the undo
    log."""

    def __init__(self, planner: Planner, undo: Undo, report: Report, collector: Collector) -> None:
        self.planner = planner
        self.undo = undo
        self.report = report
        self.before: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, dict[str, frozenset[str]]] = {}  # attributes of classes then
        self.rebinder = Rebinder(planner, undo, report, self.before)
        self.statement: tuple[Unit, Pair] | None = None
        self.copies: dict[int, dict[Any, Any]] = {}  # registers as they were, by id
        self.executor = Executor(planner, undo, self.rebinder, collector)

    def snapshot(self, unit: Unit) -> None:
        """Remember the namespace of a module before anything runs."""
        content = dict(unit.loaded.space)
        self.before[unit.name] = content
        if not unit.only_imports:
            self.parts[unit.name] = unit.loaded.class_parts()

        def back() -> None:
            space = unit.loaded.space  # not held: `heap` counts references to it
            for name in [name for name in space if name not in content]:
                del space[name]
            space.update(content)

        self.undo.add(back)

    def protect(self, unit: Unit) -> None:
        """Remember the content of containers that the statements of a unit may change."""
        if unit.only_imports:
            return
        for each in unit.pairs:
            if each.index not in unit.dirty:
                continue
            for module, name in self.planner.closure.effects(unit, each.new, True):
                value = getattr(sys.modules.get(module), "__dict__", {}).get(name)
                self._protect_value(value)
            for kind in each.new.facts.classes.values():
                for ref in kind.bases | kind.makers:
                    target = self.planner.closure.resolve(unit, ref)
                    if target is None:
                        continue
                    target = self.planner.closure.origin(target)
                    base = getattr(sys.modules.get(target[0]), "__dict__", {}).get(target[1])
                    for owner in (*getattr(base, "__mro__", ()), *type(base).__mro__[:-2]):
                        for value in list(owner.__dict__.values()):
                            if isa(value, _SNAPSHOTS):
                                self._protect_value(value)
        for value in unit.loaded.space.values():
            if isa(value, _SNAPSHOTS) and len(value) < 1000:
                self._protect_value(value)

    def _protect_value(self, value: Any) -> None:
        if isa(value, (type, types.FunctionType, types.ModuleType)) or value is None:
            return
        if isa(value, deque):
            content = list(value)
            self.undo.add(lambda: _refill_deque(value, content))
            return
        self.undo.snapshot(value)

    # -- one module ---------------------------------------------------------------------------

    def run(self, unit: Unit, enter: Callable[[Pair], None] | None = None) -> None:
        """Bring one module to its new text. Raises whatever its statements raise.

        `enter` is called before each statement, also those that do not run again.
        """
        functions = [] if unit.only_imports else heap.functions_of(unit.loaded.module)
        space = unit.loaded.space
        originals = originals_of(unit, functions)
        if unit.touched:
            self._swap(unit, functions)
            for name in self.planner.gone_names(unit):
                if not self._is_submodule(unit, name):
                    space.pop(name, None)
        self._follow_imports(unit)
        orphans = None if unit.only_imports else self._drop_orphans(unit)
        multiple: set[str] = set()
        for each in unit.pairs:
            if enter is not None:
                enter(each)
            if each.index not in unit.dirty:
                continue
            if isinstance(each.new.node, ast.Expr) and isinstance(
                each.new.node.value, ast.Constant
            ):
                continue  # a docstring
            self.statement = (unit, each)
            multiple |= self.executor.run(unit, each, originals)
            self.report.statements += 1
        self.statement = None
        for name in multiple:
            self.rebinder.settle_name(unit, name)
        dynamic = self.planner.closure.dynamic
        if orphans is not None or any(id(unit.pairs[i].new) in dynamic for i in unit.dirty):
            self._adopt_orphans(unit, orphans or set())
        if unit.touched:
            self._surface(unit)
        for index in unit.kept:
            names = ", ".join(unit.pairs[index].new.facts.binds) or "a statement"
            self.report.keep(f"{unit.name}.{names}", "marked with '# notesync: keep'")

    def _drop_orphans(self, unit: Unit) -> set[str] | None:
        """Take out what `globals()`, `exec` and the like have bound, where they run again."""
        closure = self.planner.closure
        orphans = closure.orphans(unit.name)
        if not orphans:
            return None
        effects = [
            closure.effects(unit, unit.old.stmts[position], False) for position in unit.removed
        ]
        effects += [
            closure.effects(unit, each.new, True) for each in unit.pairs if each.index in unit.dirty
        ]
        if not any((unit.name, name) in found for found in effects for name in orphans):
            return None
        for name in orphans:
            unit.loaded.space.pop(name, None)
        return orphans

    def _adopt_orphans(self, unit: Unit, orphans: set[str]) -> None:
        loaded, before = unit.loaded, self.before[unit.name]
        for name in orphans:
            self.rebinder.settle_name(unit, name)
        names = frozenset(loaded.names - orphans | (set(loaded.space) - set(before)))
        self.undo.set_attr(loaded, "names", names | (orphans & set(loaded.space)))

    def swap_only(self, unit: Unit) -> None:
        """New function bodies and nothing else."""
        self._swap(unit, heap.functions_of(unit.loaded.module))

    @staticmethod
    def _is_submodule(unit: Unit, name: str) -> bool:
        return isinstance(sys.modules.get(f"{unit.name}.{name}"), types.ModuleType)

    def _swap(self, unit: Unit, functions: list[types.FunctionType]) -> None:
        swap = Swap()
        moved_file = unit.old.file != unit.new.file
        for each in unit.pairs:
            if each.old is None:
                continue
            if (
                each.status is Status.SAME
                and each.old.line == each.new.line
                and not moved_file
                and each.old.text == each.new.text
            ):
                continue
            if not (
                each.new.facts.bodies or each.new.facts.classes or "lambda" in each.new.text
            ) and not any(isinstance(const, types.CodeType) for const in each.new.code.co_consts):
                continue
            swap.add(each.old.code, each.new.code)
            class_lines(unit, each, self.undo)
        swap.apply(functions, self.undo)
        for name, why in swap.kept:
            self.report.keep(f"{unit.name}.{name}", why)

    def _follow_imports(self, unit: Unit) -> None:
        """Names imported from modules of this batch follow objects that were replaced."""
        if not self.rebinder.names and not self.rebinder.replaced:
            return
        space = unit.loaded.space
        for each in unit.pairs:
            if each.index in unit.dirty:
                continue
            for name, ref in each.new.facts.aliases.items():
                if len(ref) == 2:
                    self._follow(space, name, ref[0][1:], ref[1])
            for star in each.new.facts.stars:
                for name in list(self.before.get(star, ())):
                    if name in space and not name.startswith("__"):
                        self._follow(space, name, star, name)

    def _follow(self, space: dict[str, Any], name: str, module: str, attribute: str) -> None:
        old = self.before.get(module, {}).get(attribute, MISSING)
        if old is MISSING or space.get(name) is not old:
            return
        new = getattr(sys.modules.get(module), "__dict__", {}).get(attribute, MISSING)
        if new is not MISSING and new is not old:
            space[name] = new

    # -- the module itself --------------------------------------------------------------------

    def _surface(self, unit: Unit) -> None:
        space = unit.loaded.space
        if unit.trusted and getattr(unit.old, "doc", None) != getattr(unit.new, "doc", None):
            space["__doc__"] = unit.new.doc
        if unit.trusted:
            hints.follow(unit, self.undo)

    def finish(self) -> None:
        """After the commit: whatever captured a temporary or replaced class gets the right one."""
        undo = Undo()
        pairs: list[tuple[Any, Any]] = list(self.rebinder.replaced)
        temporary, self.rebinder.temporary = self.rebinder.temporary, []
        while temporary:
            new, old = temporary.pop()
            if not heap.is_private(new):
                pairs.append((new, old))
            if isa(new, type):
                retire(new, undo)
            heap.reweak(new, old)
        if pairs:
            skip = [*self.before.values(), *self.copies.values(), self.rebinder.replaced]
            heap.retarget(undo, pairs, skip, self.copies)
        undo.commit()


def _refill_deque(target: deque[Any], content: list[Any]) -> None:
    target.clear()
    target.extend(content)
