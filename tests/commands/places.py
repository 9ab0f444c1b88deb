"""Where everything lies. The one owner of file names in the clone and under `build/` (which git ignores)."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LOGS = BUILD / "log"
SCRATCH = BUILD / "scratch"

SERVER_JAR = ROOT / "laptop-server" / "target" / "notesync-server.jar"
AGENT_JAR = ROOT / "agent" / "target" / "notesync-agent.jar"
SERVER_WHEEL = ROOT / "laptop-server" / "wheel"
LAUNCHER = ROOT / "py-launcher"
EXTENSION = ROOT / "jupyter-extension"
TESTS = ROOT / "tests"

# The environment that tests run in: pytest, Playwright, JupyterLab, Notebook 7, and the wheel as a user installs it.
ENVIRONMENT = BUILD / "environment"
# The oldest kernel that notesync must work in: ipykernel 6.17 with IPython 7.34, and ipywidgets 7.7.
OLD_KERNEL = BUILD / "old-kernel"
# Made only where the machine has no Node.js that is new enough.
NODE = BUILD / "node"
PROJECTS = BUILD / "projects"
WIDGET_MANAGERS = BUILD / "widget-managers"


def tool(environment: Path, name: str) -> Path:
    """The program `name` of a virtual environment."""
    return environment / ("Scripts" if os.name == "nt" else "bin") / name
