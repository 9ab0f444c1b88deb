"""A git repository whose history is the releases of a real project, made from what its authors published."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.commands import parts, places, step

LIST = places.TESTS / "history.txt"
ARCHIVES = places.BUILD / "history"


def repository(place: Path, releases: int) -> list[str]:
    """Makes the repository at `place` from the newest `releases` of the list; returns its commits, the oldest first.

    Each release is two commits, as a branch is merged: first what is new or changed, then what is gone.
    """
    place.mkdir(parents=True)
    git(place, "init", "-q", "-b", "main")
    commits = []
    for wheel in wheels(releases):
        scratch = place.with_name("release")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(scratch)
        shutil.copytree(scratch, place, dirs_exist_ok=True)
        commits.append(commit(place, f"{wheel.stem}: new"))
        for entry in place.iterdir():
            if entry.name != ".git":
                shutil.rmtree(entry)
        shutil.copytree(scratch, place, dirs_exist_ok=True)
        commits.append(commit(place, f"{wheel.stem}: done"))
        shutil.rmtree(scratch)
    return commits


def wheels(releases: int) -> Iterator[Path]:
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for line in lines[-releases:]:
        yield fetched(line)


def fetched(line: str) -> Path:
    """One pinned wheel, by pip; kept for the next run."""
    name, _, version = line.split()[0].partition("==")
    place = ARCHIVES / version
    if not list(place.glob("*.whl")):
        place.mkdir(parents=True, exist_ok=True)
        one = place / "wanted.txt"
        one.write_text(line + "\n", encoding="utf-8")
        command = [*parts.pip(places.ENVIRONMENT), "download", "--no-deps", "--only-binary", ":all:"]
        step.run(
            f"fetching {name} {version}",
            [*command, "--require-hashes", "-r", one, "-d", place],
            log="history",
            limit=120,
        )
    (wheel,) = place.glob("*.whl")
    return wheel


def commit(place: Path, text: str) -> str:
    git(place, "add", "-A")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    git(place, *who, "commit", "-q", "--allow-empty", "-m", text)
    return git(place, "rev-parse", "HEAD")


def git(place: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", place, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()
