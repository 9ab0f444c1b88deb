"""`notesync databricks doctor`: what is well on this driver, and what to do about the rest.

Reads the machine and changes nothing; prints no values of the environment but versions and modes.
"""

from __future__ import annotations

import os
import pwd
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from notesync import __file__ as package_file
from notesync import __version__
from notesync.databricks import autoload, machine, runtime

HOMES = (Path("/local_disk0/notesync"), Path("/var/lib/notesync"))
_STAMPED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (.*)")


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: `ok`, `note` (it works, but know it) or `bad` (with a remedy)."""

    state: str
    text: str

    def line(self) -> str:
        """As it is printed."""
        return f"{self.state:<4}  {self.text}"


def examine(
    environment: Mapping[str, str] = os.environ, homes: tuple[Path, ...] = HOMES
) -> list[Finding]:
    """All findings, in the order of the way: runtime, user, init script, package, Java, places."""
    return [
        _runtime(environment),
        _user(environment),
        _init_log(homes),
        _package(),
        _java(),
        _autoload(),
        _replica_place(Path.home() / "notesync"),
        _autoreload(),
    ]


def _runtime(environment: Mapping[str, str]) -> Finding:
    version = runtime.version(environment)
    if version is None:
        return Finding(
            "bad",
            "this is no Databricks runtime (DATABRICKS_RUNTIME_VERSION is not set): "
            "`notesync doctor` is for every other machine",
        )
    mode = runtime.access_mode(environment)
    return Finding(
        "ok", f"Databricks runtime {version}, Python {sys.version.split()[0]}, access mode {mode}"
    )


def _user(environment: Mapping[str, str]) -> Finding:
    if os.getuid() == 0 and runtime.access_mode(environment) == "standard":
        return Finding(
            "note", "this is root on a cluster in standard mode, where notebooks are spark-… users"
        )
    return Finding("ok", f"user {_name_of(os.getuid())}")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _init_log(homes: tuple[Path, ...]) -> Finding:
    for log in (home / "init.log" for home in homes):
        try:
            text = log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        told = _STAMPED.findall(text) or ["nothing"]
        if told[-1].startswith("ready"):
            return Finding("ok", f"the init script ended well ({log})")
        reason = told[-2] if told[-1].startswith("failed") and len(told) > 1 else told[-1]
        return Finding("bad", f"the init script failed: {reason} (all of it in {log})")
    return Finding(
        "note",
        "no init script ran here: %pip installs notesync for one notebook, "
        "an administrator with an init script for all",
    )


def _package() -> Finding:
    place = Path(package_file).parent
    for folder in (place, place / "databricks"):
        if folder.stat().st_mode & 0o005 != 0o005:
            return Finding(
                "bad",
                f"{folder} is closed for other users, who then import an empty package: "
                f"chmod -R a+rX {place}",
            )
    return Finding("ok", f"notesync {__version__} in {place}")


def _java() -> Finding:
    java = machine.find_java()
    return Finding("ok" if java.usable else "bad", java.text)


def _autoload() -> Finding:
    if autoload.is_on():
        return Finding("ok", "every notebook loads notesync, if the runtime reads /etc/ipython")
    return Finding("ok", "a notebook starts with %load_ext notesync")


def _replica_place(place: Path) -> Finding:
    above = next(path for path in (place, *place.parents) if path.exists())
    if not os.access(above, os.W_OK | os.X_OK):
        return Finding(
            "bad",
            f"{place} cannot be made, {above} is not writable for this user: "
            "name another place with `%notesync connect --to PATH`",
        )
    weaker = runtime.weaker_guarantee(place)
    if weaker:
        return Finding("note", weaker)
    return Finding("ok", f"replicas lie on local disk, in {place}")


def _autoreload() -> Finding:
    try:
        import dbruntime.autoreload.file_module_utils  # type: ignore[import-not-found]  # noqa: F401
    except Exception:
        return Finding("ok", "the runtime has no autoreload list; notesync reloads by itself")
    return Finding("ok", "replicas are registered with the runtime's autoreload list")
