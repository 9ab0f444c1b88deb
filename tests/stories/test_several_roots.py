"""A library beside the project comes along, at a place of its own in the same replica."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.commands import places
from tests.harness import tree, wait, world
from tests.harness.process import Program
from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack

ROOTS = "[roots]\ntools = '../common tools'\n"


@pytest.fixture
def common(tmp_path: Path) -> Path:
    """The library, where Stack puts its laptop."""
    common = tmp_path / "stack 0" / "laptop" / "common tools"
    common.mkdir(parents=True)
    (common / "__init__.py").write_text("")
    (common / "units.py").write_text("FACTOR = 1\n")
    (common / ".gitignore").write_text("*.tmp\n")
    (common / "left.tmp").write_text("")
    return common


def test_code_of_another_root_is_imported_and_followed(make_stack: MakeStack, common: Path) -> None:
    stack = make_stack()
    stack.compares = False
    stack.laptop.save("notesync.toml", ROOTS)
    until_same(stack, common)
    cell = "import tools.units; tools.units.FACTOR"
    assert stack.notebook.run(cell).value == "1"
    (common / "units.py").write_text("FACTOR = 25\n")
    assert stack.notebook.run(cell).value == "25"
    (common / "more").mkdir()
    (common / "more" / "deep.py").write_text("x = 1\n")
    until_same(stack, common)


def until_same(stack: Stack, common: Path) -> None:
    def same() -> None:
        wanted = {**tree.of(stack.source), "tools": "directory"}
        wanted |= {f"tools/{path}": what for path, what in tree.of(common, ("*.tmp",)).items()}
        assert tree.of_replica(stack.replica) == wanted

    wait.until_passes(same)


def test_why_names_the_rule_of_that_root_and_overlaps_are_refused(tmp_path: Path, common: Path) -> None:
    project = common.parent / "shop"
    project.mkdir()
    (project / "notesync.toml").write_text(ROOTS)
    env = world.environment(tmp_path)

    def server(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = ["java", "-jar", places.SERVER_JAR, *words]
        return subprocess.run(command, env=env, cwd=project, capture_output=True, text=True, check=False, timeout=60)

    told = server("why", "tools/left.tmp", common / "units.py").stdout.splitlines()
    assert told == [
        "tools/left.tmp: ignored by '*.tmp' (tools/.gitignore:1), which matches tools/left.tmp",
        "tools/units.py: synchronised: no rule matches",
    ]
    (project / "notesync.toml").write_text(f"{ROOTS}more = '../common tools'\n")
    refused = server()
    assert refused.returncode == 1
    assert refused.stderr.startswith("notesync: notesync.toml:3: root 'more'")
    assert "overlaps root 'tools'" in refused.stderr


def test_the_start_names_every_root(tmp_path: Path, common: Path) -> None:
    project = common.parent / "shop"
    project.mkdir()
    (project / "notesync.toml").write_text(ROOTS)
    command: list[str | Path] = ["java", "-jar", places.SERVER_JAR, project, "--port", "0"]
    with Program("server", command, logs=tmp_path / "logs", env=world.environment(tmp_path), cwd=project) as server:
        server.until_line(r"serving .*shop, .*common tools as tools/ \(4 files")
        server.until_line(r"%load_ext notesync")
        server.until_line(r"%notesync connect --page http://127")
