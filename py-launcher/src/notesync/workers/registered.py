"""Functions that Spark SQL knows by name: pickled once, so registered again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .engine import Engine

Registered = dict[tuple[int, str], Callable[[], Any]]


def remembering(original: Callable[..., Any], known: Registered) -> Callable[..., Any]:
    """`spark.udf.register`, which from now on remembers what it did."""

    def register(registry: Any, name: str, f: Any, returnType: Any = None) -> Any:
        done = original(registry, name, f, returnType)
        key = (id(registry.sparkSession), name)
        known[key] = lambda: original(registry, name, f, returnType)
        return done

    return register


def register_again(engine: Engine, known: Registered) -> None:
    """After a batch. What fails (its session has ended) is forgotten."""
    failed = object()
    for name, again in list(known.items()):
        if engine.guarded(again, failed) is failed:
            known.pop(name, None)
