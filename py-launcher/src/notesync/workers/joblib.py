"""joblib: its processes are started anew, which takes it 0.05 s, with its own means.

They find the project as the kernel does, on `sys.path`, and keep what they imported once.
"""

from __future__ import annotations

import sys
from typing import Any

from . import texts
from .engine import Engine


class Joblib(Engine):
    """The reusable pool of joblib's loky backend."""

    name = "joblib"
    module = "joblib.externals.loky.reusable_executor"

    def install(self) -> None:
        self._undo.append(lambda: None)

    def changed(self) -> None:
        self.guarded(self._let_go)

    def _let_go(self) -> None:
        """Running tasks end with their old code; the next `Parallel` starts new processes."""
        executor: Any = sys.modules[self.module]._executor
        if executor is not None:
            executor.shutdown(wait=False)
            self.given.line = texts.joblib_ended(self.supply.sequence)

    def notes(self) -> list[str]:
        return [texts.JOBLIB_STAYS]
