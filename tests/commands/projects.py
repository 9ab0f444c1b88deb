"""Fetches real projects, pinned by digest, from the package index and unpacks them."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from tests.commands import parts, places, step

# For the stories and the demo.
LIST = places.TESTS / "sdists.txt"


def fetch(pinned: Path = LIST, place: Path = places.PROJECTS) -> None:
    """Leaves each project of a list as `place/<name>`, as its authors published it."""
    stamp = place / ".notesync-list"
    if parts.stamped(stamp, [pinned]):
        return
    shutil.rmtree(place, ignore_errors=True)
    archives = places.BUILD / "sdists"
    command = [*parts.pip(places.ENVIRONMENT), "download"]
    # Nothing of them is built: they are input, not dependencies.
    command += ["--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", pinned, "-d", archives]
    step.run("fetching real projects as sdists", command, log="sdists", limit=600)
    for name, version in pins(pinned):
        unpack(next(archives.glob(f"{name}-{version}.tar.gz")), place / name)
    parts.put_stamp(stamp, [pinned])


def pins(pinned: Path) -> list[tuple[str, str]]:
    """The (name, version) pairs of a list."""
    lines = [line.split("#")[0].split() for line in pinned.read_text(encoding="utf-8").splitlines()]
    return [(name, version) for line in lines if line for name, _, version in [line[0].partition("==")]]


def unpack(archive: Path, place: Path) -> None:
    """Unpacks an sdist without its own first folder."""
    scratch = place.with_name(f"{place.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    with tarfile.open(archive) as tar:
        # Python 3.11.2, which Debian 12 has, knows no filters yet.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(scratch)
    (only,) = scratch.iterdir()
    only.rename(place)
    scratch.rmdir()
