"""A pickled task with the version of the project that it belongs to.

Unpickled on a worker, the envelope first brings that version into place and then gives the task.
It needs nothing there but Python: the code that opens it travels inside (`worker_side`).
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

# Makes the module once per process and gives one of its functions. An expression, because that is
# what plain pickle can call: eval(_OPENER, {name, source, function}).
_OPENER = """(lambda sys, types: getattr(
    sys.modules[name] if name in sys.modules else (lambda made: (
        exec(compile(source, "<notesync worker>", "exec"), made.__dict__),
        sys.modules.setdefault(name, made),
    )[1])(types.ModuleType(name)), function))(__import__("sys"), __import__("types"))"""


class ByValue:
    """A function of `worker_side` that pickles as its source. Any thread."""

    def __init__(self, function: str) -> None:
        self.function = function

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        name, source = _worker_side()
        return eval, (_OPENER, {"name": name, "source": source, "function": self.function})

    def __call__(self, *arguments: Any) -> Any:
        from . import worker_side

        return getattr(worker_side, self.function)(*arguments)


class Envelope:
    """Pickles as a call that opens it."""

    def __init__(self, project: str, version: str, carrier: Any, blob: bytes) -> None:
        self._arguments = (project, version, carrier, blob)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return ByValue("open_envelope"), self._arguments

    def sealed(self) -> bytes:
        """The bytes that go in place of the blob."""
        return pickle.dumps(self, 4)


@lru_cache(maxsize=1)
def _worker_side() -> tuple[str, str]:
    source = Path(__file__).with_name("worker_side.py").read_text(encoding="utf-8")
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    return f"_notesync_worker_{digest}", source
