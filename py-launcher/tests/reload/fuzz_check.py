"""What the fuzz compares: a description of everything that the modules hold, made in a forked
child."""

from __future__ import annotations

import enum
import functools
import importlib
import os
import pickle
import sys
import types
from collections.abc import Callable
from typing import Any


def in_child(work: Callable[[], Any]) -> Any:
    """The result of `work`, run in a forked copy of this process that is thrown away."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe:
                try:
                    result: Any = ("ok", work())
                except BaseException as error:
                    result = ("error", f"{type(error).__name__}: {error}")
                pickle.dump(result, pipe)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(data)


def fresh(names: list[str], held: dict[str, Any]) -> Any:
    """Import everything anew, as a new process would, and describe it."""
    sys.dont_write_bytecode = True  # files have one and the same time here
    for name in list(sys.modules):
        if name.split(".")[0] in {"m0", "m1", "m4", "pkg"}:
            del sys.modules[name]
    importlib.invalidate_caches()
    for name in names:
        importlib.import_module(name)
    return everything(names, held)


def everything(names: list[str], held: dict[str, Any]) -> Any:
    """Describe all modules, and what objects with the old state of `held` do now."""
    found: dict[str, Any] = {}
    for name in names:
        module = sys.modules[name]
        for key, value in sorted(vars(module).items()):
            if not key.startswith("_") and key not in ("annotations",):
                found[f"{name}.{key}"] = describe(value)
        found[f"{name}.__doc__"] = module.__doc__
    for key, state in held.items():
        module_name, cls_name = key.split(":")
        cls = vars(sys.modules[module_name]).get(cls_name)
        if isinstance(cls, type) and not issubclass(cls, enum.Enum):
            try:
                item = object.__new__(cls)
                item.__dict__.update(state)
            except (TypeError, AttributeError):
                continue
            found[f"old {key}"] = behaviour(item)
    return found


def behaviour(item: Any) -> dict[str, Any]:
    """What the methods of an object return."""
    found = {}
    for name in ("m0", "m1", "m2", "p", "A", "B"):
        try:
            value = getattr(item, name)
            found[name] = plain(value() if callable(value) else value)
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


def call(function: Any) -> Any:
    try:
        result = function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return plain(result)


def plain(value: Any) -> Any:
    """Something that can be pickled without the modules."""
    if isinstance(value, int):
        return int(value)
    return str(value) if isinstance(value, str) else type(value).__name__


def describe(value: Any, depth: int = 0) -> Any:
    """A picklable picture of a value that is equal when it acts the same."""
    if isinstance(value, enum.Enum):
        return ("member", type(value).__name__, value.name, value.value, behaviour(value)["m0"])
    if isinstance(value, (int, str, float, type(None))):
        return value
    if isinstance(value, types.ModuleType):
        return ("module", value.__name__)
    if depth > 3:
        return type(value).__name__
    if isinstance(value, (list, tuple)):
        return [describe(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: describe(item, depth + 1) for key, item in value.items()}
    if isinstance(value, type) and issubclass(value, enum.Enum):
        return (
            "enum",
            [describe(member, depth + 1) for member in value],
            [describe(value.__members__[name], 2) for name in value.__members__],
        )
    if isinstance(value, type):
        data = {
            key: describe(item, depth + 1)
            for key, item in sorted(vars(value).items())
            if not key.startswith("_") and isinstance(item, (int, str, list))
        }
        data["reg"] = sorted(
            (key, item.__qualname__, item.__module__)
            for key, item in vars(value).get("reg", {}).items()
        )
        names = sorted(key for key in vars(value) if not key.startswith("__"))
        try:
            acts = behaviour(value())
        except Exception as error:
            acts = {"new": f"{type(error).__name__}: {error}"}
        return (
            "class",
            value.__qualname__,
            value.__module__,
            [base.__qualname__ for base in value.__mro__],
            names,
            data,
            acts,
        )
    if isinstance(value, types.FunctionType):
        return (
            "function",
            value.__name__,
            value.__doc__,
            value.__code__.co_firstlineno,
            call(value),
        )
    if isinstance(value, functools.partial) or (callable(value) and hasattr(value, "cache_clear")):
        return ("callable", call(value))
    state = {
        key: describe(item, depth + 1)
        for key, item in sorted(getattr(value, "__dict__", {}).items())
    }
    return (
        "object",
        type(value).__qualname__,
        type(value).__module__,
        state,
        behaviour(value),
        call(value) if callable(value) else None,
    )


def difference(left: Any, right: Any) -> list[str]:
    """Where two pictures differ."""
    if left == right:
        return []
    if isinstance(left, dict) and isinstance(right, dict):
        lines = []
        for key in sorted(set(left) | set(right)):
            if left.get(key, "-") != right.get(key, "-"):
                lines.append(
                    f"{key}: reloaded {left.get(key, '-')!r}, fresh {right.get(key, '-')!r}"
                )
        return lines
    return [f"reloaded {left!r}, fresh {right!r}"]
