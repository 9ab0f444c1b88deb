"""The whole way with kernel-direct: one laptop, one kernel, one agent, in folders of their own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.commands import places
from tests.harness import wait, world
from tests.harness.laptop import Laptop
from tests.harness.notebook import Cell, Notebook
from tests.harness.tree import assert_same

CODE = r"pairing code ([0-9A-HJKMNP-TV-Z]{6})\b"
# The least that can be synchronised and imported.
SAMPLE = {
    "shop/__init__.py": "",
    "shop/cart.py": 'def total():\n    return "one"\n',
    "README.md": "# a small shop\n",
}


class Stack:
    """`with Stack(place, "click") as stack`: everything runs and is connected; at the end both trees are equal.

    `project` is a real project of `tests/sdists.txt`, or None for a small sample; `tree` a folder that exists.
    """

    def __init__(
        self,
        place: Path,
        project: str | None = None,
        *,
        environment: Path = places.ENVIRONMENT,
        server_options: tuple[str, ...] = (),
        connected: bool = True,
        name: str | None = None,
        tree: Path | None = None,
        repository: bool = False,
    ) -> None:
        self.place = place
        self.project = tree.name if tree else name or project or "shop"
        self.source = tree or place / "laptop" / self.project
        self.home = place / "notebook machine"
        self.replica = self.home / "notesync" / self.project
        self.logs = place / "logs"
        # No without a sync, and where the replica has to differ.
        self.compares = True
        self._connected = connected
        if tree is None:
            lay_out(self.source, project)
        if repository:
            subprocess.run(["git", "init", "-q", self.source], check=True)
        self.home.mkdir(parents=True)
        laptop_home = place / "laptop" / "home"
        self.laptop = Laptop(self.source, laptop_home, world.environment(laptop_home), self.logs, *server_options)
        self.notebook = Notebook(self.home, world.environment(self.home), environment)
        self._owned = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as owned:
            owned.callback(self._keep_cells)
            owned.callback(self.end_agents)
            owned.enter_context(self.laptop)
            owned.enter_context(self.notebook)
            if self._connected:
                self.connect()
                self.settle()
            self._owned = owned.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._owned:
            if error is None and self.compares:
                self.settle()

    def connect(self, options: str = "") -> None:
        """Loads notesync and connects, the code typed on the laptop."""
        self.notebook.run("%load_ext notesync")
        self.pair(self.notebook.begin(f"%notesync connect {self.laptop.url} {options}".rstrip()))

    def pair(self, cell: Cell) -> Cell:
        """Carries the code from a cell to the laptop, and waits until the notebook says that it is connected."""
        code = self.notebook.until_output(cell, CODE).group(1)
        self.laptop.approve(code)
        self.notebook.finish(cell)
        wait.until(self.is_connected, "the notebook is connected")
        return cell

    def is_connected(self) -> bool:
        return self.state() in ("current", "applied")

    def state(self) -> str:
        return (self.notebook.run("import notesync; notesync.status().state").value or "").strip("'")

    def settle(self, patience: float = wait.PATIENCE) -> None:
        """Waits until the replica is the source, path by path."""
        wait.until_passes(lambda: assert_same(self.source, self.replica), patience)

    def agents(self) -> list[psutil.Process]:
        """The agents of this notebook machine that are alive."""
        found = []
        for file in (self.home / "state").glob("agent-*.json"):
            with contextlib.suppress(psutil.NoSuchProcess, ValueError, KeyError):
                process = psutil.Process(json.loads(file.read_text(encoding="utf-8"))["pid"])
                if process.status() != psutil.STATUS_ZOMBIE and "java" in process.name():
                    found.append(process)
        return found

    def agent(self) -> psutil.Process:
        (only,) = self.agents()
        return only

    def kill_agent(self) -> None:
        process = self.agent()
        os.kill(process.pid, signal.SIGKILL)
        with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
            process.wait(10)

    def end_agents(self) -> None:
        for process in self.agents():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
                _, alive = psutil.wait_procs([process], timeout=10)
                for stubborn in alive:
                    stubborn.kill()

    def _keep_cells(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        told = [f">>> {cell.source}\n{cell.text}" for cell in self.notebook.cells]
        (self.logs / "cells.txt").write_text("\n".join(told), encoding="utf-8")


def lay_out(source: Path, project: str | None) -> None:
    """A copy of a real project, or the sample."""
    if project is not None:
        shutil.copytree(places.PROJECTS / project, source, symlinks=True)
        return
    for name, text in SAMPLE.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
