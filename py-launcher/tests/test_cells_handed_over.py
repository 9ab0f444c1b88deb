"""A page hands over what was newest at Run: the cell waits for it, and asks no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notesync.messages import Cursor

from .notebook import Notebook


def sees(notebook: Notebook, sequence: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The page's word for the next run; the list names each question of the kernel's own."""
    session, asked = notebook.app.session, []
    cursor = Cursor(notebook.server.epoch, sequence)
    monkeypatch.setattr(session.laptop, "seen_at_run", lambda _run: cursor)
    ask = session.ask_fresh

    def ask_fresh() -> object:
        asked.append("fresh")
        return ask()

    monkeypatch.setattr(session, "ask_fresh", ask_fresh)
    return asked


def test_what_is_still_on_its_way_is_waited_for(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = notebook.app.session
    asked = sees(notebook, 2, monkeypatch)
    wait_until = session.wait_until

    def arrives_meanwhile(there: Callable[[], bool], _seconds: float) -> bool:
        assert not there()
        notebook.server.save(b"second")
        return wait_until(there, 30.0)

    monkeypatch.setattr(session, "wait_until", arrives_meanwhile)
    notebook.run("1")
    assert session.sequence() == 2
    assert asked == []


def test_what_is_here_already_and_more_is_not_waited_for(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = notebook.app.session
    notebook.server.save(b"second")
    notebook.run("1")
    asked = sees(notebook, 1, monkeypatch)
    monkeypatch.setattr("notesync.cells._MOMENT_S", 3_600.0)
    notebook.run("1")
    assert session.sequence() == 2
    assert asked == []


def test_a_run_that_lay_behind_another_cell_asks_again(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sees(notebook, 1, monkeypatch)
    notebook.run("1")
    assert asked == []
    monkeypatch.setattr(notebook.app.cells._row, "waited", lambda _date: 600.0)
    notebook.run("1")
    assert asked == ["fresh"]


def test_what_does_not_come_is_asked_for(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sees(notebook, 9, monkeypatch)
    monkeypatch.setattr("notesync.cells._MOMENT_S", 0.01)
    notebook.run("1")
    assert asked == ["fresh"]


def test_what_cannot_come_is_asked_for_at_once(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sees(notebook, 9, monkeypatch)
    monkeypatch.setattr("notesync.cells._MOMENT_S", 3_600.0)
    notebook.app.session.on_state("halted", "it deletes too much")
    notebook.run("1")
    assert asked == ["fresh"]
