"""The project's importable files as one zip, made when the first task after a batch needs it.

The tree is walked once; from then on a batch says which files changed, and only those are read, at
once: what workers get is what the kernel took up, even if the file changes again before the task.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

# Data beside the code goes along; anything larger is data to be read where it lies.
MOST_DATA = 1 << 20
_SKIPPED = {"__pycache__", "node_modules", "venv", "site-packages", "dist-packages"}
_INIT = "__init__.py"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Bundle:
    """One version of the project's code."""

    version: str
    data: bytes
    files: int

    @cached_property
    def packed(self) -> bytes:
        """The zip, compressed as a whole: better and faster than file by file."""
        return zlib.compress(self.data, 1)


class Tree:
    """The importable files below the Python paths of a project. Main thread."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.left_out: set[str] = set()
        self._files: dict[str, bytes] | None = None
        self._bundle: Bundle | None = None
        self._tops: frozenset[str] | None = None

    def bundle(self) -> Bundle:
        """The current version; the same object until a file changes."""
        if self._bundle is None:
            files = self._walked()
            digest = hashlib.sha256()
            for name in sorted(files):
                digest.update(f"{name}\0{len(files[name])}\0".encode())
                digest.update(files[name])
            self._bundle = Bundle(digest.hexdigest()[:16], zipped(files), len(files))
        return self._bundle

    def tops(self) -> frozenset[str]:
        """The names that an import of the project begins with."""
        if self._tops is None:
            self._tops = frozenset(
                name.split("/")[0].removesuffix(".py")
                for name in self._walked()
                if name.endswith(".py")
            )
        return self._tops

    def forget(self) -> None:
        """Walk again when it is next needed."""
        self._files = self._bundle = self._tops = None
        self.left_out.clear()

    def changed(self, changes: Iterable[Path]) -> bool:
        """Read what changed; whether the code of the workers is another one now."""
        if self._files is None:
            return True
        before = self._files.copy()
        for path in sorted(changes, key=lambda one: one.name != _INIT):
            for folder in self.paths:
                if folder in path.parents:
                    self._read(path, folder, self._files)
                    break
        if before == self._files:
            return False
        self._bundle = self._tops = None
        return True

    def _walked(self) -> dict[str, bytes]:
        if self._files is None:
            files: dict[str, bytes] = {}
            for folder in self.paths:
                for path in self._below(folder, folder):
                    self._read(path, folder, files)
            self._files = files
        return self._files

    def _below(self, folder: Path, root: Path, in_package: bool = False) -> Iterator[Path]:
        """What may be importable; `__init__.py` comes before what it makes a package of."""
        try:
            entries = sorted(os.scandir(folder), key=lambda one: (one.name != _INIT, one.name))
        except OSError:
            return
        names = {one.name for one in entries}
        if "pyvenv.cfg" in names:
            return
        in_package = in_package or (folder != root and _INIT in names)
        for entry in entries:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if _enters(entry.name, in_package) and path not in self.paths:
                    yield from self._below(path, root, in_package)
            elif in_package or entry.name.endswith(".py"):
                yield path

    def _read(self, path: Path, folder: Path, files: dict[str, bytes]) -> None:
        """Take the file, or its absence, into `files`, if it is one that can be imported."""
        parts = path.relative_to(folder).parts
        name = "/".join(parts)
        in_package = f"{parts[0]}/{_INIT}" in files and len(parts) > 1
        if not all(_enters(part, in_package) for part in parts[:-1]):
            return
        is_data = not name.endswith(".py")
        if is_data and not in_package:
            return
        earlier = self.paths[: self.paths.index(folder)]
        if any((one / name).exists() for one in earlier):
            return
        try:
            if is_data and path.stat().st_size > MOST_DATA:
                self.left_out.add(name)
                files.pop(name, None)
                return
            files[name] = path.read_bytes()
        except OSError:
            files.pop(name, None)


def _enters(name: str, in_package: bool) -> bool:
    return name not in _SKIPPED and not name.startswith(".") and (in_package or name.isidentifier())


def zipped(files: dict[str, bytes]) -> bytes:
    """Stored, not deflated: made in milliseconds, imported fastest, the same bytes every time."""
    made = io.BytesIO()
    # Before Python 3.13 a namespace package in a zip is found by an entry of its own only.
    folders = {f"{parent}/" for name in files for parent in PurePosixPath(name).parents}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted({*files, *folders} - {"./"}):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files.get(name, b""))
    return made.getvalue()
