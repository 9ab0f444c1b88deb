"""A file of 100 MB arrives, and a changed line in it costs little."""

from __future__ import annotations

import random

from tests.harness.stack import Stack

SIZE = 100 * 1000 * 1000


def test_a_file_of_100_megabytes_arrives_and_follows(stack: Stack) -> None:
    dice = random.Random(7)
    content = bytearray(dice.randbytes(SIZE))
    stack.laptop.save_bytes("data/table.bin", bytes(content))
    stack.settle(120)
    content[SIZE // 2 : SIZE // 2 + 40] = b"forty bytes that were not there before.."
    stack.laptop.save_bytes("data/table.bin", bytes(content))
    stack.settle(120)
