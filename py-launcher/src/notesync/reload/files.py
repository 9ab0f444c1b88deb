"""What modules make of files when they are imported: data they read, folders they list."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from notesync.reload.diff import Pair
from notesync.reload.hits import CALL
from notesync.reload.project import Loaded
from notesync.reload.syntax import FUNCTIONS
from notesync.reload.unit import Unit

if TYPE_CHECKING:
    from notesync.reload.plan import Planner

_LISTING = frozenset(
    [
        "find_packages",
        "glob",
        "iglob",
        "iter_modules",
        "iterdir",
        "listdir",
        "rglob",
        "scandir",
        "walk",
        "walk_packages",
    ]
)
_SEARCHED = tuple(word.encode() for word in sorted(_LISTING))


class Files:
    """Finds, for one planner, the statements to which a file without a loaded module matters.

    Decided by the text alone: a statement that names the file, or lists a folder around it.
    """

    def __init__(self, plan: Planner, paths: Iterable[str]) -> None:
        self.plan = plan
        self.paths = list(paths)

    def seed(self) -> None:
        """Mark them. Bytes are searched first; only what they are found in is parsed."""
        named = {os.path.basename(p): p for p in self.paths if not p.endswith(".py")}
        found = {name.encode(): name for name in named}
        for loaded in list(self.plan.project.loaded.values()) if self.paths else ():
            data = loaded.source.plain
            names = {name for word, name in found.items() if word in data}
            lists = any(word in data for word in _SEARCHED) and any(
                _near(loaded, path) for path in self.paths
            )
            if names or lists:
                self._seed_module(loaded.name, names, lists)

    def _seed_module(self, name: str, names: set[str], lists: bool) -> None:
        unit = self.plan.ensure(name)
        if unit is None:
            return
        for each in unit.pairs:
            self._statement(unit, each, names, lists)
        self.plan.queue(name)

    def _statement(self, unit: Unit, each: Pair, names: set[str], lists: bool) -> None:
        facts, node = each.new.facts, each.new.node
        words = facts.attrs | {ref[-1] for ref in facts.uses}
        if (lists and words & _LISTING) or _names(_outside_functions(node), names):
            self.plan.mark(unit, each, "reads a file that changed")
        for name, body in facts.bodies.items():
            listing = lists and (body.attrs | {ref[-1] for ref in body.reads}) & _LISTING
            if listing or _names(_functions(node, name), names):
                self.plan.behave(unit.name, name, {CALL})
        for where, kind in facts.classes.items():
            for name, body in kind.methods.items():
                listing = lists and (body.attrs | {ref[-1] for ref in body.reads}) & _LISTING
                if listing or _names(kind.items.get(name, ()), names):
                    self.plan.behave_class(unit, where, {name})


def _near(loaded: Loaded, path: str) -> bool:
    """Below the folder of the module, or in one that its text names."""
    if not loaded.real:
        return False
    folder = os.path.dirname(path)
    name = os.path.basename(folder).encode()
    return path.startswith(os.path.dirname(loaded.real) + os.sep) or any(
        quote + name in loaded.source.plain for quote in (b"'", b'"', b"/")
    )


def _names(nodes: Iterable[ast.AST], names: set[str]) -> bool:
    return bool(names) and any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and part.value.replace("\\", "/").rpartition("/")[2] in names
        for node in nodes
        for part in ast.walk(node)
    )


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions of a statement that run with it."""
    if isinstance(node, ast.expr):
        yield node
        return
    if isinstance(node, FUNCTIONS):
        yield from [*node.decorator_list, *node.args.defaults]
        return
    for child in ast.iter_child_nodes(node):
        yield from _outside_functions(child)


def _functions(node: ast.AST, name: str) -> Iterator[ast.AST]:
    for part in ast.walk(node):
        if isinstance(part, FUNCTIONS) and part.name == name:
            yield from part.body
        elif isinstance(part, ast.Lambda):
            yield part.body
