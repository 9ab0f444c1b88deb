"""Which names of the notebook came out of project modules, and how they follow their origin."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from notesync.reload.names import Scope, Walker, public_names
from notesync.reload.undo import MISSING, Undo

_ATOMS = (int, float, complex, str, bytes, bool, type(None), types.EllipsisType, range, frozenset)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Journal:
    """The imports that the cells have made and nothing has overwritten since. Main thread only."""

    def __init__(self) -> None:
        self.names: dict[str, tuple[str, str]] = {}  # notebook name → (module, attribute)
        self.stars: set[str] = set()
        self.read = 0  # how many entries of the shell's history have been read

    def cell_ran(
        self, text: str, is_project: Callable[[str], bool], user: dict[str, Any] | None = None
    ) -> None:
        """Read what a cell imported and what it bound otherwise."""
        if not self.names and not self.stars and "import" not in text:
            return
        tree = _parse(text)
        if tree is None:
            return
        for statement in tree.body:
            self._statement(statement, is_project)
            for name, origin in self.imported.items():
                if name not in self.names and user is not None:
                    # imported in one branch and bound in another: the value tells which one ran
                    space = getattr(sys.modules.get(origin[0]), "__dict__", {})
                    if space.get(origin[1], MISSING) is user.get(name):
                        self.names[name] = origin

    def _statement(self, statement: ast.stmt, is_project: Callable[[str], bool]) -> None:
        self.imported: dict[str, tuple[str, str]] = {}
        for node in [
            statement,
            *([] if isinstance(statement, _SCOPES) else _statements(statement)),
        ]:
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                ours = is_project(node.module)
                for alias in node.names:
                    if alias.name == "*":
                        if ours:
                            self._star(node.module)
                    elif ours:
                        self.imported[alias.asname or alias.name] = (node.module, alias.name)
                        self.names[alias.asname or alias.name] = (node.module, alias.name)
                    else:
                        self.names.pop(alias.asname or alias.name, None)
            else:
                for name in _bound(node):
                    self.names.pop(name, None)

    def _star(self, module: str) -> None:
        self.stars.add(module)
        for name in public_names(getattr(sys.modules.get(module), "__dict__", {})):
            self.names[name] = (module, name)

    def follow(
        self,
        user: dict[str, Any],
        before: dict[str, dict[str, Any]],
        replaced: list[tuple[Any, Any]],
        handed_on: dict[str, list[tuple[Any, Any]]],
        undo: Undo,
    ) -> list[str]:
        """Rebind notebook names whose origin changed. Returns imported names that are gone."""
        lost: list[str] = []
        for name, (module, attribute) in list(self.names.items()):
            if attribute in handed_on and _is_lazy(module, attribute):
                for former, now in handed_on[attribute]:
                    if user.get(name, MISSING) is former:
                        undo.set_item(user, name, now)
                continue
            if module not in before:
                continue
            old = before[module].get(attribute, MISSING)
            new = getattr(sys.modules.get(module), "__dict__", {}).get(attribute, MISSING)
            if old is MISSING or user.get(name, MISSING) is not old:
                continue
            if new is MISSING:
                lost.append(f"{name} (from {module})")
            elif new is not old:
                undo.set_item(user, name, new)
        for module in self.stars:
            if module in before:
                self._new_star_names(user, module, before[module], undo)
        to = {id(old): (old, new) for old, new in replaced if not isinstance(old, _ATOMS)}
        for module in before if to else ():
            for value in getattr(sys.modules.get(module), "__dict__", {}).values():
                to.pop(id(value), None)  # still in use under another name
        if to:
            for name, value in list(user.items()):
                if id(value) in to and not name.startswith("_") and name not in ("In", "Out"):
                    undo.set_item(user, name, to[id(value)][1])
        return lost

    def _new_star_names(
        self, user: dict[str, Any], module: str, before: dict[str, Any], undo: Undo
    ) -> None:
        space = getattr(sys.modules.get(module), "__dict__", {})
        known = set(public_names(before))
        for name in public_names(space):
            if name not in known and name not in user:
                undo.set_item(user, name, space[name])
                self.names[name] = (module, name)


def _is_lazy(module: str, name: str) -> bool:
    """Whether a module makes a name when it is asked for."""
    space = getattr(sys.modules.get(module), "__dict__", {})
    return "__getattr__" in space and name not in space


def _parse(text: str) -> ast.Module | None:
    """The tree of a cell; lines that are IPython's own are left out."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        pass
    try:
        from IPython.core.inputtransformer2 import TransformerManager

        return ast.parse(str(TransformerManager().transform_cell(text)))
    except Exception:
        return None


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement that runs with the cell, in order."""
    for child in ast.iter_child_nodes(tree):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _statements(child)


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        walker = Walker("", [Scope({})])
        yield from (name for name, _ in walker.import_aliases(node))
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield node.id
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
