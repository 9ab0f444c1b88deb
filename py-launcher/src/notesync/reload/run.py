"""Carrying a plan out: new code for what stays, execution of what does not, in the live namespace."""

from __future__ import annotations

import ast
import copy
import sys
import types
from collections import deque
from typing import Any

from notesync.reload import heap
from notesync.reload.classes import ClassPatch, replace_class
from notesync.reload.diff import Pair, Status, changed_items, removed_items, state_items
from notesync.reload.patch import Swap, forward, nested_codes, patch_function, reconcile
from notesync.reload.plan import Planner
from notesync.reload.report import Report
from notesync.reload.syntax import FUNCTIONS
from notesync.reload.undo import MISSING, Undo
from notesync.reload.unit import Unit

_BIND = "__notesync_bind__"
Originals = dict[tuple[str, int], types.FunctionType | None]
_SNAPSHOTS = (list, dict, set, deque)


class Runner:
    """Runs the units of one plan in order. Main thread only; everything goes through the undo log."""

    def __init__(self, planner: Planner, undo: Undo, report: Report) -> None:
        self.planner = planner
        self.undo = undo
        self.report = report
        self.before: dict[str, dict[str, Any]] = {}
        self.temporary: list[tuple[Any, Any]] = []  # made during the batch → the class that stays
        self.replaced: list[tuple[Any, Any]] = []  # old object → the one that takes its place
        self.names: list[tuple[Any, Any]] = []  # value of a module name → what it is now
        self.statement: tuple[Unit, Pair] | None = None
        self._handed_out: set[int] = set()  # old functions that decorators were given again

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
                for ref in kind.bases:
                    target = self.planner.closure.resolve(unit, ref)
                    if target is None:
                        continue
                    target = self.planner.closure.origin(target)
                    base = getattr(sys.modules.get(target[0]), "__dict__", {}).get(target[1])
                    for owner in getattr(base, "__mro__", ()):
                        for value in list(owner.__dict__.values()):
                            if isinstance(value, _SNAPSHOTS):
                                self._protect_value(value)
        for value in unit.loaded.space.values():
            if isinstance(value, _SNAPSHOTS) and len(value) < 1000:
                self._protect_value(value)

    def _protect_value(self, value: Any) -> None:
        if isinstance(value, (type, types.FunctionType, types.ModuleType)) or value is None:
            return
        if isinstance(value, deque):
            content = list(value)
            self.undo.add(lambda: (value.clear(), value.extend(content)))
            return
        self.undo.snapshot(value)

    def clear_caches(self) -> None:
        """Empty the caches of functions that now act differently, in whichever module they are."""
        for (module, name), changed in self.planner.behaviours.items():
            value = getattr(sys.modules.get(module), "__dict__", {}).get(name)
            if heap.is_lru(value):
                self._clear(value)
            elif isinstance(value, type) and value.__module__ == module:
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
        functions = heap.functions_of(unit.loaded.module)
        space = unit.loaded.space
        originals = self._originals(unit, functions)
        if unit.touched:
            self._swap(unit, functions)
            for name in self.planner.gone_names(unit):
                if not self._is_submodule(unit, name):
                    space.pop(name, None)
        self._follow_imports(unit)
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
            self._settle_name(unit, name)
        if unit.touched:
            self._surface(unit)
        for index in unit.kept:
            names = ", ".join(unit.pairs[index].new.facts.binds) or "a statement"
            self.report.keep(f"{unit.name}.{names}", "marked with '# notesync: keep'")

    def swap_only(self, unit: Unit) -> None:
        """New function bodies and nothing else."""
        self._swap(unit, heap.functions_of(unit.loaded.module))

    @staticmethod
    def _is_submodule(unit: Unit, name: str) -> bool:
        return isinstance(sys.modules.get(f"{unit.name}.{name}"), types.ModuleType)

    @staticmethod
    def _originals(
        unit: Unit, functions: list[types.FunctionType]
    ) -> Originals:
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
            if each.status is Status.SAME and each.old.line == each.new.line and not moved_file:
                if each.old.text == each.new.text:
                    continue
            if not (each.new.facts.bodies or each.new.facts.classes or "lambda" in each.new.text):
                if not any(isinstance(const, types.CodeType) for const in each.new.code.co_consts):
                    continue
            swap.add(each.old.code, each.new.code)
            self._class_lines(unit, each)
        swap.apply(functions, self.undo)
    def _class_lines(self, unit: Unit, each: Pair) -> None:
        """Since Python 3.13 a class knows its line, and `inspect` believes it."""
        if sys.version_info < (3, 13):
            return
        for code in each.new.code.co_consts:
            if isinstance(code, types.CodeType) and code.co_name in each.new.facts.classes:
                cls = unit.loaded.space.get(code.co_name)
                if isinstance(cls, type) and cls.__module__ == unit.name:
                    self._class_line(cls, code)

    def _class_line(self, cls: type, code: types.CodeType) -> None:
        if cls.__dict__.get("__firstlineno__") is not None:
            before = cls.__dict__["__firstlineno__"]
            self.undo.add(lambda: type.__setattr__(cls, "__firstlineno__", before))
            type.__setattr__(cls, "__firstlineno__", code.co_firstlineno)
        for inner in code.co_consts:
            if isinstance(inner, types.CodeType):
                nested = cls.__dict__.get(inner.co_name)
                if isinstance(nested, type) and nested.__qualname__.endswith("." + inner.co_name):
                    if nested.__module__ == cls.__module__:
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

    def _execute(
        self, unit: Unit, each: Pair, originals: Originals
    ) -> set[str]:
        """Run one statement. Returns the names whose old object is found only at the end."""
        space = unit.loaded.space
        stmt = each.new
        node = stmt.node
        code = stmt.code
        binder = self._binder(unit, each, originals)
        if binder is not None:
            prepared = _WithBind(binder.sites).visit(copy.deepcopy(node))
            code = unit.new.compile_nodes([ast.fix_missing_locations(prepared)])
            space[_BIND] = binder
        stars = {star: self._public_before(star) for star in stmt.facts.stars}
        hidden = self._hide_later_names(unit, each)
        annotations = space.get("__annotations__")
        try:
            exec(code, space)  # noqa: S102 - the user's own module
        finally:
            space.pop(_BIND, None)
            for name, value in hidden.items():
                space.setdefault(name, value)
        if annotations is not None and "__annotations__" not in space:
            space["__annotations__"] = annotations
        for star, names in stars.items():
            self._drop_star_names(unit, star, names)
        late: set[str] = set()
        for name in stmt.facts.binds:
            if name in stmt.facts.deletes or name not in space:
                continue
            if len(self._binders(unit, name)) > 1:
                late.add(name)
            else:
                self._rebind(unit, each, name, originals)
        return late

    def _binders(self, unit: Unit, name: str) -> list[Pair]:
        return [each for each in unit.pairs if name in each.new.facts.binds]

    def _hide_later_names(self, unit: Unit, each: Pair) -> dict[str, Any]:
        """In a fresh interpreter a name that is bound further down does not exist yet."""
        space = unit.loaded.space
        hidden: dict[str, Any] = {}
        new, _ = unit.tables(self.planner.closure.effects, self.planner.closure.publics)
        for ref in each.new.facts.reads:
            name = ref[0]
            events = new.get(name)
            if not events or name in each.new.facts.binds or name not in space:
                continue
            first = next((e.index for e in events if self._binds(unit.pairs[e.index], name)), -1)
            if first > each.index:
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
            if not public and not self._binders(unit, name):
                if space.get(name, MISSING) is self.before[star].get(name):
                    space.pop(name, None)

    def _binder(
        self, unit: Unit, each: Pair, originals: Originals
    ) -> _Binder | None:
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
                if original is not None and self._may_hand_out(unit, each, original):
                    self._handed_out.add(id(original))
                    sites[(code.co_name, code.co_firstlineno)] = original
        return _Binder(sites, self.undo) if sites else None

    def _may_hand_out(self, unit: Unit, each: Pair, original: types.FunctionType) -> bool:
        """Not when the name is bound to the function itself and its decorators act differently."""
        if unit.loaded.space.get(original.__name__) is not original:
            return True
        return not any(self.planner.behaviour(unit, tuple(decorator.split(".")))
                       for decorator in each.new.facts.decorators)

    def _rebind(self, unit: Unit, each: Pair, name: str, originals: Originals) -> None:
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
        if isinstance(old, type) and isinstance(new, type):
            if _same_class(old, new) and (name in facts.classes or old.__name__ == name):
                space[name] = self._class(unit, each, name, old, new)
            elif name in facts.classes or old.__name__ == name:
                self.replaced.append((old, new))
            return
        if name not in facts.bodies:
            self._note_replaced(old, new)
            return
        if isinstance(old, types.FunctionType) and not self._made_by(
            unit, each, name, old, originals
        ):
            self._note_replaced(old, new)  # an alias, or something that the user has put there
            return
        if id(old) in self._handed_out:  # it is a part of the new object
            self._note_replaced(old, new)
            return
        result = reconcile(old, new, self.undo)
        if result is not old:
            self._note_replaced(old, result)
        elif isinstance(new, types.FunctionType):
            self.temporary.append((new, old))
        space[name] = result

    def _moved(self, unit: Unit, name: str, old: Any, new: Any) -> None:
        """A definition that went to another module and is imported from there now."""
        before = [unit.old.stmts[i].facts for i in unit.removed] if unit.trusted else []
        if isinstance(old, type) and isinstance(new, type):
            if any(name in facts.classes for facts in before) and old.__name__ == new.__name__:
                self.replaced.append((old, new))
                for note in replace_class(old, new, self.undo):
                    self.report.keep(f"{unit.name}.{name}", note)
            return
        if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
            if any(name in facts.bodies for facts in before) and old.__name__ == new.__name__:
                forward(old, new, self.undo)
        self._note_replaced(old, new)

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
        if not isinstance(old, (int, float, complex, str, bytes, bool, type(None), tuple, frozenset,
                                types.ModuleType)):
            self.names.append((old, new))

    def _settle_name(self, unit: Unit, name: str) -> None:
        """A name that several statements bind: compare what it ends up with."""
        space = unit.loaded.space
        old, new = self.before[unit.name].get(name, MISSING), space.get(name, MISSING)
        if old is MISSING or new is MISSING or old is new:
            return
        if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
            if old.__code__.co_name == new.__code__.co_name and old.__module__ == new.__module__:
                if old.__code__.co_firstlineno == new.__code__.co_firstlineno:
                    if patch_function(old, new, self.undo):
                        space[name] = old
                        return
        if isinstance(old, type) and isinstance(new, type) and _same_class(old, new):
            binders = [each for each in self._binders(unit, name)
                       if name in each.new.facts.classes]
            if binders:
                space[name] = self._class(unit, binders[-1], name, old, new)
                return
        self._note_replaced(old, new)

    def _class(self, unit: Unit, each: Pair, name: str, old: type, new: type) -> type:
        keep: set[str] = set()
        removed: set[str] = set()
        if each.old is not None and (unit.name, name) not in self.planner.rebuilds:
            keep = self._state_to_keep(unit, each, name)
            removed = removed_items(each.old, each.new, name)
        patch = ClassPatch(old, new, keep, removed, self.undo)
        if patch.apply():
            self.temporary.append((new, old))
            for note in patch.notes:
                self.report.note(unit.new.file, each.new.line, note)
            return old
        self.replaced.append((old, new))
        for note in replace_class(old, new, self.undo):
            self.report.keep(f"{unit.name}.{name}", note)
        return new

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

    # -- the module itself --------------------------------------------------------------------

    def _surface(self, unit: Unit) -> None:
        space = unit.loaded.space
        if unit.trusted and getattr(unit.old, "doc", None) != getattr(unit.new, "doc", None):
            space["__doc__"] = unit.new.doc
        annotations = space.get("__annotations__")
        if isinstance(annotations, dict):
            for name in unit.gone_names:
                if name in annotations:
                    self.undo.set_item(annotations, name, MISSING)

    def finish(self) -> None:
        """After the commit: whatever captured a temporary or replaced class gets the right one."""
        undo = Undo()
        pairs: list[tuple[Any, Any]] = list(self.replaced)
        temporary, self.temporary = self.temporary, []
        while temporary:
            new, old = temporary.pop()
            if not heap.is_private(new):
                pairs.append((new, old))
            if isinstance(new, type):
                _retire(new)
        if pairs:
            heap.retarget(undo, pairs, skip=[*self.before.values(), self.replaced])
        undo.commit()


class _Binder:
    """Innermost decorator of a function that is defined again: gives the old one its new code."""

    def __init__(self, sites: dict[tuple[str, int], types.FunctionType], undo: Undo) -> None:
        self.sites = sites
        self.undo = undo

    def __call__(self, function: Any) -> Any:
        code = getattr(function, "__code__", None)
        old = self.sites.get((code.co_name, code.co_firstlineno)) if code is not None else None
        if old is None or not isinstance(function, types.FunctionType):
            return function
        if patch_function(old, function, self.undo):
            return old
        forward(old, function, self.undo)
        return function


class _WithBind(ast.NodeTransformer):
    """Adds the innermost decorator to functions that a module body defines itself."""

    def __init__(self, sites: dict[tuple[str, int], types.FunctionType]) -> None:
        self.sites = sites

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        if node.decorator_list:
            bind = ast.Name(id=_BIND, ctx=ast.Load())
            node.decorator_list.append(ast.copy_location(bind, node.decorator_list[-1]))
        return node

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, FUNCTIONS):
            return self._function(node)
        if isinstance(node, (ast.ClassDef, ast.Lambda)):
            return node
        return self.generic_visit(node)


def _same_class(old: type, new: type) -> bool:
    return old.__name__ == new.__name__ and old.__module__ == new.__module__


def _is_mock(value: Any) -> bool:
    return any(base.__module__ == "unittest.mock" for base in type(value).__mro__)


def _retire(cls: type) -> None:
    """Take a temporary class out of `__subclasses__()` of its bases."""
    if cls.__base__ is object:
        return
    try:
        cls.__bases__ = (type("Retired", (), {}),)
    except TypeError:
        return

