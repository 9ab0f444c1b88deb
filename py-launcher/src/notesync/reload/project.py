"""The loaded modules of the project: their source as it was executed, their files, their
imports."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import sys
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

from notesync.reload.importers import Importers
from notesync.reload.source import Source
from notesync.reload.trees import Trees
from notesync.reload.undo import isa

_FOREIGN = frozenset({"site-packages", "dist-packages", ".venv", "venv", "node_modules"})
_SHELF = 200  # modules in one container


def modules_in(values: Iterable[Any]) -> frozenset[str]:
    """The names of the modules among some values."""
    return frozenset(value.__name__ for value in values if isa(value, types.ModuleType))


def shelves_in(space: dict[str, Any]) -> dict[str, frozenset[str]]:
    """The containers of a namespace that hold modules, such as a list of plugins."""
    found: dict[str, frozenset[str]] = {}
    for name, value in list(space.items()):
        if type(value) in (list, tuple, dict) and 0 < len(value) <= _SHELF:
            modules = modules_in(value.values() if type(value) is dict else value)
            if modules and not name.startswith("__"):
                found[name] = modules
    return found


@dataclass
class Loaded:
    """One module of the project and the text that it was executed from."""

    name: str
    module: types.ModuleType
    source: Source
    real: str  # real path of the file, "" for a namespace package
    spec: object = field(repr=False, default=None)
    names: frozenset[str] = field(repr=False, default=frozenset())  # bound when it was loaded
    parts: dict[str, frozenset[str]] = field(repr=False, default_factory=dict)  # of its classes
    holds: frozenset[str] = field(repr=False, default=frozenset())  # modules among its values
    shelves: dict[str, frozenset[str]] = field(repr=False, default_factory=dict)  # …in containers

    @property
    def space(self) -> dict[str, Any]:
        """The live namespace."""
        return self.module.__dict__

    def look(self) -> None:
        """Take note of the modules that it holds."""
        self.shelves = shelves_in(self.space)
        self.holds = modules_in(list(self.space.values())).union(*self.shelves.values())

    def class_parts(self) -> dict[str, frozenset[str]]:
        """The attributes of its classes, where more than their bodies may have made them."""
        if not self.source.makes_classes:
            return {}
        plain = b"setattr" in self.source.data or b"\n@" in self.source.data
        return {
            key: frozenset(value.__dict__)
            for key, value in list(self.space.items())
            if isa(value, type)
            and value.__module__ == self.name
            and (plain or type(value) is not type or value.__base__ is not object)
        }

    def loaded_again(self, source: Source, before: dict[str, frozenset[str]] | None) -> None:
        """Its text was executed; `before` are its `class_parts` then: what a user added is his."""
        self.source = source
        self.look()
        if before is None:
            return
        self.parts = {
            key: found - (before.get(key, frozenset()) - self.parts.get(key, found))
            for key, found in self.class_parts().items()
        }


class Project:
    """Knows which modules belong to the roots. Reads each file once, when its module is first
    seen."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = [os.path.realpath(root) for root in roots]
        self.loaded: dict[str, Loaded] = {}
        self.parked: dict[str, Loaded] = {}  # deleted from disk; the same object if it comes back
        self._seen: dict[str, int] = {}
        self._mark: tuple[int, str, int] = (0, "", 0)
        self._real: dict[str, str] = {}
        self.trees = Trees()
        self._importers = Importers()
        self._indexed = False

    # -- what is loaded -----------------------------------------------------------------------

    def scan(self, *, force: bool = False) -> list[Loaded]:
        """Take note of modules imported since the last call. Costs nothing when there are none."""
        if not sys.modules:
            return []
        last = next(reversed(sys.modules))
        mark = (len(sys.modules), last, id(sys.modules[last]))
        if mark == self._mark and not force:
            return []
        self._mark = mark
        fresh: list[Loaded] = []
        for name, module in list(sys.modules.items()):
            if self._seen.get(name) == id(module) and not (
                force and name in self.loaded and self._executed_again(name)
            ):
                continue
            self._seen[name] = id(module)
            found, former = self._capture(name, module), self.loaded.pop(name, None)
            if former is not None:
                self.trees.lose(former.source)
            if found is not None:
                self.loaded[name] = found
                fresh.append(found)
        gone = [name for name in self.loaded if name not in sys.modules]
        for name in gone:
            self.trees.lose(self.loaded.pop(name).source)
            self._seen.pop(name, None)
        if fresh or gone:
            self.unindex()
        return fresh

    def _executed_again(self, name: str) -> bool:
        """`importlib.reload` leaves the module and gives it a new spec."""
        loaded = self.loaded[name]
        return loaded.space.get("__spec__") is not loaded.spec

    def _capture(self, name: str, module: object) -> Loaded | None:
        if name == "__main__" or not isinstance(module, types.ModuleType):
            return None
        file = getattr(module, "__file__", None)
        spec = getattr(module, "__spec__", None)
        if file is None:
            paths = list(getattr(module, "__path__", ()))
            if not paths or not any(self.contains(os.path.realpath(path)) for path in paths):
                return None
            return Loaded(name, module, Source(b"", name, "", is_package=True), "", spec)
        if not isinstance(file, str) or not file.endswith(".py"):
            return None
        real = self.real(file)
        if not self.contains(real):
            return None
        try:
            data = Path(file).read_bytes()
        except OSError:
            return None
        package = hasattr(module, "__path__")
        source = Source(data, name, file, is_package=package)
        space = module.__dict__
        found = Loaded(name, module, source, real, spec, frozenset(space))
        found.look()
        found.parts = found.class_parts()
        return found

    def contains(self, real: str) -> bool:
        """True for a path under a root that is not an installed package."""
        for root in self.roots:
            if real == root or real.startswith(root + os.sep):
                inner = real[len(root) :]
                return not any(part in _FOREIGN for part in inner.split(os.sep))
        return False

    def real(self, file: str) -> str:
        """The real path of a file, remembered."""
        found = self._real.get(file)
        if found is None:
            found = _real(file, self._real)
            self._real[file] = found
        return found

    def by_file(self, real: str) -> list[Loaded]:
        """Every module loaded from a file: one file may have been imported under two names."""
        return [each for each in self.loaded.values() if each.real == real]

    # -- names and files ----------------------------------------------------------------------

    def names_for(self, real: str) -> set[str]:
        """The names under which a file could be imported."""
        stem, extension = os.path.splitext(real)
        if extension != ".py":
            return set()
        if os.path.basename(stem) == "__init__":
            stem = os.path.dirname(stem)
        names: set[str] = set()
        bases = [("", entry or os.getcwd()) for entry in sys.path if isinstance(entry, str)]
        for each in list(self.loaded.values()):
            bases += [(each.name + ".", str(path)) for path in each.space.get("__path__", ())]
        for prefix, base in bases:
            base = self.real(base)
            if stem.startswith(base + os.sep):
                parts = stem[len(base) + 1 :].split(os.sep)
                if all(part.isidentifier() for part in parts):
                    names.add(prefix + ".".join(parts))
        return names

    @staticmethod
    def find_spec(name: str) -> ModuleSpec | None:
        """Where an import of `name` would find it now."""
        parent = name.rpartition(".")[0]
        path = None
        if parent:
            package = sys.modules.get(parent)
            path = getattr(package, "__path__", None)
            if path is None:
                return None
        try:
            return PathFinder.find_spec(name, path)
        except (ImportError, AttributeError, ValueError):
            return None

    def read(self, name: str, spec: ModuleSpec) -> Source:
        """The source that a spec leads to; a namespace package has none."""
        package = spec.submodule_search_locations is not None
        if not spec.has_location or spec.origin is None:
            return Source(b"", name, "", is_package=package)
        return Source(Path(spec.origin).read_bytes(), name, spec.origin, is_package=package)

    # -- imports ------------------------------------------------------------------------------

    def dependants(self, name: str, words: Words | Iterable[str] | None) -> Iterator[Loaded]:
        """Loaded modules that may read from `name`, by text: any of `words`, or anything if None.

        One that star-imports from it counts in any case: it hands names on without naming them.
        """
        if not self._indexed:
            self._importers.follow(self.loaded)
            self._indexed = True
        wanted = words if isinstance(words, Words) else Words(words)
        for importer in sorted(self._importers.of(name)):
            each = self.loaded.get(importer)
            if each is not None and each.name != name and wanted.may_be_in(each.source):
                yield each

    # -- housekeeping -------------------------------------------------------------------------

    def taken_up(self, loaded: Loaded, before: Source) -> None:
        """A module was brought up to date from one text to another."""
        if loaded.source is not before:
            self.trees.lose(before)
        if self._indexed and self.loaded.get(loaded.name) is loaded:
            self._importers.take_in(loaded)

    def unindex(self) -> None:
        """Modules came or went: who imports what is looked up again."""
        self._indexed = False

    def learn(self, source: Source) -> bool:
        """Keep what follows from a text that nobody has asked for yet. False: no room is left."""
        self._importers.take_in(self.loaded[source.name])
        return self.trees.learn(source)

    def is_current(self, source: Source) -> bool:
        """Whether a loaded module was executed from this text."""
        loaded = self.loaded.get(source.name)
        return loaded is not None and loaded.source is source

    def pinned(self, name: str, module: types.ModuleType) -> None:
        """A module was put back into `sys.modules` by us: it is known already."""
        self._seen[name] = id(module)


class Words:
    """Names that are searched in texts, once in each. None stands for any.

    For one plan: while it is made, no text goes.
    """

    def __init__(self, words: Iterable[str] | None) -> None:
        self._known: dict[int, bool] = {}
        self._words = None if words is None else [word.encode() for word in words]
        self._ascii = self._words is not None and all(map(bytes.isascii, self._words))
        self._exact: re.Pattern[bytes] | None = None

    def may_be_in(self, source: Source) -> bool:
        """True, too, for a text that hands names on, or asks for them, without naming them."""
        found = self._known.get(id(source))
        if found is None:
            found = self._known[id(source)] = self._look(source)
        return found

    def _look(self, source: Source) -> bool:
        if self._words is None or source.looks_around:
            return True
        if not any(word in source.plain for word in self._words):
            return False
        if not self._ascii:
            return True
        if self._exact is None:  # as names of their own, not as parts of others
            self._exact = re.compile(rb"\b(?:" + b"|".join(map(re.escape, self._words)) + rb")\b")
        return self._exact.search(source.plain) is not None


def real_paths(paths: Iterable[str | os.PathLike[str]]) -> Iterator[str]:
    """The real path of each, in their order; each folder is followed once."""
    folders: dict[str, str] = {}
    for path in paths:
        yield _real(os.fspath(path), folders)


def _real(file: str, folders: dict[str, str]) -> str:
    """The real path of `file`; `folders` remembers those that are known."""
    folder, name = os.path.split(file)
    base = folders.get(folder)
    if base is None:
        base = folders[folder] = os.path.realpath(folder)
    found = os.path.join(base, name)
    if name in ("", ".", "..") or os.path.islink(found):
        return os.path.realpath(file)
    return found


def drop_bytecode(paths: Iterable[str]) -> None:
    """Remove the cached bytecode of source files: its time and size may still fit."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        if not path.endswith(".py"):
            continue
        try:
            cached = importlib.util.cache_from_source(path)
        except NotImplementedError:
            return
        directory = os.path.dirname(cached)
        if directory not in folders:
            folders[directory] = _bytecode_in(directory)
        stem = os.path.basename(path).removesuffix("py")
        for entry in folders[directory]:
            if entry.startswith(stem):
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(directory, entry))


def _bytecode_in(directory: str) -> list[str]:
    try:
        return [entry for entry in os.listdir(directory) if entry.endswith(".pyc")]
    except OSError:
        return []
