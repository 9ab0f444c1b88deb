"""`notesync serve`: the laptop server for those who live in pip, installed without a network."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import parts, places
from tests.harness import world
from tests.harness.laptop import ADDRESS
from tests.harness.process import Program
from tests.harness.stack import lay_out
from tests.platforms.shell import output, told


@pytest.fixture
def laptop(tmp_path: Path) -> Path:
    """An environment with all that notesync needs, and not the server; notesync itself is to come."""
    place = tmp_path / "a laptop's environment"
    output(sys.executable, "-m", "venv", "--without-pip", place)
    (needed,) = places.OLD_KERNEL.glob("lib/python*/site-packages")
    (own,) = place.glob("lib/python*/site-packages")
    (own / "needed.pth").write_text(f"{needed}\n")
    return place


def install(place: Path, *words: str | Path) -> None:
    """`pip install` of what was built, with no index to ask."""
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        places.tool(place, "python"),
        "-q",
        "install",
        "--no-index",
    ]
    for built in (parts.wheel(), parts.server_wheel()):
        pip += ["--find-links", built.parent]
    output(*pip, *words)


@pytest.mark.parametrize("version", [17, 25])
def test_the_extra_brings_the_server_and_serve_runs_it(
    tmp_path: Path, laptop: Path, java: Callable[[int], Path], version: int
) -> None:
    install(laptop, "--force-reinstall", "--no-deps", "notesync")
    notesync = places.tool(laptop, "notesync")
    project = tmp_path / "shop"
    lay_out(project, None)
    env = world.environment(tmp_path, NOTESYNC_JAVA=str(java(version) / "bin/java"))
    missing = told(notesync, "serve", cwd=project, env=env)
    assert missing.returncode == 1
    assert missing.stderr.startswith("notesync: the laptop server is not installed here: pip install 'notesync[serve]'")
    install(laptop, "notesync[serve]")
    # A run that serves nothing loads few classes: an archive of these would make every later start a slow one.
    assert told(notesync, "serve", "why", "pyproject.toml", cwd=project, env=env).returncode == 0
    assert told(notesync, "serve", "nowhere", cwd=project, env=env).returncode == 1
    with Program("serve", [notesync, "serve", "--port", "0"], logs=tmp_path / "logs", env=env, cwd=project) as program:
        program.until_line(ADDRESS)
        program.until_line(str(project))
    (archive,) = (tmp_path / "state").glob("server-*.jsa")
    assert archive.stat().st_size > 6_000_000
    with Program("again", [notesync, "serve", "--port", "0"], logs=tmp_path / "logs", env=env, cwd=project) as program:
        program.until_line(ADDRESS)
        assert str(archive) in Path(f"/proc/{program.pid}/maps").read_text()
