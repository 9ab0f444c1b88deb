"""The test vectors of the protocol are what their generator writes, and what git says of ignore rules."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands import places

VECTORS = places.ROOT / "protocol" / "vectors"


def test_the_vectors_are_as_generated() -> None:
    done = subprocess.run(
        [sys.executable, VECTORS / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def ignore_rules_that_git_knows() -> list[Any]:
    tests = json.loads((VECTORS / "ignore.json").read_text(encoding="utf-8"))["tests"]
    return [pytest.param(test, id=f"{test['id']}") for test in tests if "ours" not in test["flags"]]


@pytest.mark.parametrize("vector", ignore_rules_that_git_knows())
def test_git_agrees_about_ignore_rules(vector: dict[str, Any], tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name, text in vector["files"].items():
        rules = tmp_path / name
        rules.parent.mkdir(parents=True, exist_ok=True)
        rules.write_bytes(text.encode())
    path = tmp_path / vector["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(exist_ok=True) if vector["directory"] else path.touch()
    said = subprocess.run(
        ["git", "-C", tmp_path, "check-ignore", "-v", "--no-index", vector["path"]],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    rule = ":".join(said.split("\t")[0].split(":")[:2]) or None
    assert rule == vector["by"]
    assert (rule is not None and not said.split("\t")[0].split(":", 2)[2].startswith("!")) == vector["ignored"]
