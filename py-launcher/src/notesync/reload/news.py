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

    def widen(self, symbol: Symbol, attributes: Iterable[str]) -> bool:
        """Add attributes. True when there was a new one."""
        known = self.setdefault(symbol, set())
        before = len(known)
        known.update(attributes)
        self.names.setdefault(symbol[0], set()).add(symbol[1])
        return len(known) > before

    def of(self, module: str) -> list[tuple[str, set[str]]]:
        """Name and attributes of everything in one module."""
        return [(name, self[module, name]) for name in self.names.get(module, ())]
