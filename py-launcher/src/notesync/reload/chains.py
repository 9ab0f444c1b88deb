"""Whatever a value is made of runs again as a whole and in order, or not at all."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from notesync.reload.chance import CHANCE
from notesync.reload.diff import Pair, Status
from notesync.reload.source import Stmt
from notesync.reload.undo import isa
from notesync.reload.unit import Event, Unit, chain_at

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

_FILLED = (list, dict, set, deque)


class Chains:
    """Completes the decisions of one planner about a module."""

    def __init__(self, plan: Planner) -> None:
        self.plan = plan
        self._outside: dict[tuple[str, str], bool] = {}

    def settle(self, unit: Unit) -> bool:
        """Whatever a value is made of runs again as a whole and in order, or not at all."""
        new, old = unit.tables(self.plan.closure.effects, self.plan.closure.publics)
        moved = False
        for name, events in new.items():
            if (unit.name, name) in self.plan.rebuilds:
                moved |= self._mark_events(unit, events, f"{name} is made again")
            moved |= self._final(unit, name, events, old.get(name, []))
            dirty_kill = next((e.index for e in events if e.kills and e.index in unit.dirty), None)
            moved |= self._unbound_later(unit, name, events)
            if dirty_kill is not None:
                later = [event for event in events if event.index > dirty_kill]
                moved |= self._mark_events(unit, later, f"{name} was bound before")
        for each in unit.pairs:
            reads = self._local_reads(each)
            if each.index in unit.dirty or unit.reordered:
                reads |= self.plan.closure.read_by_calls(unit, each.new)
            for name in reads:
                if name not in new and name not in old:
                    continue
                events = new.get(name, [])
                chain = chain_at(events, each.index)
                if each.index in unit.dirty:
                    moved |= self._filled_elsewhere(unit, name)
                    moved |= self._travel(unit, name, chain, events, old.get(name, []))
                elif each.index not in unit.kept:
                    before = chain_at(old.get(name, []), each.old_index)
                    differs = [e.ident for e in chain] != [e.ident for e in before]
                    if differs or any(self._is_news(unit, e.index, name) for e in chain):
                        moved |= self.plan.mark(unit, each, f"reads {name}")
        for each in unit.pairs:
            if each.index not in unit.dirty and self.plan.rebuilds:
                effects = self.plan.closure.effects(unit, each.new, True)
                if any(symbol in self.plan.rebuilds for symbol in effects):
                    moved |= self.plan.mark(unit, each, "fills a value that is made again")
        moved |= self._filled_later(unit)
        for stmt in [*(unit.old.stmts[position] for position in unit.removed), *_changed(unit)]:
            for symbol in self.plan.closure.effects(unit, stmt, False):
                if (
                    symbol[0] != unit.name
                    and not self.plan.is_definition(symbol)
                    and symbol not in self.plan.rebuilds
                ):
                    self.plan.rebuilds.add(symbol)
                    self.plan.values.add(symbol)
                    moved = True
        return moved

    def _unbound_later(self, unit: Unit, name: str, events: list[Event]) -> bool:
        """A name that is bound again is deleted again where the text says so."""
        bound = False
        for event in events:
            each = unit.pairs[event.index]
            if name in each.new.facts.deletes and bound:
                return self.plan.mark(unit, each, f"deletes {name}")
            bound |= event.index in unit.dirty and name in each.new.facts.binds
        return False

    def _filled_elsewhere(self, unit: Unit, name: str) -> bool:
        """What runs again here must not see what other modules have filled in after it."""
        symbol = (unit.name, name)
        if symbol in self.plan.rebuilds or not isa(self.plan.live(unit, name), _FILLED):
            return False
        if symbol not in self._outside:
            self._outside[symbol] = self._is_filled(symbol)
        if self._outside[symbol]:
            self.plan.rebuilds.add(symbol)
            self.plan.values.add(symbol)
        return self._outside[symbol]

    def _filled_later(self, unit: Unit) -> bool:
        """What runs again must not see what this module itself fills in elsewhere after it."""
        last: dict[tuple[str, str], int] = {}
        for each in unit.pairs if unit.dirty else ():
            for symbol in self.plan.closure.effects(unit, each.new, True):
                if symbol[0] != unit.name and symbol not in self.plan.rebuilds:
                    last[symbol] = each.index
        moved = False
        for index in unit.dirty if last else ():
            for symbol in self.plan.closure.read_elsewhere(unit, unit.pairs[index].new):
                module = sys.modules.get(symbol[0])
                value = getattr(module, "__dict__", {}).get(symbol[1])
                if last.get(symbol, -1) > index and isa(value, _FILLED):
                    self.plan.rebuilds.add(symbol)
                    self.plan.values.add(symbol)
                    moved = True
        return moved

    def _is_filled(self, symbol: tuple[str, str]) -> bool:
        module, name = symbol
        changing = re.compile(rb"\b%s\s*(?:[.\[)]|[+|&^-]=)" % re.escape(name.encode()))
        for loaded in self.plan.project.dependants(module, {name}):
            if loaded.name in self.plan.gone or not changing.search(loaded.source.plain):
                continue
            other = self.plan.ensure(loaded.name)
            if other is not None and any(
                symbol in self.plan.closure.effects(other, each.new, True) for each in other.pairs
            ):
                return True
        return False

    @staticmethod
    def _local_reads(each: Pair) -> set[str]:
        return {ref[0] for ref in each.new.facts.reads if not ref[0].startswith("@")}

    def _is_news(self, unit: Unit, index: int, name: str) -> bool:
        """True when a statement that runs again may give the name another value."""
        if index not in unit.dirty:
            return False
        each = unit.pairs[index]
        if name in each.new.facts.binds:
            if each.new.facts.aliases.get(name) is not None:
                return (unit.name, name) in self.plan.values
            return not self.plan.keeps_identity(unit, each, name)
        if each.new.facts.stars:
            return (unit.name, name) in self.plan.values
        return True

    def _final(self, unit: Unit, name: str, events: list[Event], before: list[Event]) -> bool:
        if not unit.trusted:
            return False
        now, then = chain_at(events, None), chain_at(before, None)
        if name == CHANCE and not any(event.kills for event in [*now, *then]):
            return False  # it was never seeded: nothing is the same at a fresh start
        left, right = [e.ident for e in now], [e.ident for e in then]
        again = [e for e in now if e.index in unit.dirty and unit.pairs[e.index].old is not None]
        if left == right:
            return bool(again) and self._mark_events(unit, now, f"{name} is made again")
        if left[: len(right)] == right and not again and then:
            return False  # only added to
        return self._mark_events(unit, now, f"{name} is made again")

    def _travel(
        self, unit: Unit, name: str, chain: list[Event], events: list[Event], before: list[Event]
    ) -> bool:
        """A statement that runs again must see the value of its place, not the final one."""
        final = [event.ident for event in chain_at(before, None)]
        there = name in unit.loaded.space
        if (
            there
            and ([event.ident for event in chain] == final or not chain)
            and not any(event.index in unit.dirty for event in chain)
        ):
            return False
        if all(event.index in unit.dirty for event in chain):
            return False
        start = chain[0].index
        return self._mark_events(
            unit, [event for event in events if event.index >= start], f"{name} is read in between"
        )

    def _mark_events(self, unit: Unit, events: Iterable[Event], why: str) -> bool:
        moved = False
        for event in events:
            moved |= self.plan.mark(unit, unit.pairs[event.index], why)
        return moved


def _changed(unit: Unit) -> Iterator[Stmt]:
    """Statements of the old text that have become others: they fill nothing any more."""
    for each in unit.pairs:
        if each.old is not None and each.status is Status.CHANGED:
            yield each.old
