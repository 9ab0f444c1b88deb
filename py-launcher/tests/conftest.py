"""Fixtures that several tests share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .notebook import Notebook
from .stand_ins import StandInAgent, StandInLaptop


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state directory of the test's own."""
    place = tmp_path / "state"
    monkeypatch.setenv("NOTESYNC_STATE", str(place))
    return place


@pytest.fixture
def agent(state: Path) -> Iterator[StandInAgent]:
    """An agent in this process, found through its connection file."""
    with StandInAgent(state) as running:
        yield running


@pytest.fixture
def server() -> Iterator[StandInLaptop]:
    """A laptop server in this process."""
    with StandInLaptop() as running:
        yield running


@pytest.fixture
def kind() -> type[Notebook]:
    """What `notebook` is; a file may want more of it."""
    return Notebook


@pytest.fixture
def notebook(
    kind: type[Notebook],
    tmp_path: Path,
    agent: StandInAgent,
    server: StandInLaptop,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Notebook]:
    """Connected directly, with one batch applied."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    made = kind(tmp_path / "replica", agent, server)
    yield made
    made.close()
