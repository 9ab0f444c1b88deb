"""What the session asks on a Databricks runtime, and only there (`hooks.here()`). Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from . import runtime


def here() -> bool:
    """Whether this kernel runs on a Databricks runtime."""
    return runtime.version() is not None


def attached(root: Path) -> list[str]:
    """Called when a replica is attached; sentences that the user should read about this place."""
    runtime.register_autoreload(root)
    weaker = runtime.weaker_guarantee(root)
    return [weaker] if weaker else []


def applied(root: Path, paths: Iterable[str]) -> list[str]:
    """Called with the paths that a batch wrote; sentences that the user should read about them."""
    found = runtime.notebook_sources(root, paths)
    return [runtime.notebook_hint(found)] if found else []
