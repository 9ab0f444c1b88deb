"""`notesync serve`: which program is run, with what."""

from __future__ import annotations

import os
import sys
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
    assert "-Dnotesync.command=notesync serve" in ran[0]


def archive_of(command: list[str], option: str) -> Path:
    (told,) = [word for word in command if "Archive" in word]
    name, _, place = told.partition("=")
    assert name == f"-XX:{option}"
    return Path(place)


def write(archive: Path, begin: int) -> None:
    archive.write_bytes(begin.to_bytes(4, sys.byteorder) + bytes(1000))


def serve(command: list[str]) -> None:
    """As the server does it once it serves."""
    (mark,) = [word for word in command if word.startswith("-Dnotesync.served=")]
    Path(mark.partition("=")[2]).touch()


@pytest.mark.parametrize("version", ["17.0.17", "25.0.2"])
def test_the_first_server_leaves_class_data_and_the_next_one_starts_on_it(
    jar: Path, ran: list[list[str]], state: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    on(version, monkeypatch)
    cli.main(["serve"])
    archive = archive_of(ran[0], "ArchiveClassesAtExit")
    assert archive.parent == state
    assert state.stat().st_mode & 0o777 == 0o700
    serve(ran[0])
    write(archive, 0xF00BABA8)
    cli.main(["serve"])
    assert archive_of(ran[1], "SharedArchiveFile") == archive


def test_class_data_that_a_killed_server_left_half_or_of_another_jar_is_made_anew(
    jar: Path, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    on("17.0.17", monkeypatch)
    cli.main(["serve"])
    archive = archive_of(ran[0], "ArchiveClassesAtExit")
    serve(ran[0])
    write(archive, 0)
    cli.main(["serve"])
    assert archive_of(ran[1], "ArchiveClassesAtExit") == archive
    assert not archive.exists()
    serve(ran[1])
    write(archive, 0xF00BABA8)
    os.utime(jar, (1, 1))
    cli.main(["serve"])
    assert archive_of(ran[2], "ArchiveClassesAtExit") != archive
    assert not archive.exists()


def test_a_state_without_a_place_does_without(
    jar: Path, ran: list[list[str]], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("17.0.17", monkeypatch)
    state.touch()
    cli.main(["serve"])
    assert "-XX:+UseSerialGC" in ran[0]
    assert not [word for word in ran[0] if "Archive" in word]


def test_class_data_of_a_run_that_served_nothing_is_not_kept(
    jar: Path, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    on("17.0.17", monkeypatch)
    cli.main(["serve", "--port", "9999"])
    archive = archive_of(ran[0], "ArchiveClassesAtExit")
    write(archive, 0xF00BABA8)
    cli.main(["serve"])
    assert archive_of(ran[1], "ArchiveClassesAtExit") == archive
    assert not archive.exists()


@pytest.mark.parametrize("words", [["why", "a.py"], ["--help"], ["x", "-V"]])
def test_what_serves_nothing_leaves_no_class_data(
    jar: Path, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    on("17.0.17", monkeypatch)
    cli.main(["serve", *words])
    assert not [word for word in ran[0] if "Archive" in word]
    cli.main(["serve"])
    archive = archive_of(ran[1], "ArchiveClassesAtExit")
    serve(ran[1])
    write(archive, 0xF00BABA8)
    cli.main(["serve", *words])
    assert archive_of(ran[2], "SharedArchiveFile") == archive
