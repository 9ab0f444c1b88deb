"""A class that a library has made and of which only methods changed: the methods alone are run.

Running the class statement again would register it a second time with the library, or fail there:
a mapped class of an object-relational mapper is defined once.
"""

from __future__ import annotations

import ast
import copy
import types
from typing import Any

from notesync.reload.classes import ClassPatch
from notesync.reload.diff import Pair, changed_items
from notesync.reload.hits import is_foreign_made
from notesync.reload.plan import Planner
from notesync.reload.undo import MISSING, Undo
from notesync.reload.unit import Unit


def changed_methods(planner: Planner, unit: Unit, each: Pair) -> set[str] | None:
    """The methods that make up the whole difference; None when the class must be made again."""
    node = each.new.node
    if not isinstance(node, ast.ClassDef) or each.old is None or node.decorator_list:
        return None
    if not is_foreign_made(unit.loaded.space.get(node.name)):
        return None
    kind = each.new.facts.classes[node.name]
    changed = changed_items(each.old, each.new, node.name)
    if not changed or planner.changed_inputs(unit, kind, changed) - changed:
        return None
    before = each.old.facts.classes[node.name]
    for name in changed:
        for item in [*before.items.get(name, []), *kind.items.get(name, [])]:
            if not isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) or item.decorator_list:
                return None
        if kind.item_locals.get(name) or (name.startswith("__") and name.endswith("__")):
            return None
    if any(planner.hits.fields_changed(unit, ref) for ref in kind.annotations | kind.bases):
        return None
    return changed


def run_methods(unit: Unit, each: Pair, names: set[str], undo: Undo) -> None:
    """Run the definitions of these methods and give them to the live class."""
    node = each.new.node
    assert isinstance(node, ast.ClassDef)
    old = unit.loaded.space[node.name]
    part = copy.copy(node)
    part.bases, part.keywords = [], []
    kind = each.new.facts.classes[node.name]
    part.body = [item for name in sorted(names) for item in kind.items.get(name, [])]
    made: dict[str, Any] = {}
    if part.body:
        exec(unit.new.compile_nodes([part]), unit.loaded.space, made)
    new = made.get(node.name, type(node.name, (), {}))
    patch = ClassPatch(old, new, set(), set(), undo)
    for name in names:
        value = new.__dict__.get(name, MISSING)
        if isinstance(value, types.FunctionType):
            value = patch.merged(old.__dict__.get(name, MISSING), value)
        patch.put(name, value)
