"""`%notesync`: the commands that a user types in a cell. Main thread.

Each command is a method with its help as docstring; the first word of the line chooses it.
"""

from __future__ import annotations

import shlex
import traceback
from typing import TYPE_CHECKING

from . import commands, display, texts
from .errors import NotesyncError

if TYPE_CHECKING:
    from .app import App

_HELP = ("-h", "--help", "-?")


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        raise NotesyncError("usage", *texts.open_quote(line)) from None


def run(app: App, line: str) -> None:
    """Run one `%notesync …` line. The user's mistakes get one line, ours a trace."""
    try:
        name, *arguments = _words(line) or ["status"]
        if name in _HELP or any(one in _HELP for one in arguments):
            name, arguments = "help", [one for one in (name, *arguments) if one not in _HELP][:1]
        commands.named(name)(app, arguments)
    except NotesyncError as error:
        display.say(str(error))
    except Exception:
        display.say(texts.INTERNAL[0])
        display.say(traceback.format_exc())
