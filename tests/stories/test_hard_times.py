"""The laptop server among bad neighbours and on a machine that gives less than is needed: right, and told."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.commands import places
from tests.harness import wait, world
from tests.harness.follower import EMPTY_TREE, Cursor, Follower, Offer
from tests.harness.http import ask
from tests.harness.laptop import Laptop, can_mount
from tests.harness.stack import Stack

CONNECTIONS = 10_000
HEAP = "-Xmx128m"
# The superuser without the right to pass over permissions.
PLAIN_USER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
FEW_WATCHES = ("unshare", "--user", "--map-root-user", "sh", "-c")


@contextmanager
def served(place: Path, under: tuple[str, ...] = (), files: int = 3, java: str = HEAP) -> Iterator[Laptop]:
    source = place / "laptop" / "shop"
    for number in range(files):
        (source / f"d{number}").mkdir(parents=True)
        (source / f"d{number}" / "mod.py").write_text(f"x = {number}\n")
    home = place / "laptop" / "home"
    env = world.environment(home, JAVA_TOOL_OPTIONS=java)
    with Laptop(source, home, env, place / "logs", "--json", under=under) as laptop:
        laptop.until_event("ready")
        yield laptop


def follows(laptop: Laptop, follower: Follower, at: tuple[Cursor, str], text: str) -> tuple[Cursor, str]:
    """A save is offered, and the batch has it."""
    laptop.save("d0/mod.py", text)
    offer = follower.next(*at, fresh=True, encodings=["identity"])
    assert offer.state == "batch", offer.head
    assert text.encode() in follower.stream(offer)
    return follower.place_of(offer)


def begin(laptop: Laptop) -> tuple[Follower, tuple[Cursor, str]]:
    follower = Follower(laptop)
    return follower, follower.place_of(follower.next(None, EMPTY_TREE, encodings=["identity"]))


@contextmanager
def connected(laptop: Laptop, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as opened:
        yield [opened.enter_context(socket.create_connection(("127.0.0.1", laptop.port), 30)) for _ in range(count)]


@contextmanager
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CONNECTIONS + 500:
        pytest.skip(f"a process may open only {hard} files here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("said", [b"", b"GET /v1/hello HTTP/1.1\r\nX: "], ids=["nothing", "half a request"])
def test_ten_thousand_connections_that_say(tmp_path: Path, said: bytes) -> None:
    with many_files(), served(tmp_path) as laptop, ThreadPoolExecutor(1) as beside:
        follower, at = begin(laptop)
        waiting = beside.submit(follower.next, *at, wait_ms=50_000, encodings=["identity"])
        # It is on its way when others were answered.
        for _ in range(20):
            assert ask(laptop.port, "GET", "/v1/hello").status == 200
        with connected(laptop, CONNECTIONS) as crowd:
            for each in crowd:
                each.sendall(said)
            for each in crowd:
                # By the drop; those that were too many are gone.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    each.sendall(said[-1:])
            at = follows(laptop, follower, at, "among ten thousand\n")
            assert waiting.result(20).state == "batch"
        follows(laptop, follower, at, "after them\n")


def test_half_requests_and_readers_by_the_drop_delay_nobody(tmp_path: Path) -> None:
    with served(tmp_path) as laptop:
        follower, at = begin(laptop)
        laptop.save_bytes("big.bin", os.urandom(8_000_000))
        offer = follower.next(*at, fresh=True, encodings=["identity"])
        batch = offer.head["batch"]["batch"]
        asked = json.dumps({"batch": batch, "offset": 0, "max": 8_000_000})
        head = f"Host: 127.0.0.1:{laptop.port}\r\nAuthorization: Bearer {follower.token}\r\n"
        with connected(laptop, 200) as slow:
            for number, each in enumerate(slow):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                if number % 2:
                    body = f"Content-Type: application/json\r\nContent-Length: {len(asked)}\r\n\r\n{asked}"
                    call = f"POST /v1/replicas/{follower.id}/chunk HTTP/1.1\r\n{head}{body}"
                    each.sendall(call.encode())
                    assert each.recv(12) == b"HTTP/1.1 200"
                else:
                    each.sendall(f"POST /v1/replicas/{follower.id}/next HTTP/1.1\r\n{head}Content-".encode())
            assert len(follower.stream(offer)) > 8_000_000
            at = follower.place_of(offer)
            for number in range(3):
                at = follows(laptop, follower, at, f"save {number}\n")


def test_a_body_of_a_gigabyte_is_refused_and_kept_nowhere(tmp_path: Path) -> None:
    with served(tmp_path) as laptop:
        follower, at = begin(laptop)
        for path in ("/v1/pairings", f"/v1/replicas/{follower.id}/next", f"/v1/replicas/{follower.id}/manifest"):
            with connected(laptop, 1) as (one,):
                head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{laptop.port}\r\nContent-Type: application/json\r\n"
                head += f"Authorization: Bearer {follower.token}\r\nContent-Length: 1073741824\r\n\r\n"
                # A request is looked at when its body begins to come.
                one.sendall(head.encode() + b"{")
                assert b" 413 " in one.recv(4096).split(b"\r\n", 1)[0]
        with connected(laptop, 1) as (one,), contextlib.suppress(BrokenPipeError, ConnectionResetError):
            one.sendall(head.encode())
            for _ in range(1024):
                one.sendall(bytes(1 << 20))
        follows(laptop, follower, at, "still there\n")


@pytest.fixture
def plain_user() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("a superuser may read everything, and there is no setpriv to be less")
    return PLAIN_USER


def test_a_permission_that_is_taken_away_costs_one_file(tmp_path: Path, plain_user: tuple[str, ...]) -> None:
    with served(tmp_path, plain_user) as laptop:
        follower, at = begin(laptop)
        laptop.path("d1/mod.py").write_text("secret\n")
        laptop.path("d1/mod.py").chmod(0)
        laptop.path("d2").chmod(0)
        at = follows(laptop, follower, at, "the others go on\n")
        for path in ("d1/mod.py", "d2"):
            problem = laptop.until_event("problem", path=path)
            assert "permission denied; the replica keeps what it has" in problem["message"]
        laptop.path("d2").chmod(0o755)
        laptop.path("d1/mod.py").chmod(0o644)
        offer = follower.next(*at, fresh=True, encodings=["identity"])
        assert b"secret" in follower.stream(offer)


def test_rules_that_cannot_be_read_hide_what_they_hid_and_are_not_forgotten(
    tmp_path: Path, plain_user: tuple[str, ...]
) -> None:
    with served(tmp_path, plain_user) as laptop:
        laptop.save("d1/.gitignore", "secret*\n")
        follower, at = begin(laptop)
        laptop.path("d1/.gitignore").chmod(0)
        laptop.save("d1/secret.txt", "hidden\n")
        laptop.save("d1/mod.py", "beside it\n")
        at = follows(laptop, follower, at, "the others go on\n")
        assert "its rules cannot be read: permission denied" in laptop.until_event("problem", path="d1")["message"]
        laptop.path("d1/.gitignore").chmod(0o644)
        stream = b""
        while b"beside it" not in stream:
            offer = follower.next(*at, fresh=True, encodings=["identity"])
            if offer.state == "batch":
                stream += follower.stream(offer)
                at = follower.place_of(offer)
        assert b"hidden" not in stream
        assert "d1/secret.txt" not in changed(laptop)


def test_the_rules_of_the_top_hold_back_everything_while_they_cannot_be_read(
    tmp_path: Path, plain_user: tuple[str, ...]
) -> None:
    with served(tmp_path, plain_user) as laptop:
        laptop.save(".notesyncignore", "secret*\n")
        follower, at = begin(laptop)
        laptop.path(".notesyncignore").chmod(0)
        laptop.save("secret.txt", "hidden\n")
        assert ".notesyncignore" in noticed(laptop, "cannot be read")
        why = [*plain_user, "java", "-jar", str(places.SERVER_JAR), "why", "--in", str(laptop.source), "secret.txt"]
        asked = subprocess.run(why, check=False, capture_output=True, text=True)
        assert asked.returncode == 1
        assert "/.notesyncignore cannot be read: permission denied; give yourself permission" in asked.stderr
        assert "\tat " not in asked.stderr
        laptop.path(".notesyncignore").chmod(0o644)
        noticed(laptop, "is there again")
        follows(laptop, follower, at, "there again\n")
        assert "secret.txt" not in changed(laptop)


def test_a_scan_that_ends_in_an_error_of_java_is_told_and_the_next_one_finds_everything(tmp_path: Path) -> None:
    with served(tmp_path, java=f"{HEAP} -Xss256k") as laptop:
        follower, at = begin(laptop)
        # Java's expressions recurse over what a group repeats: a StackOverflowError, which is no exception.
        laptop.save("notesync.toml", 'patterns.nor = ["^(a|/)*!"]\n')
        deep = laptop.source / "/".join(["a" * 200] * 15)
        deep.mkdir(parents=True)
        (deep / "a").touch()
        assert "StackOverflowError" in noticed(laptop, "a scan failed")
        laptop.save("d1/mod.py", "saved meanwhile\n")
        shutil.rmtree(laptop.source / ("a" * 200))
        offer = wait.until(lambda: batch_with(b"saved meanwhile", follower, at), "the loop goes on")
        follows(laptop, follower, follower.place_of(offer), "as ever\n")


def noticed(laptop: Laptop, text: str) -> str:
    """The notice that says so, once it is there."""

    def look() -> str | None:
        notices = (event["message"] for event in laptop.events() if event["event"] == "notice")
        return next((message for message in notices if text in message), None)

    return wait.until(look, f"a notice of {text!r}")


def batch_with(text: bytes, follower: Follower, at: tuple[Cursor, str]) -> Offer | None:
    """What leads a replica from there on, if it has this content."""
    offer = follower.next(*at, wait_ms=0, encodings=["identity"])
    return offer if offer.state == "batch" and text in follower.stream(offer) else None


def test_what_happened_under_a_closed_lid_is_found_though_its_events_are_lost(tmp_path: Path) -> None:
    with served(tmp_path) as laptop:
        follower, at = begin(laptop)
        with laptop.asleep():
            # More than the system's queue of events holds.
            for number in range(20_000):
                (laptop.source / "d0" / f"f{number}").touch()
            laptop.path("d1/mod.py").write_text("also changed\n")
            laptop.path("d2").rename(laptop.path("moved"))
        changes, streams = 0, b""
        # So much may take longer than a call waits: then it comes in several batches.
        while (offer := follower.next(*at, fresh=True, encodings=["identity"])).state != "current":
            if offer.state == "batch":
                changes += offer.head["batch"]["changes"]
                streams += follower.stream(offer)
                at = follower.place_of(offer)
        assert changes == 20_000 + 1 + 4
        assert b"also changed" in streams


def test_too_few_watches_are_told_and_every_change_is_found(tmp_path: Path) -> None:
    limit = "echo 5 > /proc/sys/user/max_inotify_watches"
    if subprocess.run([*FEW_WATCHES, limit], check=False, capture_output=True).returncode:
        pytest.skip("no namespace of our own here, in which the limit of watches could be lowered")
    with served(tmp_path, (*FEW_WATCHES, f'{limit}; exec "$@"', "sh"), files=30) as laptop:
        told = laptop.until_event("notice")["message"]
        assert "not every directory can be watched" in told
        assert "sysctl fs.inotify.max_user_watches" in told
        laptop.save("d29/mod.py", "where nobody watches\n")
        laptop.save("d28/new/deep.py", "nor here\n")
        wait.until(lambda: {"d29/mod.py", "d28/new/deep.py"} <= changed(laptop), "both saves are found by looking")


def changed(laptop: Laptop) -> set[str]:
    return {path for event in laptop.events() if event["event"] == "sequence" for path in event["paths"]}


def test_a_hundred_thousand_files_within_128_megabytes(tmp_path: Path) -> None:
    source = tmp_path / "laptop" / "shop"
    for folder in range(1000):
        (source / f"d{folder}").mkdir(parents=True)
        one = source / f"d{folder}" / "m0.py"
        one.write_text(f"x = {folder}\n")
        # A link is a file like any other, and quickly made.
        for number in range(1, 100):
            os.link(one, source / f"d{folder}" / f"m{number}.py")
    with served(tmp_path, files=0) as laptop:
        assert laptop.until_event("ready")["files"] == 100_000
        follower, at = begin(laptop)
        laptop.save("d0/new.py", "one of very many\n")
        offer = follower.next(*at, fresh=True, encodings=["identity"])
        assert b"one of very many" in follower.stream(offer)


@pytest.mark.skipif(not can_mount(), reason="a small disk has to be mounted, as root")
def test_a_full_disk_of_the_laptop_is_named_once_and_what_was_saved_comes_when_there_is_room(tmp_path: Path) -> None:
    stack = Stack(tmp_path)
    state = stack.laptop.state
    state.mkdir(parents=True)
    stack.laptop.under = ("sh", "-c", 'mount -t tmpfs -o size=1m none "$NOTESYNC_STATE" && exec "$@"', "small-disk")
    with stack:
        stack.laptop.save_bytes("weights.bin", os.urandom(3 << 20))
        stack.laptop.server.until_line("cannot keep a batch in .*: No space left on device; make room")
        assert (
            "runs on sequence 1: the laptop could not be asked (the laptop server cannot"
            in stack.notebook.run("1").text
        )
        assert "No space left on device: make room on that disk" in stack.notebook.run("%notesync").text
        inside = ["nsenter", "--mount", "--target", str(stack.laptop.server.pid)]
        subprocess.run([*inside, "mount", "-o", "remount,size=64m", state], check=True)
        stack.settle()
        assert len([line for line in stack.laptop.server.lines if "cannot keep a batch" in line]) == 1


@pytest.mark.skipif(not can_mount(), reason="a small disk has to be mounted, as root")
def test_a_place_for_its_memory_that_cannot_be_written_is_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "laptop" / "home" / "state").mkdir(parents=True)
    read_only = ("sh", "-c", 'mount -t tmpfs -o ro none "$NOTESYNC_STATE" && exec "$@"', "read-only")
    told = r"\n +notesync: the directory .*/state, which .* cannot be used: Read-only file system; .*NOTESYNC_STATE$"
    with pytest.raises(wait.Waited, match=told), served(tmp_path, read_only):
        pass
