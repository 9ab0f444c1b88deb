"""What a function does when it is called: the half of `facts` that runs later."""

from __future__ import annotations

import ast

from notesync.reload.later import DEEPEST, Role, roles_in
from notesync.reload.names import (
    COMPREHENSIONS,
    HOLDERS,
    MUTATORS,
    Body,
    Ref,
    Scope,
    Walker,
    chain,
    is_namespace,
    root_chain,
)

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_ASKING = frozenset(
    [
        "callable",
        "getattr",
        "getdoc",
        "getfullargspec",
        "getsource",
        "get_type_hints",
        "hasattr",
        "isasyncgenfunction",
        "isclass",
        "iscoroutinefunction",
        "isfunction",
        "isgeneratorfunction",
        "repr",
        "setattr",
        "signature",
        "unwrap",
    ]
)


def body_of(node: _Function, package: str, scopes: list[Scope]) -> Body:
    """The global names that a function (and whatever it defines) reads, writes and changes."""
    walker = _BodyWalker(package, list(scopes))
    walker.enter(node)
    now, *later = walker.parts
    if not any(part != Body() for part in later):
        return now
    whole = now
    for part in later:
        whole = whole.joined(part)
    whole.calls_params, whole.calls_param, whole.hands_self = (
        now.calls_params,
        now.calls_param,
        now.hands_self,
    )
    whole.parts = (now, *later)
    return whole


class _BodyWalker(Walker, ast.NodeVisitor):
    """Walks one function with everything nested in it; names of enclosing functions are local."""

    def __init__(self, package: str, scopes: list[Scope]) -> None:
        Walker.__init__(self, package, scopes)
        self.parts = [Body() for _ in range(DEEPEST + 1)]  # by the calls that it takes
        self.level = 0
        self.roles: dict[int, Role] | None = {}  # None: not asked for yet
        self.function: _Function | None = None
        self.params: set[str] = set()
        self.first = ""  # `self` or `cls` of a method
        self.globals: set[str] = set()

    @property
    def body(self) -> Body:
        """Where what is found now belongs."""
        return self.parts[self.level]

    def enter(self, node: _Function, role: Role | None = None) -> None:
        args = node.args
        params = {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]}
        params |= {a.arg for a in (args.vararg, args.kwarg) if a is not None}
        statements = node.body if isinstance(node.body, list) else [node.body]
        names, declared = self.local_names(statements)
        names.update(dict.fromkeys(params))
        for name in declared:
            names.pop(name, None)
        outside, outer_globals = self.scopes, self.globals
        if declared:
            outside_scopes = [
                Scope({k: v for k, v in s.names.items() if k not in declared}) for s in outside
            ]
        else:
            outside_scopes = list(outside)
        self.scopes = [*outside_scopes, Scope(names)]
        self.globals = declared
        above = self.level, self.roles, self.params, self.function
        self.function = node
        if role is None:
            every = [*args.posonlyargs, *args.args]
            self.first = every[0].arg if every else ""
        elif role >= Role.SHARED:
            self.level = min(self.level + 1, DEEPEST)
        self.params = self.params - names.keys()
        self.params |= params if role is None or role >= Role.SHARED else set()
        self.roles = None if role in (None, Role.GIVES, Role.LEAVES) else {}
        for statement in statements:
            self.visit(statement)
        self.level, self.roles, self.params, self.function = above
        self.scopes, self.globals = outside, outer_globals

    def local_names(
        self, statements: list[ast.AST] | list[ast.stmt] | list[ast.expr]
    ) -> tuple[dict[str, Ref | None], set[str]]:
        names: dict[str, Ref | None] = {}
        declared: set[str] = set()
        stack: list[ast.AST] = list(statements)
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.setdefault(node.name, None)
                continue
            if isinstance(node, (ast.Lambda, *COMPREHENSIONS)):
                for child in ast.walk(node):
                    if isinstance(child, ast.NamedExpr):
                        names.setdefault(child.target.id, None)
                continue
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for name, ref in self.import_aliases(node):
                    names[name] = ref
            elif isinstance(node, ast.Global):
                declared.update(node.names)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
                names[node.id] = None
            else:
                for field in ("name", "rest"):  # except handlers, match patterns
                    bound = getattr(node, field, None)
                    if isinstance(bound, str):
                        names.setdefault(bound, None)
            stack.extend(ast.iter_child_nodes(node))
        return names, declared

    # -- visitors -----------------------------------------------------------------------------

    def _function(self, node: _Function) -> None:
        for decorator in getattr(node, "decorator_list", []):
            self.visit(decorator)
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        if self.roles is None:
            assert self.function is not None
            self.roles = roles_in(self.function)
        self.enter(node, self.roles.get(id(node), Role.RUNS))

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(part)
        outside = self.scopes
        names, _ = self.local_names(node.body)
        for child in node.body:
            if isinstance(child, _NESTED):
                self.visit(child)
                continue
            self.scopes = [*outside, Scope(names)]
            self.visit(child)
            self.scopes = outside

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._iterate(node.iter)
        self.generic_visit(node)

    visit_AsyncFor = visit_For

    def _iterate(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name) and node.id in self.params:
            self.body.calls_params = True  # perhaps, one by one

    def _comprehension(self, node: ast.AST) -> None:
        for each in node.generators:  # type: ignore[attr-defined]
            self._iterate(each.iter)
        generators = node.generators  # type: ignore[attr-defined]
        names = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        outside = self.scopes
        self.visit(generators[0].iter)
        self.scopes = [*outside, Scope(dict.fromkeys(names))]
        self.generic_visit(node)
        self.scopes = outside

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Import(self, node: ast.Import) -> None:
        self.body.reads.update(("@" + alias.name, "") for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.body.reads.update(ref for _, ref in self.import_aliases(node))

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            ref = self.global_ref((node.id,))
            if ref is not None:
                self.body.reads.add(ref)
            self.body.hands_self |= node.id == self.first
        elif node.id in self.globals:
            self.body.writes.add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            ref = self.global_ref((node.target.id,))
            if ref is not None:
                self.body.reads.add(ref)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        given = isinstance(node.value, ast.Name) and node.value.id in self.params
        if given and any(isinstance(target, ast.Name) for target in node.targets):
            self.body.calls_params = self.body.calls_param = True  # under another name
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        ref = chain(node)
        if not isinstance(node.ctx, ast.Load):
            self._store(root_chain(node.value))
        elif ref is None or ref[0] != "object":  # `object.__new__` is nobody else's
            self.body.attrs.add(node.attr)
        if ref is None:
            self.visit(node.value)
            return
        self.body.attrs.update(ref[1:-1])
        resolved = self.global_ref(ref)
        if resolved is not None:
            self.body.reads.add(resolved)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.body.dynamic |= is_namespace(node, module_level=False)
        if not isinstance(node.ctx, ast.Load):
            self._store(root_chain(node.value))
        self.generic_visit(node)

    def _store(self, ref: Ref | None) -> None:
        self._mutate(ref)
        resolved = self.global_ref(ref)
        if resolved is not None:
            self.body.stores.add(resolved)

    def _mutate(self, ref: Ref | None) -> None:
        if ref is not None and len(ref) > 1 and ref[0] == self.first:
            self.body.own.add(ref[1])
        resolved = self.global_ref(ref)
        if resolved is not None:
            self.body.mutates.add(resolved)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self._mutate(root_chain(node.value.func.value))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.body.dynamic |= is_namespace(node, module_level=False)
        callee = chain(node.func)
        last = callee[-1] if callee else getattr(node.func, "attr", "")
        if isinstance(node.func, ast.Attribute) and last in MUTATORS:
            self._mutate(root_chain(node.func.value))
        if last in ("setattr", "delattr", "next", "heappush") and node.args:
            self._mutate(root_chain(node.args[0]))
        if last in ("getattr", "hasattr") and len(node.args) > 1:
            ref, name = self.global_ref(chain(node.args[0])), node.args[1]
            if ref is not None and isinstance(name, ast.Constant) and isinstance(name.value, str):
                self.body.reads.add((*ref, name.value))
                self.body.attrs.add(name.value)
        if last not in HOLDERS and last not in _ASKING:
            every = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
            for part in every:
                while isinstance(part, (ast.Starred, ast.Subscript)):
                    part = part.value
                if isinstance(part, ast.Name) and part.id in self.params:
                    self.body.calls_params = True
                    self.body.calls_param |= part is node.func
        dressed = last in ("wraps", "update_wrapper") and not self.body.hands_self
        self.generic_visit(node)
        if dressed:
            others: list[ast.AST] = [node.func, *node.keywords]
            others += [each for each in node.args if not isinstance(each, ast.Name)]
            deep = [each for part in others for each in ast.walk(part)]
            self.body.hands_self = any(
                isinstance(each, ast.Name) and each.id == self.first for each in deep
            )
