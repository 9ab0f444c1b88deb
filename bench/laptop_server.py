"""The laptop server by itself: start, reconnect, memory, and how soon a save is a batch."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench import trees
from bench.figures import Figures, table
from tests.harness import wait, world
from tests.harness.follower import EMPTY_TREE, Cursor, Follower, Offer
from tests.harness.laptop import Laptop

TARGET = "start ≤ 500 ms (10,000 files), ≤ 1,500 ms (100,000); reconnect ≤ 300 ms; heap ≤ 128 MB"
HEAP = "-Xmx128m"


def run(place: Path, rounds: int, files: int | None) -> str:
    return "\n\n".join(of_size(place / str(size), size, rounds) for size in ([files] if files else [10_000, 100_000]))


def of_size(place: Path, files: int, rounds: int) -> str:
    source = trees.of_size(place / "source", files)
    git = repository(source)
    first, warm = Figures("first start, reads every file"), Figures("later start, to ready")
    processor = Figures("later start, processor time", note="of all its threads")
    reconnect = Figures("hello to current, nothing to do")
    laptop = Laptop(source, place / "home", world.environment(place / "home", JAVA_TOOL_OPTIONS=HEAP), place, "--json")
    with laptop:
        first.milliseconds.append(laptop.until_event("ready")["millis"])
        for _ in range(min(rounds, 5)):
            # The second one also goes on with the history of the one before.
            laptop.restart()
            warm.milliseconds.append(laptop.until_event("ready")["millis"])
            processor.milliseconds.append(processor_time(laptop.server.pid))
        warm.note = f"with {HEAP}"
        follower = Follower(laptop)
        cursor, tree = follower.place_of(follower.next(None, EMPTY_TREE))
        for _ in range(min(rounds, 20)):
            reconnect.milliseconds.append(clock_of(lambda: again(follower, cursor, tree)))
        save = Figures("save → batch ready")
        beside = Figures("save → line of inotifywait")
        batches(source, follower, cursor, tree, rounds, save)
        inotify(source, rounds, beside)
        memory = heap(laptop.server.pid)
    rows = [warm, processor, first, git, reconnect]
    return f"{table(f'laptop server, {files:,} files', rows, TARGET)}\n{table('', [save, beside], '')}\n{memory}"


def repository(source: Path) -> Figures:
    """`git status` on the same tree: its index is as warm as ours."""
    # Else git packs so many objects in the background, beside everything that is measured from here on.
    settings = ["user.name=a", "user.email=a@b", "gc.auto=0", "maintenance.auto=false", "core.compression=0"]
    git: list[str | Path] = ["git", "-C", source, *(word for each in settings for word in ("-c", each))]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    row = Figures("git status, same tree")
    for _ in range(5):
        row.milliseconds.append(
            clock_of(lambda: subprocess.run(["git", "-C", source, "status", "--porcelain"], check=True))
        )
    return row


def clock_of(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def processor_time(pid: int) -> float:
    """Milliseconds, of every thread, user and system: on a busy machine more telling than the clock."""
    user, system = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


def again(follower: Follower, cursor: Cursor, tree: str) -> None:
    follower.call("GET", "/v1/hello")
    follower.introduce("again")
    assert follower.next(cursor, tree).state == "current"


def batches(source: Path, follower: Follower, cursor: Cursor, tree: str, rounds: int, row: Figures) -> None:
    for number in range(1, rounds + 1):
        found: list[tuple[float, Offer]] = []
        asking = threading.Thread(target=lambda: found.append(arrival(follower, cursor, tree)))  # noqa: B023
        asking.start()
        time.sleep(0.3 + 0.013 * (number % 11))
        began = time.perf_counter()
        trees.save(source, number)
        asking.join()
        when, offer = found[0]
        row.milliseconds.append((when - began) * 1000)
        cursor, tree = follower.place_of(offer)


def arrival(follower: Follower, cursor: Cursor, tree: str) -> tuple[float, Offer]:
    offer = follower.next(cursor, tree, wait_ms=20_000)
    assert offer.state == "batch", offer.head
    return time.perf_counter(), offer


def inotify(source: Path, rounds: int, row: Figures) -> None:
    command = ["inotifywait", "-q", "-m", "-r", "-e", "close_write,moved_to", "--format", "%f", str(source / "marker")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        wait.until(lambda: watches(process.pid), "inotifywait watches")
        for number in range(rounds):
            began = time.perf_counter()
            trees.save(source, number)
            while process.stdout.readline().strip() != Path(trees.MARKER).name:
                pass
            row.milliseconds.append((time.perf_counter() - began) * 1000)
        process.terminate()


def watches(pid: int) -> bool:
    return any("inotify wd" in path.read_text() for path in Path(f"/proc/{pid}/fdinfo").iterdir())


def heap(pid: int) -> str:
    """What is alive after a collection, as the JVM says it."""
    subprocess.run(["jcmd", str(pid), "GC.run"], check=True, capture_output=True)
    said = subprocess.run(["jcmd", str(pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
    used = sum(int(kilobytes) for kilobytes in re.findall(r"(?:heap|generation) .*?used (\d+)K", said))
    return f"heap after a collection: {used / 1024:.0f} MB, with {HEAP}"
