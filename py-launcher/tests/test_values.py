"""Small values: what is pending, what messages refuse, what is written for people."""

from __future__ import annotations

from typing import Any

import pytest

from notesync import cell_texts, texts
from notesync._pending import Pending
from notesync._replica import Fresh
from notesync.errors import LaptopRefused, Malformed, NotesyncError, ProtocolMismatch, Unpaired
from notesync.messages import Cursor, Descriptor, check_hello, dumps, events, hello
from notesync.messages import agent as agent_words
from notesync.messages import laptop as laptop_words
from notesync.messages.laptop import Answer


def applied(*changes: tuple[str, str], more: bool = False) -> events.Applied:
    told = tuple(events.Changed(op, path, None) for op, path in changes)
    return events.Applied("r", "b", None, None, None, None, "batch", told, more, ())


def test_each_path_is_pending_once_as_it_is_now() -> None:
    pending = Pending()
    pending.add(applied(("put", "a"), ("put", "b"), more=True))
    pending.add(applied(("delete", "a")))
    pending.add(applied(("put", "c")))
    taken = pending.take()
    assert taken.changes == (("b", False), ("a", True), ("c", False))
    assert len(taken.events) == 2
    assert not pending.take()


def test_what_was_missed_is_remembered_until_it_is_taken() -> None:
    pending = Pending()
    pending.missed()
    assert pending.take().missed
    assert not pending.take().missed


def reply(**fields: Any) -> agent_words.Reply:
    return agent_words.Reply(fields, b"")


WRONG = [
    lambda: Cursor.of({"epoch": "e", "sequence": "7"}),
    lambda: Cursor.of({"epoch": "e", "sequence": True}),
    lambda: Cursor.of({"epoch": "e", "sequence": -1}),
    lambda: Cursor.of({"epoch": "e", "sequence": 2**53}),
    lambda: Cursor.of({"epoch": 1, "sequence": 1}),
    lambda: Descriptor.of({"batch": "b", "to": None}),
    lambda: agent_words.Attached.of(reply(replica="r", tree=5)),
    lambda: agent_words.Attached.of(reply(replica="r", tree="t", held="no")),
    lambda: agent_words.Entered.of(reply(replicas={})),
    lambda: agent_words.ConnectionFile.of(b'{"notesync": "agent", "version": "1", "key": "zz"}'),
    lambda: agent_words.parse(b'{"type": "gossip", "number": 1}', b""),
    lambda: agent_words.parse(b'{"type": "reply", "number": 1}', b""),
    lambda: events.event_of({"event": "staged", "replica": "r", "batch": "b"}),
    lambda: events.event_of({"event": "applied", "replica": "r", "changes": [1]}),
    lambda: laptop_words.Project.of({"name": "n", "python_paths": "src"}),
    lambda: laptop_words.claimed({"state": "maybe"}),
]


@pytest.mark.parametrize("read", WRONG)
def test_a_known_field_of_the_wrong_type_is_refused(read: Any) -> None:
    with pytest.raises(Malformed):
        read()


def test_unknown_fields_are_ignored() -> None:
    cursor = Cursor.of({"epoch": "e", "sequence": 7, "colour": "blue"})
    assert cursor == Cursor("e", 7)


@pytest.mark.parametrize(("protocol", "older"), [(0, "the agent"), (2, "the notesync package")])
def test_another_protocol_names_both_numbers_and_whom_to_upgrade(protocol: int, older: str) -> None:
    with pytest.raises(ProtocolMismatch) as refused:
        check_hello({**hello("agent"), "protocol": protocol}, "agent")
    assert str(protocol) in refused.value.message
    assert str(refused.value).endswith(f"upgrade {older}" + (" here" if protocol else ""))


ANSWERS = [
    (401, {"code": "token_missing", "message": "m"}, Unpaired, "token_missing"),
    (403, {"code": "pairing_denied", "message": "m"}, LaptopRefused, "pairing_denied"),
    (404, {"code": "batch_unknown", "message": "m"}, LaptopRefused, "batch_unknown"),
    (500, None, LaptopRefused, "internal"),
]


@pytest.mark.parametrize(("status", "error", "kind", "code"), ANSWERS)
def test_an_http_error_becomes_its_own(
    status: int, error: Any, kind: type[NotesyncError], code: str
) -> None:
    body = b"<html>" if error is None else dumps({"error": error})
    with pytest.raises(kind) as refused:
        Answer(status, body).checked()
    assert refused.value.code == code


def test_an_error_says_what_which_and_what_to_do() -> None:
    error = NotesyncError("disk_full", "no space", "make room", "a/b.py")
    assert str(error) == "no space (a/b.py): make room"


SAYINGS = [
    (Fresh(Cursor("e", 7), True, "halted"), "runs on sequence 7; .*waits for your answer"),
    (Fresh(None, True, "held"), "runs on what is here; .*rolled back"),
    (Fresh(None, True, "a rebase is under way"), "a rebase is under way"),
    (Fresh(Cursor("e", 7), True, texts.LAPTOP_AWAY), r"7: the laptop could not be asked \("),
]


@pytest.mark.parametrize(("fresh", "said"), SAYINGS)
def test_a_cell_that_runs_on_older_files_says_so(fresh: Fresh, said: str) -> None:
    import re

    assert re.search(said, cell_texts.newer_exists(fresh))


class Receiving:
    """A session in the middle of a first sync."""

    def __init__(self, state: str, progress: tuple[int, int | None] | None) -> None:
        self.state, self.progress = state, progress

    def status(self) -> Any:
        return self


PROGRESS = [
    ("receiving", (12_000_000, 240_000_000), "12.0 MB of 240.0 MB, 6.0 MB/s, 38 s left"),
    ("receiving", (12_000_000, None), "receiving 12.0 MB, 6.0 MB/s"),
    ("receiving", (0, 10), "0.0 MB of 0.0 MB, 0.0 MB/s"),
    ("comparing", None, "comparing what is here with the laptop (2 s)"),
]


@pytest.mark.parametrize(("state", "progress", "line"), PROGRESS)
def test_progress_has_rate_and_time_left(state: str, progress: Any, line: str) -> None:
    session: Any = Receiving(state, progress)
    assert line in texts.progress_line(session, 2.0)
