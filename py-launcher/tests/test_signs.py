"""Whether the page that carries is still there: asked at times, and when a cell got no answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from notesync._signs import SignsOfLife


class Page:
    answers_pings = True

    def __init__(self, lives: bool) -> None:
        self.lives = lives
        self.heard_at = time.monotonic()
        self.pings = 0

    def ping(self) -> None:
        self.pings += 1
        if self.lives:
            self.heard_at = time.monotonic()


def missed(page: Page, look: Callable[[SignsOfLife[Page]], object], others: bool = True) -> bool:
    """Whether the page is missed when it is looked for so."""
    carrier: list[Page | None] = [page if others else None]
    signs: SignsOfLife[Page] = SignsOfLife(
        lambda: carrier[0], lambda _page: carrier.__setitem__(0, None), every_s=0.02
    )
    asyncio.run(look(signs))  # type: ignore[arg-type]
    return others and carrier[0] is None


def test_one_that_is_gone_is_missed_at_the_first_doubt_and_one_that_lives_is_not() -> None:
    assert missed(Page(lives=False), SignsOfLife.doubt)
    assert not missed(Page(lives=True), SignsOfLife.doubt)


def test_while_it_is_watched_it_is_missed_after_one_turn() -> None:
    gone = Page(lives=False)
    assert missed(gone, SignsOfLife.watch)
    assert gone.pings == 1


def test_where_no_other_page_could_carry_nothing_is_asked() -> None:
    alone = Page(lives=False)
    assert not missed(alone, SignsOfLife.doubt, others=False)
    assert not missed(alone, SignsOfLife.watch, others=False)
    assert alone.pings == 0


def test_one_that_is_heard_behind_cells_only_is_never_missed() -> None:
    held_up = Page(lives=False)
    held_up.answers_pings = False
    assert not missed(held_up, SignsOfLife.doubt)
