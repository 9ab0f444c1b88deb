"""The lines in IPython's system configuration that make every kernel of a machine load notesync.

Appended, never overwritten: hosted images keep settings of their own in that file. `remove` takes
them out again.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

CONFIG = Path("/etc/ipython/ipython_config.py")
_BEGIN = "# >>> notesync: loads notesync in every kernel; delete these lines to stop that"
_END = "# <<< notesync"
_BLOCK = f'{_BEGIN}\nget_config().InteractiveShellApp.extensions.append("notesync")\n{_END}\n'


def is_on(config: Path = CONFIG) -> bool:
    """Whether the lines are there."""
    try:
        return _BEGIN in config.read_text(encoding="utf-8")
    except OSError:
        return False


def add(config: Path = CONFIG) -> bool:
    """Puts the lines there, readable for all users; False if they were there already."""
    if is_on(config):
        return False
    config.parent.mkdir(parents=True, exist_ok=True)
    config.parent.chmod(0o755)
    old = config.read_text(encoding="utf-8") if config.exists() else ""
    _replace(config, old + ("" if old.endswith("\n") or not old else "\n") + _BLOCK)
    return True


def remove(config: Path = CONFIG) -> bool:
    """Takes the lines out; False if there were none."""
    if not is_on(config):
        return False
    kept = []
    inside = False
    for line in config.read_text(encoding="utf-8").splitlines(keepends=True):
        inside = inside or line.rstrip("\n") == _BEGIN
        if not inside:
            kept.append(line)
        elif line.rstrip("\n") == _END:
            inside = False
    _replace(config, "".join(kept))
    return True


def _replace(config: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=config.parent, prefix=".notesync-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(file.fileno(), 0o644)
    os.replace(name, config)
