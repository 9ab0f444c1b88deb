"""Every sentence that a user reads, with what to do about it: the only place that has them.

A function that returns a pair gives (message, remedy) for a NotesyncError. Pure, any thread.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .way_texts import way

if TYPE_CHECKING:
    from ._status import Status
    from .messages import Cursor
    from .messages.agent import ConnectionFile, Kept
    from .messages.agent import Sequence as Earlier
    from .messages.events import Applied
    from .session import Session

PREFIX = "notesync: "
Told = tuple[str, str | None]


def java_missing(found: Sequence[tuple[str, str]], needed: int) -> Told:
    have = ", ".join(
        f"Java {version} found at {program}" if version[:1].isdigit() else f"{program} {version}"
        for program, version in found
    )
    message = (
        f"{have}, notesync needs {needed} or newer"
        if have
        else f"no Java found on this machine, notesync needs {needed} or newer"
    )
    return message, (
        "install one (apt-get install openjdk-17-jre-headless), or pip install 'notesync[jre]', "
        "or set NOTESYNC_JAVA to a Java of your own"
    )


def no_agent_jar(jar: Path) -> Told:
    return (
        f"the agent is not in this installation ({jar} is missing)",
        "install the notesync wheel, or build it (mvn -pl agent -am package) and set "
        "NOTESYNC_AGENT_JAR",
    )


def no_server_jar() -> str:
    return (
        "the laptop server is not installed here: pip install 'notesync[serve]' on the laptop, or "
        "run `java -jar notesync-server.jar` in the project's folder"
    )


def agent_died(code: int) -> str:
    return f"the agent ended at once (exit code {code})"


def agent_too_slow(seconds: float) -> str:
    return f"the agent did not get ready within {seconds:.0f} s"


def agent_failed(what: str, told: str, errors: Path) -> Told:
    said = f"; it said:\n{told}" if told else "; it said nothing"
    return what + said, f"see {errors}, or run `notesync doctor`"


AGENT_CLOSED = "the connection to the agent was closed"
NOTEBOOK_RENAMED = "the notebook has another name now"
REPLICA_DELETED = "the folder of the replica was deleted"
ANOTHER_REPLICA = "the replica was made anew"
AGENT_FORGOT = "the agent does not know this kernel any more"


def agent_lost(why: str) -> str:
    return f"the connection to the agent was lost: {why}"


def agent_left(why: str) -> str:
    reasons = {
        "idle": "nobody used it",
        "replaced": "a newer version took over",
        "stopped": "it was stopped",
        "state_gone": "its state directory is gone",
    }
    return f"the agent left: {reasons.get(why, why)}"


def agent_silent(kind: str) -> str:
    return f"the agent does not answer ({kind})"


def agent_died_suddenly(pid: int) -> str:
    return f"the agent (process {pid}) is gone"


def agent_hangs(seconds: float) -> Told:
    return (
        f"the agent has not answered for {seconds:.1f} s: this cell runs on what is on disk",
        "`%notesync restart` starts another",
    )


def agent_hangs_on(kind: str) -> Told:
    return f"the agent does not answer ({kind})", "`%notesync restart` starts another"


INTERNAL: Told = (
    "something went wrong inside notesync (the log has the trace)",
    "it goes on by itself; `%notesync log` shows more",
)
NOT_TAKEN_UP = (
    "what has changed could not be taken up (the log has the trace): this cell runs the code that "
    "was loaded before"
)
LAPTOP_AWAY = "it does not answer"
FIRST_COPY = "the first copy of the project is still on its way (run the cell again in a moment)"
STILL_CHANGING = "files are still changing on the laptop"


def laptop_silent(address: str) -> Told:
    return f"the laptop server at {address} did not answer in time", "it is asked again"


def not_heard(since: float) -> str:
    at = time.strftime("%H:%M:%S %Z", time.localtime(since))
    return f"nothing was heard from it since {at}"


def no_progress(batch: str, offset: int) -> str:
    return f"batch {batch} does not get past byte {offset}"


def no_end(batch: str, offset: int) -> str:
    return f"batch {batch} should have ended at byte {offset}"


def wrong_chunk(batch: str, wanted: int, got: int) -> str:
    return f"asked for byte {wanted} of batch {batch}, got byte {got}"


NO_AGENT: Told = ("no agent is connected", "`%notesync connect` starts one")
NO_LOG = "nothing has happened yet"
NOT_FOLLOWING = "this notebook was not connected; nothing has changed"
UNPAIRED: Told = (
    "the laptop does not know this notebook any more",
    "pair again: `%notesync connect`",
)
PART_LOST: Told = ("a part of the laptop's answer was lost on the way", "it is asked for again")
PAGE_GONE: Told = (
    "the page that brought the files is gone",
    "open the notebook again, or run `%notesync connect`",
)
PAGE_PAUSED: Told = (
    "notesync is paused in the page: Resume in its menu goes on",
    "or run `%notesync connect`",
)
SEE_PANEL = "see the notesync panel in the page"
NOT_CONNECTED: Told = (
    "this notebook is not connected to a laptop",
    "run `%notesync connect` (through the page) or `%notesync connect http://…` (directly)",
)
OFFER_PLAIN = "notesync 0.1.0 is loaded: `%notesync` shows the state, `%notesync help` the commands"
NOT_A_SHELL = "notesync works inside IPython or a notebook: `%load_ext notesync`"
FORCED = "files changed while a cell of another kernel was running"
DISCONNECTED = "disconnected; the replica stays as it is"
STOPPED = "the agent was stopped; `%notesync connect` starts it again"
RESTARTED = "the agent was started anew"
CONFIRMED = "confirmed: the batch is applied"
DECLINED_REPORT = "declined: nothing was deleted in the replica"
DECLINED = "declined: the replica stays as it is until the laptop sends something else"
NOTHING_HALTED: Told = ("nothing waits for an answer", None)
NOTHING_KEPT = "nothing was set aside"
NO_HISTORY = "no sequence to go back to"
SAME = "the replica is byte for byte what the laptop sent"


def already_connected(status: Status) -> str:
    return f"already connected: {connected(status)}"


def connected(status: Status) -> str:
    return f"{status.project} at {status.laptop} → {status.root}, {state_words(status)}"


_STATES = {
    "idle": "not connected",
    "pairing": "waits for the code to be typed on the laptop",
    "connecting": "connecting",
    "restarting": "the agent is gone, starting another",
    "comparing": "comparing what is here with the laptop",
    "receiving": "receiving",
    "applied": "up to date",
    "current": "up to date",
    "waiting": "the newest batch waits for a cell to end",
    "halted": "waits for your answer: `%notesync confirm` or `%notesync decline`",
    "held": "rolled back; `%notesync resume` catches up",
    "declined": "you declined the newest batch; the next one is taken again",
    "held_back": "the laptop holds a change back",
    "refused": "the newest batch was refused",
    "standby": "up to date, brought by another kernel of this machine",
    "away": "the laptop is away, trying again",
    "stopped": "stopped",
}


def state_words(status: Status) -> str:
    words = _STATES.get(status.state, status.state)
    if status.detail and status.state in ("halted", "held_back", "refused", "away", "stopped"):
        words += f" ({status.detail})"
    at = f", sequence {status.sequence}" if status.sequence is not None else ""
    return words + at


def status_line(status: Status) -> str:
    if status.project is None:
        return f"notesync: {state_words(status)}"
    return f"notesync: {status.project}: {state_words(status)}"


def status_rows(status: Status) -> list[tuple[str, str]]:
    """What `%notesync` shows, most important first."""
    git = status.git or {}
    commit = str(git.get("commit") or "")[:10]
    at = " ".join(
        part
        for part in (
            str(git.get("branch") or ""),
            commit,
            "with uncommitted changes" if git.get("dirty") else "",
        )
        if part
    )
    rows = [
        ("state", state_words(status)),
        ("project", status.project or ""),
        ("laptop", status.laptop or ""),
        ("way", way(status)),
        ("replica", status.root or ""),
        ("git on the laptop", at),
        ("changed, loaded before the next cell", str(status.pending) if status.pending else ""),
        ("ran on older code", status.late or ""),
        ("broken code", status.broken or ""),
        ("set aside", f"{status.kept} (see `%notesync kept`)" if status.kept else ""),
        ("agent", status.agent or "not running"),
        ("last problem", status.error or ""),
    ]
    rows += [("weaker here", text) for text in status.guarantees]
    return [(name, value) for name, value in rows if value]


def applied_line(event: Applied) -> str:
    names = ", ".join(change.path for change in event.changes[:5])
    more = f" and {len(event.changes) - 5} more" if len(event.changes) > 5 else ""
    at = f"sequence {event.to.sequence}" if event.to else "nothing"
    took = f" in {event.timings['applied']} ms" if "applied" in event.timings else ""
    return f"{at} applied{took} ({event.reason}): {names}{more}"


def kept_lines(kept: Sequence[Kept]) -> list[str]:
    opened = [_still_open(one) for one in kept if one.why == "open"]
    return opened + _set_aside([one for one in kept if one.why != "open"])


def loaded_elsewhere(name: str, origin: str) -> str:
    return (
        f"{name} was loaded from {origin}, not from this project: what you save does not reach it. "
        f"Restart the kernel and connect before {name} is imported, or rename one of the two"
    )


def open_here(path: str) -> str:
    return f"{path} is the running notebook: the laptop's changes of it are set aside"


def _still_open(one: Kept) -> str:
    return (
        f"{one.path} has changed on the laptop and runs here: yours stays as it is. To take the "
        f"laptop's, rename yours, then `%notesync kept restore {one.path}`"
    )


def _set_aside(kept: Sequence[Kept]) -> list[str]:
    if not kept:
        return []
    if len(kept) == 1:
        one = kept[0]
        what = "was made here too" if one.why == "unmanaged" else f"was {one.why or 'changed'} here"
        return [
            f"{one.path} {what}; your version was set aside "
            f"(`%notesync kept diff {one.id[:8]}`, or restore, drop)"
        ]
    names = ", ".join(one.path for one in kept[:4]) + (" …" if len(kept) > 4 else "")
    return [f"{len(kept)} files of yours were set aside: {names} (`%notesync kept`)"]


def unknown_command(name: str, near: str | None) -> Told:
    hint = f"did you mean `%notesync {near}`?" if near else "`%notesync help` lists the commands"
    return f"there is no command {name!r}", hint


def usage(command: str, takes: str, words: str) -> Told:
    """`takes` is empty for a command that stands alone."""
    told = f"`%notesync {command}` does not take {words!r}"
    return told, f"type `%notesync {command}`" + (f" {takes}" if takes else " alone")


def open_quote(line: str) -> Told:
    return f"a quotation mark is not closed in `%notesync {line}`", "close it"


def still_going(seconds: float) -> str:
    return f"not ready after {seconds:.0f} s; it goes on in the background (`%notesync` shows it)"


def kept_done(action: str, path: str) -> str:
    return {
        "restore": f"{path} is again as you had it here",
        "drop": f"your version of {path} was dropped",
    }[action]


def which_kept(ident: str, found: int) -> Told:
    what = "nothing set aside is called" if found == 0 else f"{found} set aside begin with"
    return f"{what} {ident!r}", "`%notesync kept` lists them"


def kept_row(one: Kept) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one.when / 1000)) if one.when else ""
    why = "made here" if one.why == "unmanaged" else one.why
    return f"{one.path}  {one.size} bytes  {why}  {when}".rstrip()


def not_text(path: str, before: int, after: int) -> str:
    return f"{path} is not text: yours has {before} bytes, the laptop's {after}"


def rolled_back(cursor: Cursor | None) -> str:
    at = f"sequence {cursor.sequence}" if cursor else "the beginning"
    return f"rolled back to {at}, and stays there until `%notesync resume`"


def resumed(status: Status) -> str:
    return f"follows the laptop again: {state_words(status)}"


def history_rows(found: Sequence[Earlier]) -> list[tuple[str, str]]:
    rows = []
    for one in found:
        when = time.strftime("%H:%M:%S", time.localtime(one.applied / 1000)) if one.applied else ""
        commit = str((one.git or {}).get("commit") or "")[:10]
        count = "1 change" if one.changes == 1 else f"{one.changes} changes"
        rows.append((str(one.number), f"{when}  {count}  {commit}".strip()))
    return rows


def switched(name: str, on: bool) -> str:
    return f"{name} is {'on' if on else 'off'}"


NO_SCRIPT: Told = (
    "the browser code is not in this installation",
    "install the notesync wheel; kernel-direct works without it",
)
NO_AGENT_RUNS = "no agent runs for this user on this machine"


def silent_agent(pid: int) -> Told:
    return f"the agent (process {pid}) does not answer", "end it with `notesync agent stop`"


def little_disk(place: str, free: int) -> Told:
    return f"only {free // 1024**2} MiB are free at {place}", "make room: replicas are kept there"


def agent_row(agent: ConnectionFile, answers: bool) -> str:
    does = "answers" if answers else "does not answer"
    return f"agent {agent.version}, process {agent.pid}, port {agent.port}: {does}"


def agent_stopped(pid: int) -> str:
    return f"the agent (process {pid}) has left"


NO_WIDGET: Told = (
    "this front end needs the widget, and anywidget is not installed",
    "%pip install 'notesync[widget]', then run this cell again",
)


def few_files(limit: int) -> Told:
    return f"a process may open only {limit} files here", "raise it: `ulimit -n 1024`"


def clocks(ahead_s: float, unsure_s: float) -> str:
    """How the laptop's clock stands to this machine's, told apart by half a round trip."""
    if abs(ahead_s) <= 2.0 + unsure_s:
        return f"the laptop's is within {max(abs(ahead_s) + unsure_s, 0.1):.1f} s of this machine's"
    way = "ahead of" if ahead_s > 0 else "behind"
    return (
        f"differ: the laptop's is {abs(ahead_s):.0f} s {way} this machine's; notesync decides "
        "nothing by times, but times of files and logs do not fit: set the one that is wrong"
    )


def progress_line(session: Session, seconds: float) -> str:
    """What is going on during a first sync: how much of what, how fast, how long still."""
    status = session.status()
    if session.progress is None or status.state != "receiving":
        return f"{_STATES.get(status.state, status.state)} ({seconds:.0f} s)"
    received, total = session.progress
    rate = received / seconds
    told = f"receiving {_megabytes(received)}"
    if total:
        told += f" of {_megabytes(total)}"
    told += f", {_megabytes(rate)}/s"
    if total and rate > 0:
        told += f", {max(0.0, total - received) / rate:.0f} s left"
    return told


def _megabytes(count: float) -> str:
    return f"{count / 1e6:.1f} MB"
