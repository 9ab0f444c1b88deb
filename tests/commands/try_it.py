"""`./try`: builds everything and hands over to the demo, which needs what was built."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from tests.commands import ground, parts, places, projects, step


def main() -> int:
    if {"-h", "--help"} & set(sys.argv[1:]):
        # The demo's own help, without building for it.
        print("usage: ./try [--headless] [--project NAME]\n")
        print("Builds everything, serves a real project and opens a JupyterLab with notesync in it.")
        print("  --headless      play one save → run by itself in headless Chromium and print its timeline")
        print("                  (the default where there is no display)")
        print("  --project NAME  networkx (default) or click")
        return 0
    headless = "--headless" in sys.argv or not has_display()
    ground.prepare([ground.JDK, ground.MAVEN, *([ground.CHROMIUM, ground.ATOMIC] if headless else [])])
    parts.everything()
    projects.fetch()
    return hand_over(sys.argv[1:] + (["--headless"] if headless and "--headless" not in sys.argv else []))


def hand_over(arguments: list[str]) -> NoReturn:
    """Goes on as the demo, in the environment where notesync is installed."""
    python = places.tool(places.ENVIRONMENT, "python")
    sys.stdout.flush()
    os.chdir(places.ROOT)
    os.execv(python, [str(python), "-m", "tests.demo", *arguments])


def has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


if __name__ == "__main__":
    step.program(main)
