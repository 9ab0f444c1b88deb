"""What a batch costs the agent, by the size of the change and of the tree, beside `rsync -a` of the same change."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import time
from collections import deque
from concurrent.futures import Future
from pathlib import Path

from notesync import agent_client, agent_process
from notesync.messages import agent as words
from notesync.messages import events

from bench.batches import Batch, Project
from bench.figures import Figures, peak, table

TARGET = "by the change, not by the tree: 1 file of 100,000 as of 1,000; JAVA.md (e): 2-17 ms, 2-20, 60-300"
TREES = (1_000, 10_000, 100_000)
CHANGES = (1, 20, 500)
CHUNK = 256 << 10


class Agent:
    """A real agent, and the events that it tells."""

    def __init__(self, state: Path) -> None:
        os.environ["NOTESYNC_STATE"] = str(state)
        self.found = agent_process.ensure(agent_client.answers, lambda _agent: None)
        self.events: queue.Queue[events.Event] = queue.Queue()
        self.client = agent_client.AgentClient(self.found, "bench", self.events.put, lambda _error: None)

    def attach(self, root: Path) -> str:
        return words.Attached.of(self.client.request(words.attach(str(root), "bench")).result(60)).replica

    def bring(self, replica: str, batch: Batch) -> float:
        """Milliseconds from the offer until it is applied."""
        began = time.perf_counter()
        ident = batch.descriptor["batch"]
        self.client.request(words.Request("offer", {"replica": replica, "batch": batch.descriptor}))
        sent: deque[Future[words.Reply]] = deque()
        for at in range(0, len(batch.stream), CHUNK):
            piece = batch.stream[at : at + CHUNK]
            end = at + CHUNK >= len(batch.stream)
            sent.append(self.client.request(words.chunk(replica, ident, at, piece, end)))
            if len(sent) > 1:
                sent.popleft().result(60)
        while True:
            event = self.events.get(timeout=120)
            if isinstance(event, events.Refused):
                raise AssertionError(f"{event.code}: {event.message}")
            if isinstance(event, events.Applied) and not event.more:
                return (time.perf_counter() - began) * 1000

    def settle(self) -> None:
        """Until all is durable: what one batch leaves behind must not be charged to the next."""
        while True:
            told = self.client.request(words.status()).result(60).header["replicas"]
            if all(one["settled"] for one in told):
                return
            time.sleep(0.01)

    def peak(self) -> float:
        """The most memory that it ever had, in MB."""
        return peak(self.found.pid)

    def close(self) -> None:
        self.client.close()
        agent_process.end(self.found)


def run(place: Path, rounds: int, files: int | None) -> str:
    tables = []
    for size in [files] if files else TREES:
        agent = Agent(place / f"state-{size}")
        try:
            tables.append(one_tree(agent, place / str(size), size, min(rounds, 15)))
        finally:
            agent.close()
            shutil.rmtree(place / str(size), ignore_errors=True)
    return "\n\n".join(tables)


def one_tree(agent: Agent, place: Path, size: int, rounds: int) -> str:
    source, mirror, root = place / "source", place / "mirror", place / "replica"
    root.mkdir(parents=True)
    project = Project()
    names = [f"p{number // 100:04}/m{number:06}.py" for number in range(size)]
    contents = {name: body(name, 0) for name in names}
    replica = agent.attach(root)
    first = agent.bring(replica, project.batch(contents, sorted({name.split("/")[0] for name in names})))
    agent.settle()
    lay_out(source, contents)
    subprocess.run(["rsync", "-a", f"{source}/", f"{mirror}/"], check=True)
    rows = []
    for change in CHANGES:
        if change <= size // 2:
            rows.append(one_change(agent, replica, project, names, change, rounds, source, mirror))
    note = f"first batch of {size:,} files: {first:.0f} ms, the agent's memory at most {agent.peak():.0f} MB"
    return "\n".join([f"{size:,} files; {note}", *rows, f"to reach: {TARGET}"])


def one_change(
    agent: Agent,
    replica: str,
    project: Project,
    names: list[str],
    change: int,
    rounds: int,
    source: Path,
    mirror: Path,
) -> str:
    ours, theirs = Figures("notesync agent, offer to applied"), Figures("rsync -a")
    for number in range(1, rounds + 1):
        step = len(names) // change
        contents = {name: body(name, number * 1000 + change) for name in names[number % step :: step][:change]}
        ours.milliseconds.append(agent.bring(replica, project.batch(contents, [])))
        agent.settle()
        lay_out(source, contents)
        began = time.perf_counter()
        subprocess.run(["rsync", "-a", f"{source}/", f"{mirror}/"], check=True)
        theirs.milliseconds.append((time.perf_counter() - began) * 1000)
    return table(f"{change} changed", [ours, theirs], "").rpartition("\n")[0]


def body(name: str, step: int) -> bytes:
    return (f"# {name}\nSTEP = {step}\n" * 60).encode()


def lay_out(root: Path, contents: dict[str, bytes]) -> None:
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
