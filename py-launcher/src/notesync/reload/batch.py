"""From changed files to modules: what is to be read anew, what is gone, what is back."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

from notesync.reload.peace import is_rewritten
from notesync.reload.project import Loaded, Project
from notesync.reload.report import Change, Report
from notesync.reload.source import Source
from notesync.reload.undo import MISSING, Undo
from notesync.reload.unit import Unit

_EXTENSIONS = (".so", ".pyd", ".dylib", ".dll")


class Batch:
    """One set of changed files while it is being loaded. Changes to modules go through `undo`."""

    def __init__(
        self,
        project: Project,
        todo: dict[str, Change],
        undo: Undo,
        report: Report,
        doubtful: Iterable[str] = (),
    ) -> None:
        self.project = project
        self.todo = todo
        self.undo = undo
        self.report = report
        self.gone: set[str] = set()
        self.appeared: set[str] = set()
        self.files: list[str] = []
        self.newer: dict[str, Source] = {}
        self._parked: dict[str, Loaded] = {}
        self._untrusted = set(doubtful)

    def collect(self) -> None:
        """Find the loaded modules that the files belong to and read their new text."""
        fresh = self.project.scan(force=True)
        self._untrusted |= {each.name for each in fresh if each.real in self.todo}
        names: set[str] = set()
        for real, change in self.todo.items():
            if real.endswith(_EXTENSIONS):
                self._extension(real)
                continue
            if not self.project.contains(real):
                continue
            if not real.endswith(".py"):
                self.files.append(real)
                continue
            known = {each.name for each in self.project.by_file(real)}
            names.update(known)
            possible = self.project.names_for(real)
            names.update(possible)
            if not os.path.exists(real) or change.deleted:
                self.files.append(real)
                continue
            for name in possible:
                self._bring_back(name)
                if not isinstance(sys.modules.get(name, sys), types.ModuleType):
                    self.report.keep(name, "replaced itself in sys.modules: restart the kernel")
            if not known:
                self.files.append(real)
                self.appeared.update(name for name in possible if name not in sys.modules)
        for name in sorted(names, key=lambda name: name.count(".")):
            loaded = self.project.loaded.get(name)
            if loaded is not None:
                self._resolve(loaded)

    def _extension(self, real: str) -> None:
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and self.project.real(file) == real:
                self.report.keep(name, "compiled extension: restart the kernel to load it")

    def _bring_back(self, name: str) -> None:
        parked = self.project.parked.get(name)
        if parked is None or name in sys.modules:
            return
        parent, _, last = name.rpartition(".")
        if parent and parent not in sys.modules:
            self._bring_back(parent)
        self.project.unindex()
        self.undo.add(self.project.unindex)
        self.undo.set_item(sys.modules, name, parked.module)
        self.undo.set_item(self.project.loaded, name, parked)
        self.undo.set_item(self.project.parked, name, MISSING)
        self.project.pinned(name, parked.module)
        space = getattr(sys.modules.get(parent), "__dict__", None)
        if space is not None:
            self.undo.set_item(space, last, parked.module)

    def _resolve(self, loaded: Loaded) -> None:
        name = loaded.name
        spec = self.project.find_spec(name)
        here = loaded.source.file
        if spec is None and here and os.path.isfile(here):
            data = Path(here).read_bytes()
            self._newer(loaded, Source(data, name, here, is_package=loaded.source.is_package))
            return
        if spec is None:
            self.gone.add(name)
            prefix = name + "."
            self.gone.update(each for each in self.project.loaded if each.startswith(prefix))
            return
        source = self.project.read(name, spec)
        if source.file and here and self.project.real(source.file) == self.project.real(here):
            source.file = here
            if source.is_package == loaded.source.is_package:
                self._newer(loaded, source)
                return
        self._move(loaded, spec)
        self.newer[name] = source

    def _newer(self, loaded: Loaded, source: Source) -> None:
        if source.data != loaded.source.data or loaded.name in self._untrusted:
            self.newer[loaded.name] = source

    def _move(self, loaded: Loaded, spec: ModuleSpec) -> None:
        """The module is now found elsewhere: it became a package, or stopped being one."""
        space, set_item = loaded.space, self.undo.set_item
        set_item(space, "__spec__", spec)
        set_item(space, "__loader__", spec.loader)
        set_item(space, "__package__", spec.parent)
        located = spec.has_location and spec.origin is not None
        set_item(space, "__file__", spec.origin if located else MISSING)
        set_item(space, "__cached__", spec.cached if located and spec.cached else MISSING)
        locations = spec.submodule_search_locations
        set_item(space, "__path__", MISSING if locations is None else locations)
        before = (loaded.real, loaded.spec)

        def back() -> None:
            loaded.real, loaded.spec = before

        self.undo.add(back)
        loaded.real = self.project.real(spec.origin) if located and spec.origin else ""
        loaded.spec = spec

    def check(self) -> None:
        """Compile everything before anything runs. Raises SyntaxError."""
        for source in self.newer.values():
            source.check()

    def units(self) -> Iterator[Unit]:
        """The changed modules, ready to be planned."""
        for name, source in self.newer.items():
            loaded = self.project.loaded[name]
            trusted = name not in self._untrusted and _fits(loaded)
            yield Unit(loaded, source, trusted=trusted)

    def unload(self) -> None:
        """Take deleted modules out of the import system; their objects are kept."""
        for name in self.gone:
            module = sys.modules.get(name)
            loaded = self.project.loaded.get(name)
            if module is None or loaded is None:
                continue
            self.undo.set_item(sys.modules, name, MISSING)
            parent, _, last = name.rpartition(".")
            space = getattr(sys.modules.get(parent), "__dict__", None)
            if space is not None and space.get(last) is module:
                self.undo.set_item(space, last, MISSING)
            self._parked[name] = loaded

    def finish(self) -> None:
        """After the commit: park what was deleted, drop what pytest must import again."""
        for name, loaded in self._parked.items():
            if name not in sys.modules:
                self.project.loaded.pop(name, None)
                self.project.unindex()
                self.project.parked[name] = loaded
                self.report.gone.append(name)
        if not self.newer and not self.gone and not any(r.endswith(".py") for r in self.todo):
            return
        for name, module in list(sys.modules.items()) if "_pytest" in sys.modules else ():
            if is_rewritten(module) and name.rpartition(".")[2] != "conftest":
                file = getattr(module, "__file__", None)
                if isinstance(file, str) and self.project.contains(self.project.real(file)):
                    del sys.modules[name]


def _fits(loaded: Loaded) -> bool:
    """Whether the live functions are those of the text that is believed to have been executed."""
    space, file = loaded.space, loaded.source.file
    for stmt in loaded.source.stmts:
        label = stmt.label
        if label is None or label[0] != "def":
            continue
        value = space.get(label[1])
        if not isinstance(value, types.FunctionType) or value.__globals__ is not space:
            continue
        code = value.__code__
        if (
            code.co_name == label[1]
            and code.co_filename == file
            and "\n" in stmt.text
            and code.co_firstlineno != stmt.line
        ):
            others = [s for s in loaded.source.stmts if label[1] in s.facts.binds]
            if len(others) == 1:
                return False
    return True
