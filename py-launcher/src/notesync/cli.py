"""The command `notesync`: doctor, serve, agent status|stop, databricks, version."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import _state, agent_client, agent_process, display, serve, texts
from .errors import NotesyncError
from .messages import PROTOCOL_VERSION, VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (it failed) or 2 (it was not understood)."""
    parser = argparse.ArgumentParser(
        prog="notesync", description="Edit on your laptop, run in a hosted notebook."
    )
    parser.add_argument("--version", action="version", version=f"notesync {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("version", help="print versions").set_defaults(run=_version)
    commands.add_parser("doctor", help="say what this machine has and lacks").set_defaults(
        run=_doctor
    )
    commands.add_parser(
        "serve", help="run the laptop server; `serve why PATH` tells whether a file is sent"
    ).set_defaults(run=_serve)
    agent = commands.add_parser("agent", help="look at the agent of this machine, or stop it")
    agent.add_argument("what", choices=("status", "stop"))
    agent.set_defaults(run=_agent)
    databricks = commands.add_parser("databricks", help="init script and doctor")
    databricks.set_defaults(run=_databricks)
    words = list(sys.argv[1:] if arguments is None else arguments)
    # What follows these two is for others: argparse would take an option in front for its own.
    own = 1 if words[:1] in (["serve"], ["databricks"]) else len(words)
    given = parser.parse_args(words[:own])
    given.rest = words[own:]
    try:
        code: int = given.run(given)
    except NotesyncError as error:
        sys.stderr.write(f"{texts.PREFIX}{error}\n")
        return 1
    return code


def _version(_given: argparse.Namespace) -> int:
    display.plain(f"notesync {VERSION} (protocol {PROTOCOL_VERSION})")
    return 0


def _doctor(_given: argparse.Namespace) -> int:
    from . import doctor

    found = doctor.rows()
    width = max(len(name) for name, _ in found)
    for name, value in found:
        display.plain(f"{name:<{width}}  {value}")
    return 0 if doctor.healthy(found) else 1


def _serve(given: argparse.Namespace) -> int:
    return serve.run(given.rest)


def _databricks(given: argparse.Namespace) -> int:
    from .databricks import cli

    return cli.main(given.rest)


def _agent(given: argparse.Namespace) -> int:
    found = agent_process.running(_state.state_dir())
    if found is None:
        display.plain(texts.NO_AGENT_RUNS)
        return 0 if given.what == "stop" else 1
    if given.what == "status":
        answers = agent_client.answers(found)
        display.plain(texts.agent_row(found, answers))
        return 0 if answers else 1
    agent_client.ask_to_stop(found)
    agent_process.end_after(found, 5.0)
    display.plain(texts.agent_stopped(found.pid))
    return 0
