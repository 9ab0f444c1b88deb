"""What a page says it saw when Run was pressed counts for that run, and for no other."""

from __future__ import annotations

import threading

import pytest

from notesync import _vouched
from notesync._vouched import Vouched
from notesync.messages import Cursor

AT_7 = Cursor("c0" * 16, 7)
AT_8 = Cursor("c0" * 16, 8)


def test_a_word_counts_for_one_run_of_its_cell() -> None:
    page = Vouched()
    page.heard("a", AT_7)
    assert page.take("b") is None
    assert page.take("a") == AT_7
    assert page.take("a") is None


def test_words_and_runs_of_a_cell_keep_their_order() -> None:
    page = Vouched()
    page.heard("a", AT_7)
    page.heard("a", None)
    page.heard("a", AT_8)
    assert [page.take("a") for _ in range(3)] == [AT_7, None, AT_8]


def test_a_word_that_came_too_late_is_not_taken_for_the_next_run() -> None:
    page = Vouched()
    page.heard("other", None)
    assert page.take("a") is None
    page.heard("a", AT_7)
    page.heard("a", None)
    assert page.take("a") is None
    page.heard("a", AT_8)
    assert page.take("a") == AT_8


def test_an_old_word_does_not_count(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    page = Vouched()
    page.heard("a", AT_7)
    monkeypatch.setattr(_vouched, "_GOOD_FOR_S", 0.0)
    assert page.take("a") is None


def test_nobody_waits_for_a_page_that_gives_no_words(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(_vouched, "_WAIT_S", 3_600.0)
    assert Vouched().take("a") is None
    page = Vouched()
    page.heard("a", AT_7)
    assert page.take(None) is None


@pytest.mark.parametrize(("beside", "wait"), [(False, "_WAIT_S"), (True, "_BESIDE_WAIT_S")])
def test_a_word_on_its_way_is_waited_for(beside: bool, wait: str, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(_vouched, wait, 30.0)
    page = Vouched()
    page.heard("other", None)
    speaker = threading.Timer(0.1, page.heard, ("a", AT_7))
    speaker.start()
    assert page.take("a", beside) == AT_7
    speaker.join()
