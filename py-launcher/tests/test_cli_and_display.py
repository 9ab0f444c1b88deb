"""The command `notesync`, the public names, and what is displayed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

import notesync
from notesync import _state, cli, display, doctor, texts
from notesync.errors import NotesyncError
from notesync.messages import comm as words

from .stand_ins import StandInAgent


def test_version_names_both_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["version"]) == 0
    assert capsys.readouterr().out == "notesync 0.1.0 (protocol 1)\n"


def test_the_module_is_the_command() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "notesync", "version"], capture_output=True, check=True
    )
    assert ran.stdout.split() == b"notesync 0.1.0 (protocol 1)".split()


@pytest.mark.parametrize("arguments", [[], ["fly"], ["agent"], ["agent", "dance"]])
def test_what_is_not_understood_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2


def test_agent_status_without_an_agent(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["agent", "status"]) == 1
    assert "no agent runs" in capsys.readouterr().out
    assert cli.main(["agent", "stop"]) == 0


def test_agent_status_of_one_that_answers(
    agent: StandInAgent, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["agent", "status"]) == 0
    assert "answers" in capsys.readouterr().out


def test_doctor_says_what_is_wrong_and_what_to_do(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NOTESYNC_AGENT_JAR", "/nowhere/agent.jar")
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert re.search(r"agent file +wrong: .*/nowhere/agent.jar is missing.*: install", said)


def test_doctor_is_content_where_all_is_well(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = tmp_path / "agent.jar"
    jar.touch()
    monkeypatch.setenv("NOTESYNC_AGENT_JAR", str(jar))
    monkeypatch.setattr(_state, "bundled", lambda _name: jar)
    assert doctor.healthy(doctor.rows())


def test_every_public_name_exists_and_is_documented() -> None:
    for name in notesync.__all__:
        assert getattr(notesync, name) is not None
        if callable(getattr(notesync, name)):
            assert getattr(notesync, name).__doc__


def test_importing_notesync_starts_nothing() -> None:
    code = (
        "import sys, threading, notesync\n"
        "assert threading.active_count() == 1\n"
        "assert 'zmq' not in sys.modules, 'zmq'\n"
        "assert 'IPython' not in sys.modules, 'IPython'\n"
        "print(notesync.sequence(), notesync.git())"
    )
    source = str(Path(__file__).parents[1] / "src")
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    assert ran.stdout == "None None\n"


def test_outside_ipython_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test may have made the shell of this process.
    monkeypatch.setattr(InteractiveShell, "_instance", None)
    with pytest.raises(NotesyncError, match="works inside IPython"):
        notesync.status()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []
    import IPython.display

    monkeypatch.setattr(IPython.display, "display", lambda data, **how: calls.append((data, how)))
    monkeypatch.setattr(
        IPython.display, "update_display", lambda data, **how: calls.append((data, how))
    )
    return calls


def test_the_offer_has_three_types_and_cannot_break_out_of_its_script(
    shown: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "notesync.js"
    script.write_text("const x = '</script><b>';")
    monkeypatch.setattr(_state, "bundled", lambda _name: script)
    told = words.offer("k", "http://127.0.0.1:8765", "</script><script>alert(1)</script>")
    display.Offer(told).show()
    data, how = shown[0]
    assert set(data) == {words.OFFER_TYPE, "text/html", "text/plain"}
    assert how["raw"]
    html = data["text/html"]
    assert html.count("</script>") == 1
    assert html.count("<script") == 1
    line = html.split("NOTESYNC_OFFER = ")[1].split(";\n")[0]
    assert json.loads(line) == told == data[words.OFFER_TYPE]


def test_the_offer_is_withdrawn_once(shown: list[Any]) -> None:
    offer = display.Offer(words.offer("k", "u", "l"))
    offer.withdraw()
    assert shown == []
    offer.show()
    offer.withdraw()
    offer.withdraw()
    assert len(shown) == 2
    assert set(shown[1][0]) == {"text/plain"}
    assert shown[1][1]["display_id"] == shown[0][1]["display_id"]


@pytest.mark.parametrize("line", [texts.OFFER_PLAIN, ""])
def test_the_offer_leaves_the_line_that_it_was_given(line: str, shown: list[Any]) -> None:
    offer = display.Offer(words.offer("k", "u", "l"), line)
    offer.show()
    offer.withdraw()
    assert [data["text/plain"] for data, _ in shown] == [line, line]


def test_a_table_escapes_what_it_shows(shown: list[Any]) -> None:
    display.table([("path", "<img src=x onerror=alert(1)>")])
    assert "<img" not in shown[0][0]["text/html"]
    assert "<img" in shown[0][0]["text/plain"]
