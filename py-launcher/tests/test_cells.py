"""What happens around a cell, in a real IPython shell in this process; the rest stands in."""

from __future__ import annotations

import linecache
import os
import sys
import threading
import time
import traceback
import types
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from notesync import texts
from notesync._replica import Fresh, Moment
from notesync.direct import DirectLaptop
from notesync.errors import NotesyncError, Unpaired
from notesync.messages import Cursor

from .notebook import Notebook
from .waiting import until


def test_a_cell_enters_and_leaves(notebook: Notebook) -> None:
    notebook.run("1")
    until(lambda: notebook.leaves() == 1)
    around = [kind for kind in notebook.agent.kinds() if kind in ("enter", "leave")]
    assert around == ["enter", "leave"]


def test_a_cell_that_raises_leaves_too(notebook: Notebook) -> None:
    notebook.shell.run_cell("1 / 0")
    notebook.shell.run_cell("not python")
    until(lambda: notebook.leaves() == 2)


def test_a_cell_within_a_cell_enters_once(notebook: Notebook) -> None:
    notebook.run("get_ipython().run_cell('1'); get_ipython().run_cell('2')")
    until(lambda: notebook.leaves() == 1)
    assert notebook.agent.kinds().count("enter") == 1


def test_an_empty_cell_costs_nothing(notebook: Notebook) -> None:
    notebook.shell.run_cell("")
    notebook.shell.run_cell("  \n")
    assert notebook.agent.kinds().count("enter") == 0
    notebook.run("1")
    until(lambda: notebook.leaves() == 1)


def test_each_cell_runs_on_what_was_saved_before_it(notebook: Notebook) -> None:
    for number in range(2, 8):
        notebook.server.save(b"%d" % number)
        assert notebook.run("__import__('notesync'); 1") == 1
        assert notebook.app.session.sequence() == number
    assert [sequence for _, sequence in notebook.app.cells.history] == list(range(2, 8))


def test_each_cell_of_a_front_end_is_named_with_what_it_runs_on(notebook: Notebook) -> None:
    told: list[tuple[str, int | None]] = []
    notebook.app.cells.on_cell = lambda cell: told.append((cell, notebook.app.session.sequence()))
    notebook.run("1")  # A front end that does not name its cells.
    for number in (2, 3):
        notebook.server.save(b"%d" % number)
        notebook.shell.parent_header = {"metadata": {"cellId": f"cell {number}"}}
        notebook.run("get_ipython().run_cell('2')")
    assert told == [("cell 2", 2), ("cell 3", 3)]


def test_the_replica_and_its_src_are_importable_again_before_each_cell(notebook: Notebook) -> None:
    root = str(notebook.root)
    notebook.run("1")
    assert sys.path[:2] == [root, str(notebook.root / "src")]
    sys.path.remove(root)
    notebook.run("1")
    assert root in sys.path


def test_a_laptop_that_hangs_costs_a_second_at_most_and_is_told(
    notebook: Notebook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.app.cells.most_s = 0.3
    laptop = notebook.app.session.laptop
    assert isinstance(laptop, DirectLaptop)
    never: Any = __import__("concurrent.futures").futures.Future
    monkeypatch.setattr(laptop, "send", lambda _call: never())
    began = time.monotonic()
    notebook.run("1")
    assert time.monotonic() - began < 1.0
    told = capsys.readouterr().out
    assert "this cell runs on sequence 1: the laptop did not answer within 0.3 s" in told


def test_a_laptop_that_is_gone_is_told(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.app.cells.most_s = 30.0  # The answer comes at once; a busy machine may be late.
    notebook.server.token = "bb" * 32
    notebook.run("1")
    assert "could not be asked" in capsys.readouterr().out


def test_a_pairing_that_has_ended_is_told_as_such(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    session = notebook.app.session
    assert session.laptop is not None
    session.page_gone(session.laptop, Unpaired("token_unknown", *texts.UNPAIRED))
    notebook.run("1")
    said = "the laptop could not be asked (the laptop does not know this notebook any more)"
    assert said in capsys.readouterr().out
    assert session.status().state == "stopped"


def test_a_question_that_is_dropped_on_its_way_leaves_the_cell_entered(
    notebook: Notebook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: Future[Fresh] = Future()
    dropped.cancel()
    monkeypatch.setattr(notebook.app.session, "ask_fresh", lambda: dropped)
    notebook.run("1")
    assert "could not be asked" in capsys.readouterr().out
    assert notebook.agent.kinds().count("enter") == 1


def test_a_cell_waits_for_the_page_that_takes_over(
    notebook: Notebook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, ask = notebook.app.session, notebook.app.session.ask_fresh
    gone: Future[Fresh] = Future()
    gone.cancel()
    answers = iter([gone, None, None])
    monkeypatch.setattr(session, "ask_fresh", lambda: next(answers, None) or ask())
    session.expects_page()
    notebook.app.cells.most_s = 30.0
    notebook.server.save(b"second")
    notebook.run("1")
    assert session.sequence() == 2
    assert "notesync" not in capsys.readouterr().out


def test_a_cell_that_could_not_ask_is_named_when_what_was_saved_before_it_arrives(
    notebook: Notebook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where only widgets talk: the kernel hears nothing while a cell runs."""
    session = notebook.app.session
    with monkeypatch.context() as bent:
        bent.setattr(DirectLaptop, "answers_in_cells", False)
        saved = time.time()
        notebook.run("a = 1")
        assert "notesync" not in capsys.readouterr().out
        session.on_news(Cursor("e0" * 16, 2), Moment(saved, saved))
    told = session.status().late or ""
    assert "ran on sequence 1; what had been saved" in told
    notebook.run("b = 2")
    assert told in capsys.readouterr().out
    assert session.status().late is None
    session.on_news(Cursor("e0" * 16, 2), Moment(saved, saved))
    assert session.status().late is None, "it asked"


def test_a_hanging_agent_is_told_once(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.app.cells.most_s = 0.4
    notebook.agent.script["place"] = lambda *_: ({"place": False}, b"")
    notebook.run("1")
    notebook.agent.silent.set()
    began = time.monotonic()
    notebook.run("1")
    assert time.monotonic() - began < 0.9
    assert "has not answered" in capsys.readouterr().out
    notebook.run("1")
    assert "notesync" not in capsys.readouterr().out
    notebook.agent.silent.clear()
    until(lambda: notebook.run("1") and not notebook.app.cells._door.still_hangs())


def test_an_agent_that_takes_its_time_but_lives_is_waited_for(notebook: Notebook) -> None:
    """It applies a large batch: pings come back, enter does not yet."""
    notebook.app.cells.most_s = 0.3
    notebook.agent.script["enter"] = lambda *_: None
    timer = threading.Timer(1.2, notebook.agent.answer_late)
    timer.start()
    began = time.monotonic()
    notebook.run("1")
    assert 1.0 < time.monotonic() - began < 5.0
    timer.join()


def test_a_cell_on_another_thread_leaves_reloading_to_the_main_one(notebook: Notebook) -> None:
    before = len(notebook.agent.seen)
    for hook in (notebook.app.cells.pre_run_cell, notebook.app.cells.post_run_cell):
        thread = threading.Thread(target=hook)
        thread.start()
        thread.join()
    assert len(notebook.agent.seen) == before
    notebook.run("1")
    until(lambda: notebook.leaves() == 1)


def test_outside_lets_the_agent_apply_in_the_middle_of_the_cell(notebook: Notebook) -> None:
    seen: list[bool] = []

    def command() -> None:
        with notebook.app.cells.outside():
            until(lambda: not notebook.agent.in_cell)
            seen.append(notebook.agent.in_cell)
        seen.append(notebook.agent.in_cell)

    notebook.shell.user_ns["command"] = command
    notebook.run("command()")
    assert seen == [False, True]
    until(lambda: not notebook.agent.in_cell)


def test_live_cells_do_not_hold_up_batches(notebook: Notebook) -> None:
    notebook.app.cells.set_live(True)
    seen: list[bool] = []
    notebook.shell.user_ns["look"] = lambda: (
        until(lambda: not notebook.agent.in_cell),
        seen.append(True),
    )
    notebook.run("look()")
    assert seen == [True]


def test_a_live_cell_takes_new_bodies_while_it_loops_and_the_rest_comes_before_the_next(
    notebook: Notebook,
) -> None:
    file = notebook.root / "live_story.py"
    file.write_text("LIMIT = 1\ndef step(): return 'old'\n")
    notebook.shell.user_ns["root"] = str(notebook.root)
    notebook.run("import sys; sys.path.insert(0, root); import live_story")

    def save(text: str) -> None:
        file.write_text(text)
        agent = notebook.agent
        agent.changes = [{"path": "live_story.py", "op": "put"}]
        to = {"epoch": agent.cursor["epoch"], "sequence": agent.cursor["sequence"] + 1}
        agent.staged = {"batch": "b7" * 16, "to": to}
        agent.apply_soon()

    seen = []

    def loop() -> None:
        module = sys.modules["live_story"]
        save("LIMIT = 1\ndef step(): return 'new'\n")
        until(lambda: module.step() == "new")
        sequence = notebook.app.session.sequence()
        save("LIMIT = 2\ndef step(): return 'newer'\n")  # more than bodies: it waits
        until(lambda: notebook.app.session.sequence() > sequence)
        seen.extend([module.step(), module.LIMIT])

    notebook.app.cells.set_live(True)
    try:
        notebook.shell.user_ns["loop"] = loop
        notebook.run("loop()")
        assert seen == ["new", 1]
        assert notebook.run("live_story.step(), live_story.LIMIT") == ("newer", 2)
    finally:
        sys.modules.pop("live_story", None)


def test_a_cell_that_files_change_under_shows_its_own_lines(notebook: Notebook) -> None:
    file = notebook.root / "looked_at.py"
    file.write_text("def fails():\n    raise ValueError('old')\n")
    notebook.shell.user_ns["root"] = str(notebook.root)
    notebook.run("import sys; sys.path.insert(0, root); import looked_at")

    def change() -> str:
        file.write_text("X = 1\n\ndef fails():\n    raise KeyError('new')\n")
        agent = notebook.agent
        agent.changes = [{"path": "looked_at.py", "op": "put"}]
        to = {"epoch": agent.cursor["epoch"], "sequence": agent.cursor["sequence"] + 1}
        agent.staged = {"batch": "b7" * 16, "to": to}
        agent.apply_soon()
        until(lambda: linecache.getline(str(file), 2).strip() == "raise ValueError('old')")
        try:
            sys.modules["looked_at"].fails()
        except ValueError:
            return traceback.format_exc()
        return ""

    notebook.shell.user_ns["change"] = change
    try:
        linecache.clearcache()
        notebook.run("shown = change()")
        assert "raise ValueError('old')" in notebook.shell.user_ns["shown"]
    finally:
        sys.modules.pop("looked_at", None)


def test_unloading_unhooks_even_in_the_middle(notebook: Notebook) -> None:
    notebook.app.cells.remove()
    before = len(notebook.agent.seen)
    notebook.run("1")
    assert len(notebook.agent.seen) == before


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_that_exits_takes_nothing_with_it(notebook: Notebook) -> None:
    pid = os.fork()
    if pid == 0:
        notebook.app.unload()
        os._exit(0)
    os.waitpid(pid, 0)
    assert ("DELETE", "/v1/token") not in notebook.server.calls
    notebook.server.save(b"second")
    notebook.run("1")
    assert notebook.app.session.sequence() == 2


def test_a_folder_that_cannot_be_made_is_told(notebook: Notebook) -> None:
    (notebook.root.parent / "file").touch()
    with pytest.raises(NotesyncError, match="cannot be made.*choose another with --to"):
        notebook.app.connect(notebook.server.url, notebook.root.parent / "file" / "x", wait=True)
    assert notebook.app.session.status().state in ("current", "applied")


def test_a_laptop_that_is_not_there_leaves_the_one_that_is(notebook: Notebook) -> None:
    with pytest.raises(NotesyncError, match="no laptop server answers"):
        notebook.app.connect("9", None, wait=True)
    status = notebook.app.session.status()
    assert status.state in ("current", "applied")
    assert status.error is None
    assert notebook.app.session.laptop_url == notebook.server.url
    notebook.server.save(b"later")
    notebook.run("1")
    assert notebook.app.session.sequence() == 2


def test_another_project_takes_the_path_of_the_one_before(
    notebook: Notebook, tmp_path: Path
) -> None:
    notebook.run("1")
    assert str(notebook.root) in sys.path
    notebook.app.connect(notebook.server.url, tmp_path / "elsewhere", wait=True)
    assert str(tmp_path / "elsewhere") in sys.path
    assert str(notebook.root) not in sys.path


def test_a_place_is_remembered_for_its_project_only(notebook: Notebook, tmp_path: Path) -> None:
    notebook.app.connect(notebook.server.url, None, wait=True)
    assert notebook.app.session.root == notebook.root
    notebook.app.session.disconnect()
    notebook.server.name = "other"
    notebook.app.connect(notebook.server.url, tmp_path / "elsewhere", wait=True)
    assert notebook.app.session.root == tmp_path / "elsewhere"
    assert notebook.agent.kinds().count("detach") >= 1
    notebook.app.session.disconnect()
    notebook.server.name = "shop"
    notebook.app.connect(notebook.server.url, None, wait=True)
    assert notebook.app.session.root == notebook.root


def test_a_module_from_elsewhere_is_named_once_for_what_came_within_a_cell(
    notebook: Notebook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.run("1")
    loaded = types.ModuleType("from_elsewhere")
    loaded.__file__ = str(notebook.root.parent / "old" / "from_elsewhere.py")
    monkeypatch.setitem(sys.modules, "from_elsewhere", loaded)
    notebook.root.mkdir(exist_ok=True)
    (notebook.root / "from_elsewhere.py").touch()
    change = types.SimpleNamespace(path="from_elsewhere.py", op="put")
    came = types.SimpleNamespace(changes=[change], more=True)
    notebook.shell.user_ns["come"] = lambda: notebook.app.session.pending.add(came)

    def named() -> int:
        return capsys.readouterr().out.count("from_elsewhere was loaded from")

    notebook.run("come()")
    assert named() == 1
    notebook.run("1")
    assert named() == 0
    notebook.app.session.pending.add(came)  # type: ignore[arg-type]
    notebook.run("1")
    assert named() == 1


def test_what_waits_for_an_answer_did_not_come_late(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.run("1")
    notebook.app.cells.late._line = "In [1] ran on older code"
    notebook.app.session.on_state("halted", "it deletes so much")
    notebook.run("1")
    assert "In [1] ran on" not in capsys.readouterr().out
    notebook.app.session.on_state("applied")
    notebook.run("1")
    assert "In [1] ran on" in capsys.readouterr().out


def test_a_cell_of_commands_asks_nobody_and_is_not_noted(notebook: Notebook) -> None:
    notebook.shell.register_magic_function(lambda _line: None, "line", "notesync")
    asked: list[str] = []
    notebook.app.session.ask_fresh = lambda: asked.append("fresh")  # type: ignore[method-assign]
    notebook.run("# how is it?\n%notesync\n\n%notesync log")
    assert not asked
    notebook.run("%notesync\n1")
    assert asked


def test_disconnected_cells_do_nothing(notebook: Notebook) -> None:
    notebook.app.session.disconnect()
    before = notebook.agent.kinds().count("enter")
    notebook.run("1")
    assert notebook.agent.kinds().count("enter") == before
    with pytest.raises(NotesyncError, match="not connected"):
        _ = notebook.app.session.replica


def test_what_was_set_aside_is_said_in_the_next_cell(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.agent.kept = [{"id": "ab" * 16, "path": "shop/cart.py", "why": "edited"}]
    notebook.server.save(b"second")
    notebook.run("1")
    said = capsys.readouterr().out
    assert "shop/cart.py was edited here; your version was set aside" in said
    assert "kept diff abababab" in said
    notebook.agent.kept = []
    notebook.run("1")
    assert "notesync" not in capsys.readouterr().out


def test_every_cell_says_that_a_batch_waits_for_an_answer(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.agent.halts = True
    notebook.server.save(b"deletes much")
    for _ in range(2):
        notebook.run("1")
        assert "it waits for your answer" in capsys.readouterr().out
    assert "confirm" in texts.state_words(notebook.app.session.status())
