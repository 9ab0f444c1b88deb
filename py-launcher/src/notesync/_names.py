"""What this machine, this kernel and the folder of a project are called. Any thread."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from .messages.laptop import Project


def machine_name() -> str:
    """This machine, for the laptop's dashboard."""
    return socket.gethostname()


def kernel_id() -> str:
    """The Jupyter id of this kernel, from the name of its connection file."""
    try:
        from ipykernel import get_connection_file

        name = Path(get_connection_file()).stem
    except Exception:
        return f"pid-{os.getpid()}"
    return name.removeprefix("kernel-")


def folder_name(project: str) -> str:
    """A folder name from a project name."""
    kept = "".join("_" if one in "/\\:\0" else one for one in project).strip(". ")
    return kept or "project"


def documents_in(root: Path, notebook: str | None) -> list[str]:
    """The running notebook as a path of the replica at `root`, where its file lies there."""
    if notebook is None:
        return []
    file, base = Path(os.path.realpath(notebook)), Path(os.path.realpath(root))
    lies_there = file.is_relative_to(base) and file.is_file()
    return [file.relative_to(base).as_posix()] if lies_there else []


def python_paths(root: Path | None, project: Project | None) -> list[str]:
    """The folders of the replica that belong on sys.path."""
    if root is None or project is None:
        return []
    return [str(root / part) if part else str(root) for part in project.python_paths]
