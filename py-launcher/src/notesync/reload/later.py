"""What becomes of the functions that a function makes: whether they run when it runs, or only leave
it.

A decorator's wrapper is returned and runs when somebody calls what was decorated. What cannot be
told apart from a call counts as one.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable
from enum import IntEnum

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_NAMESPACES = frozenset(["locals", "vars", "eval", "exec"])
_ASKED = frozenset(
    [
        "__annotations__",
        "__defaults__",
        "__dict__",
        "__doc__",
        "__kwdefaults__",
        "__module__",
        "__name__",
        "__qualname__",
        "__signature__",
        "__wrapped__",
    ]
)
WRAPPING = frozenset(  # give back what they are given, or something that calls it when called
    [
        "asynccontextmanager",
        "cache",
        "cached_property",
        "cast",
        "classmethod",
        "contextmanager",
        "lru_cache",
        "partial",
        "partialmethod",
        "property",
        "staticmethod",
        "update_wrapper",
        "wraps",
    ]
)
DEEPEST = 2


class Role(IntEnum):
    """What becomes of a nested function; of several uses the first of these counts."""

    RUNS = 0  # it may run, and so may whatever it returns
    GIVES = 1  # it runs, and what it returns leaves with it
    SHARED = 2  # it leaves, and another one that leaves may call it
    LEAVES = 3  # it leaves


def roles_in(function: _Function) -> dict[int, Role]:
    """The roles of the functions right inside a function, by the id of their trees."""
    return _Uses(function).roles()


def change_level(old: ast.AST, new: ast.AST) -> int:
    """How often what a function returns must be called before it acts differently."""
    for level in range(DEEPEST, 0, -1):
        if _hollow(old, level) == _hollow(new, level):
            return level
    return 0


def _hollow(node: ast.AST, level: int) -> str:
    """The dump of a function without the bodies of what has left it after so many calls."""
    if not isinstance(node, _FUNCTIONS):
        return ast.dump(node)
    node = copy.deepcopy(node)
    _empty(node, roles_in(node), level)
    return ast.dump(node)


def _empty(node: ast.AST, roles: dict[int, Role], level: int) -> None:
    for child in ast.iter_child_nodes(node):
        role = roles.get(id(child), Role.RUNS)
        if not isinstance(child, _FUNCTIONS) or role is Role.RUNS:
            _empty(child, roles, level)
        elif role is Role.GIVES:
            _empty(child, roles_in(child), level)
        elif level == 1:
            nothing = ast.Constant(None)
            child.body = nothing if isinstance(child, ast.Lambda) else [ast.Expr(nothing)]
        elif role is Role.LEAVES:
            _empty(child, roles_in(child), level - 1)


def last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`, of `a.b.c(x)` too."""
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


class _Uses(ast.NodeVisitor):
    """Walks what runs when one function runs, and not into the functions that it makes."""

    def __init__(self, function: _Function) -> None:
        self.made: dict[str, list[_Function]] = {}
        self.worst: dict[str, Role] = {}
        self.lambdas: list[tuple[ast.Lambda, Role]] = []
        body = function.body if isinstance(function.body, list) else [function.body]
        self._collect(body)
        for part in body:
            if isinstance(part, ast.expr):
                self._out(part)
            else:
                self.visit(part)
        if any(isinstance(n, ast.Name) and n.id in _NAMESPACES for n in ast.walk(function)):
            for name in self.made:
                self._use(name, Role.RUNS)

    def roles(self) -> dict[int, Role]:
        """The role of each function once all uses of it are known."""
        mentions = {name: _mentioned(functions) for name, functions in self.made.items()}
        for each, role in self.lambdas:
            self._use_all(_mentioned([each]), role)
        waiting = set(self.made)
        while waiting:
            name = waiting.pop()
            before = dict(self.worst)
            self._use_all(mentions[name], self.worst.get(name, Role.LEAVES))
            waiting |= {n for n, role in self.worst.items() if before.get(n) is not role}
        found = {id(each): role for each, role in self.lambdas}
        for name, functions in self.made.items():
            found.update((id(each), self.worst.get(name, Role.LEAVES)) for each in functions)
        return found

    def _use_all(self, names: set[str], by: Role) -> None:
        for name in names:
            self._use(name, Role.SHARED if by >= Role.SHARED else Role.RUNS)

    def _use(self, name: str, role: Role) -> None:
        if name in self.made:
            self.worst[name] = min(role, self.worst.get(name, role))

    def _collect(self, nodes: Iterable[ast.AST]) -> None:
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.made.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.made.setdefault(target.id, []).append(node.value)
            elif not isinstance(node, (ast.ClassDef, ast.Lambda)):
                stack.extend(ast.iter_child_nodes(node))

    # -- what may call one of them ------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
            if last_name(decorator) not in WRAPPING:
                self._use(node.name, Role.RUNS)
        self._defaults(node.args)

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def _defaults(self, args: ast.arguments) -> None:
        for default in [*args.defaults, *args.kw_defaults]:
            if default is not None:
                self.visit(default)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.lambdas.append((node, Role.RUNS))
        self._defaults(node.args)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                self._use(each.id, Role.RUNS)

    def visit_Global(self, node: ast.Global) -> None:
        for name in node.names:
            self._use(name, Role.RUNS)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._use(node.id, Role.RUNS)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        stored = not isinstance(node.ctx, ast.Load)
        if not isinstance(node.value, ast.Name) or not (stored or node.attr in _ASKED):
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.visit(target)
        target = node.targets[0]
        alone = isinstance(target, ast.Name) and len(node.targets) == 1
        if isinstance(node.value, ast.Lambda) and alone:
            self._defaults(node.value.args)
        elif (
            alone
            and isinstance(node.value, ast.Call)
            and last_name(node.value) in WRAPPING
            and any(ast.dump(arg) == _loaded(target) for arg in node.value.args)
        ):
            self._out(node.value)
        else:
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and last_name(node.value) in WRAPPING:
            self._out(node.value)
        else:
            self.visit(node.value)

    # -- what leaves --------------------------------------------------------------------------

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._out(node.value)

    def _out(self, node: ast.expr) -> None:
        if isinstance(node, ast.Lambda):
            self.lambdas.append((node, Role.LEAVES))
            self._defaults(node.args)
        elif isinstance(node, ast.IfExp):
            self.visit(node.test)
            self._out(node.body)
            self._out(node.orelse)
        elif isinstance(node, ast.Call):
            self._out_call(node)
        elif not isinstance(node, ast.Name):
            self.visit(node)

    def _out_call(self, node: ast.Call) -> None:
        if last_name(node) in WRAPPING:
            if isinstance(node.func, ast.Call):
                for part in [*node.func.args, *node.func.keywords]:
                    self.visit(part)
            for argument in node.args:
                self._out(argument)
            for keyword in node.keywords:
                self.visit(keyword.value)
        elif isinstance(node.func, ast.Name) and node.func.id in self.made:
            self._use(node.func.id, Role.GIVES)
            for part in [*node.args, *node.keywords]:
                self.visit(part)
        else:
            self.visit(node)


def _loaded(target: ast.expr) -> str:
    assert isinstance(target, ast.Name)
    return ast.dump(ast.Name(target.id, ast.Load()))


def _mentioned(functions: list[_Function]) -> set[str]:
    """The names that functions read, but for attributes of what they stand for."""
    found: set[str] = set()
    for function in functions:
        asked = {
            id(n.value)
            for n in ast.walk(function)
            if isinstance(n, ast.Attribute) and n.attr != "__call__"
        }
        found.update(
            n.id
            for n in ast.walk(function)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and id(n) not in asked
        )
    return found
