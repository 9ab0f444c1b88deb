"""Hubs and managed servers: `build/environment/bin/python -m tests.run_hubs [PYTEST OPTION...]`.

A JupyterHub with a base URL, XSRF and culling; SageMaker's supervisor, user and missing Java; DockerSpawner's tini and
volume; The Littlest JupyterHub, where everything dies with the server; two browsers on one kernel. All with the built
wheel and jars, pages in Chromium. `./check platforms` runs those that need no page.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.commands import parts, places, step


def main() -> int:
    parts.wheel()
    parts.install_wheel(places.ENVIRONMENT)
    command: list[str | Path] = [sys.executable, "-m", "pytest", "-rs", "platforms/test_hubs.py"]
    command += ["-m", "slow or not slow", *sys.argv[1:]]
    env = {"PYTHONPATH": str(places.ROOT), "PATH": parts.path_with(places.ENVIRONMENT)}
    code = step.code_of(command, log="hubs", limit=3600, cwd=places.TESTS, env=env)
    print(step.tail("hubs"))
    return 1 if code is None else code


if __name__ == "__main__":
    step.program(main)
