"""The kernels of hosted machines, as environments with just their versions: one table, for tests and run_kernels."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.commands import parts, places
from tests.platforms import debian, pythons
from tests.platforms.shell import told

_PLACE = places.BUILD / "stacks"


@dataclass(frozen=True)
class Stack:
    """What one hosted machine's kernel is made of."""

    name: str
    stands_for: str
    python: str
    packages: tuple[str, ...] = field(default=())
    # Check → why it may fail there without a fault of notesync.
    excused: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        return _PLACE / self.name


def _pinned(ipython: str, ipykernel: str, pyzmq: str, *more: str) -> tuple[str, ...]:
    return (f"ipython=={ipython}", f"ipykernel=={ipykernel}", f"pyzmq=={pyzmq}", *more)


_COLAB = _pinned("7.34.0", "6.17.1", "26.2.1", "jupyter_client==7.4.9", "ipywidgets==7.7.1", "setuptools<81")
_UNPINNED = ("ipython", "ipykernel", "pyzmq", "ipywidgets")
STACKS = (
    Stack("colab", "Colab 2026.08", "3.13", _COLAB),
    Stack("kaggle", "Kaggle, Colab 2026.07", "3.12", _COLAB),
    Stack("databricks-14.3", "Databricks 14.3 LTS", "3.10", _pinned("8.14.0", "6.25.0", "23.2.0")),
    Stack("databricks-15.4", "Databricks 15.4 LTS", "3.11", _pinned("8.15.0", "6.25.1", "23.2.0", "ipywidgets==7.7.2")),
    Stack("databricks-16.4", "Databricks 16.4 LTS", "3.12", _pinned("8.25.0", "6.28.0", "25.1.2", "ipywidgets==7.7.2")),
    Stack("databricks-17.3", "Databricks 17.3 LTS", "3.12", _pinned("8.30.0", "6.29.5", "26.2.0", "ipywidgets==7.8.1")),
    Stack(
        "sagemaker",
        "SageMaker Distribution 4.4",
        "3.12",
        _pinned("8.37.0", "7.3.0", "26.4.0", "ipywidgets==8.1.8"),
        {"interrupt": "ipykernel 7.3 itself sometimes loses the first cell after an interrupt, also without notesync"},
    ),
    Stack("newest", "a current JupyterHub", "3.13", _UNPINNED),
    Stack("newest-3.14", "the newest of all", "3.14", _UNPINNED),
)
BY_NAME = {stack.name: stack for stack in STACKS}


class NotHere(Exception):
    """This machine has no such Python, or the packages cannot be had; the text says which."""


def environment(stack: Stack) -> Path:
    """The stack's virtual environment, made once."""
    stamp = stack.place / ".notesync-packages"
    wanted = "\n".join(stack.packages)
    if stamp.is_file() and stamp.read_text() == wanted:
        return stack.place
    shutil.rmtree(stack.place, ignore_errors=True)
    try:
        interpreter = pythons.find(stack.python)
    except debian.NotHere as reason:
        raise NotHere(str(reason)) from reason
    # Without a pip of its own: Debian splits it off. Databricks' root environment has one, and so has this.
    _run(interpreter, "-m", "venv", "--without-pip", stack.place)
    _run(*_pip(stack.place), "install", "pip", *stack.packages)
    stamp.write_text(wanted)
    return stack.place


def bare(stack: Stack) -> Path:
    """The stack's environment as its machine has it: without notesync, which another run may have installed."""
    place = environment(stack)
    stamp = place / ".notesync-wheel"
    if stamp.exists():
        _run(*_pip(place), "uninstall", "-y", "notesync")
        stamp.unlink()
    return place


def install(stack: Stack, wheel: Path) -> Path:
    """Installs the built wheel into the stack, without touching what the stack has; returns its place."""
    place = environment(stack)
    stamp = place / ".notesync-wheel"
    if not parts.stamped(stamp, [wheel]):
        _run(*_pip(place), "install", "--no-deps", "--force-reinstall", wheel)
        parts.put_stamp(stamp, [wheel])
    return place


def _pip(place: Path) -> list[str | Path]:
    return [sys.executable, "-m", "pip", "--python", places.tool(place, "python"), "-q", "--disable-pip-version-check"]


def _run(*command: str | Path) -> None:
    done = told(*command)
    if done.returncode:
        raise NotHere(f"{' '.join(map(str, command))} failed:\n{done.stderr.strip()[-1500:]}")
