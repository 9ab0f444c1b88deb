"""All engines of one kernel, and when they hear of a batch."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from . import texts
from .connect import Connect
from .dask import Dask
from .engine import Engine
from .joblib import Joblib
from .ray import Ray
from .spark import Spark
from .supply import Supply


def _quiet(_line: str) -> None: ...


class Workers:
    """Brings the project's code to the workers of Spark, Dask, Ray and joblib. Main thread.

    `roots` are the folders of the project, `python_paths` those from which it is imported (absolute
    or below the first root). Where an engine refuses, its task runs as without us, and `say` gets
    one line.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        python_paths: Sequence[Path | str] = ("",),
        say: Callable[[str], None] = _quiet,
    ) -> None:
        paths = [roots[0] / one for one in python_paths]
        self.supply = Supply(roots[0], paths, say)
        kinds: tuple[type[Engine], ...] = (Spark, Connect, Dask, Ray, Joblib)
        self.engines = [kind(self.supply) for kind in kinds]
        self._project = (roots[0], python_paths)
        self.enabled = True
        self._waiting = list(self.engines)
        self._held: set[Path] = set()
        self._seen = 0

    def serves(self, root: Path, python_paths: Sequence[str]) -> bool:
        """Whether this is for that project."""
        return self._project == (root, python_paths)

    def changed(self, sequence: int | None, paths: Sequence[Path], taken_up: bool = True) -> None:
        """A batch has changed these files. Broken ones wait, with the kernel, for their repair."""
        self._held.update(paths)
        if taken_up:
            self.supply.changed(sequence, list(self._held))
            self._held.clear()

    def missed(self) -> None:
        """Something changed and nobody knows what: look at all files again."""
        self.supply.forget()

    def before_cell(self) -> None:
        """Hook into what was imported since the last cell; tell those that must act at once."""
        if not self.enabled:
            return
        if any(engine.module in sys.modules for engine in self._waiting):
            self._install()
        if self._seen != self.supply.serial:
            self._seen = self.supply.serial
            for engine in self.engines:
                if engine.active:
                    engine.changed()

    def on(self) -> None:
        self.enabled = True
        self.supply.forget()
        self.before_cell()

    def off(self) -> None:
        """Take every hook out; tasks are then pickled as without us."""
        self.enabled = False
        for engine in reversed(self.engines):
            engine.remove()
        self._waiting = list(self.engines)

    def report(self) -> list[tuple[str, str]]:
        """What each engine got, as names and lines."""
        if not self.enabled:
            return [("workers", texts.OFF)]
        paths = ", ".join(map(str, self.supply.tree.paths))
        rows = [("workers", texts.on(paths))]
        if self._held:
            rows.append(("", texts.held()))
        if self.supply.tree.left_out:
            rows.append(("", texts.left_out(sorted(self.supply.tree.left_out))))
        active = [engine for engine in self.engines if engine.active]
        for engine in active:
            rows.append((engine.name, engine.given.line or texts.NOTHING_YET))
            rows += [("", note) for note in engine.notes()]
        return rows if active else [*rows, ("", texts.NONE)]

    def _install(self) -> None:
        sys._notesync_kernel = os.getpid()  # type: ignore[attr-defined]
        for engine in list(self._waiting):
            if engine.is_imported:
                self._waiting.remove(engine)
                engine.guarded(engine.begin)
