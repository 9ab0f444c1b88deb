"""A notebook of the simulated driver: Databricks' own way to start a kernel, as the user of the access mode."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any, Self

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.harness.notebook import Notebook
from tests.platforms.driver import PYTHON, SPARK, Driver
from tests.platforms.machine import ROOT, SHARED

_LAUNCHER = "/databricks/python_shell/scripts/db_ipykernel_launcher.py"
_LAUNCH = "from ipykernel import kernelapp\n\nkernelapp.launch_new_instance()\n"
_MODES = {"dedicated": "SINGLE_USER", "standard": "USER_ISOLATION"}
_numbers = itertools.count()


class _Manager(KernelManager):
    """Lets the kernel's user read the connection file; on a real driver it belongs to that user."""

    def write_connection_file(self, **options: Any) -> None:
        super().write_connection_file(**options)
        Path(self.connection_file).chmod(0o644)


class DriverNotebook(Notebook):
    """The kernel of one attached notebook. `mode` is `dedicated` (root) or `standard` (a spark user)."""

    def __init__(self, driver: Driver, mode: str = "dedicated", **env: str) -> None:
        super().__init__(driver.scratch / f"notebook-{next(_numbers)}", env)
        self.driver = driver
        self.mode = mode

    def __enter__(self) -> Self:
        self.home.mkdir()
        name = f"{self.home.name}.json"
        user = ROOT if self.mode == "dedicated" else SPARK
        self.driver.put(_LAUNCHER, _LAUNCH)
        variables = {
            "DATABRICKS_RUNTIME_VERSION": "16.4",
            "DATA_SECURITY_MODE": _MODES[self.mode],
            "PYTHONPATH": "/databricks/python_shell/lib",
            "JAVA_HOME": "/usr/lib/jvm/zulu8-ca-amd64",
            **self.env,
        }
        words = self.driver.command(PYTHON, _LAUNCHER, "-f", f"{SHARED}/{name}", env=variables, user=user)
        spec = self.home / "kernels" / "driver"
        spec.mkdir(parents=True)
        (spec / "kernel.json").write_text(json.dumps({"argv": words, "display_name": "driver", "language": "python"}))
        finder = KernelSpecManager(kernel_dirs=[str(spec.parent)], ensure_native_kernel=False)
        file = self.driver.shared / name
        self._manager = _Manager(kernel_name="driver", kernel_spec_manager=finder, connection_file=str(file))
        self._manager.start_kernel()
        self._connect()
        return self
