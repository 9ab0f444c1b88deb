"""Carrying a plan out: new code for what stays, execution of what does not, in the live
namespace."""

from __future__ import annotations

import ast
import copy
import sys
import types
from collections import deque
from typing import Any

from notesync.reload import heap, hints
from notesync.reload.binding import BIND, Binder, WithBind
from notesync.reload.diff import Pair, Status, changed_items
from notesync.reload.methods import changed_methods, run_methods
from notesync.reload.patch import nested_codes
from notesync.reload.plan import Planner
from notesync.reload.rebind import Originals, Rebinder, binders
from notesync.reload.report import Report
from notesync.reload.residue import containers, heirs_of, is_definition_of, purge, registers_of
from notesync.reload.swap import Swap
from notesync.reload.syntax import first_line
from notesync.reload.undo import MISSING, Undo, isa
from notesync.reload.unit import Unit, index_of

_SNAPSHOTS = (list, dict, set, deque)


class Runner:
    """Runs the units of one plan in order. Main thread only; everything goes through the undo
    log."""

    def __init__(self, planner: Planner, undo: Undo, report: Report) -> None:
        self.planner = planner
        self.undo = undo
        self.report = report
        self.before: dict[str, dict[str, Any]] = {}
        self.rebinder = Rebinder(planner, undo, report, self.before)
        self.statement: tuple[Unit, Pair] | None = None
        self.copies: dict[int, dict[Any, Any]] = {}  # registers as they were, by id
        self._gone: list[Any] = []

    def snapshot(self, unit: Unit) -> None:
        """Remember the namespace of a module before anything runs."""
        content = dict(unit.loaded.space)
        self.before[unit.name] = content

        def back() -> None:
            space = unit.loaded.space  # not held: `heap` counts references to it
            for name in [name for name in space if name not in content]:
                del space[name]
            space.update(content)

        self.undo.add(back)

    def protect(self, unit: Unit) -> None:
        """Remember the content of containers that the statements of a unit may change."""
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

    def clear_caches(self) -> None:
        """Empty the caches of functions that now act differently, in whichever module they are."""
        for (module, name), changed in self.planner.behaviours.items():
            value = getattr(sys.modules.get(module), "__dict__", {}).get(name)
            if heap.is_lru(value):
                self._clear(value)
            elif isa(value, type) and value.__module__ == module:
                for attribute in changed:
                    method = value.__dict__.get(attribute)
                    if heap.is_lru(method):
                        self._clear(method)

    def _clear(self, cached: Any) -> None:
        cached.cache_clear()
        self.undo.add(cached.cache_clear)

    # -- one module ---------------------------------------------------------------------------

    def run(self, unit: Unit) -> None:
        """Bring one module to its new text. Raises whatever its statements raise."""
        imports = not unit.touched and all(unit.pairs[i].new.facts.aliases for i in unit.dirty)
        functions = [] if imports else heap.functions_of(unit.loaded.module)
        space = unit.loaded.space
        originals = self._originals(unit, functions)
        if unit.touched:
            self._swap(unit, functions)
            for name in self.planner.gone_names(unit):
                if not self._is_submodule(unit, name):
                    space.pop(name, None)
        self._follow_imports(unit)
        orphans = self._drop_orphans(unit)
        multiple: set[str] = set()
        for each in unit.pairs:
            if each.index not in unit.dirty:
                continue
            if isinstance(each.new.node, ast.Expr) and isinstance(
                each.new.node.value, ast.Constant
            ):
                continue  # a docstring
            self.statement = (unit, each)
            multiple |= self._execute(unit, each, originals)
            self.report.statements += 1
        self.statement = None
        for name in multiple:
            self.rebinder.settle_name(unit, name)
        if orphans is not None:
            self._adopt_orphans(unit, orphans)
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

    def part_with_gone(self, units: list[Unit]) -> None:
        """Definitions that the new texts no longer have leave the project's registers."""
        for unit in units:
            if unit.touched:
                self._note_gone(unit)
            self._part_with_bases(unit)
        purge(containers(self.planner.project), self._gone, self.undo)
        for gone in self._gone:
            # held by its module, by `before` and by the list of those that are gone
            if isa(gone, type) and heap.is_private(gone, 3 + 1):
                _retire(gone, self.undo)

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

    def _note_gone(self, unit: Unit) -> None:
        originals: Originals = {}
        if unit.trusted and any(unit.old.stmts[p].facts.decorators for p in unit.removed):
            originals = self._originals(unit, heap.functions_of(unit.loaded.module))
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

    def swap_only(self, unit: Unit) -> None:
        """New function bodies and nothing else."""
        self._swap(unit, heap.functions_of(unit.loaded.module))

    @staticmethod
    def _is_submodule(unit: Unit, name: str) -> bool:
        return isinstance(sys.modules.get(f"{unit.name}.{name}"), types.ModuleType)

    @staticmethod
    def _originals(unit: Unit, functions: list[types.FunctionType]) -> Originals:
        """Live functions by the place of their old definition; None where there are several."""
        found: Originals = {}
        for function in functions:
            code = function.__code__
            if code.co_filename == unit.old.file:
                key = (code.co_name, code.co_firstlineno)
                found[key] = None if key in found else function
        return found

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
            self._class_lines(unit, each)
        swap.apply(functions, self.undo)
        for name, why in swap.kept:
            self.report.keep(f"{unit.name}.{name}", why)

    def _class_lines(self, unit: Unit, each: Pair) -> None:
        """Since Python 3.13 a class knows its line, and `inspect` believes it."""
        if sys.version_info < (3, 13):
            return
        for code in each.new.code.co_consts:
            if isinstance(code, types.CodeType) and code.co_name in each.new.facts.classes:
                cls = unit.loaded.space.get(code.co_name)
                if isa(cls, type) and cls.__module__ == unit.name:
                    self._class_line(cls, code)

    def _class_line(self, cls: type, code: types.CodeType) -> None:
        if cls.__dict__.get("__firstlineno__") is not None:
            before = cls.__dict__["__firstlineno__"]
            self.undo.add(lambda: type.__setattr__(cls, "__firstlineno__", before))
            type.__setattr__(cls, "__firstlineno__", code.co_firstlineno)
        for inner in code.co_consts:
            if isinstance(inner, types.CodeType):
                nested = cls.__dict__.get(inner.co_name)
                if (
                    isinstance(nested, type)
                    and nested.__qualname__.endswith("." + inner.co_name)
                    and nested.__module__ == cls.__module__
                ):
                    self._class_line(nested, inner)

    def _follow_imports(self, unit: Unit) -> None:
        """Names imported from modules of this batch follow objects that were replaced."""
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

    # -- one statement ------------------------------------------------------------------------

    def _execute(self, unit: Unit, each: Pair, originals: Originals) -> set[str]:
        """Run one statement. Returns the names whose old object is found only at the end."""
        space = unit.loaded.space
        stmt = each.new
        node = stmt.node
        methods = changed_methods(self.planner, unit, each)
        if methods is not None:
            run_methods(unit, each, methods, self.undo)
            return set()
        code = stmt.code
        binder = self._binder(unit, each, originals)
        if binder is not None:
            prepared = WithBind(binder.sites).visit(copy.deepcopy(node))
            code = unit.new.compile_nodes([ast.fix_missing_locations(prepared)])
            space[BIND] = binder
        stars = {star: self._public_before(star) for star in stmt.facts.stars}
        hidden = self._hide_later_names(unit, each)
        said = space.get("__annotations__")
        try:
            exec(code, space)
        finally:
            space.pop(BIND, None)
            for name, value in hidden.items():
                space.setdefault(name, value)
        if said is not None and "__annotations__" not in space:
            space["__annotations__"] = said
        for star, names in stars.items():
            self._drop_star_names(unit, star, names)
        late: set[str] = set()
        for name in stmt.facts.binds:
            if name in stmt.facts.deletes or name not in space:
                continue
            if len(binders(unit, name)) > 1:
                late.add(name)
            else:
                self.rebinder.rebind(unit, each, name, originals)
        return late

    def _hide_later_names(self, unit: Unit, each: Pair) -> dict[str, Any]:
        """In a fresh interpreter a name that is bound further down does not exist yet."""
        space = unit.loaded.space
        hidden: dict[str, Any] = {}
        facts = each.new.facts
        names = {ref[0] for ref in facts.reads} - set(facts.binds)
        for name, ref in facts.aliases.items():
            if ref == (f"@{unit.name}", name) and f"{unit.name}.{name}" in sys.modules:
                names.add(name)  # `from . import name` finds the submodule, not a former value
        if names or facts.dynamic:
            new, _ = unit.tables(self.planner.closure.effects, self.planner.closure.publics)
        names |= set(new) if facts.dynamic else set()  # it sees which names there are
        for name in names:
            events = new.get(name)
            if not events or name not in space:
                continue
            first = next((e.index for e in events if self._binds(unit.pairs[e.index], name)), -1)
            if first > each.index or (first == each.index and name in facts.binds):
                hidden[name] = space.pop(name)
        return hidden

    @staticmethod
    def _binds(each: Pair, name: str) -> bool:
        return name in each.new.facts.binds or bool(each.new.facts.stars)

    def _public_before(self, star: str) -> set[str]:
        content = self.before.get(star)
        if content is None:
            return set()
        listed = content.get("__all__")
        return set(listed) if listed else {n for n in content if not n.startswith("_")}

    def _drop_star_names(self, unit: Unit, star: str, names: set[str]) -> None:
        space = unit.loaded.space
        present = getattr(sys.modules.get(star), "__dict__", {})
        listed = present.get("__all__")
        for name in names:
            public = name in listed if listed is not None else name in present
            if (
                not public
                and not binders(unit, name)
                and space.get(name, MISSING) is self.before[star].get(name)
            ):
                space.pop(name, None)

    def _binder(self, unit: Unit, each: Pair, originals: Originals) -> Binder | None:
        """For decorated functions: hand the old function, brought up to date, to the decorators."""
        if each.old is None or not each.new.facts.decorators:
            return None
        if each.old.facts.decorators != each.new.facts.decorators:
            return None
        theirs = dict(nested_codes(each.old.code))
        sites: dict[tuple[str, int], types.FunctionType] = {}
        for path, code in nested_codes(each.new.code):
            mate = theirs.get(path)
            if path.count("/") == 1 and mate is not None:
                original = originals.get((mate.co_name, mate.co_firstlineno))
                if original is not None and self.rebinder.may_hand_out(unit, each, original):
                    self.rebinder.handed_out.add(id(original))
                    sites[(code.co_name, code.co_firstlineno)] = original
        return Binder(sites, self.undo) if sites else None

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
                _retire(new, undo)
            heap.reweak(new, old)
        if pairs:
            skip = [*self.before.values(), *self.copies.values(), self.rebinder.replaced]
            heap.retarget(undo, pairs, skip, self.copies)
        undo.commit()


def _inside(node: ast.stmt, line: int) -> bool:
    return first_line(node) <= line <= (node.end_lineno or node.lineno)


def _retire(cls: type, undo: Undo) -> None:
    """Take a class that nobody uses out of `__subclasses__()` of its bases."""
    if cls.__base__ is object:
        return
    try:
        undo.set_attr(cls, "__bases__", (type("Retired", (), {}),))
    except TypeError:
        return


def _refill_deque(target: deque[Any], content: list[Any]) -> None:
    target.clear()
    target.extend(content)
