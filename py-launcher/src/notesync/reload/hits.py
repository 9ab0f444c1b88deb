"""Whether what a statement reads, calls or imports is not what it was."""

from __future__ import annotations

import os
import sys
import types
from typing import TYPE_CHECKING, Any

from notesync.reload import heap
from notesync.reload.diff import Pair
from notesync.reload.names import ClassFacts, Facts, Ref
from notesync.reload.undo import isa
from notesync.reload.unit import Symbol, Unit, index_of

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

CALL, ANY = "()", "*"
_INSTALLED = frozenset({"site-packages", "dist-packages"})  # Debian, and so Colab, has the second
_CHECKS = {("isinstance",), ("issubclass",)}
_CHECKED = frozenset({ANY, "__subclasshook__", "__instancecheck__", "__subclasscheck__"})
_LOOKUP = frozenset({"__getattr__", "__getattribute__", "__get__"})


class Hits:
    """Answers for one planner. Nothing is changed here."""

    def __init__(self, plan: Planner) -> None:
        self.plan = plan

    def hit(self, unit: Unit, each: Pair) -> str | None:
        facts = each.new.facts
        for name, ref in facts.aliases.items():
            if self.alias_hit(ref):
                return f"imports {name}"
            if ref[0][1:] in self.plan.gone:
                return f"imports {name}"
        for ref in facts.uses if self.plan.gone or self.plan.appeared else ():
            if ref[-1] == "" and ref[0][1:] in self.plan.gone | self.plan.appeared:
                return f"imports {ref[0][1:]}"
        if facts.imports_only:
            return None
        for star in facts.stars:
            if star in self.plan.gone or any(
                n == "__all__" or self.public(star, n) for n in self.plan.values.names.get(star, ())
            ):
                return f"imports from {star}"
        if facts.dynamic and self.plan.values.names.get(unit.name, set()) - {ANY, *facts.binds}:
            return "looks at the whole namespace"
        for ref in facts.sets:
            found = self.plan.closure.resolve(unit, ref)
            if found is not None and found[0] != unit.name and self._overwritten(found):
                return f"sets {'.'.join(ref)}"
        if self.plan.outside and self._reads_outside(unit, each):
            return "reads what was set before"
        if any(self.looked_into(unit, ref) for ref in facts.uses | {r for r, _ in facts.passed}):
            return "looks into a module"
        foreign = (ref for ref in facts.reads if not self._is_local(unit, ref))
        for ref in foreign:
            if self.value_hit(unit, ref):
                return f"reads {'.'.join(ref)}"
        return self.behaviour_hit(unit, each)

    def _reads_outside(self, unit: Unit, each: Pair) -> bool:
        """Whether it reads, say, `os.environ` after a statement that sets it and runs again."""
        facts = each.new.facts
        own = {self.plan.closure.foreign(unit.name, ref) for ref in facts.stores | facts.mutates}
        for ref in facts.uses | {ref for ref, _ in facts.passed}:
            found = self.plan.closure.foreign(unit.name, ref)
            if found is not None and found not in own:
                setters = self.plan.outside.get(found, ())
                if any(module != unit.name or index < each.index for module, index in setters):
                    return True
        return False

    def _overwritten(self, found: tuple[str, str, Ref]) -> bool:
        """Whether what a statement has set from outside is set by its own module again."""
        module, name, rest = found
        if not rest:
            return (module, name) in self.plan.values
        changed = self.plan.behaviours.get((module, name), set())
        return ANY in changed or rest[0] in changed

    def alias_hit(self, ref: Ref) -> bool:
        module, appeared = ref[0][1:], self.plan.appeared
        if module in appeared:
            return True
        if len(ref) == 1:
            return False
        inner = f"{module}.{ref[1]}"
        return (module, ref[1]) in self.plan.values or inner in self.plan.gone or inner in appeared

    @staticmethod
    def public(module: str, name: str) -> bool:
        listed = getattr(sys.modules.get(module), "__all__", None)
        return not name.startswith("_") or (listed is not None and name in listed)

    def _is_local(self, unit: Unit, ref: Ref) -> bool:
        found = self.plan.closure.resolve(unit, ref)
        return found is not None and found[0] == unit.name

    def value_hit(self, unit: Unit, ref: Ref) -> bool:
        if ref[0][1:] in self.plan.appeared and ref[0].startswith("@"):
            return True
        if unit.touched and self._names_another(unit, ref[0]):
            return True
        found = self.plan.closure.resolve(unit, ref)
        if found is None:
            return False
        module, name, _ = found
        if name == "":  # the module as a whole, as in vars(m)
            return module in self.plan.gone
        return (module, name) in self.plan.values

    def looked_into(self, unit: Unit, ref: Ref) -> bool:
        """Whether a reference is to a module as a whole, as in `dir(m)`, and its names changed."""
        if len(ref) > 1 and ref[-1] not in ("__dict__", "__all__") and ref[0][:1] != "@":
            return False
        found = self.plan.closure.resolve(unit, ref) if ref[-1] else None
        return (
            found is not None
            and found[1] in ("", "__dict__")
            and bool(self.plan.values.names.get(found[0]))
        )

    def _names_another(self, unit: Unit, root: str) -> bool:
        """Whether an import gives another module this name than before."""
        if (unit.name, root) not in self.plan.values or not unit.trusted:
            return False
        before, now = index_of(unit.old).aliases.get(root), index_of(unit.new).aliases.get(root)
        return now is not None and before != now

    def input_changed(self, unit: Unit, ref: Ref) -> bool:
        """Whether what a reference leads to is not what it was."""
        return self.value_hit(unit, ref) or bool(self.behaviour(unit, ref))

    def beyond(self, unit: Unit, ref: Ref) -> Ref:
        """The attributes of a reference beyond the global that it leads to."""
        found = self.plan.closure.resolve(unit, ref)
        return ref[1:] if found is None else found[2]

    def behaviour(self, unit: Unit, ref: Ref) -> set[str]:
        """What acts differently about the thing that a reference leads to."""
        symbol = self.symbol(unit, ref)
        return self.plan.behaviours.get(symbol, set()) if symbol is not None else set()

    def symbol(self, unit: Unit, ref: Ref) -> Symbol | None:
        """The module and name that a reference leads to."""
        found = self.plan.closure.resolve(unit, ref)
        return None if found is None else (found[0], found[1])

    def due(self, unit: Unit, facts: Facts, ref: Ref) -> set[str]:
        """What acts differently in as many calls as the statement makes of a reference."""
        symbol = self.symbol(unit, ref)
        changed = self.plan.behaviours.get(symbol, set()) if symbol is not None else set()
        calls = self.plan.closure.calls
        depth = calls.depth(unit.name, facts, ref) if changed else None
        place = calls.place(unit.name, ref, True) if depth is not None else None
        if symbol is None or place is None or depth is None:
            return changed
        return calls.due(place, changed, self.plan.behaviours.levels[symbol], depth)

    def behaviour_hit(self, unit: Unit, each: Pair) -> str | None:
        facts = each.new.facts
        attributes: set[str] | None = None
        for ref in facts.uses:
            changed = self.due(unit, facts, ref)
            if changed and not self._only_fills(unit, each, ref, changed):
                if attributes is None:
                    attributes = self.plan.closure.open_attributes(unit, facts)
                if acts(changed, self.beyond(unit, ref), attributes):
                    return f"uses {'.'.join(ref)}"
        for ref, callee in facts.passed:
            changed = self.behaviour(unit, ref)
            rest = self.beyond(unit, ref) if changed else ()
            if rest and (ANY in changed or changed & set(rest)):
                return f"reads {'.'.join(ref)}"
            if not changed:
                continue
            if attributes is None:
                attributes = self.plan.closure.open_attributes(unit, facts)
            called = self.plan.closure.calls.is_called(unit.name, callee, facts) or self._holds(
                unit, ref
            )
            if changed & attributes or (called and acts(changed, rest, attributes)):
                return f"hands on {'.'.join(ref)}"
        for ref in facts.holds:
            changed = self.behaviour(unit, ref)
            rest = self.beyond(unit, ref) if changed else ()
            if rest and (ANY in changed or changed & set(rest)):
                return f"reads {'.'.join(ref)}"
            if changed & _CHECKED and facts.uses & _CHECKS:
                return f"asks {'.'.join(ref)}"
        if facts.decorators and self._remembers(unit, facts):
            return "its decorator may remember results"
        if facts.decorators and self._called_at_once(unit, facts):
            return "its decorator calls it"
        for where, kind in facts.classes.items():
            if self.made_otherwise(unit, kind):
                return f"the metaclass of {where}"
            if kind.annotations and is_foreign_made(self.plan.live(unit, where)):
                for ref in kind.annotations:
                    if self.fields_changed(unit, ref):
                        return f"its fields are of type {'.'.join(ref)}"
            for base in kind.bases:
                found = self.plan.closure.resolve(unit, base)
                if found is None:
                    continue
                changed = self.plan.behaviours.get((found[0], found[1]), set())
                if ANY in changed or changed & {
                    "__init_subclass__",
                    "__set_name__",
                    "__class_getitem__",
                    "__prepare__",
                }:
                    return f"{where} derives from {'.'.join(base)}"
        return None

    def _holds(self, unit: Unit, ref: Ref) -> bool:
        """Whether a reference leads to an object that may call what it was given."""
        symbol = self.symbol(unit, ref)
        module = sys.modules.get(symbol[0]) if symbol is not None else None
        value = getattr(module, "__dict__", {}).get(symbol[1]) if symbol is not None else None
        return not isa(value, (types.FunctionType, type, types.ModuleType))

    def _only_fills(self, unit: Unit, each: Pair, ref: Ref, changed: set[str]) -> bool:
        """Whether all that is new is the content of a list that this statement, too, adds to."""
        found = self.plan.closure.resolve(unit, ref) if self.plan.filled else None
        if found is None or each.new.facts.classes or changed & set(found[2]):
            return False
        wanted = {(found[0], found[1], attribute) for attribute in changed}
        return wanted <= self.plan.filled and wanted <= self.plan.closure.class_effects(
            unit, each.new, True
        )

    def made_otherwise(self, unit: Unit, kind: ClassFacts) -> bool:
        """Whether the metaclass of a class makes its classes in another way."""
        return any(
            self.behaviour(unit, ref) & {ANY, "__new__", "__init__", "__prepare__"}
            for ref in kind.makers
        )

    def fields_changed(self, unit: Unit, ref: Ref) -> bool:
        """Whether a class acts differently in more than its plain methods."""
        found = self.plan.closure.resolve(unit, ref)
        if found is None or found[2]:
            return False
        module, name, _ = self.plan.closure.origin(found)
        cls = getattr(sys.modules.get(module), "__dict__", {}).get(name)
        changed = self.plan.behaviours.get((module, name), set())
        own = cls.__dict__ if isa(cls, type) else {}
        return any(not isa(own.get(n), types.FunctionType) for n in changed - {CALL})

    def _called_at_once(self, unit: Unit, facts: Facts) -> bool:
        """A function acts differently that its decorator calls while it makes something of it."""
        for made in {made.name for mades in facts.calls.values() for made in mades}:
            owner, _, item = made.rpartition(".")
            changed = self.plan.behaviours.get((unit.name, owner or item), set())
            acts_so = (item if owner else CALL) in changed and (owner or item in facts.bodies)
            if acts_so and self.plan.closure.calls.at_once(unit.name, facts, made):
                return True
        return False

    def _remembers(self, unit: Unit, facts: Facts) -> bool:
        """A decorated function acts differently while its wrapper may hold on to old results."""
        for name in facts.bodies:
            value = self.plan.live(unit, name)
            if (
                CALL in self.plan.behaviours.get((unit.name, name), ())
                and isa(value, types.FunctionType)
                and not is_plain(value, name)
                and heap.remembers(value)
            ):
                return True
        for where, kind in facts.classes.items():
            cls = self.plan.live(unit, where)
            if isa(cls, type):
                for name in self.plan.behaviours.get((unit.name, where), set()) & set(kind.methods):
                    value = cls.__dict__.get(name)
                    value = getattr(value, "__func__", value)
                    if (
                        isa(value, types.FunctionType)
                        and not is_plain(value, name)
                        and heap.remembers(value)
                    ):
                        return True
        return False


def is_foreign_made(cls: Any) -> bool:
    """A class whose metaclass belongs to a library that builds on what the class body says."""
    maker = type(cls)
    return (
        isa(cls, type)
        and maker.__module__ not in ("builtins", "abc", "enum", "typing")
        and not _INSTALLED.isdisjoint(
            (getattr(sys.modules.get(maker.__module__), "__file__", "") or "").split(os.sep)
        )
    )


def is_plain(value: Any, name: str) -> bool:
    """The function that `def name` itself makes, not a wrapper around it."""
    return isa(value, types.FunctionType) and value.__code__.co_name in (name, "<lambda>")


def acts(changed: set[str], rest: Ref, attributes: set[str]) -> bool:
    """Whether using something, `rest` of it and `attributes` runs into what acts differently."""
    if not changed:
        return False
    if ANY in changed or changed & attributes or changed & set(rest) or changed & _LOOKUP:
        return True
    if rest and CALL not in changed:
        return False
    return any(name == CALL or (name.startswith("__") and name.endswith("__")) for name in changed)
