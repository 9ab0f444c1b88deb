"""`notesync serve`: which program is run, with what."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from notesync import cli, java
from notesync.errors import NotesyncError


@pytest.fixture
def jar(tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "server.jar"
    place.touch()
    monkeypatch.setenv("NOTESYNC_SERVER_JAR", str(place))
    return place


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What became of this program, in place of it."""
    seen: list[list[str]] = []

    def no_exec(program: str, arguments: list[str]) -> None:
        seen.append(arguments)
        raise NotesyncError("ran", "ran")

    monkeypatch.setattr(os, "execv", no_exec)
    return seen


def on(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = java.Java(Path("/opt/java/bin/java"), version, "PATH")
    monkeypatch.setattr(java, "find", lambda: found)


def test_without_the_jar_it_says_where_the_server_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NOTESYNC_SERVER_JAR", "/nowhere/server.jar")
    assert cli.main(["serve"]) == 1
    said = capsys.readouterr().err
    assert "pip install 'notesync[serve]'" in said
    assert "java -jar notesync-server.jar" in said


@pytest.mark.parametrize("arguments", [["project", "--port", "9999"], ["--port", "9999", "--help"]])
def test_it_hands_everything_to_the_server(
    jar: Path, ran: list[list[str]], arguments: list[str]
) -> None:
    cli.main(["serve", *arguments])
    assert ran[0][-len(arguments) - 2 :] == ["-jar", str(jar), *arguments]


def test_class_data_is_kept_by_a_java_that_makes_it_by_itself(
    jar: Path, ran: list[list[str]], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("21.0.9", monkeypatch)
    cli.main(["serve"])
    assert f"-XX:SharedArchiveFile={state}/server.jsa" in ran[0]
    assert state.stat().st_mode & 0o777 == 0o700


def test_an_older_java_or_a_state_without_a_place_does_without(
    jar: Path, ran: list[list[str]], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("17.0.17", monkeypatch)
    cli.main(["serve"])
    on("21.0.9", monkeypatch)
    state.touch()
    cli.main(["serve"])
    for command in ran:
        assert "-XX:+UseSerialGC" in command
        assert not [word for word in command if "Archive" in word]
