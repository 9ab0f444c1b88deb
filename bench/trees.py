"""Source trees for the benchmarks: real ones, copied as often as a size asks for."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.commands import places, projects

LIST = places.ROOT / "bench" / "sdists.txt"
REAL = places.BUILD / "bench" / "real"
# The module that the benchmarks save again and again.
MARKER = "marker/probe.py"


def real(place: Path) -> Path:
    """The tree of 15,000 files: two real projects side by side, and a package of our own to save."""
    projects.fetch(LIST, REAL)
    # Without what decides what is sent, and without the certificates that a built-in rule keeps at home.
    ignored = shutil.ignore_patterns(".notesync-list", ".gitignore", "*.pem")
    shutil.copytree(REAL, place, symlinks=True, ignore=ignored)
    return with_marker(place)


def of_size(place: Path, files: int) -> Path:
    """A tree of about `files` small modules, 100 in a package."""
    for number in range(files):
        package = place / f"package_{number // 1000:03}" / f"part_{number // 100 % 10}"
        package.mkdir(parents=True, exist_ok=True)
        (package / f"module_{number:06}.py").write_text(f"NUMBER = {number}\n\n\ndef number():\n    return NUMBER\n")
    return with_marker(place)


def with_marker(place: Path) -> Path:
    probe = place / MARKER
    probe.parent.mkdir(parents=True)
    (probe.parent / "__init__.py").write_text("")
    probe.write_text("STEP = 0\n")
    return place


def save(source: Path, step: int) -> bytes:
    """Saves the probe as an editor does: a temporary file, and a rename over the old one."""
    probe = source / MARKER
    content = f"STEP = {step}\n".encode()
    part = probe.with_name("probe.py.tmp~")
    part.write_bytes(content)
    part.rename(probe)
    return content
