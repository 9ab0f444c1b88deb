"""Puts the server's jar, which Maven built, into the wheel, or says which command builds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CollectJar(BuildHookInterface):  # type: ignore[misc]
    """Runs before hatchling puts the wheel together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Name the jar and its place in the wheel."""
        jar = Path(self.root).parent / "target" / "notesync-server.jar"
        if not jar.is_file():
            raise SystemExit(
                f"notesync: {jar} is missing: in the repository's root, run\n    mvn -pl laptop-server -am package"
            )
        build_data["force_include"][str(jar)] = "notesync_server/notesync-server.jar"
