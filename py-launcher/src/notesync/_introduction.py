"""How a kernel introduces its replica to the laptop, for its dashboard. Any thread."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

from . import texts
from ._names import machine_name
from .laptop import Laptop
from .messages import VERSION
from .messages import laptop as laptop_words
from .messages.agent import Attached, ConnectionFile
from .messages.laptop import Call


def introduction(
    attached: Attached,
    label: str,
    root: Path | None,
    agent: ConnectionFile | None,
    laptop: Laptop,
    documents: Sequence[str],
) -> Call:
    """`documents`: the paths of the replica that are spared, because they run here."""
    return laptop_words.introduce(
        attached.replica,
        label=label,
        machine=machine_name(),
        root=str(root),
        versions={
            "notesync": VERSION,
            "python": platform.python_version(),
            "agent": agent.version if agent else "",
            "java": agent.java if agent else "",
        },
        legs=laptop.legs,
        notes=[
            *(one.text for one in attached.guarantees),
            *(texts.open_here(one) for one in documents),
        ],
    )
