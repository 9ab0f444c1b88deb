"""What a statement at the left margin binds to what calls give back, without using it there."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator

from notesync.reload.names import Facts, Made, Ref, chain
from notesync.reload.syntax import FUNCTIONS, assigned_names

Resolve = Callable[["Ref | None"], "Ref | None"]
_Decorated = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def made_by(node: ast.stmt, resolve: Resolve) -> Iterator[tuple[Ref, Made]]:
    """The calls of a statement of which it only binds the result, by what they call."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield from made_by_decorators(node, node.name, resolve)
        return
    name, value = "", None
    if isinstance(node, ast.Assign) and all(isinstance(t, ast.Name) for t in node.targets):
        name, value = assigned_names(node)[0], node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        name, value = node.target.id, node.value
    elif isinstance(node, ast.Expr):
        value = node.value
    if value is not None:
        called, calls = _called(value)
        ref = resolve(chain(called)) if calls else None
        if ref is not None:
            yield ref, Made(name, calls, ())


def made_by_decorators(node: _Decorated, name: str, resolve: Resolve) -> Iterator[tuple[Ref, Made]]:
    """The same for the decorators of one function or class; the upper ones are given the result."""
    above: tuple[tuple[Ref, int], ...] = ()
    for decorator in node.decorator_list:
        called, calls = _called(decorator)
        ref = resolve(chain(called))
        if ref is not None:
            yield ref, Made(name, calls + 1, above)
        above = (*above, (ref or ("?",), calls + 1))


def note(facts: Facts, made: list[tuple[Ref, Made]], times: Counter[Ref]) -> None:
    """Keep those of which a statement makes no other use; `times`: how often it reads each."""
    facts.makers = {(ref, each.name) for ref, each in made if each.name}
    for ref, calls in Counter(ref for ref, _ in made).items():
        if times[ref] == calls:
            facts.calls[ref] = tuple(each for found, each in made if found == ref)


def _called(node: ast.expr) -> tuple[ast.expr, int]:
    calls = 0
    while isinstance(node, ast.Call):
        node, calls = node.func, calls + 1
    return node, calls
