"""The zip of the importable files: what is in it, and when it is another one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from notesync.workers.bundle import MOST_DATA, Tree

FILES = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "A = 1",
    "src/shop/DATA.txt": "data of the package",
    "src/shop/some-data/table.csv": "deeper data of the package",
    "src/shop/.hidden/x.py": "",
    "src/shop/__pycache__/cart.py": "",
    "src/shop/_vendor/site-packages/six.py": "installed, not written",
    "src/shop/_vendor/dist-packages/six.py": "the same on Debian",
    "src/space/part.py": "a namespace package",
    "src/space/notes.txt": "beside a namespace package",
    "src/top.py": "",
    "src/readme.txt": "beside the code",
    "src/not-a-name/x.py": "",
    "src/venv-like/pyvenv.cfg": "",
    "tool.py": "below the second path",
    "top.py": "the first path comes first",
    "env/pyvenv.cfg": "",
    "env/lib.py": "an environment is not the project",
}
INSIDE = {
    "shop/__init__.py",
    "shop/cart.py",
    "shop/DATA.txt",
    "shop/some-data/table.csv",
    "space/part.py",
    "top.py",
    "tool.py",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def tree(root: Path) -> Tree:
    return Tree([root / "src", root])


def names(tree: Tree) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(tree.bundle().data)) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_modules_and_the_data_of_packages_go_along(tree: Tree) -> None:
    assert names(tree) == INSIDE


def test_the_earlier_path_wins(tree: Tree) -> None:
    with zipfile.ZipFile(io.BytesIO(tree.bundle().data)) as archive:
        assert archive.read("top.py") == b""


def test_the_bundle_stays_the_same_object_until_a_file_changes(tree: Tree, root: Path) -> None:
    first = tree.bundle()
    assert tree.bundle() is first
    assert not tree.changed([root / "src/shop/cart.py", root / "src/readme.txt"])
    assert tree.bundle() is first


CHANGES = [
    ("src/shop/cart.py", "A = 2", INSIDE),
    ("src/shop/cart.py", None, INSIDE - {"shop/cart.py"}),
    ("src/shop/new.py", "", INSIDE | {"shop/new.py"}),
    ("src/shop/more.txt", "", INSIDE | {"shop/more.txt"}),
    ("src/readme.txt", "changed", INSIDE),
    ("src/shop/.hidden/x.py", "changed", INSIDE),
    ("src/more/one.py", "", INSIDE | {"more/one.py"}),
]


@pytest.mark.parametrize(("path", "text", "expected"), CHANGES)
def test_a_change_that_a_batch_tells_is_what_a_new_walk_finds(
    tree: Tree, root: Path, path: str, text: str | None, expected: set[str]
) -> None:
    before = tree.bundle().version
    changed = root / path
    changed.parent.mkdir(exist_ok=True)
    if text is None:
        changed.unlink()
    else:
        changed.write_text(text)
    moved = tree.changed([changed])
    assert names(tree) == expected == names(Tree(tree.paths))
    assert tree.bundle().version == Tree(tree.paths).bundle().version
    assert moved == (tree.bundle().version != before)


def test_a_new_package_and_its_data_in_one_batch(tree: Tree, root: Path) -> None:
    tree.bundle()
    new = [root / "src/late/data.txt", root / "src/late/__init__.py"]
    new[0].parent.mkdir()
    for path in new:
        path.write_text("x = 1")
    tree.changed(new)
    assert names(tree) == INSIDE | {"late/data.txt", "late/__init__.py"}


def test_what_changes_after_the_batch_is_not_taken(tree: Tree, root: Path) -> None:
    tree.bundle()
    cart = root / "src/shop/cart.py"
    cart.write_text("A = 2")
    tree.changed([cart])
    cart.write_text("A = 3")
    with zipfile.ZipFile(io.BytesIO(tree.bundle().data)) as archive:
        assert archive.read("shop/cart.py") == b"A = 2"


def test_large_data_stays_and_is_named(tree: Tree, root: Path) -> None:
    (root / "src/shop/model.bin").write_bytes(bytes(MOST_DATA + 1))
    assert names(tree) == INSIDE
    assert tree.left_out == {"shop/model.bin"}
