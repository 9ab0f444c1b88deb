"""Modules that were imported before anybody looked, and whose file is another one since then.

Another kernel's agent may have exchanged a file after this kernel imported it. What a module runs
is compared with what its file says; only files that changed after the process began are looked at.
"""

from __future__ import annotations

import ast
import os
import types
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from notesync.reload.project import Loaded
from notesync.reload.undo import isa

_PLAIN = (bool, int, float, complex, str, bytes, types.NoneType)


def older_than_their_files(modules: Iterable[Loaded]) -> list[Loaded]:
    """Those of the modules that run another text than the one that their file holds now."""
    began = _process_began() - 1
    return [each for each in modules if _changed_at(each.real) >= began and not _runs_it(each)]


def _changed_at(file: str) -> float:
    try:
        return os.stat(file).st_ctime  # nobody can set it back
    except OSError:
        return -1.0


def _process_began() -> float:
    """In seconds since the epoch; 0 where the system does not tell."""
    try:
        ticks = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
        lines = Path("/proc/stat").read_text().splitlines()
        booted = next(line.split()[1] for line in lines if line.startswith("btime "))
        return float(booted) + float(ticks) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return 0.0


def _runs_it(loaded: Loaded) -> bool:
    """True as well where that cannot be told: code that a hook of somebody else has made."""
    spec, file = loaded.spec, loaded.source.file
    if type(getattr(spec, "loader", None)) is not SourceFileLoader:
        return True
    try:
        tree = ast.parse(loaded.source.data, file)
        code = compile(tree, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    known = set(_codes(code))
    live = [each for each in _functions(loaded) if each.co_filename == file]
    again = _not_once(tree)
    return all(each in known for each in live) and all(
        _is_bound(loaded.space, node, again) for node in tree.body
    )


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield const
            yield from _codes(const)


def _functions(loaded: Loaded) -> Iterator[types.CodeType]:
    for value in list(loaded.space.values()):
        if isa(value, types.FunctionType):
            yield value.__code__
        elif isa(value, type) and value.__module__ == loaded.name:
            for part in list(value.__dict__.values()):
                part = getattr(part, "__func__", part)
                if isa(part, types.FunctionType):
                    yield part.__code__


def _not_once(tree: ast.Module) -> set[str]:
    """Names that a text binds more often than once, or deletes."""
    times: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            times[node.id] += 1 if isinstance(node.ctx, ast.Store) else 2
        elif isinstance(node, ast.Global):
            times.update(node.names * 2)
    return {name for name, count in times.items() if count > 1}


def _is_bound(space: dict[str, Any], node: ast.stmt, again: set[str]) -> bool:
    """Whether a definition is there, and a plain constant has the value that the text gives."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name in space or node.name in again
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name, value = node.targets[0].id, node.value
        if isinstance(value, ast.Constant) and name not in again:
            now = space.get(name, Ellipsis)
            return now is not Ellipsis and (not isa(now, _PLAIN) or _same(now, value.value))
    return True


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and (left == right or left != left)
