"""Modules of the project that this kernel has loaded from another place: an installed copy, an
older upload. What is saved cannot reach them, so the user is told. Main thread only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


class Elsewhere:
    """Judges the top-level modules of the kernel against one replica."""

    def __init__(self) -> None:
        self._judged: set[str] = set()
        self._told: set[str] = set()
        self._mark: tuple[int, str] = (0, "")

    def look(self, root: Path, places: Sequence[str], changed: Sequence[str]) -> dict[str, str]:
        """What the user should hear of now: the module's name, and where it was loaded from.

        `places` are the folders of the replica that are on sys.path, `changed` the paths that were
        just written below `root`. Costs microseconds while neither these nor sys.modules move.
        """
        touched = _top_level(root, places, changed) if changed else set()
        names = list(sys.modules)  # Threads may import meanwhile.
        mark = (len(names), names[-1])
        if not touched and mark == self._mark:
            return {}
        self._mark = mark
        self._judged -= touched
        found = {}
        for name in names:
            if "." in name or name in self._judged:
                continue
            self._judged.add(name)
            origin = _origin(sys.modules.get(name), root) if _has(places, name) else None
            # Python's own modules are there before any of ours: once is enough.
            if origin is None:
                self._told.discard(name)
            elif name not in self._told or name not in sys.stdlib_module_names:
                self._told.add(name)
                found[name] = origin
        return found


def _top_level(root: Path, places: Sequence[str], changed: Iterable[str]) -> set[str]:
    """The names under which the changed files would be imported, up to the first dot."""
    inside = [os.path.relpath(place, root).replace(os.sep, "/") for place in places]
    names = set()
    for path in changed:
        for place in inside:
            if path.endswith(".py") and (place == "." or path.startswith(f"{place}/")):
                rest = path if place == "." else path[len(place) + 1 :]
                names.add(rest.split("/")[0].removesuffix(".py"))
    return names


def _origin(module: Any, root: Path) -> str | None:
    """Where it was loaded from, if that is a file or folder outside the replica."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        origins = [file]
    else:
        try:
            origins = [place for place in module.__path__ if isinstance(place, str)]
        except Exception:
            return None  # Built in, or no module at all.
    real = os.path.realpath(root)
    if not origins or any(os.path.realpath(one).startswith(real + os.sep) for one in origins):
        return None
    return origins[0]


def _has(places: Sequence[str], name: str) -> bool:
    """Whether the project has a module of that name, which a fresh import would find."""
    if name.startswith("__"):
        return False
    return any(
        os.path.isfile(os.path.join(place, name, "__init__.py"))
        or os.path.isfile(os.path.join(place, f"{name}.py"))
        for place in places
    )
