"""What a function does when it is called: the half of `facts` that runs later."""

from __future__ import annotations

import ast

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


def body_of(node: _Function, package: str, scopes: list[Scope]) -> Body:
    """The global names that a function (and whatever it defines) reads, writes and changes."""
    walker = _BodyWalker(package, list(scopes))
    walker.enter(node, nested=False)
    return walker.body


class _BodyWalker(Walker, ast.NodeVisitor):
    """Walks one function with everything nested in it; names of enclosing functions are local."""

    def __init__(self, package: str, scopes: list[Scope]) -> None:
        Walker.__init__(self, package, scopes)
        self.body = Body()
        self.params: set[str] = set()
        self.first = ""  # `self` or `cls` of a method
        self.depth = 0
        self.globals: set[str] = set()

    def enter(self, node: _Function, *, nested: bool) -> None:
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
        self.depth += nested
        if not nested:
            self.params = params
            every = [*args.posonlyargs, *args.args]
            self.first = every[0].arg if every else ""
        for statement in statements:
            self.visit(statement)
        self.depth -= nested
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
        self.enter(node, nested=True)

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

    def _comprehension(self, node: ast.AST) -> None:
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
        elif node.id in self.globals:
            self.body.writes.add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            ref = self.global_ref((node.target.id,))
            if ref is not None:
                self.body.reads.add(ref)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            self.body.attrs.add(node.attr)
        else:
            self._mutate(root_chain(node.value))
        ref = chain(node)
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
            self._mutate(root_chain(node.value))
        self.generic_visit(node)

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
        if self.depth == 0 and last not in HOLDERS:
            every = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
            for part in every:
                if isinstance(part, ast.Starred):
                    part = part.value
                if isinstance(part, ast.Name) and part.id in self.params:
                    self.body.calls_params = True
        self.generic_visit(node)
