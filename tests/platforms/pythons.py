"""A Python of a version: pyenv's, the one on PATH, else Debian's newest, unpacked and not installed."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.platforms import debian
from tests.platforms.shell import told

# What Debian has that nobody else here may have, with the libraries that its standard library loads.
_FROM_SID = {"3.14": ("python3.14-minimal", "libpython3.14-minimal", "libpython3.14-stdlib")}
_LIBRARIES: tuple[str, ...] = (
    "libc6",
    "libgcc-s1",
    "libstdc++6",
    "libexpat1",
    "zlib1g",
    "libssl3t64",
    "libffi8",
    "libbz2-1.0",
)
_LIBRARIES += ("liblzma5", "libzstd1", "libsqlite3-0", "libuuid1", "libncursesw6", "libtinfo6", "libreadline8t64")


def find(version: str) -> Path:
    """The interpreter, asked for its version; debian.NotHere if there is none."""
    from_path = shutil.which(f"python{version}")
    candidates = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    candidates += [Path(from_path)] if from_path else []
    for candidate in [*candidates, *_from_debian(version)]:
        asked = told(candidate, "-c", "import venv, sys; print(*sys.version_info[:2], sep='.')")
        if asked.stdout.strip() == version:
            return candidate
    raise debian.NotHere(f"no Python {version} on this machine")


def _from_debian(version: str) -> list[Path]:
    packages = _FROM_SID.get(version)
    if packages is None:
        return []
    root = debian.unpacked("sid", *packages, *_LIBRARIES, into=debian.AREA / f"python{version}")
    program = root / "usr/bin" / f"python{version}"
    debian.use_own_library(program, root)
    return [program]
