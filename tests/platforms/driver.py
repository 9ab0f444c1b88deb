"""A Databricks driver, imitated: its folders, its users, its Java, its way to run an init script.

PID 1 does not reap, as in Databricks' containers. What is imitated is written in docs/databricks.md; what only a real
driver can tell, in docs/live-checklist.md.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.platforms.machine import ROOT, Machine, Ran, User

SPARK = User("spark-7d3f2c1e", 2001, 2001)
VOLUME = "/Volumes/main/default/notesync"
PYTHON = "/databricks/python3/bin/python"
INIT_SCRIPT = "/databricks/init_scripts/notesync-init.sh"


class Driver(Machine):
    """One driver with a root environment (`stack`), the given JVMs under /usr/lib/jvm, and a volume."""

    def __init__(
        self, scratch: Path, stack: Path, jvms: dict[str, Path] | None = None, on_path: str | None = None
    ) -> None:
        setup = [
            "mkdir -p databricks/driver/logs local_disk0 Workspace ." + VOLUME,
            f"ln -s {shlex.quote(str(stack))} databricks/python3",
            "ln -s python3 databricks/python",
        ]
        super().__init__(scratch, readable=[stack], users=[SPARK], jvms=jvms, on_path=on_path, setup=setup)

    def init(self, script: str, *, umask: str = "022", **env: str) -> Ran:
        """Runs an init script as the platform does: as root, with the cluster's variables, both streams kept."""
        self.put(INIT_SCRIPT, script)
        return self.boot(umask=umask, **env)

    def boot(self, *, umask: str = "022", **env: str) -> Ran:
        """Runs the init script that is there."""
        variables = {"DB_CLUSTER_ID": "1130-020000-simulate", "DB_IS_DRIVER": "TRUE", "DB_DRIVER_IP": "127.0.0.1"}
        variables |= {"DATABRICKS_RUNTIME_VERSION": "16.4", **env}
        return self.run("bash", "-c", f"umask {umask}; exec bash {INIT_SCRIPT}", env=variables, user=ROOT)
