"""Two versions of a module, statement by statement: what stayed, what moved, what is new."""

from __future__ import annotations

import ast
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from types import CodeType

from notesync.reload.later import change_level
from notesync.reload.names import HOLDERS, ClassFacts
from notesync.reload.patch import nested_codes
from notesync.reload.source import Stmt

TRANSPARENT = frozenset(
    [
        "property",
        "staticmethod",
        "classmethod",
        "abstractmethod",
        "contextmanager",
        "asynccontextmanager",
        "wraps",
        "override",
        "final",
        "overload",
        "setter",
        "getter",
        "deleter",
        "lru_cache",
        "cache",
        "cached_property",
        "no_type_check",
        "singledispatch",
        "singledispatchmethod",
    ]
)


_BRANCHES = (ast.If, ast.Try, ast.For, ast.While, ast.With, ast.Match, ast.Delete)


class Status(Enum):
    """How a statement of the new text relates to the old one."""

    SAME = "same"  # equal meaning, perhaps on other lines
    BODY = "body"  # differs inside function bodies only
    CHANGED = "changed"  # defines the same thing in another way
    NEW = "new"


@dataclass
class Pair:
    """One statement of the new text and its counterpart in the old one."""

    index: int
    new: Stmt
    old: Stmt | None
    old_index: int | None
    status: Status


def pair(old: list[Stmt], new: list[Stmt]) -> tuple[list[Pair], list[int]]:
    """Pair the statements of two texts. Returns pairs in new order and the unpaired old
    positions."""
    partner: dict[int, tuple[int, Status]] = {}
    free_old = list(range(len(old)))
    free_new = list(range(len(new)))

    def match(key_of: str, status: Status | None) -> None:
        nonlocal free_old, free_new
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for position in free_old:
            key = getattr(old[position], key_of)
            if key is not None:
                waiting[key].append(position)
        for position in free_new:
            queue = waiting.get(getattr(new[position], key_of))
            if queue:
                mate = queue.popleft()
                partner[position] = (mate, status or compare(old[mate], new[position]))
        taken = {mate for mate, _ in partner.values()}
        free_old = [position for position in free_old if position not in taken]
        free_new = [position for position in free_new if position not in partner]

    match("text", Status.SAME)
    if free_old and free_new:
        match("dump", Status.SAME)
    if free_old and free_new:
        match("label", None)
    pairs = []
    for index, stmt in enumerate(new):
        mate, status = partner.get(index, (None, Status.NEW))
        before = None if mate is None else old[mate]
        pairs.append(Pair(index, stmt, before, mate, status))
    return pairs, free_old


def compare(old: Stmt, new: Stmt) -> Status:
    """Whether two definitions of one name differ in function bodies only."""
    if not (new.facts.bodies or new.facts.classes) or old.skeleton != new.skeleton:
        return Status.CHANGED
    theirs = dict(nested_codes(old.code))
    for path, code in nested_codes(new.code):
        mate = theirs.get(path)
        if mate is not None and mate.co_freevars != code.co_freevars and _outermost(path, new.code):
            return Status.CHANGED
    for where, mine in new.facts.classes.items():
        before = old.facts.classes[where]
        for name, items in mine.items.items():
            if _same_items(before.items.get(name, []), items):
                continue
            for item in items:
                for decorator in getattr(item, "decorator_list", []):
                    if _last_name(decorator) not in TRANSPARENT:
                        return Status.CHANGED
    return Status.BODY


def wrapper_level(old: Stmt, new: Stmt) -> int:
    """How often what a function gives back must be called before it acts differently.

    0 too where the functions that it has given back before cannot be given the new code.
    """
    level = change_level(old.node, new.node)
    if level:
        theirs, mine = dict(nested_codes(old.code)), dict(nested_codes(new.code))
        if theirs.keys() != mine.keys() or any(
            "#0" not in path or theirs[path].co_freevars != code.co_freevars
            for path, code in mine.items()
        ):
            return 0
    return level


def changed_items(old: Stmt, new: Stmt, where: str) -> set[str] | None:
    """Names in a class body whose definition differs; None when the class as a whole does."""
    before, after = old.facts.classes.get(where), new.facts.classes.get(where)
    if before is None or after is None or before.several or after.several:
        return None
    left, right = _class_node(old.node, where), _class_node(new.node, where)
    if left is None or right is None:
        return None
    for part in ("bases", "keywords", "decorator_list"):
        if _dumps(getattr(left, part)) != _dumps(getattr(right, part)):
            return None
    names = set()
    for name in set(before.items) | set(after.items):
        if not _same_items(before.items.get(name, []), after.items.get(name, [])):
            names.add(name)
    return names


def state_items(old: Stmt, new: Stmt, where: str) -> set[str]:
    """Names of plain data in a class body whose definition is the same in both versions."""
    before, after = old.facts.classes.get(where), new.facts.classes.get(where)
    if before is None or after is None:
        return set()
    return {
        name
        for name, items in after.items.items()
        if name
        and name in before.items
        and _same_items(before.items[name], items)
        and all(isinstance(item, (ast.Assign, ast.AnnAssign, ast.AugAssign)) for item in items)
    }


def made_of(kind: ClassFacts, changed: set[str]) -> bool:
    """Whether other data of a class body are computed from functions of it that changed."""
    return any(
        names & changed and name not in changed and _is_computed(kind.items.get(name, []))
        for name, names in kind.item_locals.items()
    )


def _is_computed(items: list[ast.stmt]) -> bool:
    for item in items:
        value = getattr(item, "value", None)
        if isinstance(value, ast.Call) and _last_name(value) not in HOLDERS:
            return True
        if value is not None and not isinstance(value, (ast.Name, ast.Call, ast.Attribute)):
            return True
    return False


def removed_items(old: Stmt, new: Stmt, where: str) -> set[str]:
    """Names that the old class body bound and the new one does not, or perhaps not."""
    before, after = old.facts.classes.get(where), new.facts.classes.get(where)
    if before is None or after is None:
        return set()
    certain = {
        name
        for name, items in after.items.items()
        if not after.several and not any(isinstance(item, _BRANCHES) for item in items)
    }
    return set(before.items) - certain - {""}


def changed_bodies(new: Stmt) -> set[str]:
    """Names of functions outside classes whose text may differ."""
    if not new.facts.classes and len(new.facts.bodies) == 1:
        return set(new.facts.bodies)
    return set(new.facts.bodies)


def _class_node(node: ast.AST, where: str) -> ast.ClassDef | None:
    parts = where.split(".")
    for part in parts:
        found = None
        for child in ast.walk(node) if part == parts[0] else ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef) and child.name == part:
                found = child
        if found is None:
            return None
        node = found
    return node if isinstance(node, ast.ClassDef) else None


def _same_items(left: list[ast.stmt], right: list[ast.stmt]) -> bool:
    return len(left) == len(right) and _dumps(left) == _dumps(right)


def _dumps(nodes: list[ast.stmt] | list[ast.expr]) -> list[str]:
    return [ast.dump(node) for node in nodes]


def _outermost(path: str, code: CodeType) -> bool:
    """True for functions that a module or class body makes itself."""
    for part in path.strip("/").split("/")[:-1]:
        name, _, number = part.rpartition("#")
        found = [c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name]
        code = found[int(number)]
        if code.co_flags & 0x2:  # CO_NEWLOCALS: a function, not a class body
            return False
    return True


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else "?"
