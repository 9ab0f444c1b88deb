"""A notebook without a page: a real kernel, its cells run one by one, all that they put out kept."""

from __future__ import annotations

import contextlib
import json
import queue
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.commands import places
from tests.harness import wait

KernelProgram = Path


@dataclass
class Cell:
    """One execution. `text` is what a person reads below the cell, in order; it grows until the cell is `over`."""

    source: str
    message: str
    began: float
    outputs: list[dict[str, Any]] = field(default_factory=list)
    over: bool = False
    ended: float = 0.0

    @property
    def text(self) -> str:
        return "".join(plain(output) for output in self.outputs)

    @property
    def error(self) -> str | None:
        found = [f"{o['ename']}: {o['evalue']}" for o in self.outputs if "ename" in o]
        return found[0] if found else None

    @property
    def value(self) -> str | None:
        """The cell's result (`Out[n]`), as text."""
        found = [o["data"].get("text/plain", "") for o in self.outputs if "execution_count" in o and "data" in o]
        return found[-1] if found else None

    @property
    def seconds(self) -> float:
        return self.ended - self.began


class Notebook:
    """A kernel of `environment` (or of the oldest supported one), in `home`, with one client."""

    def __init__(self, home: Path, env: Mapping[str, str], environment: Path = places.ENVIRONMENT) -> None:
        self.home = home
        self.env = dict(env)
        self.environment = environment
        self._manager: KernelManager | None = None
        self._client: BlockingKernelClient | None = None
        self.cells: list[Cell] = []

    def __enter__(self) -> Self:
        specs = self.home / "kernels"
        write_spec(specs / "story", self.environment)
        finder = KernelSpecManager(kernel_dirs=[str(specs)], ensure_native_kernel=False)
        self._manager = KernelManager(kernel_name="story", kernel_spec_manager=finder)
        self._manager.start_kernel(env=self.env, cwd=str(self.home))
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disconnect()
        if self._manager is not None:
            self._manager.shutdown_kernel(now=True)
            self._manager.cleanup_resources()
            self._manager = None

    @property
    def manager(self) -> KernelManager:
        assert self._manager is not None
        return self._manager

    @property
    def client(self) -> BlockingKernelClient:
        assert self._client is not None
        return self._client

    def run(self, source: str, patience: float = wait.PATIENCE) -> Cell:
        """Runs a cell to its end; a cell that raises fails the story."""
        cell = self.finish(self.begin(source), patience)
        assert cell.error is None, f"{source!r} raised {cell.error}\n{cell.text}"
        return cell

    def begin(self, source: str) -> Cell:
        """Presses Run and returns at once."""
        began = time.monotonic()
        cell = Cell(source, self.client.execute(source, allow_stdin=False, stop_on_error=False), began)
        self.cells.append(cell)
        return cell

    def finish(self, cell: Cell, patience: float = wait.PATIENCE) -> Cell:
        deadline = time.monotonic() + patience
        while not cell.over:
            if time.monotonic() > deadline:
                raise wait.Waited(f"{cell.source!r} did not end within {patience:.0f} s; it said:\n{cell.text}")
            self._pump()
        return cell

    def until_output(self, cell: Cell, pattern: str, patience: float = wait.PATIENCE) -> re.Match[str]:
        """Waits until the cell, still running or not, has put out text that holds `pattern`."""
        deadline = time.monotonic() + patience
        while not (found := re.search(pattern, cell.text)):
            if time.monotonic() > deadline:
                raise wait.Waited(f"no /{pattern}/ from {cell.source!r} within {patience:.0f} s; it said:\n{cell.text}")
            self._pump()
        return found

    def interrupt(self) -> None:
        self.manager.interrupt_kernel()

    def restart(self) -> None:
        """As the menu does: a new process on the same connection."""
        self._disconnect()
        self.manager.restart_kernel(now=True)
        self._connect()

    def pid(self) -> int:
        return int(self.run("import os; os.getpid()").value or 0)

    def _connect(self) -> None:
        client = self.manager.client()
        assert isinstance(client, BlockingKernelClient)
        self._client = client
        client.start_channels()
        client.wait_for_ready(timeout=wait.PATIENCE)

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
            self._client = None

    def _pump(self) -> None:
        """Takes what the kernel published in the next moment to the cell that it belongs to."""
        with contextlib.suppress(queue.Empty):
            message = self.client.get_iopub_msg(timeout=0.1)
            parent = message["parent_header"].get("msg_id")
            for cell in self.cells:
                if cell.message == parent:
                    take(cell, message["header"]["msg_type"], message["content"])
            return
        if not self.manager.is_alive():
            raise wait.Waited("the kernel died")


def take(cell: Cell, kind: str, content: dict[str, Any]) -> None:
    """One message of the kernel to its cell, as a notebook page does it."""
    if kind == "status" and content["execution_state"] == "idle":
        cell.over, cell.ended = True, time.monotonic()
    elif kind in ("stream", "error", "execute_result", "display_data"):
        cell.outputs.append(content)
    elif kind == "update_display_data":
        shown = content["transient"]["display_id"]
        for output in cell.outputs:
            if output.get("transient", {}).get("display_id") == shown:
                output["data"] = content["data"]


def plain(output: dict[str, Any]) -> str:
    if "name" in output:
        return str(output["text"])
    if "ename" in output:
        return "\n".join(output["traceback"]) + "\n"
    return str(output["data"].get("text/plain", "")) + "\n"


def write_spec(place: Path, environment: Path) -> None:
    python = places.tool(environment, "python")
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    place.mkdir(parents=True, exist_ok=True)
    spec = {"argv": argv, "display_name": "Python 3", "language": "python", "metadata": {"debugger": False}}
    (place / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
