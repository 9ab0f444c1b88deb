"""What goes into a reload and what comes out of it: values only, no behaviour beyond their text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_GONE = "what was imported from there stays as it was, and a new import fails"


@dataclass(frozen=True)
class Change:
    """One file that is no longer what it was. Content is read from disk; times are never looked
    at."""

    path: Path
    deleted: bool = False


@dataclass(frozen=True)
class Failure:
    """Why a batch was refused. `file` and `line` point into the user's code."""

    file: str
    line: int
    message: str
    traceback: str
    way_out: str = "save a fix and it is loaded by itself"

    def __iter__(self) -> Iterable[object]:  # unpacks as (file, line, message, traceback)
        return iter((self.file, self.line, self.message, self.traceback))


@dataclass
class Report:
    """The outcome of one batch: either everything was loaded, or nothing was and `failed` says
    why."""

    reloaded: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, int, str]] = field(default_factory=list)
    failed: Failure | None = None
    pending: list[Path] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    statements: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """True when nothing of the batch was refused."""
        return self.failed is None

    def keep(self, what: str, why: str) -> None:
        """Say that something still is what it was before."""
        if (what, why) not in self.kept:
            self.kept.append((what, why))

    def note(self, file: str, line: int, text: str) -> None:
        """Say something that the user should know about one line."""
        if (file, line, text) not in self.notes:
            self.notes.append((file, line, text))

    def line(self) -> str:
        """One line for the notebook."""
        if self.failed is not None:
            where = f"{_short(self.failed.file)}:{self.failed.line}"
            return f"kept the old code: {where}: {self.failed.message} ({self.failed.way_out})"
        if self.pending and not self.reloaded:
            names = ", ".join(path.name for path in self.pending[:4])
            return f"waiting for the end of the cell: {names}"
        told = [self._reloaded()] if self.reloaded else []
        told += [f"not reloaded: {self._kept()}"] if self.kept else []
        were = "was" if len(self.gone) == 1 else "were"
        told += [f"{_names(self.gone)} {were} deleted: {_GONE}"] if self.gone else []
        return "; ".join(told) or "nothing to reload"

    def _reloaded(self) -> str:
        ran = f"{self.statements} statement{'' if self.statements == 1 else 's'} run, "
        took = f"{self.seconds * 1e3:.0f} ms"
        return f"reloaded {_names(self.reloaded)} ({ran if self.statements else ''}{took})"

    def _kept(self) -> str:
        what, why = self.kept[0]
        more = f" and {len(self.kept) - 1} more" if len(self.kept) > 1 else ""
        return f"{what} ({why}){more}"

    def details(self) -> str:
        """Everything that is known about the batch, for a log."""
        lines = [self.line()]
        lines += [f"  kept {what}: {why}" for what, why in self.kept]
        lines += [f"  {_short(file)}:{line}: {text}" for file, line, text in self.notes]
        lines += [f"  pending: {path}" for path in self.pending]
        if self.failed is not None and self.failed.traceback:
            lines.append(self.failed.traceback.rstrip())
        return "\n".join(lines)


def _names(names: list[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more


def _short(file: str) -> str:
    """Enough to tell one `__init__.py` from another."""
    return "/".join(Path(file).parts[-2:])
