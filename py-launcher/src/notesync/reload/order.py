"""In which order modules are brought up to date: after what they import, else as at first."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from notesync.reload.source import Source

if TYPE_CHECKING:
    from notesync.reload.project import Project


class Order:
    """Orders the modules of one batch by the imports that their texts make.

    `newer` are texts that were not executed yet; what they import and nobody has loaded is added.
    """

    def __init__(self, project: Project, newer: dict[str, Source]) -> None:
        self._project = project
        self._newer = newer
        self._known: dict[str, dict[str, bool]] = {}
        self._back: list[tuple[str, str]] = []  # imports of what is not there yet

    def of(self, names: Iterable[str]) -> list[str]:
        """`names` so that each comes after what it imports; of two free ones as they were loaded.

        In a circle, who was imported first is not decided again.
        """
        wanted = set(names)
        if len(wanted) < 2 and not self._newer:
            return list(wanted)
        last = len(sys.modules)
        position = {name: index for index, name in enumerate(sys.modules)}
        starts = sorted(wanted, key=lambda name: position.get(name, last))
        if self._as_loaded(starts, position):
            return starts
        found = self._ranked(starts[::-1], weak=True)
        strong = [
            (name, target)
            for name in wanted
            for target, at_import in self._edges(name).items()
            if at_import and target in wanted and target != name
        ]
        if any(found[target] > found[name] for name, target in strong):
            alone = self._ranked(starts[::-1], weak=False)
            if any(
                found[target] > found[name] and alone[target] < alone[name]
                for name, target in strong
            ):
                found = alone
        settled = {
            name: [target for target in self._edges(name) if found.get(target, last) < rank]
            for name, rank in found.items()
        }
        self._back = [
            (name, target)
            for name, rank in found.items()
            for target, at_import in self._edges(name).items()
            if at_import and found.get(target, -1) > rank
        ]
        return [name for name in _visit(starts, settled.__getitem__) if name in wanted]

    def _as_loaded(self, names: list[str], position: dict[str, int]) -> bool:
        """Whether all that they import was there before them when they were loaded."""
        for name in names:
            place = position.get(name, -1)
            for target in self._edges(name):
                if position.get(target, -1) >= place or (
                    target not in position and self._is_there(target)
                ):
                    return False
        return True

    def circles(self) -> dict[str, frozenset[str]]:
        """After `of`: for each module in a circle of imports, the whole circle."""
        found: dict[str, frozenset[str]] = {}
        importers: dict[str, list[str]] = {}
        for name in list(self._known) if self._back else ():
            for target in self.imports(name):
                importers.setdefault(target, []).append(name)
        for name, target in self._back:
            if name in found.get(target, ()):
                continue
            onward = _visit([target], self.imports)
            back = _visit([name], lambda each: importers.get(each, ()))
            circle = frozenset(onward) & frozenset(back)
            circle = circle.union(*(found.get(each, ()) for each in circle))
            found.update(dict.fromkeys(circle, circle))
        return found

    def imports(self, name: str) -> list[str]:
        """What a module imports at its margin."""
        return [target for target, at_import in self._edges(name).items() if at_import]

    def _ranked(self, starts: list[str], *, weak: bool) -> dict[str, int]:
        """Each module that the starts lead to, with its place after what it imports."""

        def following(name: str) -> list[str]:
            return [
                target
                for target, at_import in self._edges(name).items()
                if (weak or at_import) and self._is_there(target)
            ]

        return {name: index for index, name in enumerate(_visit(starts, following))}

    def _is_there(self, name: str) -> bool:
        if name not in self._project.loaded:
            self._edges(name)  # looks for it
            return name in self._newer
        return True

    def _edges(self, name: str) -> dict[str, bool]:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._read(name)
        return found

    def _read(self, name: str) -> dict[str, bool]:
        loaded, source = self._project.loaded.get(name), self._newer.get(name)
        if source is None:
            source = self._locate(name) if loaded is None else loaded.source
            if source is None:
                return {}
            if loaded is None:
                self._newer[name] = source
        edges = source.exact_edges if name in self._newer else source.edges
        if loaded is not None and (b"import_module" in source.data or b"__import__" in source.data):
            bound = [
                value.__name__
                for value in loaded.space.values()
                if isinstance(value, types.ModuleType) and value.__name__ in self._project.loaded
            ]
            edges = {**edges, **dict.fromkeys(bound, True)}
        return edges

    def _locate(self, name: str) -> Source | None:
        """The source of a module that is not loaded but would be found under the roots."""
        if name in sys.modules:
            return None
        parent, _, tail = name.rpartition(".")
        if parent:
            bases = [str(path) for path in getattr(sys.modules.get(parent), "__path__", ())]
        else:
            bases = [entry for entry in sys.path if isinstance(entry, str)]
        for base in bases:
            if not self._project.contains(self._project.real(base or ".")):
                continue
            for path, package in (
                (os.path.join(base, tail, "__init__.py"), True),
                (os.path.join(base, tail + ".py"), False),
            ):
                if os.path.isfile(path):
                    return Source(Path(path).read_bytes(), name, path, is_package=package)
        return None


def _visit(starts: Iterable[str], following: Callable[[str], Iterable[str]]) -> list[str]:
    """Depth first, each after those that follow from it. Not by recursion: chains may be long."""
    done: list[str] = []
    seen: set[str] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(following(start)))]
        while stack:
            name, targets = stack[-1]
            for target in targets:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(following(target))))
                    break
            else:
                done.append(name)
                stack.pop()
    return done
