"""What a kernel does differently on a Databricks runtime: what is weaker at a place, hints.

Functions of the environment and of paths, without state but for one registration; called on the
kernel's main thread. Where each rule comes from is written in docs/databricks.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

NOTEBOOK_MARK = b"# Databricks notebook source"
_DEDICATED = {"SINGLE_USER", "DATA_SECURITY_MODE_DEDICATED"}
_DEDICATED |= {"LEGACY_SINGLE_USER", "LEGACY_SINGLE_USER_STANDARD"}
_STANDARD = {"USER_ISOLATION", "DATA_SECURITY_MODE_STANDARD"}
_STANDARD |= {"LEGACY_TABLE_ACL", "LEGACY_PASSTHROUGH"}
_BETTER = "a replica on local disk has none of that"
_registered: set[str] = set()


def version(environment: Mapping[str, str] = os.environ) -> str | None:
    """The runtime's version, such as `16.4`, or None elsewhere."""
    return environment.get("DATABRICKS_RUNTIME_VERSION") or None


def access_mode(environment: Mapping[str, str] = os.environ) -> str:
    """`dedicated`, `standard` or `unknown`: kernels are told, init scripts not always."""
    mode = environment.get("DATA_SECURITY_MODE", "")
    return "dedicated" if mode in _DEDICATED else "standard" if mode in _STANDARD else "unknown"


def weaker_guarantee(root: Path) -> str | None:
    """What does not hold for a replica at this place, in one sentence; None on local disk."""
    if _is_below(root, "/Workspace"):
        return (
            f"{root} is a workspace folder: the agent loses access to it when this kernel ends, or "
            "after 36 hours, files over 256 MB are refused, and a power cut may undo the last "
            f"batch; {_BETTER}"
        )
    if _is_below(root, "/Volumes"):
        return (
            f"{root} is in a volume, which cannot rename files: a batch is copied in place under a "
            "journal, so it is whole again after a crash, but another reader can see it half done; "
            f"{_BETTER}"
        )
    if _is_below(root, "/dbfs"):
        return f"{root} is on DBFS, without appends and links: batches are slower there; {_BETTER}"
    return None


def _is_below(root: Path, mount: str) -> bool:
    return root.is_relative_to(mount)


def notebook_sources(root: Path, paths: Iterable[str]) -> list[str]:
    """Those `.py` files that Databricks takes for notebooks where they lie in a workspace folder.

    A file that is gone or cannot be read is none: whoever needs it will say so.
    """
    return [path for path in paths if path.endswith(".py") and _has_mark(root / path)]


def _has_mark(file: Path) -> bool:
    try:
        with file.open("rb") as content:
            return content.read(len(NOTEBOOK_MARK)) == NOTEBOOK_MARK
    except OSError:
        return False


def notebook_hint(paths: list[str]) -> str:
    """One sentence about files that `notebook_sources` found."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return (
        f"{paths[0]}{more} starts with '# Databricks notebook source': it was synchronised as the "
        "plain file that it is and can be imported from here; in a workspace folder Databricks "
        "would show it as a notebook, which cannot"
    )


def register_autoreload(root: Path) -> bool:
    """Tells the runtime's own autoreload that files below `root` may change; True where it listens.

    Only files below /Workspace count for it otherwise. Registers a root at most once.
    """
    prefix = f"{root}/"
    if prefix in _registered:
        return True
    try:
        from dbruntime.autoreload import file_module_utils  # type: ignore[import-not-found]

        file_module_utils.register_autoreload_allowlist_check(lambda name: name.startswith(prefix))
    except Exception:
        return False
    _registered.add(prefix)
    return True
