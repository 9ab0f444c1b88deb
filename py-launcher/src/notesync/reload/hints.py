"""The annotations of a module itself, brought up to date after some of its statements ran again."""

from __future__ import annotations

import ast
import sys
import types
from typing import Any

from notesync.reload.source import Source
from notesync.reload.syntax import annotated, simple_annotations
from notesync.reload.undo import MISSING, Undo
from notesync.reload.unit import Unit


def follow(unit: Unit, undo: Undo) -> None:
    """What no statement says any more is forgotten; what one says anew is there."""
    space = unit.loaded.space
    if sys.version_info >= (3, 14) and not unit.new.lazy_annotations:
        _compute_later(unit.new, space, undo)
        return
    annotations = space.get("__annotations__")
    if isinstance(annotations, dict):
        for name in annotated(unit.old) - annotated(unit.new):
            if name in annotations:
                undo.set_item(annotations, name, MISSING)


def _compute_later(source: Source, space: dict[str, Any], undo: Undo) -> None:
    """Since Python 3.14 one function of the module knows all of its annotations.

    Each statement, run alone, has replaced it by one that knows only its own.
    """
    found = simple_annotations(source)
    if not found and "__annotate__" not in space:
        return
    module = compile(source.data, source.file, "exec", dont_inherit=True)
    code = next(
        (
            const
            for const in module.co_consts
            if isinstance(const, types.CodeType) and const.co_name == "__annotate__"
        ),
        None,
    )
    undo.set_item(space, "__annotations__", MISSING)
    if code is None or not found:
        undo.set_item(space, "__annotate__", MISSING)
        return
    said = {
        number
        for number, (node, in_branch) in enumerate(found)
        if not in_branch or node.value is None or _name(node) in space
    }
    undo.set_item(space, "__conditional_annotations__", said)
    undo.set_item(space, "__annotate__", types.FunctionType(code, space))


def _name(node: ast.AnnAssign) -> str:
    assert isinstance(node.target, ast.Name)
    return node.target.id
