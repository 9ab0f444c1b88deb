"""Modules that import each other: who is in the middle of whom is as it was at the import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from notesync.reload.diff import Pair
from notesync.reload.names import Facts
from notesync.reload.order import Order
from notesync.reload.run import Runner
from notesync.reload.unit import Unit

_DEEP = 30  # modules amid each other; beyond that one comes after the other, as anywhere else


class Sequence:
    """Runs the units of one batch one after the other, in a circle one amid another."""

    def __init__(self, order: Order, runner: Runner, units: dict[str, Unit]) -> None:
        self._order = order
        self._runner = runner
        self._units = units
        self._waiting: dict[str, None] = {}
        self._circles: dict[str, frozenset[str]] = {}
        self._depth = 0

    def run(self, names: Iterable[str]) -> None:
        """Run the units of these names. Raises whatever their statements raise."""
        self._waiting = dict.fromkeys(names)
        self._circles = self._order.circles() if len(self._waiting) > 1 else {}
        finished = {name: number for number, name in enumerate(sys.modules)}
        while self._waiting:
            name = next(iter(self._waiting))
            circle = self._circles.get(name, frozenset()) & self._waiting.keys()
            if len(circle) > 1:  # who was imported first has finished last
                name = max(circle, key=lambda each: finished.get(each, -1))
            self._run(name)

    def _run(self, name: str) -> None:
        del self._waiting[name]
        self._depth += 1
        self._runner.run(self._units[name], self._before(name))
        self._depth -= 1

    def _before(self, name: str) -> Callable[[Pair], None] | None:
        circle = self._circles.get(name)
        if circle is None:
            return None

        def enter(each: Pair) -> None:
            for target in _imported(each.new.facts):
                self._enter(target, circle, {name})

        return enter

    def _enter(self, name: str, circle: frozenset[str], seen: set[str]) -> None:
        """Run a module that is imported here for the first time, or those that lie behind it."""
        if name not in circle or name in seen:
            return
        seen.add(name)
        if name in self._waiting:
            if self._depth < _DEEP:
                self._run(name)
        elif name not in self._units:
            for target in self._order.imports(name):
                self._enter(target, circle, seen)


def _imported(facts: Facts) -> Iterable[str]:
    for ref in [*facts.aliases.values(), *(ref for ref in facts.uses if ref[-1] == "")]:
        module = ref[0][1:]
        yield module
        if len(ref) > 1 and ref[1]:
            yield f"{module}.{ref[1]}"
    yield from facts.stars
