"""The shell of these tests: one for the process, without a history on the disk."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


def the_shell() -> InteractiveShell:
    # On Python 3.12 and newer, the history of IPython 7 warns with every session.
    return InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
