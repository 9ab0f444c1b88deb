"""The environment that the story's programs see: a home of their own, nothing of the machine's user."""

from __future__ import annotations

import os
from pathlib import Path

from tests.commands import places

# What a program needs to run at all; everything else of the caller's environment stays out.
KEPT = ("PATH", "LANG", "JAVA_HOME", "TZ", "DISPLAY", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "CI")


def environment(home: Path, **more: str) -> dict[str, str]:
    """PYTHONDONTWRITEBYTECODE is not among them: stale bytecode is one of the traps that are tested."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    python = places.tool(places.ENVIRONMENT, "python").parent
    return {
        **kept,
        "PATH": f"{python}{os.pathsep}{kept.get('PATH', '')}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NOTESYNC_STATE": str(home / "state"),
        "PYTHONWARNINGS": "default",
        **more,
    }
