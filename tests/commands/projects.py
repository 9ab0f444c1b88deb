"""Fetches the real projects of `tests/sdists.txt` from the package index, checks their digests and unpacks them."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from tests.commands import parts, places, step

LIST = places.TESTS / "sdists.txt"


def fetch() -> None:
    """Leaves each project as `build/projects/<name>`, as its authors published it."""
    stamp = places.PROJECTS / ".notesync-list"
    if parts.stamped(stamp, [LIST]):
        return
    shutil.rmtree(places.PROJECTS, ignore_errors=True)
    archives = places.BUILD / "sdists"
    command = [*parts.pip(places.ENVIRONMENT), "download"]
    # Nothing of them is built: they are input, not dependencies.
    command += ["--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", LIST, "-d", archives]
    step.run("fetching real projects as sdists", command, log="sdists", limit=600)
    for name, version in pins():
        unpack(next(archives.glob(f"{name}-{version}.tar.gz")), places.PROJECTS / name)
    parts.put_stamp(stamp, [LIST])


def pins() -> list[tuple[str, str]]:
    """The (name, version) pairs of the list."""
    lines = [line.split("#")[0].split() for line in LIST.read_text(encoding="utf-8").splitlines()]
    return [(name, version) for line in lines if line for name, _, version in [line[0].partition("==")]]


def unpack(archive: Path, place: Path) -> None:
    """Unpacks an sdist without its own first folder."""
    scratch = place.with_name(f"{place.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    with tarfile.open(archive) as tar:
        tar.extractall(scratch, filter="data")
    (only,) = scratch.iterdir()
    only.rename(place)
    scratch.rmdir()
