"""The source itself goes, or becomes something else: nothing is deleted in the replica before a person was asked."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import laptop, tree, wait
from tests.harness.http import ask
from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack

FILES = 30
SAID = re.compile(r"source.*(gone|away|no folder|not a directory|unavailable|cannot be read)")


@pytest.fixture
def stack(make_stack: MakeStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stack:
    """Thirty files, and a server without a mount of its own: nobody can take a mount away."""
    monkeypatch.setattr(laptop, "can_mount", lambda: False)
    source = tmp_path / "laptop" / "shop"
    (source / "shop").mkdir(parents=True)
    for number in range(FILES):
        (source / "shop" / f"part_{number}.py").write_text(f"PART = {number}\n")
    return make_stack(tree=source, server_options=("--json",))


def away(source: Path) -> Path:
    return source.with_name("away")


def leave_nothing(source: Path) -> None:
    """Only the place is left."""


def become_a_file(source: Path) -> None:
    source.write_text("I was a folder\n")


def become_a_link(source: Path) -> None:
    other = source.with_name("other")
    (other / "shop").mkdir(parents=True, exist_ok=True)
    (other / "shop" / "part_0.py").write_text("PART = 'of another project'\n")
    source.symlink_to(other)


def become_a_dead_link(source: Path) -> None:
    source.symlink_to("nowhere")


def become_empty(source: Path) -> None:
    source.mkdir()


def test_a_source_that_is_no_folder_is_told_and_nothing_is_deleted(stack: Stack) -> None:
    before = tree.of_replica(stack.replica)
    for become in (leave_nothing, become_a_file, become_a_dead_link):
        stack.source.rename(away(stack.source))
        become(stack.source)
        wait.until(lambda: SAID.search(stack.notebook.run("%notesync").text), "the notebook says why nothing comes")
        assert tree.of_replica(stack.replica) == before
        before = put_back(stack)


@pytest.mark.parametrize(("become", "where"), [(become_a_link, "notebook"), (become_empty, "laptop")])
def test_another_source_in_its_place_halts_with_the_numbers(
    stack: Stack, become: Callable[[Path], None], where: str
) -> None:
    before = tree.of_replica(stack.replica)
    stack.source.rename(away(stack.source))
    become(stack.source)
    until_asked(stack)
    assert tree.of_replica(stack.replica) == before
    answer(stack, where, yes=False)
    assert tree.of_replica(stack.replica) == before
    put_back(stack)
    stack.source.rename(away(stack.source))
    become(stack.source)
    until_asked(stack)
    answer(stack, where, yes=True)
    stack.settle()
    put_back(stack)


def until_asked(stack: Stack) -> None:
    wait.until(lambda: stack.state() == "halted", "the notebook says that it waits")
    told = stack.notebook.run("%notesync").text
    assert re.search(rf"deletes ({FILES - 1}|{FILES}) of {FILES} files", told), told
    assert "confirm" in told


def answer(stack: Stack, where: str, *, yes: bool) -> None:
    if where == "notebook":
        stack.notebook.run("%notesync confirm" if yes else "%notesync decline")
        return
    ready = stack.laptop.until_event("ready")
    key = ready["dashboard"].rpartition("key=")[2]
    headers = {"Authorization": f"Bearer {key}"}
    overview = wait.until(lambda: halts(stack, headers), "the laptop asks, too")
    replica, batch, message = overview
    assert re.search(rf"deletes ({FILES - 1}|{FILES}) of {FILES} files", message)
    path = f"/v1/dashboard/replicas/{replica}/halts/{batch}"
    assert ask(stack.laptop.port, "POST", path, body={"confirm": yes}, **headers).status == 200
    wait.until(lambda: stack.state() != "halted", "the answer arrives")


def halts(stack: Stack, headers: dict[str, str]) -> tuple[str, str, str] | None:
    overview = json.loads(ask(stack.laptop.port, "GET", "/v1/dashboard", **headers).body)
    for replica in overview["replicas"]:
        last = replica["reports"][0]
        if last["state"] == "halted":
            return replica["replica"], last["batch"], last["error"]["message"]
    return None


def put_back(stack: Stack) -> tree.Tree:
    """As it was: the replica follows, without a word from anybody."""
    if stack.source.is_symlink() or stack.source.is_file():
        stack.source.unlink()
    elif stack.source.exists():
        shutil.rmtree(stack.source)
    away(stack.source).rename(stack.source)
    stack.laptop.save("shop/part_0.py", "PART = 'back again'\n")
    stack.settle()
    return tree.of_replica(stack.replica)
