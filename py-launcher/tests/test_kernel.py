"""notesync in a real kernel of this environment, with a stand-in agent and laptop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .kernels import Kernel
from .stand_ins import StandInAgent, StandInLaptop
from .waiting import until


@pytest.fixture
def kernel(agent: StandInAgent, tmp_path: Path) -> Iterator[Kernel]:
    with Kernel(NOTESYNC_STATE=str(agent.state), HOME=str(tmp_path)) as running:
        yield running


def test_loads_connects_and_runs_on_what_was_saved(
    kernel: Kernel, agent: StandInAgent, server: StandInLaptop, tmp_path: Path
) -> None:
    loaded = kernel.run("%load_ext notesync")
    assert loaded.status == "ok", loaded.error
    assert "application/vnd.notesync.offer+json" in loaded.displays[0]["data"]
    server.save(b"first")
    connected = kernel.run(f"%notesync connect {server.url}")
    assert "pairing code" in connected.text
    assert "up to date, sequence 1" in connected.text, connected.text
    assert kernel.run("import notesync; print(notesync.sequence())").text.strip() == "1"
    paths = kernel.run("import sys; print(sys.path[:2])").text
    assert str(tmp_path / "notesync" / "shop") in paths
    for number in range(2, 7):
        server.save(b"x" * 300_000 * (number % 3))
        assert kernel.run("print(notesync.sequence())").text.strip().endswith(str(number))
    assert kernel.run("%load_ext notesync").status == "ok"
    until(lambda: not agent.in_cell)


def test_a_hanging_agent_costs_a_cell_at_most_a_second(
    kernel: Kernel, agent: StandInAgent, server: StandInLaptop
) -> None:
    kernel.run("%load_ext notesync")
    server.save(b"first")
    kernel.run(f"%notesync connect {server.url}")
    kernel.run("1")
    agent.silent.set()
    server.save(b"second")
    began = time.monotonic()
    ran = kernel.run("print('ran')")
    assert time.monotonic() - began < 1.3
    assert "has not answered" in ran.text
    assert "ran" in ran.text
    began = time.monotonic()
    assert "has not answered" not in kernel.run("print('ran')").text
    assert time.monotonic() - began < 0.3
    agent.silent.clear()


@pytest.mark.parametrize("command", ["", "status", "log", "help", "nonsense", "kept", "disconnect"])
def test_commands_never_raise(kernel: Kernel, command: str) -> None:
    kernel.run("%load_ext notesync")
    ran = kernel.run(f"%notesync {command}")
    assert ran.status == "ok", ran.error
    assert "Traceback" not in ran.text
    assert ran.text.strip() or command == "log"


def test_unloading_takes_everything_back(kernel: Kernel) -> None:
    kernel.run("%load_ext notesync")
    assert kernel.run("%unload_ext notesync").status == "ok"
    hooks = "get_ipython().events.callbacks['pre_run_cell']"
    assert "Cells" not in kernel.run(f"print({hooks})").text
