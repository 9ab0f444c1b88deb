"""What has changed so far in one plan, by module: names with other values, things that act
differently."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Symbol = tuple[str, str]


class Values(set[Symbol]):
    """Names that are bound to something else. Knows in which modules it has grown."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, set[str]] = {}
        self.moved: set[str] = set()

    def add(self, symbol: Symbol) -> None:
        if symbol not in self:
            super().add(symbol)
            self.names.setdefault(symbol[0], set()).add(symbol[1])
            self.moved.add(symbol[0])

    def update(self, *symbols: Iterable[Any]) -> None:
        for each in symbols:
            for symbol in list(each):
                self.add(symbol)


class Behaviours(dict[Symbol, set[str]]):
    """Functions and classes that stay and act differently → in which attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, set[str]] = {}
        self.levels: dict[Symbol, dict[str, int]] = {}

    def widen(self, symbol: Symbol, attributes: Iterable[str], level: int = 0) -> bool:
        """Add attributes. True when there was a new one, or one that takes fewer calls than
        before."""
        known = self.setdefault(symbol, set())
        levels = self.levels.setdefault(symbol, {})
        moved = False
        for attribute in attributes:
            if attribute not in known:
                known.add(attribute)
                if level:
                    levels[attribute] = level
                moved = True
            elif levels.get(attribute, 0) > level:
                levels[attribute] = level
                moved = True
        self.names.setdefault(symbol[0], set()).add(symbol[1])
        return moved

    def level(self, symbol: Symbol, attribute: str) -> int:
        """How often what came back must be called before it acts differently in an attribute."""
        return self.levels.get(symbol, {}).get(attribute, 0)

    def of(self, module: str) -> list[tuple[str, set[str]]]:
        """Name and attributes of everything in one module."""
        return [(name, self[module, name]) for name in self.names.get(module, ())]
