"""A notebook of the simulated driver: Databricks' own way to start a kernel, as the user of the access mode."""

from __future__ import annotations

from typing import Self

from tests.platforms.driver import PYTHON, SPARK, Driver
from tests.platforms.machine import ROOT
from tests.platforms.machine_notebook import MachineNotebook

_LAUNCHER = "/databricks/python_shell/scripts/db_ipykernel_launcher.py"
_LAUNCH = "from ipykernel import kernelapp\n\nkernelapp.launch_new_instance()\n"
_MODES = {"dedicated": "SINGLE_USER", "standard": "USER_ISOLATION"}


class DriverNotebook(MachineNotebook):
    """The kernel of one attached notebook. `mode` is `dedicated` (root) or `standard` (a spark user)."""

    words = (_LAUNCHER,)

    def __init__(self, driver: Driver, mode: str = "dedicated", **env: str) -> None:
        variables = {
            "DATABRICKS_RUNTIME_VERSION": "16.4",
            "DATA_SECURITY_MODE": _MODES[mode],
            "PYTHONPATH": "/databricks/python_shell/lib",
            "JAVA_HOME": "/usr/lib/jvm/zulu8-ca-amd64",
            **env,
        }
        super().__init__(driver, ROOT if mode == "dedicated" else SPARK, PYTHON, **variables)

    def __enter__(self) -> Self:
        self.machine.put(_LAUNCHER, _LAUNCH)
        return super().__enter__()
