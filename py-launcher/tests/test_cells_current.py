"""No cell runs old code on new files: whatever was applied, heard of or not, is taken up first."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from notesync.reload import Reloader

from .stand_ins import StandInAgent, StandInLaptop
from .test_cells import Notebook, until

NAME = "current_story"
START = datetime(2026, 9, 1, tzinfo=timezone.utc)


class Story(Notebook):
    """A notebook whose replica has one module, and an agent that exchanges it."""

    @property
    def file(self) -> Path:
        return self.root / f"{NAME}.py"

    def write(self, value: str) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(f"VALUE = {value!r}\n")

    def apply_unheard(self, value: str) -> None:
        """The agent has a newer sequence, and this kernel got no event of it."""
        self.recall()
        self.write(value)
        self.agent.cursor = self.next_cursor()

    def recall(self) -> None:
        """The agent wants the place of this kernel back, and gets it."""
        if self.agent.placed:
            self.agent.tell("recall", replica="1f" * 16)
            until(lambda: not self.agent.placed)

    def apply(self, value: str) -> None:
        """The agent applies a batch, and says so."""
        before = self.app.session.pending.count()
        self.write(value)
        self.agent.changes = [{"path": self.file.name, "op": "put"}]
        self.agent.staged = {"batch": "b7" * 16, "to": self.next_cursor()}
        self.agent.apply_soon()
        until(lambda: self.app.session.pending.count() > before)

    def next_cursor(self) -> dict[str, Any]:
        cursor = self.agent.cursor
        assert cursor is not None
        return {"epoch": cursor["epoch"], "sequence": cursor["sequence"] + 1}

    def value(self) -> Any:
        return self.run(f"import {NAME}; {NAME}.VALUE")

    def sent(self, after_s: float) -> None:
        """The front end sends the next cell so long after the first."""
        date = START + timedelta(seconds=after_s)
        self.shell.parent_header = {"header": {"date": date}}


@pytest.fixture
def kind() -> type[Notebook]:
    return Story


@pytest.fixture
def story(notebook: Notebook) -> Iterator[Story]:
    assert isinstance(notebook, Story)
    notebook.write("old")
    yield notebook
    sys.modules.pop(NAME, None)


def test_in_a_run_all_each_cell_runs_what_is_in_the_replica(story: Story) -> None:
    assert story.value() == "old"
    story.shell.user_ns["apply"] = story.apply
    story.sent(0.0)
    story.run("import time; time.sleep(0.05)")
    story.apply("new")
    story.sent(0.01)
    assert story.value() == "new"


def test_what_was_applied_unheard_is_seen_when_a_cell_begins(story: Story) -> None:
    assert story.value() == "old"
    until(lambda: story.agent.placed)
    story.apply_unheard("new")
    assert story.value() == "new"
    assert story.app.session.sequence() == 2


def test_what_was_applied_while_nobody_followed_is_taken_up_after_connecting(story: Story) -> None:
    assert story.value() == "old"
    story.app.session.disconnect()
    story.apply_unheard("new")
    story.app.connect(story.server.url, story.root, wait=True)
    assert story.value() == "new"


def test_a_module_imported_in_a_cell_under_which_its_file_changed_is_loaded_anew(
    story: Story,
) -> None:
    story.shell.user_ns["apply"] = story.apply
    assert story.run(f"import {NAME}; apply('new'); {NAME}.VALUE") == "old"
    assert story.value() == "new"


def test_what_could_not_be_taken_up_is_tried_again(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert story.value() == "old"
    story.apply("new")

    def stumbles(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    with monkeypatch.context() as bent:
        bent.setattr(Reloader, "apply", stumbles)
        assert story.value() == "old"
    assert "runs the code that was loaded before" in capsys.readouterr().out
    assert story.value() == "new"


def test_a_cell_during_which_the_notebook_connects_counts_as_one(story: Story) -> None:
    """Nothing may change under it, and the agent is told so when this kernel attaches."""
    story.app.session.disconnect()
    story.shell.user_ns["looks"] = looks = []
    story.shell.user_ns["session"] = story.app.session
    story.run("looks.append(session.in_cell())")
    assert looks == [True]
    assert not story.app.session.in_cell()


def test_a_module_imported_before_the_extension_and_changed_by_somebody_else_since_is_loaded_anew(
    tmp_path: Path, agent: StandInAgent, server: StandInLaptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "replica"
    root.mkdir()
    monkeypatch.syspath_prepend(str(root))
    (root / f"{NAME}.py").write_text("VALUE = 'old'\n")
    module = importlib.import_module(NAME)
    (root / f"{NAME}.py").write_text("VALUE = 'new'\n")  # the agent of another kernel
    made = Story(root, agent, server)
    try:
        made.run("1")
        assert made.value() == "new"
        assert module.VALUE == "new"
    finally:
        made.close()
        sys.modules.pop(NAME, None)
