"""A page's word on what the laptop had at Run, which comes with the request of the run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from notesync._run import Run
from notesync.messages import Cursor
from notesync.relayed import RelayedLaptop

RELAY = "a" * 32
AT = {"epoch": "e" * 32, "sequence": 7}
DATE = datetime(2026, 11, 30, tzinfo=timezone.utc)


def parent(metadata: object) -> Any:
    return SimpleNamespace(parent_header={"header": {"date": DATE}, "metadata": metadata})


def behind(relay: str) -> RelayedLaptop:
    page: Any = SimpleNamespace(hello=SimpleNamespace(relay=relay))
    return RelayedLaptop(page, "http://127.0.0.1:8765", {}, "")


# (what the request's metadata say, the cursor that the kernel may believe)
WORDS: dict[str, tuple[Mapping[str, Any], Cursor | None]] = {
    "of the page that carries": (
        {"notesync_seen": {"relay": RELAY, "cursor": AT}},
        Cursor("e" * 32, 7),
    ),
    "of another page": ({"notesync_seen": {"relay": "b" * 32, "cursor": AT}}, None),
    "saved in the cell by nobody knows whom": ({"notesync_seen": {"cursor": AT}}, None),
    "without a cursor": ({"notesync_seen": {"relay": RELAY}}, None),
    "with another's cursor": ({"notesync_seen": {"relay": RELAY, "cursor": 7}}, None),
    "no object": ({"notesync_seen": "yes"}, None),
    "none": ({"notesync": {"sequence": 7}, "cellId": "c"}, None),
}


@pytest.mark.parametrize(("metadata", "cursor"), WORDS.values(), ids=WORDS)
def test_a_word(metadata: Mapping[str, Any], cursor: Cursor | None) -> None:
    assert behind(RELAY).seen_at_run(Run.of(parent(metadata))) == cursor


def test_a_run_that_no_front_end_sent_has_no_word() -> None:
    assert Run.of(SimpleNamespace()) == Run(None, None)
    assert Run.of(parent({"cellId": "c"})) == Run("c", DATE)
