"""The laptop is sacred: in every story the server sees the source on a read-only mount. Here that is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import tree
from tests.harness.laptop import can_mount
from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack


@pytest.mark.skipif(not can_mount(), reason="needs root, and unshare, for a mount of its own")
def test_the_server_of_every_story_sees_a_read_only_source(stack: Stack) -> None:
    mounts = Path(f"/proc/{stack.laptop.server.pid}/mountinfo").read_text(encoding="utf-8").splitlines()
    (options,) = [
        fields[5] for line in mounts if (fields := line.split())[4] == str(stack.source).replace(" ", "\\040")
    ]
    assert options.split(",")[0] == "ro"


def test_nothing_in_the_source_changes_but_by_the_person(make_stack: MakeStack) -> None:
    stack = make_stack(repository=True)
    times = {path: path.lstat().st_mtime_ns for path in stack.source.rglob("*")}
    before = tree.of(stack.source)
    stack.notebook.run("import shop.cart")
    stack.laptop.restart()
    stack.settle()
    assert tree.of(stack.source) == before
    assert {path: path.lstat().st_mtime_ns for path in stack.source.rglob("*")} == times
