"""A notebook without a kernel: a real IPython shell in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from notesync.app import App

from .stand_ins import StandInAgent, StandInLaptop


class Notebook:
    """A shell with notesync, connected directly."""

    def __init__(self, root: Path, agent: StandInAgent, server: StandInLaptop) -> None:
        self.agent, self.server, self.root = agent, server, root
        quiet = Config()
        quiet.HistoryManager.enabled = False
        self.shell = InteractiveShell(config=quiet)
        self.app = App(self.shell)
        self.app.load()
        server.save(b"first")
        self.app.connect(server.url, root, wait=True)

    def run(self, code: str) -> Any:
        result = self.shell.run_cell(code, store_history=True)
        result.raise_error()
        return result.result

    def close(self) -> None:
        self.app.unload()

    def leaves(self) -> int:
        return self.agent.kinds().count("leave")
