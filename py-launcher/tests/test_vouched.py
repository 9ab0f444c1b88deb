"""What a page says it saw when Run was pressed counts for that run, and for no other."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest

from notesync import _vouched
from notesync._run import Run
from notesync._vouched import Vouched
from notesync.errors import Malformed
from notesync.messages import Cursor
from notesync.messages.comm import FromPage, Word

AT_7 = Cursor("c0" * 16, 7)
AT_8 = Cursor("c0" * 16, 8)
NOON = datetime(2026, 11, 30, 12, tzinfo=timezone.utc)
MOMENT = timedelta(milliseconds=20)


def run(request: str, date: datetime = NOON) -> Run:
    """A run of cell `a`."""
    return Run(request, "a", date)


def taken(page: Vouched, which: Run, beside: bool = False) -> Cursor | None:
    word = page.asked(which, beside)
    return word() if word is not None else None


def test_a_word_counts_once_and_for_its_run_only() -> None:
    page = Vouched()
    page.hear(Word("one", cursor=AT_7))
    assert taken(page, run("two")) is None
    assert taken(page, run("one")) == AT_7
    assert taken(page, run("one")) is None


def test_the_word_for_a_run_that_was_aborted_is_not_taken_for_the_next() -> None:
    page = Vouched()
    page.hear(Word("aborted", cursor=AT_7))
    page.hear(Word("next", cursor=AT_8))
    assert taken(page, run("next")) == AT_8


def test_words_need_not_come_in_the_order_of_the_runs() -> None:
    page = Vouched()
    page.hear(Word("two", cursor=AT_8))
    page.hear(Word("one", cursor=None))
    assert [taken(page, run(one)) for one in ("one", "two")] == [None, AT_8]


def test_an_announced_word_is_waited_for() -> None:
    page = Vouched()
    page.hear(Word("one", within_s=30.0))
    speaker = threading.Timer(0.1, page.hear, [Word("one", cursor=AT_7)])
    speaker.start()
    assert taken(page, run("one")) == AT_7
    speaker.join()


def test_an_announced_word_is_waited_for_as_long_as_it_may_take() -> None:
    page = Vouched()
    page.hear(Word("one", within_s=0.01))
    assert taken(page, run("one")) is None


def test_nobody_waits_for_the_word_of_a_page_that_has_gone() -> None:
    page = Vouched()
    page.hear(Word("one", within_s=3_600.0))
    ending = threading.Timer(0.1, page.end)
    ending.start()
    assert taken(page, run("one")) is None
    ending.join()


def test_a_word_in_front_of_its_request_names_the_cell_and_the_time() -> None:
    page = Vouched()
    page.hear(Word(cell="b", date=NOON, cursor=AT_7))
    page.hear(Word(cell="a", date=NOON, cursor=AT_8))
    assert taken(page, run("one", NOON + MOMENT)) == AT_8
    assert taken(page, run("two", NOON + MOMENT)) is None


def test_of_two_words_in_front_each_run_takes_its_own() -> None:
    page = Vouched()
    page.hear(Word(cell="a", date=NOON, cursor=AT_7))
    page.hear(Word(cell="a", date=NOON + 2 * MOMENT, cursor=AT_8))
    assert taken(page, run("one", NOON + MOMENT)) == AT_7
    assert taken(page, run("two", NOON + 3 * MOMENT)) == AT_8


def test_a_word_in_front_of_a_run_that_was_aborted_is_not_taken_for_the_next() -> None:
    page = Vouched()
    page.hear(Word(cell="a", date=NOON, cursor=AT_7))
    half_a_second = NOON + timedelta(seconds=0.5)
    assert taken(page, run("the word of this one is late", half_a_second + MOMENT)) is None
    page.hear(Word(cell="a", date=half_a_second, cursor=AT_8))
    assert taken(page, run("and of this one not", half_a_second + MOMENT)) == AT_8


def test_an_old_word_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Vouched()
    page.hear(Word("one", cursor=AT_7))
    monkeypatch.setattr(_vouched, "_GOOD_FOR_S", 0.0)
    assert taken(page, run("one")) is None


def test_nobody_waits_for_a_page_that_gives_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_vouched, "_WAIT_S", 3_600.0)
    assert taken(Vouched(), run("one")) is None
    page = Vouched()
    page.hear(Word("one", cursor=AT_7))
    assert taken(page, Run("two", None, None)) is None


@pytest.mark.parametrize(("beside", "wait"), [(False, "_WAIT_S"), (True, "_BESIDE_WAIT_S")])
def test_a_word_on_its_way_is_waited_for(
    beside: bool, wait: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_vouched, wait, 30.0)
    page = Vouched()
    page.hear(Word("other", cursor=None))
    speaker = threading.Timer(0.1, page.hear, [Word("one", cursor=AT_7)])
    speaker.start()
    assert taken(page, run("one"), beside) == AT_7
    speaker.join()


def test_words_for_runs_that_never_come_are_forgotten_the_oldest_first() -> None:
    page = Vouched()
    for number in range(_vouched._RUNS + 1):
        page.hear(Word(f"run {number}", cursor=AT_7))
    assert taken(page, run("run 0")) is None
    assert taken(page, run("run 1")) == AT_7


AT = {"epoch": "c0" * 16, "sequence": 7}


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"kind": "asks", "run": "r", "within_ms": 250}, Word("r", within_s=0.25)),
        ({"kind": "fresh", "run": "r", "cursor": AT}, Word("r", cursor=AT_7)),
        ({"kind": "fresh", "run": "r", "cursor": None}, Word("r")),
        (
            {"kind": "fresh", "cell": "a", "date": "2026-11-30T12:00:00.000Z", "cursor": AT},
            Word(cell="a", date=NOON, cursor=AT_7),
        ),
    ],
)
def test_a_word_is_read_from_what_the_page_says(said: dict[str, object], word: Word) -> None:
    assert Word.of(FromPage.of(said, ())) == word


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "asks", "run": "r"},
        {"kind": "fresh", "cursor": None},
        {"kind": "fresh", "cell": "a", "date": "soon", "cursor": None},
        {"kind": "fresh", "cell": "a", "date": "2026-11-30T12:00:00", "cursor": None},
        {"kind": "fresh", "run": "r", "cursor": 7},
    ],
)
def test_what_names_no_run_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        Word.of(FromPage.of(said, ()))
