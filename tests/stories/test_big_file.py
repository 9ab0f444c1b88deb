"""A file of 200 MB arrives, and a changed line in it costs hardly any bytes."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.harness.follower import EMPTY_TREE, Cursor, Follower
from tests.harness.laptop import Laptop
from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack

SIZE = 200_000_000
# NOTESYNC_BIG=200000000: the notebook and the database as big as the table.
SMALLER = int(os.environ.get("NOTESYNC_BIG", "10000000"))
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


def cost(laptop: Laptop, name: str, before: bytes, after: bytes) -> int:
    """The bytes on the wire that an edit costs a replica which has the file before it."""
    follower = Follower(laptop)
    laptop.save("pyproject.toml", LIMIT)
    laptop.save_bytes(name, before)
    _, at = followed(follower, (None, EMPTY_TREE))
    laptop.save_bytes(name, after)
    return followed(follower, at)[0]


def followed(follower: Follower, at: tuple[Cursor | None, str]) -> tuple[int, tuple[Cursor | None, str]]:
    """The bytes of all batches until the replica is current, and where it is then."""
    carried = 0
    # Reading so much may take longer than a call waits.
    while (offer := follower.next(*at, fresh=True)).state != "current":
        if offer.state == "batch":
            carried += len(follower.stream(offer))
            at = follower.place_of(offer)
    return carried, at


def test_a_line_in_a_big_notebook(laptop: Laptop) -> None:
    lines = table(SMALLER).decode().splitlines()
    before = notebook(lines)
    lines[len(lines) // 2] = "one line is another one now"
    assert cost(laptop, "big.ipynb", before.encode(), notebook(lines).encode()) < SMALLER / 100


def test_a_row_in_a_database(laptop: Laptop, tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    with closing(sqlite3.connect(file)) as data:
        data.execute("create table figures (line text)")
        lines = table(SMALLER).decode().splitlines()
        data.executemany("insert into figures values (?)", ((line,) for line in lines))
        data.commit()
        before = file.read_bytes()
        data.execute("update figures set line = 'another' where rowid = ?", (len(lines) // 2,))
        data.commit()
    assert cost(laptop, "data.sqlite", before, file.read_bytes()) < SMALLER / 100


def notebook(lines: list[str]) -> str:
    quoted = ",\n".join(f'    "{line}\\n"' for line in lines)
    return f'{{"cells": [{{"cell_type": "raw", "metadata": {{}}, "source": [\n{quoted}\n]}}], "nbformat": 4}}\n'
