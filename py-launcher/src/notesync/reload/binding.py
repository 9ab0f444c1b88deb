"""Decorated functions that are defined again: the decorators get the old function, brought up to
date."""

from __future__ import annotations

import ast
import types
from typing import Any

from notesync.reload.patch import forward, patch_function
from notesync.reload.syntax import FUNCTIONS
from notesync.reload.undo import Undo

BIND = "__notesync_bind__"


class Binder:
    """Innermost decorator of a function that is defined again: gives the old one its new code."""

    def __init__(self, sites: dict[tuple[str, int], types.FunctionType], undo: Undo) -> None:
        self.sites = sites
        self.undo = undo

    def __call__(self, function: Any) -> Any:
        code = getattr(function, "__code__", None)
        old = self.sites.get((code.co_name, code.co_firstlineno)) if code is not None else None
        if old is None or not isinstance(function, types.FunctionType):
            return function
        if patch_function(old, function, self.undo):
            return old
        forward(old, function, self.undo)
        return function


class WithBind(ast.NodeTransformer):
    """Adds the innermost decorator to functions that a module body defines itself."""

    def __init__(self, sites: dict[tuple[str, int], types.FunctionType]) -> None:
        self.sites = sites

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        if node.decorator_list:
            bind = ast.Name(id=BIND, ctx=ast.Load())
            node.decorator_list.append(ast.copy_location(bind, node.decorator_list[-1]))
        return node

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, FUNCTIONS):
            return self._function(node)
        if isinstance(node, (ast.ClassDef, ast.Lambda)):
            return node
        return self.generic_visit(node)
