"""How fast the agent is ready, how much memory it needs when idle, how big it is."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import psutil

from bench.figures import Figures, table
from tests.commands import parts, places
from tests.harness import wait, world
from tests.harness.stack import Stack

TARGET = "ready ≤ 150 ms with class data; idle ≤ 64 MB; jar ≤ 4 MB; wheel ≤ 6 MB"


def run(place: Path, rounds: int, files: int | None) -> str:  # noqa: ARG001
    first, later = Figures("first start, no class data"), Figures("later starts, process to ready")
    memory = 0.0
    with Stack(place / "stack", connected=False) as stack:
        stack.compares = False
        for number in range(min(rounds, 10) + 1):
            stack.notebook.restart()
            stack.notebook.run("%load_ext notesync")
            wait.until(stack.agents, "the agent is ready")
            agent = stack.agent()
            wait.until(lambda: list((stack.home / "state").glob("*.jsa")), "the class data beside the first agent")
            (first if number == 0 else later).milliseconds.append(ready_after(stack, agent))
            if number:
                time.sleep(1)
                memory = agent.memory_info().rss / 1e6
            agent.terminate()
            wait.until(lambda: not stack.agents(), "the agent is gone")
        later.note = f"{memory:.0f} MB resident when idle"
    bare = Figures("java -version, for comparison")
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(
            ["java", "-Xshare:auto", "-version"], check=True, capture_output=True, env=world.environment(place)
        )
        bare.milliseconds.append((time.perf_counter() - began) * 1000)
    sizes = (
        f"agent jar {places.AGENT_JAR.stat().st_size / 1e6:.2f} MB, wheel {parts.wheel().stat().st_size / 1e6:.2f} MB"
    )
    return table("agent", [later, first, bare], TARGET) + f"\n{sizes}"


def ready_after(stack: Stack, agent: psutil.Process) -> float:
    """From the start of the process (to 10 ms) to the connection file.

    By the machine's uptime: `create_time` counts from the second in which the machine was started.
    """
    (file,) = (stack.home / "state").glob("agent-*.json")
    ticks = int(Path(f"/proc/{agent.pid}/stat").read_text().rpartition(")")[2].split()[19])
    up = float(Path("/proc/uptime").read_text().split()[0])
    started = time.time() - up + ticks / os.sysconf("SC_CLK_TCK")
    return (file.stat().st_mtime - started) * 1000
