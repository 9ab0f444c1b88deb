"""The disk of the notebook machine fills up in the middle of a batch; later somebody makes room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness import wait
from tests.harness.laptop import can_mount
from tests.harness.stack import Stack


@contextmanager
def small_disk(at: Path) -> Iterator[None]:
    at.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", at], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


@pytest.mark.skipif(not can_mount(), reason="this user may not mount")
def test_a_batch_that_did_not_fit_comes_by_itself_once_there_is_room(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "stack")
    disk = stack.home / "notesync"
    with small_disk(disk), stack:
        stack.laptop.save_bytes("data.bin", os.urandom(20_000_000))
        told = wait.until(
            lambda: stack.notebook.run("%notesync").text if stack.state() == "refused" else None,
            "the batch is refused",
        )
        assert "the disk of the notebook machine is full" in told
        assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'one'"
        subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)
        stack.settle()
