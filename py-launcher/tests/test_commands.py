"""`%notesync …` in a real shell: each command, its help, and what it says to mistakes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from notesync import commands, magics

from .notebook import Notebook
from .stand_ins import StandInAgent, StandInLaptop
from .waiting import until

KEPT = {
    "id": "abcd1234" * 4,
    "path": "shop/cart.py",
    "why": "edited",
    "when": 1_790_000_000_000,
    "sequence": 3,
    "size": 12,
    "digest": "0" * 64,
}


@pytest.fixture
def say(notebook: Notebook, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command, give what it says."""

    def run(line: str) -> str:
        capsys.readouterr()
        magics.run(notebook.app, line)
        return capsys.readouterr().out

    return run


def answers(agent: StandInAgent, kind: str, told: dict[str, Any], body: bytes = b"") -> None:
    agent.script[kind] = lambda *_: (told, body)


def test_nothing_is_status(say: Any) -> None:
    told = say("")
    assert told == say("status")
    for word in ("up to date, sequence 1", "shop", "http://127.0.0.1:", "kernel-direct", "agent"):
        assert word in told


def test_help_has_a_line_for_every_command(say: Any) -> None:
    told = say("help")
    for name, command in commands.ALL.items():
        assert f"%notesync {name}" in told
        assert command.__doc__


@pytest.mark.parametrize("line", ["help connect", "connect --help", "-h connect", "connect -h x"])
def test_help_of_one_command_is_its_line(say: Any, line: str) -> None:
    told = say(line)
    assert "%notesync connect" in told
    assert "%notesync log" not in told
    assert "directly to URL" in told


def test_a_switch_without_a_word_says_how_it_stands(say: Any) -> None:
    assert say("strict") == "notesync: strict is off\n"
    assert say("live") == "notesync: live is off\n"


MISTAKES = [
    ("konnect", "did you mean `%notesync connect`?"),
    ("frobnicate", "`%notesync help` lists the commands"),
    ("connect one two", "does not take 'two': type `%notesync connect` [URL] [--to PATH]"),
    ("connect --sideways", "does not take '--sideways'"),
    ("connect --to", "does not take '--to'"),
    ("connect --to=", "does not take '--to='"),
    ("connect ''", "does not take ''"),
    ("connect ftp://x", "is not the address"),
    ("rollback many", "does not take 'many': type `%notesync rollback` [N]"),
    ("rollback 0", "does not take '0': type `%notesync rollback` [N]"),
    ("rollback -1", "does not take '-1'"),
    ("rollback ²", "does not take '²'"),
    ("rollback 1 2", "does not take '1 2'"),
    ("rollback 99999999999999999999", "does not take '99999999999999999999'"),
    ("log x", "does not take 'x': type `%notesync log` [N]"),
    ("log 0", "does not take '0'"),
    ("live maybe", "does not take 'maybe': type `%notesync live` [on | off]"),
    ("strict maybe", "does not take 'maybe': type `%notesync strict` [on | off]"),
    ("strict on off", "does not take 'on off'"),
    ("workers sideways", "does not take 'sideways': type `%notesync workers` [on | off]"),
    ("kept burn x", "does not take 'burn x': type `%notesync kept` [list | diff ID"),
    ("kept diff", "does not take 'diff'"),
    ("kept diff a b", "does not take 'diff a b'"),
    ("kept list x", "does not take 'list x'"),
    ("status now", "does not take 'now': type `%notesync status` alone"),
    ("verify x y", "does not take 'x y': type `%notesync verify` alone"),
    ("help konnect", "did you mean `%notesync connect`?"),
    ("konnect -h", "did you mean `%notesync connect`?"),
    ("confirm", "nothing waits for an answer"),
    ('connect "', 'a quotation mark is not closed in `%notesync connect "`: close it'),
]


@pytest.mark.parametrize(("line", "told"), MISTAKES)
def test_a_mistake_is_answered_in_one_line(say: Any, line: str, told: str) -> None:
    said = say(line)
    assert told in said
    assert "Traceback" not in said
    assert said.count("\n") == 1


def test_a_command_that_stands_alone_does_nothing_where_words_follow(
    say: Any, agent: StandInAgent, notebook: Notebook
) -> None:
    alone = {"status", "disconnect", "resume", "history", "verify", "confirm", "decline", "stop"}
    for name in sorted(alone | {"restart", "doctor"}):
        before = len(agent.seen)
        assert "does not take 'please'" in say(f"{name} please")
        assert [header["type"] for header in agent.seen[before:] if header["type"] == name] == []
    assert notebook.app.session.laptop is not None


def test_kept_lists_with_short_ids(say: Any, agent: StandInAgent) -> None:
    assert "nothing was set aside" in say("kept")
    answers(agent, "kept", {"kept": [KEPT]})
    told = say("kept")
    assert "abcd1234" in told
    assert "shop/cart.py  12 bytes  edited" in told
    assert "1 (see `%notesync kept`)" in say("status")


def test_kept_diff_shows_yours_against_the_laptops(
    say: Any, agent: StandInAgent, notebook: Notebook
) -> None:
    (notebook.root / "shop").mkdir()
    (notebook.root / "shop" / "cart.py").write_text("laptop\n")
    answers(agent, "kept", {"kept": [KEPT]}, b"mine\n")
    told = say("kept diff abcd")
    assert "-mine" in told
    assert "+laptop" in told


def test_kept_diff_of_bytes_says_so(say: Any, agent: StandInAgent, notebook: Notebook) -> None:
    answers(agent, "kept", {"kept": [KEPT]}, b"\xff\xfe")
    assert "is not text: yours has 2 bytes, the laptop's 0" in say("kept diff abcd")


@pytest.mark.parametrize("action", ["restore", "drop"])
def test_kept_restores_and_drops_by_id_or_path(say: Any, agent: StandInAgent, action: str) -> None:
    answers(agent, "kept", {"kept": [KEPT]})
    assert "shop/cart.py" in say(f"kept {action} shop/cart.py")
    asked = [header for header in agent.seen if header.get("action") == action]
    assert [header["kept"] for header in asked] == [KEPT["id"]]


def test_kept_says_when_the_id_is_not_clear(say: Any, agent: StandInAgent) -> None:
    answers(agent, "kept", {"kept": [KEPT, {**KEPT, "id": "abcd9999" * 4, "path": "b"}]})
    assert "2 set aside begin with 'abcd'" in say("kept drop abcd")
    assert "nothing set aside is called 'zz'" in say("kept drop zz")


def test_rollback_and_resume_say_where_they_are(
    say: Any, agent: StandInAgent, server: StandInLaptop
) -> None:
    cursor = {"epoch": server.epoch, "sequence": 1}
    answers(agent, "rollback", {"cursor": cursor, "held": True})
    assert "rolled back to sequence 1, and stays there" in say("rollback 2")
    assert [h["count"] for h in agent.seen if h["type"] == "rollback"] == [2]
    answers(agent, "resume", {"cursor": cursor, "held": False})
    assert "follows the laptop again: up to date, sequence 1" in say("resume")


def test_commands_that_change_the_replica_leave_the_cell_for_it(
    notebook: Notebook, agent: StandInAgent
) -> None:
    inside: list[bool] = []

    def roll(*_: object) -> Any:
        inside.append(agent.in_cell)
        return {"cursor": None, "held": True}, b""

    agent.script["rollback"] = roll
    notebook.shell.user_ns["app"] = notebook.app
    notebook.run("from notesync import magics; magics.run(app, 'rollback')")
    assert inside == [False]
    until(lambda: not agent.in_cell)


def test_history_lists_the_sequences(say: Any, agent: StandInAgent) -> None:
    assert "no sequence to go back to" in say("history")
    git = {"commit": "0123456789abcdef", "branch": "main", "dirty": False}
    one = {"sequence": 4, "applied": 1_790_000_000_000, "changes": 3, "git": git}
    answers(agent, "history", {"sequences": [one]})
    told = say("history")
    assert "3 changes" in told
    assert "0123456789" in told


def test_verify_names_every_difference(say: Any, agent: StandInAgent) -> None:
    assert "byte for byte" in say("verify")
    found = [{"path": "a.py", "what": "edited"}, {"path": "b.py", "what": "missing"}]
    answers(agent, "verify", {"tree": "0" * 64, "differences": found})
    told = say("verify")
    assert "edited" in told
    assert "b.py" in told
    assert all(header["deep"] for header in agent.seen if header["type"] == "verify")


@pytest.mark.parametrize("answer", ["confirm", "decline"])
def test_a_halted_batch_is_answered(
    say: Any, agent: StandInAgent, notebook: Notebook, answer: str
) -> None:
    agent.halts = True
    notebook.server.save(b"deletes much")
    until(lambda: notebook.app.session.status().state == "halted")
    said = say(answer)
    asked = [header["batch"] for header in agent.seen if header["type"] == answer]
    assert asked == [agent.offered["batch"]]
    assert answer.removesuffix("e") in said
    if answer == "decline":
        until(lambda: notebook.app.session.status().state == "declined")


def test_switches_are_told(say: Any, notebook: Notebook) -> None:
    assert "live is on" in say("live on")
    assert "live is off" in say("live off")
    assert "strict is on" in say("strict on")
    assert "strict is off" in say("strict off")
    assert notebook.app.cells._refuse_broken not in notebook.shell.input_transformers_post


def test_disconnect_and_stop(say: Any, agent: StandInAgent, notebook: Notebook) -> None:
    assert "disconnected" in say("disconnect")
    until(lambda: "detach" in agent.kinds())
    assert "not connected" in say("status")
    assert "the agent was stopped" in say("stop")
    assert "stop" in agent.kinds()


def test_log_shows_what_happened(say: Any, notebook: Notebook) -> None:
    assert "sequence 1 applied" in say("log")
    notebook.server.save(b"second")
    notebook.run("1")
    assert say("log 1").count("\n") == 1


def test_doctor_holds_no_secret(
    say: Any, agent: StandInAgent, server: StandInLaptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABRICKS_TOKEN", "JUPYTER_TOKEN", "JPY_API_TOKEN", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "hush-hush")
    told = say("doctor")
    assert "java" in told
    assert "answers in" in told
    assert agent.key.hex() not in told
    assert server.token not in told
    assert "hush" not in told


@pytest.mark.parametrize(
    ("ahead_s", "said"),
    [
        (0, "the laptop's is within 0."),
        (3700, "differ: the laptop's is 3700 s ahead of this machine's"),
        (-90, "differ: the laptop's is 90 s behind this machine's"),
    ],
)
def test_doctor_compares_the_clocks(
    say: Any, server: StandInLaptop, ahead_s: int, said: str
) -> None:
    server.clock_ahead_s = ahead_s
    (line,) = [line for line in say("doctor").splitlines() if "clocks" in line]
    assert re.search(r"clocks +ok " + said, line), line


def test_connect_without_a_page_says_what_to_name(say: Any) -> None:
    assert "no page to connect through in a terminal" in say("connect --page")


def test_a_bug_of_ours_shows_a_trace_and_does_not_end_the_cell(
    say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setitem(commands.ALL, "verify", broken)
    assert "RuntimeError: boom" in say("verify")


def test_who_is_connected_is_not_asked_for_a_code_again(
    say: Any, notebook: Notebook, server: StandInLaptop
) -> None:
    for line in ("connect", f"connect {server.url}", f"connect {server.url}/"):
        said = say(line)
        assert said.startswith(f"notesync: already connected: shop at {server.url} → ")
        assert said.count("\n") == 1
    assert notebook.app.session.follows_directly


def test_connect_goes_the_way_that_worked_before(
    say: Any, notebook: Notebook, server: StandInLaptop
) -> None:
    assert "no laptop server answers" in say("connect 9")  # That never worked.
    say("disconnect")
    assert "was not connected" in say("disconnect")
    said = say("connect")
    assert "pairing code" in said
    assert f"shop at {server.url} → " in said


def test_reconnecting_takes_the_place_of_the_connection_before(
    say: Any, notebook: Notebook, server: StandInLaptop
) -> None:
    server.token = "another"
    said = say(f"connect {server.url}")
    assert "pairing code" in said
    assert "up to date" in said
    server.save(b"third")
    notebook.run("1")
    assert notebook.app.session.sequence() == 2


def test_workers_says_what_each_engine_got_and_can_be_switched(say: Any) -> None:
    assert "on: tasks take the code below" in say("workers")
    assert "off: workers have what their engine sent them" in say("workers off")
    assert "off: workers have what their engine sent them" in say("workers")
    assert "on: tasks take the code below" in say("workers on")
