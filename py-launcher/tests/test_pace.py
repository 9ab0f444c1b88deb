"""Chunks follow the way: small where a queue builds up, large where it does not."""

from __future__ import annotations

import pytest

from notesync._pace import FIRST_BYTES, LEAST_BYTES, MOST_BYTES, Pace
from notesync.messages import CHUNK_BYTES


class Link:
    """A way with a rate and a delay, on which two chunks are always in flight."""

    def __init__(self, rate: float, delay: float) -> None:
        self.rate, self.delay = rate, delay
        self.now = 0.0
        self.pace = Pace(lambda: self.now)
        self.pace.heard(100, delay)

    def carry(self, chunks: int) -> list[int]:
        sizes = []
        free = 0.0
        asked = [(0.0, self.pace.size)] * 2
        for _ in range(chunks):
            began, size = asked.pop(0)
            free = max(free, began) + size / self.rate
            self.now = free + self.delay
            self.pace.heard(size, self.now - began)
            self.pace.moved(size)
            sizes.append(self.pace.size)
            asked.append((self.now, self.pace.size))
        return sizes


def test_it_begins_small() -> None:
    assert Pace().size == FIRST_BYTES < CHUNK_BYTES


@pytest.mark.parametrize(
    ("rate", "delay", "least", "most"),
    [
        (100e6, 0.001, MOST_BYTES, MOST_BYTES),
        (100e6, 0.6, MOST_BYTES, MOST_BYTES),
        (10e6, 0.05, 1024 * 1024, 1024 * 1024),
        (2e6, 0.05, CHUNK_BYTES, CHUNK_BYTES),
        (250e3, 0.2, 32 * 1024, FIRST_BYTES),
        (50e3, 0.2, LEAST_BYTES, LEAST_BYTES),
    ],
)
def test_the_size_follows_the_queue_and_not_the_delay(
    rate: float, delay: float, least: int, most: int
) -> None:
    sizes = Link(rate, delay).carry(30)[15:]
    assert least <= min(sizes) <= max(sizes) <= most


def test_a_way_of_250_kb_a_second_is_held_for_less_than_a_second_and_yet_used() -> None:
    link = Link(250e3, 0.2)
    link.pace.begins(9_000_000)
    sizes = link.carry(100)
    assert 2 * max(sizes[10:]) / 250e3 < 0.6
    assert link.pace.seconds_left() == pytest.approx((9e6 - link.now * 250e3) / 250e3, rel=0.2)


@pytest.mark.parametrize("rate", [500e3, 1e6, 2e6, 4e6, 8e6, 16e6, 100e6])
def test_large_chunks_hold_up_a_cell_for_less_than_a_third_of_a_second(rate: float) -> None:
    sizes = Link(rate, 0.05).carry(60)
    assert all(size <= CHUNK_BYTES or 2 * size / rate < 0.33 for size in sizes)


def test_large_chunks_shrink_again_where_the_way_gets_slow() -> None:
    link = Link(100e6, 0.05)
    assert link.carry(30)[-1] == MOST_BYTES
    link.rate = 1e6
    assert max(link.carry(30)[15:]) <= CHUNK_BYTES


def test_what_is_left_is_unknown_before_and_after() -> None:
    link = Link(250e3, 0.2)
    assert link.pace.seconds_left() is None
    link.pace.begins(100)
    assert link.pace.seconds_left() is None
    link.pace.ends()
    assert link.pace.seconds_left() is None


def test_a_small_answer_says_nothing_about_the_size() -> None:
    pace = Pace(lambda: 0.0)
    pace.heard(10, 0.01)
    pace.heard(100, 9.0)
    assert pace.size == FIRST_BYTES
