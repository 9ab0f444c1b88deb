"""The commands behind `%notesync`, one function each. Main thread.

A function gets the App and the words after its name; its docstring is its help line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import agent_process, display, texts
from .errors import NotesyncError
from .messages import agent as words
from .messages.agent import Kept, Reply

if TYPE_CHECKING:
    from .app import App

Command = Callable[["App", list[str]], None]


def status(app: App, _words: list[str]) -> None:
    """where things stand"""
    display.table(texts.status_rows(app.session.status()))


def connect(app: App, arguments: list[str]) -> None:
    """[URL] [--to PATH] [--page] [--widget] [--no-wait]: directly to URL, or through this page"""
    url, to = None, None
    flags = {"--page": False, "--widget": False, "--base64": False, "--no-wait": False}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word in flags:
            flags[word] = True
        elif word == "--to" and rest:
            to = rest.pop(0)
        elif word.startswith("--to=") and word != "--to=":
            to = word.removeprefix("--to=")
        elif word.startswith("-") or not word or url is not None:
            raise _misused("connect", word)
        else:
            url = word
    as_widget = flags["--widget"] or flags["--base64"]
    if flags["--page"] or as_widget:
        app.connect_by_page(url, to, as_widget, flags["--base64"])
    else:
        app.connect(url, to, wait=not flags["--no-wait"])


def disconnect(app: App, _words: list[str]) -> None:
    """stop following the laptop; the replica stays"""
    was_connected = app.session.laptop is not None
    app.session.disconnect()
    display.say(texts.DISCONNECTED if was_connected else texts.NOT_FOLLOWING)


def log(app: App, arguments: list[str]) -> None:
    """[N]: the last lines of what happened"""
    last = _number(arguments, 40, "log")
    lines = app.session.log.lines(last)
    if not lines:
        display.say(texts.NO_LOG)
    for line in lines:
        display.plain(line)


def kept(app: App, arguments: list[str]) -> None:
    """[list | diff ID | restore ID | drop ID]: your files that stood in the way of a batch"""
    action, *idents = arguments or ["list"]
    if action == "list" and not idents:
        _list_kept(_kept(app))
        return
    if action not in ("diff", "restore", "drop") or len(idents) != 1:
        raise _misused("kept", " ".join(arguments))
    (ident,) = idents
    one = _find_kept(app, ident)
    if action == "diff":
        _diff(app, one)
        return
    with app.cells.outside():
        app.session.request(words.kept(app.session.replica, action, one.id))
    _kept(app)
    display.say(texts.kept_done(action, one.path))


def _kept(app: App) -> tuple[Kept, ...]:
    reply = app.session.request(words.kept(app.session.replica, "list"))
    found = Kept.all_of(reply.header)
    app.session.kept_are(len(found))
    return found


def _find_kept(app: App, ident: str) -> Kept:
    found = [one for one in _kept(app) if one.id.startswith(ident) or one.path == ident]
    if len(found) != 1:
        raise NotesyncError("unknown_kept", *texts.which_kept(ident, len(found)))
    return found[0]


def _list_kept(found: tuple[Kept, ...]) -> None:
    if not found:
        display.say(texts.NOTHING_KEPT)
        return
    display.table([(one.id[:8], texts.kept_row(one)) for one in found])


def _diff(app: App, one: Kept) -> None:
    reply: Reply = app.session.request(words.kept(app.session.replica, "read", one.id))
    assert app.session.root is not None
    here = app.session.root / one.path
    now = here.read_bytes() if here.is_file() else b""
    try:
        before, after = reply.body.decode(), now.decode()
    except UnicodeDecodeError:
        display.say(texts.not_text(one.path, len(reply.body), len(now)))
        return
    names = ("laptop", "yours") if one.why == "open" else ("yours", "laptop")
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        f"{names[0]}/{one.path}",
        f"{names[1]}/{one.path}",
        "",
        "",
        lineterm="",
    )
    display.plain("\n".join(lines))


def rollback(app: App, arguments: list[str]) -> None:
    """[N]: go back N sequences (1 or more; without N: 1) and stay there until `resume`"""
    count = _number(arguments, 1, "rollback")
    with app.cells.outside():
        reply = app.session.request(words.rollback(app.session.replica, count), 120.0)
    display.say(texts.rolled_back(words.cursor_of(reply)))


def resume(app: App, _words: list[str]) -> None:
    """catch up again after a rollback"""
    with app.cells.outside():
        reply = app.session.request(words.resume(app.session.replica), 120.0)
        app.session.resumed(words.cursor_of(reply))
        app.session.wait_until_settled(10.0)
    display.say(texts.resumed(app.session.status()))


def history(app: App, _words: list[str]) -> None:
    """the sequences that can be gone back to"""
    reply = app.session.request(words.history(app.session.replica))
    rows = texts.history_rows(words.sequences(reply))
    if rows:
        display.table(rows)
    else:
        display.say(texts.NO_HISTORY)


def verify(app: App, _words: list[str]) -> None:
    """compare the replica on disk with what the laptop sent, by content"""
    reply = app.session.request(words.verify(app.session.replica, True), 600.0)
    found = words.differences(reply)
    if not found:
        display.say(texts.SAME)
    for one in found:
        display.plain(f"{one.what:<12} {one.path}")


def confirm(app: App, _words: list[str]) -> None:
    """apply the batch that was halted because it deletes so much"""
    with app.cells.outside():
        app.session.request(words.confirm(app.session.replica, _halted(app)), 120.0)
        app.session.answered_halt(declined=False)
    display.say(texts.CONFIRMED)


def decline(app: App, _words: list[str]) -> None:
    """do not apply the batch that was halted"""
    app.session.request(words.decline(app.session.replica, _halted(app)))
    app.session.answered_halt(declined=True)
    display.say(texts.DECLINED)


def _halted(app: App) -> str:
    batch = app.session.parked_batch()
    if batch is None:
        raise NotesyncError("nothing_halted", *texts.NOTHING_HALTED)
    return batch


def live(app: App, arguments: list[str]) -> None:
    """[on | off]: let a running loop take new function bodies"""
    if arguments:
        app.cells.set_live(_switch(arguments, "live"))
    display.say(texts.switched("live", app.cells.reloading.live))


def strict(app: App, arguments: list[str]) -> None:
    """[on | off]: refuse to run cells while the saved code is broken"""
    if arguments:
        app.cells.set_strict(_switch(arguments, "strict"))
    display.say(texts.switched("strict", app.cells.strict))


def workers(app: App, arguments: list[str]) -> None:
    """[on | off]: what the workers of Spark, Dask, Ray and joblib got of the project's code"""
    if arguments:
        app.cells.reloading.set_workers(_switch(arguments, "workers"))
    known = app.cells.reloading.workers()
    if known is None:
        raise NotesyncError("not_connected", *texts.NOT_CONNECTED)
    known.before_cell()
    display.table(known.report())


def stop(app: App, _words: list[str]) -> None:
    """stop the agent of this user on this machine (for all notebooks)"""
    app.session.disconnect()
    agent = app.session.link.agent
    if agent is not None:
        app.session.link.stop()
    display.say(texts.STOPPED)


def restart(app: App, _words: list[str]) -> None:
    """end an agent that does not answer, and start another"""
    agent = app.session.link.agent
    if agent is not None:
        agent_process.end(agent)
    app.session.start().result(30.0)
    display.say(texts.RESTARTED)


def doctor(app: App, _words: list[str]) -> None:
    """what this machine has, and what is missing"""
    from . import doctor as doctor_module

    display.table(doctor_module.rows(app.session))


def help(_app: App, words: list[str]) -> None:
    """[COMMAND]: this list"""
    for name in words:
        named(name)
    display.table([(f"%notesync {name}", ALL[name].__doc__ or "") for name in words or ALL])


def named(name: str) -> Command:
    """The command of that name, which refuses words where it takes none."""
    command = ALL.get(name)
    if command is None:
        near = difflib.get_close_matches(name, ALL, 1)
        raise NotesyncError(
            "unknown_command", *texts.unknown_command(name, near[0] if near else None)
        )

    def run(app: App, arguments: list[str]) -> None:
        if arguments and command in _ALONE:
            raise _misused(name, " ".join(arguments))
        command(app, arguments)

    return run


def _words_of(name: str) -> str:
    """What may follow the name of a command, as its help line says it."""
    before, colon, _ = (ALL[name].__doc__ or "").partition("]: ")
    return f"{before}]" if colon else ""


def _misused(name: str, words: str) -> NotesyncError:
    return NotesyncError("usage", *texts.usage(name, _words_of(name), words))


def _number(arguments: list[str], default: int, command: str) -> int:
    if not arguments:
        return default
    word = arguments[0]
    if len(arguments) == 1 and re.fullmatch("[0-9]{1,9}", word) and int(word) > 0:
        return int(word)
    raise _misused(command, " ".join(arguments))


def _switch(arguments: list[str], command: str) -> bool:
    if arguments in (["on"], ["off"]):
        return arguments == ["on"]
    raise _misused(command, " ".join(arguments))


ALL: dict[str, Command] = {
    "status": status,
    "connect": connect,
    "disconnect": disconnect,
    "log": log,
    "kept": kept,
    "rollback": rollback,
    "resume": resume,
    "history": history,
    "verify": verify,
    "confirm": confirm,
    "decline": decline,
    "live": live,
    "strict": strict,
    "workers": workers,
    "stop": stop,
    "restart": restart,
    "doctor": doctor,
    "help": help,
}

# What follows these would be a misunderstanding.
_ALONE = frozenset(
    (status, disconnect, resume, history, verify, confirm, decline, stop, restart, doctor)
)
