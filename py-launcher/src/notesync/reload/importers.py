"""Who imports a module, of all that are loaded. Kept from batch to batch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notesync.reload.project import Loaded
    from notesync.reload.source import Source

_DOTTED = re.compile(rb"\.(?:\s|\\\r?\n)*([\w\x80-\xff]+)")
_Record = tuple["Source", frozenset[str], frozenset[bytes]]


class Importers:
    """Module name → the loaded modules that import it, hold it or reach it through a package.

    Belongs to one project, under the lock of its reloader.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Record] = {}
        self._direct: dict[str, set[str]] = {}
        self._dotted: dict[bytes, set[str]] = {}

    def follow(self, loaded: dict[str, Loaded]) -> None:
        """Take in what was loaded, executed again or dropped since the last call."""
        for name in [name for name in self._known if name not in loaded]:
            self._take_out(name)
        for each in loaded.values():
            self.take_in(each)

    def take_in(self, each: Loaded) -> None:
        """Note what one module imports."""
        name, known = each.name, self._known.get(each.name)
        if known is not None and known[0] is each.source and known[1] == each.holds:
            return
        if known is not None:
            self._take_out(name)
        words = frozenset(_DOTTED.findall(each.source.plain))
        self._known[name] = (each.source, each.holds, words)
        for target in each.source.edges.keys() | each.holds:
            self._direct.setdefault(target, set()).add(name)
        for word in words:
            self._dotted.setdefault(word, set()).add(name)

    def _take_out(self, name: str) -> None:
        source, holds, words = self._known.pop(name)
        for target in source.edges.keys() | holds:
            self._direct[target].discard(name)
        for word in words:
            self._dotted[word].discard(name)

    def of(self, name: str) -> set[str]:
        """The names of those that may read from a module."""
        found = set(self._direct.get(name, ()))
        parent, _, last = name.rpartition(".")
        reaching = self._dotted.get(last.encode(), set()) if parent else set()
        for parent in _parents(name) if reaching else ():
            found |= self._direct.get(parent, set()) & reaching
        return found


def _parents(name: str) -> Iterator[str]:
    parent = name.rpartition(".")[0]
    while parent:
        yield parent
        parent = parent.rpartition(".")[0]
