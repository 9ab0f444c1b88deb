"""What is tested is what is installed: the wheel has all that it needs, once, and nothing else."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import parts, places


@pytest.fixture(scope="module")
def names() -> list[str]:
    with zipfile.ZipFile(parts.wheel()) as wheel:
        return wheel.namelist()


@pytest.mark.parametrize(
    "wanted",
    [
        "notesync/__init__.py",
        "notesync/py.typed",
        "notesync/reload/__init__.py",
        "notesync/_bundled/notesync-agent.jar",
        "notesync/_bundled/notesync.js",
    ],
)
def test_it_carries(names: list[str], wanted: str) -> None:
    assert wanted in names


def test_it_carries_the_jupyterlab_extension_once(names: list[str]) -> None:
    found = [name for name in names if "labextension" in name]
    assert any(name.endswith("data/share/jupyter/labextensions/notesync/package.json") for name in found), found
    assert all("share/jupyter/labextensions/notesync/" in name for name in found), found


def test_it_carries_nothing_twice_and_nothing_of_the_workshop(names: list[str]) -> None:
    assert [name for name, count in Counter(names).items() if count > 1] == []
    strange = [n for n in names if any(part in n for part in ("__pycache__", "node_modules", "tests/", ".map", ".ts"))]
    assert strange == []


def test_it_is_not_bigger_than_6_megabytes() -> None:
    assert parts.wheel().stat().st_size <= 6_000_000


def test_all_of_the_extension_is_no_more_than_30_kilobytes_on_its_way() -> None:
    """Compressed, as servers send it; a page without notesync loads less than half of it."""
    scripts = {name: data for name, data in contents(parts.wheel()).items() if "/labextensions/" in name}
    sizes = [len(gzip.compress(data, mtime=0)) for name, data in scripts.items() if name.endswith(".js")]
    assert 10_000 < sum(sizes) <= 30_000, sizes


@pytest.mark.parametrize(
    ("folder", "built"), [(places.LAUNCHER, parts.wheel), (places.SERVER_WHEEL, parts.server_wheel)]
)
def test_two_builds_have_the_same_bytes(tmp_path: Path, folder: Path, built: Callable[[], Path]) -> None:
    build(folder, tmp_path, "--wheel")
    (again,) = tmp_path.glob("*.whl")
    assert again.read_bytes() == built().read_bytes()


def test_the_sdist_is_the_same_twice_and_makes_the_same_wheel_alone(tmp_path: Path) -> None:
    for name in ("first", "second"):
        build(places.LAUNCHER, tmp_path / name, "--sdist")
    (first,), (second,) = ((tmp_path / name).glob("*.tar.gz") for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as opened:
        opened.extractall(tmp_path, filter="data")
    build(tmp_path / first.name.removesuffix(".tar.gz"), tmp_path / "wheel", "--wheel")
    (made,) = (tmp_path / "wheel").glob("*.whl")
    assert contents(made) == contents(parts.wheel())


def build(folder: Path, out: Path, kind: str) -> None:
    command: list[str | Path] = [places.tool(places.ENVIRONMENT, "python"), "-m", "build", kind, "--no-isolation"]
    subprocess.run([*command, "--outdir", out, folder], check=True, capture_output=True)


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_it_installs_alone_and_its_program_runs(tmp_path: Path) -> None:
    """Without Node, Maven or anything of this clone, as on a notebook machine."""
    place = tmp_path / "fresh"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    subprocess.run([*parts.pip(place), "install", parts.wheel()], check=True)
    told = subprocess.run(
        [places.tool(place, "notesync"), "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert parts.wheel().name.split("-")[1] in told.stdout
