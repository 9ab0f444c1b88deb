"""Which runs of cells should have had what came later, and how that is said."""

from __future__ import annotations

import pytest

from notesync._late import LaptopClock, LateNews, Unasked


def cell(number: int, began: float, on: int | None = 41) -> Unasked:
    return Unasked(number, f"cell {number}", began, on)


def test_a_cell_that_ran_after_the_save_is_named_with_how_much_later() -> None:
    late = LateNews()
    late.ran(cell(7, 103.0))
    assert late.arrived(42, 100.0)
    told = "In [7] ran on sequence 41; what had been saved 3.0 s before (sequence 42) came after it"
    assert late.line == f"{told}: run it again"
    assert late.take("another cell") == f"{told}: run it again"
    assert late.line is None


def test_a_cell_that_ran_before_the_save_or_on_it_is_not() -> None:
    late = LateNews()
    late.ran(cell(1, 99.0))
    late.ran(cell(2, 103.0, on=42))
    assert not late.arrived(42, 100.0)
    assert late.line is None


def test_several_cells_are_named_together_and_each_once() -> None:
    late = LateNews()
    for number in (5, 6, 7):
        late.ran(cell(number, 100.0 + number))
    assert late.arrived(42, 100.0)
    assert not late.arrived(43, 100.0)
    assert "In [5] to In [7] ran on sequence 41; what had been saved 5.0 s" in (late.line or "")


def test_who_runs_that_very_cell_again_is_not_told_to_do_so() -> None:
    late = LateNews()
    late.ran(cell(7, 103.0))
    late.arrived(42, 100.0)
    assert late.take("cell 7") is None


def test_what_the_laptops_clock_says_is_never_taken_for_earlier_than_it_was() -> None:
    clock = LaptopClock()
    assert clock.here(5_000) == float("inf"), "nothing is known yet"
    assert clock.here(None) is None
    clock.heard(None, 1.0)
    # It is an hour ahead; the answers took 0.2 and 40 s.
    clock.heard(3_600_000, 0.2)
    clock.heard(3_700_000, 140.0)
    assert clock.here(3_650_000) == pytest.approx(50.2)
