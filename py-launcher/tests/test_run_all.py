"""Cells of one press, told from cells that were pressed one by one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from notesync._run_all import Row

START = datetime(2026, 11, 30, tzinfo=timezone.utc)

# (what happens, [(sent at, ran for)], which continue)
STORIES = [
    ("one by one", [(0.0, 0.1), (3.0, 0.1), (6.0, 0.1)], [False, False, False]),
    ("run all", [(0.0, 1.0), (0.01, 5.0), (0.02, 1.0)], [False, True, True]),
    ("run all, then one", [(0.0, 1.0), (0.01, 1.0), (9.0, 1.0)], [False, True, False]),
    ("quick but after the end", [(0.0, 0.01), (0.05, 0.01), (0.1, 0.01)], [False, False, False]),
    ("pressed while another ran", [(0.0, 60.0), (30.0, 1.0)], [False, False]),
]


@pytest.mark.parametrize(
    ("cells", "expected"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES]
)
def test_rows(cells: list[tuple[float, float]], expected: list[bool]) -> None:
    row, found = Row(), []
    for sent, seconds in cells:
        found.append(row.continues(START + timedelta(seconds=sent)))
        row.ran(seconds)
    assert found == expected


def test_without_a_date_every_cell_stands_alone() -> None:
    row = Row()
    assert not row.continues(None)
    assert not row.continues(START)
    assert not row.continues(None)


# (the cells before, [(sent at, ran for)], the next is sent at, and has waited for)
QUEUES = [
    ("the first", [], 0.0, 0.0),
    ("after the end", [(0.0, 60.0)], 61.0, 0.0),
    ("while another ran", [(0.0, 60.0)], 20.0, 40.0),
    ("behind two", [(0.0, 60.0), (30.0, 60.0)], 31.0, 89.0),
    ("after a pause", [(0.0, 60.0), (100.0, 5.0)], 103.0, 2.0),
    ("of a clock that was set back", [(0.0, 1.0)], -9.0, 10.0),
]


@pytest.mark.parametrize(
    ("cells", "sent", "waited"), [q[1:] for q in QUEUES], ids=[q[0] for q in QUEUES]
)
def test_how_long_a_request_waited(
    cells: list[tuple[float, float]], sent: float, waited: float
) -> None:
    row = Row()
    for at, seconds in cells:
        row.continues(START + timedelta(seconds=at))
        row.ran(seconds)
    assert row.waited(START + timedelta(seconds=sent)) == pytest.approx(waited)


def test_how_long_is_not_known_without_a_date() -> None:
    row = Row()
    row.ran(1.0)
    assert row.waited(START) == 0.0
    row.continues(START)
    row.ran(1.0)
    assert row.waited(None) == 0.0
