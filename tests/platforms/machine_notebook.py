"""A notebook of a simulated machine, with kernel-direct to a laptop outside."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any, Self

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.harness import wait
from tests.harness.laptop import Laptop
from tests.harness.notebook import Notebook
from tests.harness.stack import CODE
from tests.platforms.machine import SHARED, Machine, User

_numbers = itertools.count()


class _Manager(KernelManager):
    """Lets the kernel's user read the connection file; on a real machine it belongs to that user."""

    def write_connection_file(self, **options: Any) -> None:
        super().write_connection_file(**options)
        Path(self.connection_file).chmod(0o644)


class MachineNotebook(Notebook):
    """A kernel in the machine, as `user`. `words` start ipykernel; its connection file is added to them."""

    words: tuple[str, ...] = ("-m", "ipykernel_launcher")

    def __init__(self, machine: Machine, user: User, python: str, **env: str) -> None:
        super().__init__(machine.scratch / f"notebook-{next(_numbers)}", env)
        self.machine = machine
        self.user = user
        self.python = python

    def __enter__(self) -> Self:
        self.home.mkdir()
        name = f"{self.home.name}.json"
        command = self.machine.command(
            "env",
            "-C",
            self.user.home,
            self.python,
            *self.words,
            "-f",
            f"{SHARED}/{name}",
            env=self.env,
            user=self.user,
        )
        spec = self.home / "kernels" / "machine"
        spec.mkdir(parents=True)
        told = {"argv": command, "display_name": "machine", "language": "python"}
        (spec / "kernel.json").write_text(json.dumps(told), encoding="utf-8")
        finder = KernelSpecManager(kernel_dirs=[str(spec.parent)], ensure_native_kernel=False)
        file = self.machine.shared / name
        self._manager = _Manager(kernel_name="machine", kernel_spec_manager=finder, connection_file=str(file))
        self._manager.start_kernel()
        self._connect()
        return self

    def connect(self, laptop: Laptop, options: str = "") -> None:
        """Loads notesync and connects; the code is typed on the laptop."""
        self.run("%load_ext notesync")
        cell = self.begin(f"%notesync connect {laptop.url} {options}".rstrip())
        laptop.approve(self.until_output(cell, CODE).group(1))
        self.finish(cell)

    def until_total(self, wanted: str) -> None:
        """What the next cells see; a first connection may still be filling the replica."""

        def look() -> None:
            cell = self.finish(self.begin("import shop.cart\nshop.cart.total()"))
            assert cell.value == repr(wanted), cell.text

        wait.until_passes(look)
