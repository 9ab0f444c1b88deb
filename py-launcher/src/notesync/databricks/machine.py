"""What this machine has, in the words of the init log and the doctor. Asks the launcher."""

from __future__ import annotations

from dataclasses import dataclass

from notesync import agent_client, agent_process, java
from notesync.errors import JavaMissing
from notesync.messages.agent import ConnectionFile


@dataclass(frozen=True)
class Found:
    """Whether notesync can work with what was found, and one line about it."""

    usable: bool
    text: str


def find_java() -> Found:
    """The Java that an agent of this user would run on."""
    try:
        found = java.find()
    except JavaMissing as missing:
        return Found(False, str(missing))
    return Found(True, f"Java {found.major} ({found.version}) at {found.program}")


def start_agent() -> str:
    """Starts this user's agent, or finds the one that runs. Raises NotesyncError."""
    agent = agent_process.ensure(agent_client.answers, _stop)
    return f"agent {agent.version} runs as process {agent.pid}"


def _stop(agent: ConnectionFile) -> None:
    agent_client.ask_to_stop(agent)
