"""Facts about processes and this machine, read from /proc where there is one. Any thread."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def start_time(pid: int) -> int | None:
    """Field 22 of /proc/<pid>/stat; None for a process that is gone or a zombie."""
    fields = _stat(pid)
    return None if fields is None else int(fields[19])


def cpu_seconds(pid: int) -> float | None:
    """What the process has used so far; None for one that is gone or a zombie."""
    fields = _stat(pid)
    if fields is None:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[bytes] | None:
    """The fields of /proc/<pid>/stat from the third on, the state."""
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    fields = stat[stat.rindex(b")") + 2 :].split()
    return None if fields[0] in (b"Z", b"X") else fields


def is_alive(pid: int, started: int) -> bool:
    """Whether `pid` is still the process that started at `started` (0: not known), not a zombie."""
    if _PROC.joinpath("self").exists():
        found = start_time(pid)
        return found is not None and started in (0, found)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def machine_id() -> str:
    """Sixteen hex digits that differ between machines and boots: a shared home has many of them."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        boot = "unknown"
    return hashlib.sha256(f"{socket.gethostname()}\n{boot}\n".encode()).hexdigest()[:16]
