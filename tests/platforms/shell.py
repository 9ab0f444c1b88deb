"""Runs a command on the machine itself and keeps what it said."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path


def told(
    *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None, limit: float = 600
) -> subprocess.CompletedProcess[str]:
    """The finished command, whatever its exit code; a program that is missing is an error."""
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )


def output(*words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """What a command that must succeed said."""
    done = told(*words, cwd=cwd, env=env)
    assert done.returncode == 0, f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
