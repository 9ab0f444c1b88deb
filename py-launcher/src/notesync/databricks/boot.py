"""What the init script runs once the wheel is installed: `python -I -m notesync.databricks.boot`.

Prints the lines that belong into the init log. Exits 0 if notebooks can use notesync, 3 without a
Java, 4 if something else is not well.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from notesync import display
from notesync.databricks import autoload, machine, runtime
from notesync.errors import NotesyncError


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the options say, prints a line for each step, and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m notesync.databricks.boot")
    parser.add_argument(
        "--check", action="store_true", help="only prove that the package can be imported"
    )
    parser.add_argument(
        "--autoload", action="store_true", help="every notebook loads notesync by itself"
    )
    parser.add_argument("--agent", action="store_true", help="start the agent of this user now")
    parser.add_argument(
        "--config", type=Path, default=autoload.CONFIG, help="IPython's system configuration"
    )
    options = parser.parse_args(arguments)
    if options.check:
        return 0
    results = [_say_java(), _set_autoload(options.config, options.autoload)]
    if options.agent:
        results.append(_start_agent() if not results[0] else results[0])
    return max(results)


def _say_java() -> int:
    java = machine.find_java()
    display.plain(java.text)
    return 0 if java.usable else 3


def _set_autoload(config: Path, wanted: bool) -> int:
    try:
        if wanted:
            already = "" if autoload.add(config) else " (already set)"
            display.plain(f"{config}: every notebook loads notesync{already}")
        elif autoload.remove(config):
            display.plain(f"{config}: notebooks no longer load notesync by themselves")
    except OSError as error:
        display.plain(
            f"{config} cannot be changed ({error.strerror}): run %load_ext notesync in notebooks"
        )
        return 4
    return 0


def _start_agent() -> int:
    if runtime.access_mode() == "standard":
        display.plain(
            "no agent at boot: in standard mode each user has an own one, which a notebook starts; "
            "set AGENT_AT_BOOT to 0"
        )
        return 4
    try:
        display.plain(machine.start_agent())
    except NotesyncError as error:
        display.plain(f"the agent did not start, the first notebook tries again: {error}")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
