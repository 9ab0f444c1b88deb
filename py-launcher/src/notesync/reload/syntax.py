"""Small questions about syntax trees."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notesync.reload.source import Source

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def absolute(name: str, level: int, package: str) -> str:
    """The absolute name of a relative import."""
    if not level:
        return name
    parts = package.split(".") if package else []
    base = ".".join(parts[: len(parts) - level + 1])
    return f"{base}.{name}" if base and name else base or name


def first_line(node: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators = getattr(node, "decorator_list", None)
    return min([node.lineno, *(d.lineno for d in decorators)]) if decorators else node.lineno


def is_lambda(node: ast.stmt) -> bool:
    """`name = lambda …` defines a function as `def name` does."""
    return (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Lambda)
    )


def assigned_names(node: ast.stmt) -> list[str]:
    """The plain names on the left of an assignment."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    else:
        return []
    return [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]


def has_annotations(node: ast.stmt) -> bool:
    """Whether a statement says anything about types."""
    for child in ast.walk(node):
        if isinstance(child, ast.AnnAssign):
            return True
        if getattr(child, "annotation", None) is not None or getattr(child, "returns", None):
            return True
    return False


def annotated(source: Source) -> set[str]:
    """The names that the module itself says a type about, in branches too."""
    found = (node.target for node, _ in simple_annotations(source))
    return {target.id for target in found if isinstance(target, ast.Name)}


def simple_annotations(source: Source) -> list[tuple[ast.AnnAssign, bool]]:
    """Annotations of the module's own names in order, and whether they are in a branch."""
    found: list[tuple[ast.AnnAssign, bool]] = []
    stack: list[tuple[ast.AST, bool]] = [(stmt.node, False) for stmt in reversed(source.stmts)]
    while stack:
        node, in_branch = stack.pop()
        if isinstance(node, ast.AnnAssign):
            if node.simple:
                found.append((node, in_branch))
        elif not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.expr)):
            children = list(ast.iter_child_nodes(node))
            stack += [(child, True) for child in reversed(children)]
    return found
