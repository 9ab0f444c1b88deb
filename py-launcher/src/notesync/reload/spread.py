"""How a change of behaviour spreads: through bodies, classes, aliases, whatever is made from
them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notesync.reload.hits import ANY, CALL, acts
from notesync.reload.later import DEEPEST
from notesync.reload.names import Body, ClassFacts, Facts, Ref
from notesync.reload.suspects import Suspects
from notesync.reload.unit import Unit, index_of

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

_RUNNING = frozenset(
    [
        "_asyncio",
        "asyncio.tasks",
        "concurrent.futures._base",
        "multiprocessing.process",
        "subprocess",
        "threading",
    ]
)
_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__call__"})


class Spread:
    """Spreads behaviours within one module for one planner."""

    def __init__(self, plan: Planner) -> None:
        self.plan = plan

    def settle(self, unit: Unit, suspects: Suspects) -> bool:
        """Functions, classes, aliases and instances take part in what they lead to."""
        moved = False
        index = index_of(unit.new)
        for name, modules in unit.loaded.shelves.items():
            for module in modules:
                changed = self.plan.values.names.get(module, set())
                changed = changed | self.plan.behaviours.names.get(module, set())
                moved |= bool(changed) and self.plan.behave(unit.name, name, changed)
        for name, body in suspects.bodies(index.bodies):
            for token, level in self._body_changes(unit, body).items():
                moved |= self.plan.behave(unit.name, name, {token}, level)
        for where, kind in suspects.classes(index.classes):
            moved |= self.plan.behave_class(unit, where, self._class_changes(unit, where, kind))
        for each in suspects.pairs():
            facts = each.new.facts
            if facts.registers and facts.bodies:
                moved |= self._registered(unit, facts)
            for name, ref in facts.aliases.items():
                if len(ref) == 2:
                    moved |= self.plan.behave_like(unit.name, name, (ref[0][1:], ref[1]))
            for star in facts.stars:
                for name, _ in self.plan.behaviours.of(star):
                    if self.plan.hits.public(star, name) and name not in index.binds:
                        moved |= self.plan.behave_like(unit.name, name, (star, name))
            if facts.aliases or not facts.binds:
                continue
            for ref, mades in facts.calls.items():
                for owner, _, item in (made.name.rpartition(".") for made in mades):
                    if owner and self.plan.hits.behaviour(unit, ref):
                        moved |= self.plan.behave_class(unit, owner, {item})  # its wrapper acts so
            for ref in facts.reads:
                symbol = self.plan.hits.symbol(unit, ref)
                if symbol is None or symbol not in self.plan.behaviours:
                    continue
                calls = self.plan.closure.calls.depth(unit.name, facts, ref)
                if calls is None:
                    calls = 0 if facts.reads == facts.holds else DEEPEST
                elif all("." in made.name for made in facts.calls[ref]):
                    continue  # of methods only
                for name in facts.binds:
                    if not _runs_by_itself(self.plan.live(unit, name)):
                        moved |= self.plan.behave_like(unit.name, name, symbol, calls)
        return moved

    def _registered(self, unit: Unit, facts: Facts) -> bool:
        """A single dispatch acts differently when one of its implementations does."""
        changed = any(
            self._body_changes(unit, body)
            or CALL in self.plan.behaviours.get((unit.name, name), ())
            for name, body in facts.bodies.items()
        )
        moved = False
        for ref in facts.registers if changed else ():
            target = self.plan.closure.resolve(unit, ref)
            if target is not None and target[1] and not target[2]:
                module, name, _ = self.plan.closure.origin(target)
                source = self.plan.closure.source(module)
                if source is not None and name in index_of(source).bodies:
                    moved |= self.plan.behave(module, name, {CALL})
        return moved

    def _body_changes(self, unit: Unit, body: Body) -> dict[str, int]:
        """In what a function acts differently → after how many calls of what it gives back."""
        changed: dict[str, int] = {}
        reads: set[Ref] = set()
        for level, part in enumerate(body.parts or (body,)):
            own, reads = part.reads, reads | part.reads
            for ref in reads:
                direct = ref in own
                if direct and (
                    self.plan.hits.value_hit(unit, ref) or self.plan.hits.looked_into(unit, ref)
                ):
                    changed.setdefault(CALL, level)
                other = self.plan.hits.behaviour(unit, ref)
                if other:
                    for token in other - {CALL, ANY} - _MAKING if direct else ():
                        changed.setdefault(token, level)  # in what it gives back
                    rest = self.plan.hits.beyond(unit, ref)
                    if other & part.attrs or (direct and acts(other, rest, part.attrs)):
                        changed.setdefault(CALL, level)
        return changed

    def _only_filled(self, body: Body) -> set[str]:
        """Lists of a class that a method adds to, where all that is new is their content."""
        filled = {attribute for _, _, attribute in self.plan.filled}
        return filled & (body.own | {ref[-1] for ref in body.mutates}) if filled else filled

    def _class_changes(self, unit: Unit, where: str, kind: ClassFacts) -> set[str]:
        changed: set[str] = set()
        shared: set[Ref] = set(kind.bases)
        for body in kind.methods.values():
            shared |= body.reads
        own = self.plan.behaviours.get((unit.name, where.partition(".")[0]), set())
        for base in kind.bases:
            changed |= self.plan.hits.behaviour(unit, base)
        for name, body in kind.methods.items():
            hit = any(self.plan.hits.value_hit(unit, ref) for ref in body.reads)
            hit = hit or bool((own | changed) & (body.attrs - self._only_filled(body)))
            for ref in shared:
                other = self.plan.hits.behaviour(unit, ref)
                direct = ref in body.reads and acts(
                    other - self._only_filled(body),
                    self.plan.hits.beyond(unit, ref),
                    body.attrs,
                )
                hit = hit or direct or bool(other & (body.attrs - self._only_filled(body)))
            if hit:
                changed.add(name)
        return changed


def _runs_by_itself(value: Any) -> bool:
    """A thread, process or task: it takes up new code, and is not to be started again for it."""
    return any(kind.__module__ in _RUNNING for kind in type(value).__mro__)
