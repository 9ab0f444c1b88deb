"""A file of 200 MB arrives, and a changed line in it costs hardly any bytes."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack

SIZE = 200_000_000
SMALLER = 10_000_000
LIMIT = "[tool.notesync.limits]\nmax-file-mb = 300\n"


def carried(stack: Stack, edit: Callable[[], object]) -> int:
    """The bytes on the wire that an edit costs."""
    before = len(batches(stack))
    edit()
    stack.settle(120)
    return sum(int(event["stream_size"]) for event in batches(stack)[before:])


def batches(stack: Stack) -> list[dict[str, Any]]:
    return [event for event in stack.laptop.events() if event["event"] == "batch"]


def table(size: int) -> bytearray:
    """Lines of random figures."""
    line = 80
    digits = random.Random(7).randbytes(size // 2).hex().encode()[:size]
    content = bytearray(digits)
    content[line - 1 :: line] = b"\n" * len(content[line - 1 :: line])
    return content


def test_one_line_of_a_table_of_200_megabytes(make_stack: MakeStack) -> None:
    stack = make_stack(server_options=("--json",))
    stack.laptop.save("pyproject.toml", LIMIT)
    content = table(SIZE)
    stack.laptop.save_bytes("data/table.csv", bytes(content))
    stack.settle(120)
    content[SIZE // 2 : SIZE // 2] = b"one line more than there was before\n"
    assert carried(stack, lambda: stack.laptop.save_bytes("data/table.csv", bytes(content))) < SIZE / 100


@pytest.mark.parametrize("kind", ["ipynb", "sqlite"])
def test_a_little_change_in_what_notebooks_work_with(make_stack: MakeStack, tmp_path: Path, kind: str) -> None:
    stack = make_stack(server_options=("--json",))
    content = table(SMALLER)
    if kind == "ipynb":
        lines = content.decode().splitlines()
        save = stack.laptop.save
        save("big.ipynb", notebook(lines))
        stack.settle(120)
        lines[len(lines) // 2] = "one line is another one now"
        assert carried(stack, lambda: save("big.ipynb", notebook(lines))) < SMALLER / 100
        return
    file = tmp_path / "data.sqlite"
    with sqlite3.connect(file) as data:
        data.execute("create table figures (line text)")
        data.executemany("insert into figures values (?)", ((line,) for line in content.decode().splitlines()))
    data.close()
    stack.laptop.save_bytes("data.sqlite", file.read_bytes())
    stack.settle(120)
    with sqlite3.connect(file) as data:
        data.execute("update figures set line = 'another' where rowid = 100000")
    data.close()
    assert carried(stack, lambda: stack.laptop.save_bytes("data.sqlite", file.read_bytes())) < SMALLER / 100


def notebook(lines: list[str]) -> str:
    quoted = ",\n".join(f'    "{line}\\n"' for line in lines)
    return f'{{"cells": [{{"cell_type": "raw", "metadata": {{}}, "source": [\n{quoted}\n]}}], "nbformat": 4}}\n'
