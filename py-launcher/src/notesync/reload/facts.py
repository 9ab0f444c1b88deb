"""What one top-level statement binds, reads, holds and changes, found by reading its tree only."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable

from notesync.reload.bodies import body_of
from notesync.reload.later import last_name
from notesync.reload.made import made_by, made_by_decorators, note
from notesync.reload.names import (
    COMPREHENSIONS,
    HOLDERS,
    MUTATORS,
    Body,
    ClassFacts,
    Facts,
    Made,
    Ref,
    Scope,
    Walker,
    chain,
    is_namespace,
    root_chain,
)
from notesync.reload.syntax import FUNCTIONS, absolute, assigned_names


def scan(node: ast.stmt, package: str, *, lazy_annotations: bool) -> Facts:
    """The facts of one top-level statement of a module in `package`."""
    scanner = _Scanner(package, lazy_annotations)
    scanner.whole = node
    scanner.statement(node, top=True)
    note(scanner.facts, scanner.made, scanner.times)
    return scanner.facts


ADDING = frozenset(
    ["dataclass", "define", "final", "frozen", "runtime_checkable", "total_ordering"]
)


class _Scanner(Walker):
    """Walks what runs when the statement runs."""

    def __init__(self, package: str, lazy_annotations: bool) -> None:
        super().__init__(package, [])
        self.facts = Facts()
        self.lazy = lazy_annotations
        self.collect: set[Ref] | None = None
        self.locals: set[str] = set()
        self.times: Counter[Ref] = Counter()  # how often each reference is read
        self.made: list[tuple[Ref, Made]] = []
        self.whole: ast.stmt | None = None

    # -- statements ---------------------------------------------------------------------------

    def statement(self, node: ast.stmt, *, top: bool = False, path: str = "") -> None:
        facts = self.facts
        if top:
            self.made += made_by(node, self.global_ref)
        if isinstance(node, FUNCTIONS):
            self.function(node, path)
            self.bind(node.name, top)
        elif isinstance(node, ast.ClassDef):
            self.class_(node, path)
            self.bind(node.name, top)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.import_(node, top)
        elif isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(node.value, ast.Lambda) and isinstance(target, ast.Name) and not path:
                facts.bodies[target.id] = _function_body(node.value, self)
                self.defaults(node.value.args)
            else:
                self.expr(node.value, hold=True)
            for each in node.targets:
                self.target(each, top)
        elif isinstance(node, ast.AugAssign):
            self.expr(node.value)
            if isinstance(node.target, ast.Name):
                self.read((node.target.id,), hold=False)
                self.bind(node.target.id, False)
            else:
                self.target(node.target, top)
        elif isinstance(node, ast.AnnAssign):
            if not self.lazy:
                self.expr(node.annotation, hold=True)
            if node.value is not None:
                self.expr(node.value, hold=True)
                self.target(node.target, top)
        elif isinstance(node, ast.Delete):
            for each in node.targets:
                if isinstance(each, ast.Name):
                    self.bind(each.id, top)
                    facts.deletes.add(each.id)
                else:
                    self.target(each, top)
        elif isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Call):
                facts.bare_call = top
                self.call(node.value, bare=True)
            else:
                self.expr(node.value)
        else:
            self.compound(node, path)

    def compound(self, node: ast.AST, path: str) -> None:
        """if, try, for, while, with, match: its parts in order; whatever it binds, it may bind."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self.statement(child, path=path)
            elif isinstance(child, ast.expr):
                if isinstance(getattr(child, "ctx", None), ast.Store):
                    self.target(child, False)
                else:
                    self.expr(child)
            elif isinstance(child, ast.withitem):
                self.expr(child.context_expr)
                if child.optional_vars is not None:
                    self.target(child.optional_vars, False)
            else:
                name = getattr(child, "name", None) or getattr(child, "rest", None)
                if isinstance(name, str):
                    self.bind(name, False)
                self.compound(child, path)

    def bind(self, name: str, kills: bool) -> None:
        around = [scope for scope in self.scopes if not scope.comprehension]
        if around and name not in around[-1].names:
            around[-1].names[name] = None  # a class body's own name
        if not around:
            self.facts.binds[name] = kills and self.facts.binds.get(name, True)

    def target(self, node: ast.expr, top: bool) -> None:
        if isinstance(node, ast.Name):
            self.bind(node.id, top)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for each in node.elts:
                self.target(each, top)
        elif isinstance(node, ast.Starred):
            self.target(node.value, top)
        else:
            if isinstance(node, ast.Subscript):
                self.expr(node.slice)
                key = node.slice.value if isinstance(node.slice, ast.Constant) else None
                if isinstance(key, str) and is_namespace(node.value, module_level=True):
                    self.bind(key, top)
                    return
                self.expr(node.value)
            ref = (
                root_chain(node.value) if isinstance(node, (ast.Subscript, ast.Attribute)) else None
            )
            ref = self.global_ref(ref)
            if ref is not None:
                self.facts.stores.add(ref)
                if isinstance(node, ast.Attribute):
                    self.facts.sets.add((*ref, node.attr))
                self.read(ref, hold=True)

    # -- imports, functions, classes ----------------------------------------------------------

    def import_(self, node: ast.Import | ast.ImportFrom, top: bool) -> None:
        for name, ref in self.import_aliases(node):
            self.bind(name, top)
            if not self.scopes:
                self.facts.aliases[name] = ref
            if isinstance(node, ast.Import):
                self.facts.uses.add(("@" + node.names[0].name, ""))
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            self.facts.stars.append(absolute(node.module or "", node.level, self.package))

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, path: str) -> None:
        for decorator in node.decorator_list:
            self.decorator(decorator)
        self.defaults(node.args)
        if not self.lazy:
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            every += [arg for arg in (node.args.vararg, node.args.kwarg) if arg]
            for annotation in [*(arg.annotation for arg in every), node.returns]:
                if annotation is not None:
                    self.expr(annotation, hold=True)
        if not path:
            body, other = _function_body(node, self), self.facts.bodies.get(node.name)
            self.facts.bodies[node.name] = body if other is None else other.joined(body)

    def decorator(self, node: ast.expr) -> None:
        self.expr(node)
        ref = chain(node.func if isinstance(node, ast.Call) else node)
        self.facts.decorators.append(".".join(ref) if ref else "?")
        if ref is not None and len(ref) > 1:
            ref = self.global_ref(ref[:-1])
            if ref is not None and not self.scopes:
                self.facts.mutates.add(ref)
                self.facts.registers.add(ref)

    def defaults(self, args: ast.arguments) -> None:
        for default in [*args.defaults, *args.kw_defaults]:
            if default is not None:
                self.expr(default, hold=True)

    def class_(self, node: ast.ClassDef, path: str) -> None:
        where = f"{path}.{node.name}" if path else node.name
        mine = ClassFacts(decorated=bool(node.decorator_list), plain=not node.keywords)
        other = self.facts.classes.get(where)
        self.facts.classes[where] = mine
        mine.dressed = any(last_name(each) not in ADDING for each in node.decorator_list)
        for decorator in node.decorator_list:
            self.decorator(decorator)
        for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
            ref = self.global_ref(chain(base))
            if ref is not None:
                mine.bases.add(ref)
            mine.open |= ref is None or bool(node.keywords)
            self.expr(base, hold=True)
        scope = Scope({})
        for keyword in node.keywords:
            ref = self.global_ref(chain(keyword.value))
            if ref is not None:
                mine.makers.add(ref)
        outside = list(self.scopes)
        for child in node.body:
            self.scopes = [*outside, scope]
            before = set(scope.names)
            reads: set[Ref] = set()
            self.collect = reads
            own: set[str] = set()
            self.locals = own
            if isinstance(child, FUNCTIONS):
                self.scopes = [*outside, Scope(dict(scope.names))]
                if node is self.whole:
                    self.made += made_by_decorators(child, f"{where}.{child.name}", self.global_ref)
                self.function(child, where)
                scope.names[child.name] = None
                self.scopes = outside
                body = _function_body(child, self)
                old = mine.methods.get(child.name)
                mine.methods[child.name] = old.joined(body) if old else body
                names = {child.name}
            else:
                if isinstance(child, ast.AnnAssign):
                    mine.annotations |= self.annotation(child.annotation)
                self.statement(child, path=where)
                names = set(scope.names) - before
                if isinstance(child, ast.ClassDef):
                    names = {child.name}
                elif isinstance(child, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
                    names = set(assigned_names(child))
                    value = child.value
                    if isinstance(value, ast.Lambda):
                        for name in names:
                            mine.methods[name] = _function_body(value, self)
            self.collect = None
            for name in names or {""}:
                mine.items.setdefault(name, []).append(child)
                mine.item_reads.setdefault(name, set()).update(reads)
                mine.item_locals.setdefault(name, set()).update(own)
        if other is not None:
            mine.join(other)
        self.scopes = outside

    def annotation(self, node: ast.expr) -> set[Ref]:
        """The globals that an annotation names, in quotes too."""
        found: set[Ref] = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    found |= self.annotation(ast.parse(part.value, mode="eval").body)
                except (SyntaxError, ValueError):
                    continue
            elif isinstance(part, (ast.Name, ast.Attribute)):
                ref = self.global_ref(chain(part))
                if ref is not None:
                    found.add(ref)
        return found

    # -- expressions --------------------------------------------------------------------------

    def read(self, ref: Ref, *, hold: bool) -> None:
        resolved = self.global_ref(ref)
        if resolved is None:
            self.locals.add(ref[0])
            return
        if self.collect is not None:
            self.collect.add(resolved)
        self.times[resolved] += 1
        (self.facts.holds if hold else self.facts.uses).add(resolved)

    def expr(self, node: ast.AST, *, hold: bool = False) -> None:
        if isinstance(node, (ast.Name, ast.Attribute)):
            ref = chain(node)
            if ref is None:
                assert isinstance(node, ast.Attribute)
                self.facts.attrs.add(node.attr)
                self.expr(node.value)
            else:
                self.facts.attrs.update(ref[1:])
                self.read(ref, hold=hold)
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Starred, ast.IfExp)):
            for child in ast.iter_child_nodes(node):
                test = isinstance(node, ast.IfExp) and child is node.test
                self.expr(child, hold=hold and not test)
        elif isinstance(node, ast.Lambda):
            self.defaults(node.args)
            self.inside(_argument_names(node.args), [node.body])
        elif isinstance(node, COMPREHENSIONS):
            names = {
                n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)
            }
            self.expr(node.generators[0].iter)
            self.inside(names, list(ast.iter_child_nodes(node)), comprehension=True)
        elif isinstance(node, ast.Subscript):
            self.facts.dynamic |= is_namespace(node, module_level=True)
            self.expr(node.value)
            self.expr(node.slice)
        elif isinstance(node, ast.NamedExpr):
            self.expr(node.value, hold=hold)
            self.bind(node.target.id, False)
        else:
            for child in ast.iter_child_nodes(node):
                self.expr(child)

    def inside(
        self, names: Iterable[str], nodes: list[ast.AST], *, comprehension: bool = False
    ) -> None:
        outside = self.scopes
        self.scopes = [*outside, Scope(dict.fromkeys(names), comprehension=comprehension)]
        for node in nodes:
            self.expr(node)
        self.scopes = outside

    def call(self, node: ast.Call, *, bare: bool = False) -> None:
        if is_namespace(node, module_level=True):
            self.facts.dynamic = True
        self.expr(node.func)
        self.quoted(node)
        callee = chain(node.func)
        last = callee[-1] if callee else getattr(node.func, "attr", "")
        if isinstance(node.func, ast.Attribute) and (bare or last in MUTATORS):
            ref = self.global_ref(root_chain(node.func.value))
            if ref is not None:
                self.facts.mutates.add(ref)
        target = self.global_ref(callee) or ("", last)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        for position, argument in enumerate(arguments):
            ref = self.global_ref(chain(argument))
            if ref is None:  # also records names of the class body
                self.expr(argument, hold=last in HOLDERS)
                continue
            self.facts.attrs.update(ref[1:])
            self.times[ref] += 1
            if self.collect is not None:
                self.collect.add(ref)
            if position == 0 and last in ("getattr", "hasattr") and len(arguments) > 1:
                name = arguments[1]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    self.read((*ref, name.value), hold=False)
                    continue
            if last in HOLDERS:
                self.facts.holds.add(ref)
            else:
                self.facts.passed.add((ref, target))
            if position == 0 and last == "setattr" and len(arguments) == 3:
                name = arguments[1]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    self.facts.stores.add(ref)
                    self.facts.sets.add((*ref, name.value))
                    continue
                self.facts.stores.add(ref)
            stored = last in MUTATORS or last in HOLDERS
            if (bare and not stored) or (
                position == 0 and last in ("setattr", "delattr", "next", "heappush")
            ):
                self.facts.mutates.add(ref)

    def quoted(self, node: ast.Call) -> None:
        """What a text that is given to `exec` or `eval` reads."""
        if not isinstance(node.func, ast.Name) or node.func.id not in ("exec", "eval"):
            return
        text = node.args[0] if len(node.args) == 1 else None
        if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
            return
        try:
            inner = ast.parse(text.value.strip()).body
        except (SyntaxError, ValueError):
            return
        for each in inner:
            found = scan(each, self.package, lazy_annotations=self.lazy)
            self.facts.uses |= found.reads
            self.facts.attrs |= found.attrs


def _argument_names(args: ast.arguments) -> set[str]:
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return {arg.arg for arg in [*every, args.vararg, args.kwarg] if arg is not None}


def _function_body(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, around: Walker
) -> Body:
    return body_of(node, around.package, around.scopes)
