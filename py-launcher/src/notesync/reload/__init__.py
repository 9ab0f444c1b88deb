"""Reload that tells the truth: after a batch of file changes, memory equals what a fresh start
would give.

Usable alone, on a plain directory, without the rest of notesync: see `reloader` for the entry and
README.md
beside this file for what is kept, what follows and what cannot be reloaded.
"""

from notesync.reload.peace import strict_transformer
from notesync.reload.reloader import Reloader
from notesync.reload.report import Change, Failure, Report

__all__ = ["Change", "Failure", "Reloader", "Report", "strict_transformer"]
