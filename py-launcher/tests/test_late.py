"""Which runs of cells should have had what came later, and how that is said."""

from __future__ import annotations

import pytest

from notesync._late import LaptopClock, LateNews, Unasked
from notesync._replica import Moment


def cell(number: int, began: float, on: int | None = 41) -> Unasked:
    return Unasked(number, f"cell {number}", began, on)


def at(when: float) -> Moment:
    return Moment(when, when)


def test_a_cell_that_ran_after_the_save_is_named_with_how_much_later() -> None:
    late = LateNews()
    late.ran(cell(7, 103.0))
    assert late.arrived(42, at(100.0))
    told = "In [7] ran on sequence 41; what had been saved 3.0 s before (sequence 42) came after it"
    assert late.line == f"{told}: run it again"
    assert late.take("another cell") == f"{told}: run it again"
    assert late.line is None


def test_a_cell_that_ran_before_the_save_or_on_it_is_not() -> None:
    late = LateNews()
    late.ran(cell(1, 99.0))
    late.ran(cell(2, 103.0, on=42))
    assert not late.arrived(42, at(100.0))
    assert late.line is None


def test_a_save_in_the_moment_of_run_is_told_and_not_as_if_the_time_were_known() -> None:
    """The clocks agree no better than the way of a question and its answer takes."""
    late = LateNews()
    late.ran(cell(7, 100.0))
    assert late.arrived(42, Moment(99.9, 100.2))
    told = "In [7] ran on sequence 41; what had been saved in that very moment (sequence 42)"
    assert late.line == f"{told} came after it: run it again"
    late.ran(cell(8, 101.0))
    assert not late.arrived(43, Moment(101.1, 101.4)), "that was saved after Run"


def test_several_cells_are_named_together_and_each_once() -> None:
    late = LateNews()
    for number in (5, 6, 7):
        late.ran(cell(number, 100.0 + number))
    assert late.arrived(42, at(100.0))
    assert not late.arrived(43, at(100.0))
    assert "In [5] to In [7] ran on sequence 41; what had been saved 5.0 s" in (late.line or "")


def test_who_runs_that_very_cell_again_is_not_told_to_do_so() -> None:
    late = LateNews()
    late.ran(cell(7, 103.0))
    late.arrived(42, at(100.0))
    assert late.take("cell 7") is None


def test_the_laptops_clock_is_known_as_well_as_the_quickest_ways_tell() -> None:
    clock = LaptopClock()
    assert clock.here(None) is None
    clock.heard(None, 0.0, 1.0)
    assert clock.here(5_000) is None, "nothing is known yet"
    # It is an hour ahead. One answer came at once behind a slow question, one was long in coming.
    clock.heard(3_600_300, 0.0, 0.4)
    clock.heard(3_700_000, 99.9, 140.0)
    moment = clock.here(3_650_000)
    assert moment is not None
    assert moment.earliest == pytest.approx(49.9)
    assert moment.latest == pytest.approx(50.1)
    # It was set to the right time.
    clock.heard(200_000, 199.9, 200.1)
    moment = clock.here(150_000)
    assert moment is not None
    assert moment.earliest == pytest.approx(149.9)
