"""Every kind of change to a source tree arrives in the replica, byte for byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.harness.laptop import Laptop
from tests.harness.stack import Stack

Edit = Callable[[Laptop], object]


@pytest.fixture(scope="module")
def real_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One connected stack on a real project; each case leaves both trees equal, so the next can begin."""
    with Stack(tmp_path_factory.mktemp("kinds"), "networkx") as stack:
        yield stack


def older_file_moved_over(laptop: Laptop) -> None:
    part = laptop.path("older.tmp~")
    part.write_text("# an older file\n")
    os.utime(part, (1_000_000_000, 1_000_000_000))
    part.rename(laptop.path("networkx/lazy_imports.py"))


def edit_that_keeps_the_time(laptop: Laptop) -> None:
    path = laptop.path("networkx/convert.py")
    status, content = path.stat(), path.read_bytes()
    path.write_bytes(content.replace(b"e", b"E", 1))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def two_saves_of_one_size_in_one_second(laptop: Laptop) -> None:
    laptop.save("twice.py", "A = 1\n")
    laptop.save("twice.py", "A = 2\n")


def file_becomes_directory(laptop: Laptop) -> None:
    laptop.path("README.rst").unlink()
    laptop.save("README.rst/inside.txt", "now a folder\n")


def directory_becomes_file(laptop: Laptop) -> None:
    shutil.rmtree(laptop.path("README.rst"))
    laptop.save("README.rst", "a file again\n")


def file_becomes_link(laptop: Laptop) -> None:
    laptop.path("twice.py").unlink()
    laptop.path("twice.py").symlink_to("networkx/convert.py")


def new_executable(laptop: Laptop) -> None:
    laptop.save("run.sh", "#!/bin/sh\n")
    laptop.path("run.sh").chmod(0o755)


def many_at_once(laptop: Laptop) -> None:
    for number in range(300):
        laptop.save(f"many/part{number % 7}/module_{number}.py", f"NUMBER = {number}\n")


CASES: dict[str, Edit] = {
    "a changed file": lambda laptop: laptop.save("networkx/convert.py", "# nothing left\n"),
    "an appended line": lambda laptop: append(laptop.path("networkx/convert.py"), b"# one more\n"),
    "a new file": lambda laptop: laptop.save("networkx/brand_new.py", "NEW = True\n"),
    "a new file in a new folder": lambda laptop: laptop.save("fresh/er/est.py", "NEW = True\n"),
    "a deleted file": lambda laptop: laptop.path("networkx/brand_new.py").unlink(),
    "a renamed file": lambda laptop: laptop.path("networkx/convert.py").rename(laptop.path("networkx/convert_.py")),
    "and back": lambda laptop: laptop.path("networkx/convert_.py").rename(laptop.path("networkx/convert.py")),
    "a renamed folder": lambda laptop: laptop.path("networkx/drawing").rename(laptop.path("networkx/painting")),
    "a copied file": lambda laptop: shutil.copy(laptop.path("pyproject.toml"), laptop.path("copied.toml")),
    "a deleted folder": lambda laptop: shutil.rmtree(laptop.path("networkx/painting")),
    "an empty folder": lambda laptop: laptop.path("empty").mkdir(),
    "an empty folder goes": lambda laptop: laptop.path("empty").rmdir(),
    "a file turned executable": lambda laptop: laptop.path("networkx/utils/misc.py").chmod(0o755),
    "and back to plain": lambda laptop: laptop.path("networkx/utils/misc.py").chmod(0o644),
    "a new executable": new_executable,
    "a relative symlink": lambda laptop: laptop.path("networkx/link.py").symlink_to("convert.py"),
    "a symlink to a folder above": lambda laptop: laptop.path("networkx/utils/up").symlink_to("../algorithms"),
    "a symlink that leads nowhere": lambda laptop: laptop.path("dangling").symlink_to("not/there"),
    "a symlink turned elsewhere": lambda laptop: relink(laptop.path("networkx/link.py"), "relabel.py"),
    "a name that is not ASCII": lambda laptop: laptop.save("données/café_naïve_日本.py", "é = 'ü'\n"),
    "a name with spaces and quotes": lambda laptop: laptop.save("it's a 'file' & more; $HOME.txt", "fine\n"),
    "a file of 0 bytes": lambda laptop: laptop.save("void.py", ""),
    "a file emptied": lambda laptop: laptop.path("networkx/brand.py").write_bytes(b""),
    "bytes that are no text": lambda laptop: laptop.save_bytes("blob.bin", bytes(range(256)) * 1000),
    "line ends of Windows": lambda laptop: laptop.save_bytes("crlf.txt", b"one\r\ntwo\r\n"),
    "an older file moved over": older_file_moved_over,
    "an edit that keeps size and time": edit_that_keeps_the_time,
    "two saves of one size within a second": two_saves_of_one_size_in_one_second,
    "a file becomes a folder": file_becomes_directory,
    "a folder becomes a file": directory_becomes_file,
    "a file becomes a symlink": file_becomes_link,
    "300 files at once": many_at_once,
    "a folder moved in from outside": lambda laptop: outside(laptop.source).rename(laptop.path("moved_in")),
    "a folder moved out": lambda laptop: laptop.path("moved_in").rename(laptop.source.parent / "moved_out"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_arrives(real_stack: Stack, case: str) -> None:
    CASES[case](real_stack.laptop)
    real_stack.settle()


def append(path: Path, more: bytes) -> None:
    with path.open("ab") as file:
        file.write(more)


def relink(path: Path, target: str) -> None:
    path.unlink()
    path.symlink_to(target)


def outside(source: Path) -> Path:
    folder = source.parent / "from_outside"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "one.py").write_text("ONE = 1\n")
    (folder / "two.py").write_text("TWO = 2\n")
    return folder
