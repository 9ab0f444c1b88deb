"""The facts that are kept about a statement, and how names in it are resolved.

A *reference* is a tuple of names: ``("a", "X")`` is ``a.X`` with the global ``a``; a first part
that
starts with ``@`` is an absolute module name that a function imports itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from notesync.reload.syntax import absolute

Ref = tuple[str, ...]

MUTATORS = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "popitem",
        "clear",
        "update",
        "add",
        "discard",
        "setdefault",
        "sort",
        "reverse",
        "appendleft",
        "extendleft",
        "popleft",
        "rotate",
        "move_to_end",
        "register",
        "write",
        "writelines",
        "put",
        "subscribe",
        "connect",
        "__setitem__",
        "__delitem__",
    ]
)
HOLDERS = frozenset(
    [
        "partial",
        "partialmethod",
        "append",
        "appendleft",
        "add",
        "insert",
        "setdefault",
        "register",
        "connect",
        "subscribe",
        "Thread",
        "Timer",
        "property",
        "staticmethod",
        "classmethod",
        "wraps",
        "update_wrapper",
        "isinstance",
        "issubclass",
        "id",
        "type",
        "namedtuple",
        "NewType",
        "TypeVar",
        "cast",
        "weakref",
        "ref",
        "proxy",
        "signal",
        "atexit",
        "field",
    ]
)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Body:
    """What a function does when it is called."""

    reads: set[Ref] = field(default_factory=set)
    attrs: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    mutates: set[Ref] = field(default_factory=set)
    stores: set[Ref] = field(default_factory=set)  # of these, x of `x.a = …` and `x[k] = …`
    calls_params: bool = False  # or hands one on to what may call it
    calls_param: bool = False  # by itself
    hands_self: bool = False  # does more with its first parameter than asking for attributes
    dynamic: bool = False  # reaches for the namespace as a whole
    own: set[str] = field(default_factory=set)  # attributes of its first parameter that it changes
    parts: tuple[Body, ...] = ()  # what it does itself, what it returns does when called, and so on

    def runs(self, calls: int | None) -> tuple[Body, ...]:
        """What so many calls run, one after the other on what came back; None: any number."""
        return (self,) if calls is None or calls >= len(self.parts) else self.parts[:calls]

    def joined(self, other: Body) -> Body:
        """What either of two does."""
        return Body(
            self.reads | other.reads,
            self.attrs | other.attrs,
            self.writes | other.writes,
            self.mutates | other.mutates,
            self.stores | other.stores,
            self.calls_params or other.calls_params,
            self.calls_param or other.calls_param,
            self.hands_self or other.hands_self,
            self.dynamic or other.dynamic,
            self.own | other.own,
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A name that a statement binds to what calls give back, without doing anything with that."""

    name: str  # dotted where it is in a class
    calls: int  # `f` of `@f` is called once, of `@f(1)` twice
    above: tuple[tuple[Ref, int], ...]  # the decorators that are given the result


@dataclass(slots=True)
class ClassFacts:
    """The parts of a class body by the name that they bind."""

    bases: set[Ref] = field(default_factory=set)
    makers: set[Ref] = field(default_factory=set)  # metaclasses and other keywords
    methods: dict[str, Body] = field(default_factory=dict)
    item_reads: dict[str, set[Ref]] = field(default_factory=dict)
    item_locals: dict[str, set[str]] = field(default_factory=dict)  # other items that it reads
    annotations: set[Ref] = field(default_factory=set)  # of its fields, evaluated or not
    decorated: bool = False
    dressed: bool = False  # by more than what adds methods to it
    open: bool = False  # a base or metaclass that no name tells
    plain: bool = True  # no keyword, metaclass or base that could rewrite the class
    several: bool = False  # one of several of this name in one statement
    _items: dict[str, list[ast.stmt]] = field(default_factory=dict)
    _dropped: Callable[[], None] | None = None

    @property
    def items(self) -> dict[str, list[ast.stmt]]:
        """The trees of the class body by the name that they bind."""
        if self._dropped is not None:
            self._dropped()
        return self._items

    def join(self, other: ClassFacts) -> None:
        """Take in a class of the same name in another branch of the statement."""
        self.several = True
        self.decorated |= other.decorated
        self.dressed |= other.dressed
        self.open |= other.open
        self.plain &= other.plain
        for name in ("bases", "makers", "annotations"):
            setattr(self, name, getattr(self, name) | getattr(other, name))
        for name, body in other.methods.items():
            mine = self.methods.get(name)
            self.methods[name] = body if mine is None else mine.joined(body)
        for table, theirs in (
            (self.item_reads, other.item_reads),
            (self.item_locals, other.item_locals),
        ):
            for name, found in theirs.items():
                table[name] = table.get(name, set()) | found  # type: ignore[assignment, operator]
        for name, nodes in other.items.items():
            self.items.setdefault(name, []).extend(nodes)

    def drop(self, bring_back: Callable[[], None]) -> None:
        """Let the trees go until somebody asks for them."""
        self._items, self._dropped = {}, bring_back

    def bring_back(self, again: ClassFacts) -> None:
        """Take the trees of the same text, parsed again."""
        self._items, self._dropped = again.items, None


@dataclass(slots=True)
class Facts:
    """What a statement does when it runs."""

    binds: dict[str, bool] = field(default_factory=dict)  # name -> replaces whatever was bound
    deletes: set[str] = field(default_factory=set)
    uses: set[Ref] = field(default_factory=set)
    holds: set[Ref] = field(default_factory=set)
    passed: set[tuple[Ref, Ref]] = field(default_factory=set)  # (argument, callee)
    attrs: set[str] = field(default_factory=set)
    stores: set[Ref] = field(default_factory=set)  # x.a = …, x[k] = …
    sets: set[Ref] = field(default_factory=set)  # x.a = … with the attribute
    registers: set[Ref] = field(default_factory=set)  # x of @x.register
    mutates: set[Ref] = field(default_factory=set)  # x.append(…), shuffle(x)
    bodies: dict[str, Body] = field(default_factory=dict)
    classes: dict[str, ClassFacts] = field(default_factory=dict)
    calls: dict[Ref, tuple[Made, ...]] = field(default_factory=dict)  # and nothing else of it
    makers: set[tuple[Ref, str]] = field(default_factory=set)  # with the name of what they make
    aliases: dict[str, Ref] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    bare_call: bool = False
    dynamic: bool = False  # reaches for the namespace as a whole: globals(), exec, sys.modules
    decorators: list[str] = field(default_factory=list)
    _only: bool | None = None

    @property
    def imports_only(self) -> bool:
        """An import of names or modules, by itself."""
        if self._only is None:
            alone = len(self.aliases) == len(self.binds) and not self.attrs
            self._only = bool(self.aliases) and alone
        return self._only

    @property
    def reads(self) -> set[Ref]:
        """Everything that is evaluated when the statement runs."""
        return self.uses | self.holds | {ref for ref, _ in self.passed}


def slim(facts: Facts, known: dict[Any, Any]) -> None:
    """Let equal sets and references of a module be one object: facts are kept, and read only."""
    bodies = [*facts.bodies.values()]
    parts: list[Facts | Body | ClassFacts] = [facts]
    for kind in facts.classes.values():
        parts.append(kind)
        bodies += kind.methods.values()
        for table in (kind.item_reads, kind.item_locals):
            for name, value in table.items():
                table[name] = _one(value, known)
    for body in bodies:
        parts += [body, *body.parts]
    for part in parts:
        for name in part.__slots__:
            value = getattr(part, name)
            if isinstance(value, set):
                setattr(part, name, _one(value, known))


def _one(value: Any, known: dict[Any, Any]) -> Any:
    same = known.get(value := frozenset(value))
    if same is None:
        same = known[value] = frozenset(known.setdefault(each, each) for each in value)
    return same


def chain(node: ast.expr) -> Ref | None:
    """`a.b.c` as a reference, or None when it does not start at a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return (node.id, *reversed(parts))


def is_namespace(node: ast.expr, *, module_level: bool) -> bool:
    """`globals()`, at module level also `locals()` and the like, and `sys.modules[__name__]`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        name = node.func.id
        if name == "globals" or (module_level and name in ("locals", "vars", "dir")):
            return not node.args
        return module_level and name == "exec"
    return (
        isinstance(node, ast.Subscript)
        and chain(node.value) == ("sys", "modules")
        and isinstance(node.slice, ast.Name)
        and node.slice.id == "__name__"
    )


def root_chain(node: ast.expr) -> Ref | None:
    """The reference under subscripts and attributes: what a store into `node` changes."""
    while isinstance(node, (ast.Subscript, ast.Starred)):
        node = node.value
    return chain(node)


class Scope:
    """Local names of a function, comprehension or class body → what they import, if anything."""

    def __init__(self, names: dict[str, Ref | None], *, comprehension: bool = False) -> None:
        self.names = names
        self.comprehension = comprehension  # `:=` binds outside of it


class Walker:
    """Shared by statements that run now and function bodies that run later: resolves names."""

    def __init__(self, package: str, scopes: list[Scope]) -> None:
        self.package = package
        self.scopes = scopes

    def global_ref(self, ref: Ref | None) -> Ref | None:
        """The reference with local import aliases replaced; None when its root is local."""
        if ref is None:
            return None
        for scope in reversed(self.scopes):
            if ref[0] in scope.names:
                target = scope.names[ref[0]]
                return None if target is None else target + ref[1:]
        return ref

    def import_aliases(self, node: ast.Import | ast.ImportFrom) -> Iterable[tuple[str, Ref]]:
        """Name → reference for each alias of an import statement (stars excluded)."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    yield alias.asname, ("@" + alias.name,)
                else:
                    top = alias.name.partition(".")[0]
                    yield top, ("@" + top,)
            return
        base = absolute(node.module or "", node.level, self.package)
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name, ("@" + base, alias.name)


def public_names(space: dict[str, Any]) -> list[str]:
    """What a star import of a module takes."""
    listed = space.get("__all__")
    if listed is not None:
        return [name for name in listed if name in space]
    return [name for name in space if not name.startswith("_")]
