"""The way through a page: calls and answers, who carries, who takes over."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator

import pytest

from notesync.errors import LaptopUnreachable, NotesyncError, PermissionRefused, Unpaired
from notesync.messages import comm as words
from notesync.messages import hello
from notesync.messages import laptop as laptop_words

from .relay_story import PROJECT, Comm, Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.loop.close()


def test_a_page_is_greeted_as_carrier_and_told_the_laptop(stage: Stage) -> None:
    greeting = stage.page().hears.wait("hello")
    assert greeting["role"] == "carrier"
    assert greeting["notesync"] == "kernel"
    assert greeting["laptop"] == "http://127.0.0.1:8765"


def test_every_page_is_told_on_what_a_cell_runs(stage: Stage) -> None:
    pages = [stage.page("a" * 32), stage.page("b" * 32)]
    stage.pages.tell_cell("c", 7, {"commit": "abc", "branch": "main", "dirty": True})
    stage.pages.tell_cell("c", None, None)
    for page in pages:
        assert page.hears.wait("runs") == {
            "kind": "runs",
            "cell": "c",
            "sequence": 7,
            "commit": "abc",
            "dirty": True,
        }
        nothing = {"kind": "runs", "cell": "c", "sequence": None, "commit": None, "dirty": None}
        assert page.hears.wait("runs", 2) == nothing


def test_a_call_goes_out_and_its_parts_come_back_in_order(stage: Stage) -> None:
    page, laptop = stage.connected()
    answer = laptop.send(laptop_words.chunk("1f", "ab", 0))
    asked = page.hears.wait("request")
    assert (asked["method"], asked["path"]) == ("POST", "/v1/replicas/1f/chunk")
    assert asked["json"] == {"batch": "ab", "offset": 0, "max": 262_144}
    page.say("response", b"one ", id=asked["id"], status=200, part=0, last=False)
    page.say("response", b"one ", id=asked["id"], status=200, part=0, last=False)
    page.say("response", b"two", id=asked["id"], status=200, part=1, last=True)
    assert answer.result(5).body == b"one two"


def test_a_page_tells_its_legs_and_why(stage: Stage) -> None:
    page = stage.page()
    legs = {"laptop": "popup", "kernel": "host"}
    address = "http://127.0.0.1:8765"
    page.say("ready", project=PROJECT, laptop=address, legs=legs, why="denied")
    assert stage.host.changed.wait(5)
    laptop = stage.host.ready[-1]
    assert (dict(laptop.legs), laptop.why) == (legs, "denied")


def test_a_body_travels_as_one_buffer(stage: Stage) -> None:
    page, laptop = stage.connected()
    laptop.send(laptop_words.put_manifest("r", b"\x1f\x8bdata"))
    page.hears.wait("request")
    data, buffers = page.hears.sent[-1]
    assert data["json"] is None
    assert buffers == [b"\x1f\x8bdata"]


def test_base64_pages_get_and_send_text(stage: Stage) -> None:
    page, laptop = stage.connected(leg="base64")
    answer = laptop.send(laptop_words.put_manifest("r", b"data"))
    asked = page.hears.wait("request")
    assert asked["buffers"] == [base64.b64encode(b"data").decode()]
    reply = [base64.b64encode(b"{}").decode()]
    page.say("response", id=asked["id"], status=200, part=0, last=True, buffers=reply)
    assert answer.result(5).body == b"{}"


def test_a_lost_part_fails_the_call_so_that_it_is_asked_again(stage: Stage) -> None:
    page, laptop = stage.connected()
    answer = laptop.send(laptop_words.project())
    ident = page.hears.wait("request")["id"]
    page.say("response", b"two", id=ident, status=200, part=1, last=True)
    with pytest.raises(LaptopUnreachable):
        answer.result(5)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("laptop_unreachable", LaptopUnreachable),
        ("permission_refused", PermissionRefused),
        ("popup_blocked", PermissionRefused),
        ("popup_closed", PermissionRefused),
    ],
)
def test_a_failed_call_says_whose_turn_it_is(
    stage: Stage, code: str, kind: type[NotesyncError]
) -> None:
    page, laptop = stage.connected()
    answer = laptop.send(laptop_words.project())
    page.say("failed", id=page.hears.wait("request")["id"], code=code, message="no")
    with pytest.raises(kind):
        answer.result(5)


def test_unpaired_fails_everything_that_is_open(stage: Stage) -> None:
    page, laptop = stage.connected()
    answers = [laptop.send(laptop_words.project()) for _ in range(3)]
    page.hears.wait("request", 3)
    page.say("unpaired", code="token_unknown")
    for answer in answers:
        with pytest.raises(Unpaired):
            answer.result(5)


def test_a_cancelled_call_is_cancelled_in_the_page(stage: Stage) -> None:
    page, laptop = stage.connected()
    answer = laptop.send(laptop_words.project())
    ident = page.hears.wait("request")["id"]
    answer.cancel()
    assert page.hears.wait("cancel")["id"] == ident


def test_a_page_whose_user_pauses_it_says_so_and_not_that_it_is_gone(stage: Stage) -> None:
    page, laptop = stage.connected()
    answer = laptop.send(laptop_words.project())
    page.hears.wait("request")
    page.say("bye", paused=True)
    with pytest.raises(LaptopUnreachable, match="paused in the page: Resume"):
        answer.result(5)


@pytest.mark.parametrize("how", ["bye", "closed", "again"])
def test_a_page_that_goes_fails_its_calls(stage: Stage, how: str) -> None:
    page, laptop = stage.connected()
    answer = laptop.send(laptop_words.project())
    page.hears.wait("request")
    if how == "bye":
        page.say("bye")
    elif how == "closed":
        page.sends.end({})
    else:
        stage.page()
    with pytest.raises(LaptopUnreachable):
        answer.result(5)
    assert stage.host.left.wait(5)
    assert stage.host.gone == [laptop]
    with pytest.raises(LaptopUnreachable):
        laptop.send(laptop_words.project()).result(5)


def test_the_newest_connected_page_carries_and_the_other_stands_by(stage: Stage) -> None:
    first, _ = stage.connected("a" * 32)
    stage.page("b" * 32)
    assert all(data.get("role") != "standby" for data, _ in first.hears.sent)
    stage.connected("c" * 32)
    assert first.hears.wait("hello", 2)["role"] == "standby"


@pytest.mark.parametrize("how", ["bye", "closed", "unpaired", "popup closed", "silent", "gone"])
def test_a_page_that_stands_by_takes_over_when_the_carrier_cannot(stage: Stage, how: str) -> None:
    standby, _ = stage.connected("a" * 32)
    carrier, laptop = stage.connected("b" * 32)
    told = standby.hears.wait("hello", 2)
    assert (told["role"], told["carrier"]) == ("standby", "b" * 32)
    if how == "bye":
        carrier.say("bye")
    elif how == "gone":
        standby.say("gone", relay="b" * 32)
    elif how == "closed":
        carrier.sends.end({})
    elif how == "unpaired":
        carrier.say("unpaired", code="token_unknown")
    elif how == "silent":
        laptop.was_silent()
    else:
        laptop.send(laptop_words.project())
        asked = carrier.hears.wait("request")
        carrier.say("failed", id=asked["id"], code="popup_closed", message="closed")
    assert standby.hears.wait("hello", 3)["role"] == "carrier"
    stage.host.changed.clear()
    standby.ready()
    assert stage.host.changed.wait(5)
    stage.host.ready[-1].send(laptop_words.project())
    assert standby.hears.wait("request")
    assert stage.host.takeovers == 1


def test_every_page_that_stands_by_knows_for_whom(stage: Stage) -> None:
    pages = [stage.connected(name * 32)[0] for name in "abc"]
    pages[2].say("bye")
    assert pages[1].hears.wait("hello", 3)["role"] == "carrier"
    told = [data["carrier"] for data, _ in pages[0].hears.sent if data["kind"] == "hello"]
    assert told == [None, "b" * 32, "c" * 32, "b" * 32]


def test_a_page_cannot_be_the_witness_of_its_own_end(stage: Stage) -> None:
    page, laptop = stage.connected()
    page.say("gone", relay="a" * 32)
    page.say("gone", relay="f" * 32)
    laptop.send(laptop_words.project())
    assert page.hears.wait("request")


def test_a_carrier_that_gives_no_sign_of_life_is_relieved_where_another_page_is_connected(
    stage: Stage,
) -> None:
    stage.pages.signs._every_s = 0.05
    standby, _ = stage.connected("a" * 32)
    carrier, _ = stage.connected("b" * 32)
    for _ in range(3):
        carrier.say_beside("pong")
    assert carrier.hears.wait("ping")
    assert standby.hears.wait("hello", 3)["role"] == "carrier"


def test_who_was_missed_is_not_asked_to_carry_again_before_he_was_heard(stage: Stage) -> None:
    """Two browsers go without a word, one after the other: the page that is left carries."""
    left, _ = stage.connected("a" * 32)
    second, laptop = stage.connected("b" * 32)
    laptop.was_silent()
    assert left.hears.wait("hello", 3)["role"] == "carrier"
    left.ready()
    _, laptop = stage.connected("c" * 32)
    assert left.hears.wait("hello", 4)["role"] == "standby"
    laptop.was_silent()
    assert left.hears.wait("hello", 5)["role"] == "carrier"
    # A page that was frozen, say, and is back.
    second.say("pong")
    stage.host.changed.clear()
    left.ready()
    assert stage.host.changed.wait(5)
    stage.host.ready[-1].was_silent()
    assert second.hears.wait("hello", 7)["role"] == "carrier"


def test_a_page_tells_which_notebook_it_shows(stage: Stage) -> None:
    page, laptop = stage.connected()
    page.say("notebook", path="work/analysis.ipynb")
    page.say("notebook")  # Nothing that can be read.
    laptop.send(laptop_words.project())
    assert page.hears.wait("request")
    assert stage.host.shown == ["work/analysis.ipynb"]


def test_a_page_that_is_alone_is_not_asked_for_signs_of_life(stage: Stage) -> None:
    stage.pages.signs._every_s = 0.01
    page, laptop = stage.connected()
    page.say_beside("pong")
    page.ready()
    laptop.send(laptop_words.project())
    page.hears.wait("request")
    assert all(data["kind"] != "ping" for data, _ in page.hears.sent)


def test_a_carrier_that_cannot_goes_on_where_no_other_page_is_connected(stage: Stage) -> None:
    stage.page("a" * 32)
    carrier, laptop = stage.connected("b" * 32)
    laptop.was_silent()
    laptop.send(laptop_words.project())
    carrier.hears.wait("request")
    assert [data["role"] for data, _ in carrier.hears.sent if data["kind"] == "hello"] == [
        "carrier"
    ]


def test_a_page_stands_by_where_the_kernel_is_connected_directly(stage: Stage) -> None:
    stage.host.takes = False
    page, _ = stage.connected()
    assert page.hears.wait("hello", 2)["role"] == "standby"


def test_the_page_is_answered_when_it_asks_for_what_was_saved(stage: Stage) -> None:
    page, _ = stage.connected()
    page.say("ask", what="fresh", id=9)
    assert page.hears.wait("answer") == {"kind": "answer", "id": 9, "sequence": 7, "newer": False}


def test_a_handler_on_the_main_thread_means_that_cells_hold_messages(stage: Stage) -> None:
    _, laptop = stage.connected()
    assert not laptop.answers_in_cells


def test_a_handler_beside_the_main_thread_means_that_they_do_not(stage: Stage) -> None:
    page, laptop = stage.connected()
    thread = threading.Thread(target=page.say, args=("ask",), kwargs={"what": "fresh", "id": 1})
    thread.start()
    thread.join()
    page.hears.wait("answer")
    assert laptop.answers_in_cells


@pytest.mark.parametrize("path", ["/v1/pairings", "/v1/token", "/", "/v1/dashboard/x"])
def test_only_the_calls_of_a_replica_go_through_a_page(path: str) -> None:
    with pytest.raises(ValueError, match="does not carry"):
        words.request(1, laptop_words.Call("GET", path))


def test_a_page_of_another_protocol_is_not_talked_to(stage: Stage) -> None:
    told = {**hello("relay"), "protocol": 9, "relay": "x", "legs": {"kernel": "host"}}
    comm = Comm()
    stage.manager.targets[words.FROM_KERNEL](comm, {"content": {"data": told}})
    stage.manager.targets[words.TO_KERNEL](comm, {"content": {"data": told}})
    page = stage.page()
    assert page.hears.wait("hello")
    assert comm.sent == []


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"kind": 5}, {"kind": "response"}, {"kind": "response", "id": "x"}],
)
def test_nonsense_from_a_page_is_passed_over(stage: Stage, data: object) -> None:
    page, laptop = stage.connected()
    page.sends.hear({"content": {"data": data}, "buffers": []})
    laptop.send(laptop_words.project())
    assert page.hears.wait("request")


def test_a_closed_kernel_says_goodbye(stage: Stage) -> None:
    page, _ = stage.connected()
    stage.pages.close()
    page.hears.wait("bye")
    assert stage.manager.targets == {}
    assert stage.manager.comms == []


def test_the_beacon_is_there_without_a_message(stage: Stage) -> None:
    assert [comm.target_name for comm in stage.manager.comms] == ["notesync.beacon"]
