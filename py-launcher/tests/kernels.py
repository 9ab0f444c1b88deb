"""A real kernel of this environment, driven as a front end would."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from jupyter_client.manager import KernelManager


@dataclass
class Ran:
    """What a cell gave back."""

    status: str
    text: str = ""
    displays: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""


class Kernel:
    """One kernel process; a context manager."""

    def __init__(self, **environment: str) -> None:
        source = os.path.join(os.path.dirname(os.path.dirname(__file__)), "src")
        self._environment = {**os.environ, "PYTHONPATH": source, **environment}
        self.manager = KernelManager(kernel_name="python3")
        assert self.manager.kernel_spec is not None
        self.manager.kernel_spec.argv[0] = sys.executable

    def __enter__(self) -> Kernel:
        self.manager.start_kernel(env=self._environment)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=False)

    def run(self, code: str, seconds: float = 30) -> Ran:
        """Run a cell and collect what it puts out."""
        ident = self.client.execute(code)
        ran = Ran("")
        deadline = time.monotonic() + seconds
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != ident:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                ran.text += content["text"]
            elif kind in ("display_data", "update_display_data", "execute_result"):
                ran.displays.append({"kind": kind, **content})
                ran.text += content["data"].get("text/plain", "") + "\n"
            elif kind == "error":
                ran.error = f"{content['ename']}: {content['evalue']}"
            elif kind == "status" and content["execution_state"] == "idle":
                break
        reply = self.client.get_shell_msg(timeout=10)
        while reply["parent_header"].get("msg_id") != ident:
            reply = self.client.get_shell_msg(timeout=10)
        ran.status = reply["content"]["status"]
        return ran
