"""The kernel's own HTTP to a laptop server in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

import pytest

from notesync import direct
from notesync._heard import Heard
from notesync.direct import Address, DirectLaptop
from notesync.errors import LaptopRefused, LaptopUnreachable, NotesyncError, Unpaired
from notesync.messages import laptop as words

from .stand_ins import StandInLaptop

ADDRESSES = [
    ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
    ("127.0.0.1:8765", "http://127.0.0.1:8765"),
    ("http://[::1]:8765/", "http://[::1]:8765"),
    ("8765", "http://127.0.0.1:8765"),
    (":9999", "http://127.0.0.1:9999"),
    ("localhost", "http://localhost:8765"),
    ("http://127.0.0.1", "http://127.0.0.1:8765"),
    ("http://127.0.0.1:80", "http://127.0.0.1:80"),
    ("http://127.0.0.1:8765/#key=0f", "http://127.0.0.1:8765"),
    ("http://tunnel.example", "http://tunnel.example:80"),
    ("https://127.0.0.1", "https://127.0.0.1:443"),
    ("https://tunnel.example/laptop/", "https://tunnel.example:443/laptop"),
]


@pytest.mark.parametrize(("written", "read"), ADDRESSES)
def test_an_address_is_read(written: str, read: str) -> None:
    assert str(Address.of(written)) == read


@pytest.mark.parametrize("written", ["ftp://x", "http://", "http://x:port", "", "99999"])
def test_what_is_no_address_is_told(written: str) -> None:
    with pytest.raises(NotesyncError, match="is not the address"):
        Address.of(written)


@pytest.fixture
def laptop(server: StandInLaptop) -> Iterator[DirectLaptop]:
    made = DirectLaptop(Address.of(server.url), server.token)
    yield made
    made.close()


def test_pairing_shows_the_code_and_gives_the_way(server: StandInLaptop) -> None:
    codes: list[str] = []
    laptop, project = direct.pair(server.url, "k", "m", lambda code, _s: codes.append(code))
    assert len(codes) == 1
    assert len(codes[0]) == 6
    assert project.name == "shop"
    assert laptop.send(words.project()).result(5).json()["name"] == "shop"
    laptop.close()


def test_pairing_waits_until_it_is_allowed(server: StandInLaptop) -> None:
    server.allowed.clear()
    threading.Timer(0.1, server.allowed.set).start()
    laptop, _ = direct.pair(server.url, "k", "m", lambda *_: None)
    laptop.close()


def test_a_denied_pairing_is_told(server: StandInLaptop) -> None:
    server.denied = True
    with pytest.raises(LaptopRefused, match="denied on the laptop") as refused:
        direct.pair(server.url, "k", "m", lambda *_: None)
    assert refused.value.status == 403


def test_nobody_there_is_told_with_what_to_do() -> None:
    with pytest.raises(
        LaptopUnreachable, match="no laptop server answers at .*notesync-server.jar"
    ):
        direct.pair("http://127.0.0.1:9", "k", "m", lambda *_: None)


def test_where_the_kernel_looked_is_told_where_that_may_be_the_mistake() -> None:
    with pytest.raises(LaptopUnreachable) as here:
        direct.pair("9", "k", "m", lambda *_: None)
    assert "(Connection refused)" in here.value.message
    assert "the notebook's own machine" in str(here.value)
    assert "`%notesync connect --page http://127.0.0.1:9`" in str(here.value)
    with pytest.raises(LaptopUnreachable) as away:
        direct.pair("http://nowhere.invalid:9", "k", "m", lambda *_: None)
    assert "own machine" not in str(away.value)


def test_https_to_a_server_without_it_says_what_to_write(server: StandInLaptop) -> None:
    with pytest.raises(LaptopUnreachable, match="does not speak https") as told:
        direct.pair(server.url.replace("http:", "https:"), "k", "m", lambda *_: None)
    assert told.value.remedy == f"write {server.url}"


def test_another_server_is_told_by_its_address(server: StandInLaptop) -> None:
    with pytest.raises(NotesyncError) as told:
        direct.pair(f"{server.url}/lab", "k", "m", lambda *_: None)
    assert f"what answers at {server.url}/lab is not a notesync server" in str(told.value)
    assert "leave out /lab" in str(told.value)


def test_a_connection_is_kept_for_the_next_call(
    server: StandInLaptop, laptop: DirectLaptop
) -> None:
    for _ in range(5):
        laptop.send(words.project()).result(5)
    assert len(laptop._lines) == 1


def test_a_long_poll_does_not_hold_up_other_calls(
    server: StandInLaptop, laptop: DirectLaptop
) -> None:
    cursor = words.Cursor(server.epoch, 0)
    poll = laptop.send(words.next_batch("r", cursor, "", wait_ms=20_000))
    laptop.send(words.project()).result(5)
    server.save(b"now")
    assert words.Next.of(poll.result(5)).state == "batch"


def test_a_cancelled_call_breaks_its_connection_at_once(
    server: StandInLaptop, laptop: DirectLaptop
) -> None:
    poll = laptop.send(words.next_batch("r", words.Cursor(server.epoch, 0), "", wait_ms=20_000))
    while not any(path.endswith("/next") for _, path in server.calls):
        time.sleep(0.001)
    assert poll.cancel()
    deadline = time.monotonic() + 5
    while laptop._lines[0].busy and time.monotonic() < deadline:
        time.sleep(0.001)
    assert laptop._lines[0].busy == 0


def test_closing_ends_a_long_poll_at_once(server: StandInLaptop, laptop: DirectLaptop) -> None:
    poll = laptop.send(words.next_batch("r", words.Cursor(server.epoch, 0), "", wait_ms=20_000))
    while not any(path.endswith("/next") for _, path in server.calls):
        time.sleep(0.001)
    laptop.close()
    with pytest.raises(LaptopUnreachable):
        poll.result(5)


def test_a_stale_connection_is_replaced(server: StandInLaptop, laptop: DirectLaptop) -> None:
    laptop.send(words.project()).result(5)
    connection = laptop._lines[0]._connection
    assert connection is not None
    connection.sock.shutdown(2)
    assert laptop.send(words.project()).result(5).status == 200


def test_a_dead_token_is_its_own_error(server: StandInLaptop, laptop: DirectLaptop) -> None:
    server.token = "bb" * 32
    with pytest.raises(Unpaired):
        laptop.send(words.project()).result(5).checked()


@pytest.fixture
def quick(laptop: DirectLaptop) -> DirectLaptop:
    """Whose patience is a tenth of the real one."""
    laptop._heard = Heard(laptop._greet, quiet_s=0.3, patience_s=0.4)
    return laptop


def waiting_poll(server: StandInLaptop, laptop: DirectLaptop) -> Future[words.Answer]:
    return laptop.send(words.next_batch("r", words.Cursor(server.epoch, 0), "", wait_ms=20_000))


def greetings(server: StandInLaptop) -> int:
    return server.calls.count(("GET", "/v1/hello"))


def test_a_laptop_that_sleeps_is_missed_soon_and_it_is_said_since_when(
    server: StandInLaptop, quick: DirectLaptop
) -> None:
    quick.send(words.project()).result(5)
    polls = [waiting_poll(server, quick) for _ in range(3)]
    server.sleeps(60)
    for poll in polls:
        with pytest.raises(LaptopUnreachable, match=r"nothing was heard .* since \d\d:\d\d:\d\d"):
            poll.result(5)
    assert greetings(server) == 1, "one greets for all that wait"


def test_a_laptop_that_sleeps_is_missed_though_others_give_up_their_calls_meanwhile(
    server: StandInLaptop, quick: DirectLaptop
) -> None:
    quick.send(words.project()).result(5)
    poll = waiting_poll(server, quick)
    server.sleeps(60)
    ends = time.monotonic() + 3
    while not poll.done() and time.monotonic() < ends:
        call = quick.send(words.project())
        with pytest.raises((FutureTimeout, LaptopUnreachable)):
            call.result(0.1)  # As a cell does, whose patience ends.
        call.cancel()
    with pytest.raises(LaptopUnreachable, match="nothing was heard"):
        poll.result(0)


def test_a_laptop_that_is_slow_to_answer_is_not_missed(
    server: StandInLaptop, quick: DirectLaptop
) -> None:
    poll = waiting_poll(server, quick)
    server.sleeps(0.3)
    while greetings(server) < 3:
        time.sleep(0.01)
    assert not poll.done()
    server.save(b"now")
    assert words.Next.of(poll.result(5)).state == "batch"


def test_a_laptop_that_slept_is_reached_again(server: StandInLaptop, quick: DirectLaptop) -> None:
    quick.send(words.project()).result(5)
    server.sleeps(60)
    for _ in range(3):
        with pytest.raises(LaptopUnreachable):
            quick.send(words.project()).result(5)
    server.sleeps(0)
    assert quick.send(words.project()).result(5).status == 200
