"""Living beside others in one session: `%autoreload`, pytest, cells that must not run on broken
code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from notesync.reload.report import Failure, Report
from notesync.reload.undo import MISSING, Undo

if TYPE_CHECKING:
    from notesync.reload.project import Loaded

_HERE = os.path.dirname(os.path.abspath(__file__))


def quiet_autoreload(shell: Any, names: Iterable[str]) -> bool:
    """Make an active `%autoreload` skip the project's modules. True when there is one.

    Two reloaders on one module would run it twice and undo each other's work.
    """
    manager = getattr(shell, "magics_manager", None)
    registry = getattr(manager, "registry", {})
    magics = registry.get("AutoreloadMagics") if isinstance(registry, dict) else None
    reloader = getattr(magics, "_reloader", None)
    if reloader is None or not getattr(reloader, "enabled", False):
        return False
    skipped = getattr(reloader, "skip_modules", None)
    if not isinstance(skipped, dict):
        return False
    for name in names:
        skipped[name] = True
        wanted = getattr(reloader, "modules", None)
        if isinstance(wanted, dict):
            wanted.pop(name, None)
    return True


def is_rewritten(module: Any) -> bool:
    """True for a test module that pytest compiled with its own assertions."""
    loader = getattr(module, "__loader__", None)
    return type(loader).__module__.startswith("_pytest.")


def strict_transformer(broken: Callable[[], Report | None]) -> Callable[[list[str]], list[str]]:
    """An entry for `shell.input_transformers_post` that refuses cells while saved code is broken.

    `broken` returns the report of the refused batch, or None. The transformer raises IPython's
    InputRejected, which the shell shows as one line. Magics (`%notesync …`) always pass.
    """

    def refuse_on_broken_code(lines: list[str]) -> list[str]:
        report = broken()
        if report is None or report.failed is None:
            return lines
        text = "".join(lines)
        if "run_line_magic" in text and "notesync" in text:
            return lines
        from IPython.core.error import InputRejected

        failed = report.failed
        told = (
            f"notesync: not run, the saved code is broken: {failed.file}:{failed.line}: "
            f"{failed.message}. Save a fix, or '%notesync strict off' to run on the old code."
        )
        refusal = InputRejected(told)
        # The shell asks the exception how it wants to be shown: without the way through our code.
        refusal._render_traceback_ = lambda: [told]
        raise refusal

    return refuse_on_broken_code


def failure_of(error: BaseException, roots: list[str], file: str, line: int) -> Failure:
    """Where and why a batch was refused, told in the user's files. `file`, `line`: what was
    running."""
    if isinstance(error, SyntaxError) and error.filename:
        message = f"{type(error).__name__}: {error.msg}"
        return Failure(str(error.filename), error.lineno or 0, message, _format(error, None))
    trace = _ours_removed(error.__traceback__)
    walk = trace
    while walk is not None:
        name = walk.tb_frame.f_code.co_filename
        real = os.path.realpath(name)
        if any(real.startswith(root + os.sep) for root in roots):
            file, line = name, walk.tb_lineno
        walk = walk.tb_next
    text = str(error)
    message = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return Failure(file, line, message, _format(error, trace))


def _ours_removed(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_HERE):
        trace = trace.tb_next
    return trace


def _format(error: BaseException, trace: TracebackType | None) -> str:
    return "".join(traceback.format_exception(type(error), error, trace))


class LiftedPatches:
    """What `unittest.mock.patch` put into modules, taken out while a batch is loaded.

    The code is loaded as without the patch; afterwards the patch is there again, and what it will
    bring back at its end is the new value. Everything goes through `undo`.
    """

    def __init__(self, loaded: dict[str, Loaded], undo: Undo) -> None:
        self._undo = undo
        self._lifted: list[tuple[Any, dict[str, Any], Any]] = []
        mock = sys.modules.get("unittest.mock")
        active = getattr(getattr(mock, "_patch", None), "_active_patches", [])
        spaces = {id(each.module): each.space for each in loaded.values()}
        for patch in reversed(list(active)):
            space = spaces.get(id(getattr(patch, "target", None)))
            original = vars(patch).get("temp_original", MISSING)
            name = vars(patch).get("attribute")
            if space is None or original is MISSING or name not in space or not patch.is_local:
                continue
            self._lifted.append((patch, space, space[name]))
            undo.set_item(space, name, original)

    def put_back(self) -> None:
        """Patch again, the first one first."""
        for patch, space, patched in reversed(self._lifted):
            if patch.attribute in space:
                self._undo.set_attr(patch, "temp_original", space[patch.attribute])
            self._undo.set_item(space, patch.attribute, patched)
