"""Collects into the wheel what other tools built, or says which command builds it.

Nothing is compiled here: Maven makes the jars, npm the browser code.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FRONT_END = "npm --prefix jupyter-extension ci && npm --prefix jupyter-extension run build"
# The server jar would take the wheel over its 6 MB: it is for the laptop, in a wheel of its own.
_PARTS = (
    ("agent/target/notesync-agent.jar", "notesync-agent.jar", "mvn -pl agent -am package"),
    ("jupyter-extension/dist/notesync.js", "notesync.js", _FRONT_END),
    ("jupyter-extension/dist/widget.js", "widget.js", _FRONT_END),
)


class CollectBuilt(BuildHookInterface):  # type: ignore[misc]
    """Runs before hatchling puts the wheel or the sdist together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Copy the parts next to the sources, and place the JupyterLab extension."""
        if version == "editable":
            return
        here = Path(self.root)
        bundled = here / "src" / "notesync" / "_bundled"
        for source, name, command in _PARTS:
            self._collect(here.parent / source, bundled / name, command)
        lab = here / "labextension"
        if not (lab / "package.json").is_file():
            raise SystemExit(_missing(lab, _FRONT_END))
        if self.target_name == "wheel":
            build_data["shared_data"] = {str(lab): "share/jupyter/labextensions/notesync"}

    @staticmethod
    def _collect(built: Path, wanted: Path, command: str) -> None:
        """The built file; in an unpacked sdist, which has no neighbours, the one it came with."""
        if built.is_file():
            wanted.parent.mkdir(exist_ok=True)
            shutil.copyfile(built, wanted)
        elif not wanted.is_file():
            raise SystemExit(_missing(built, command))


def _missing(path: Path, command: str) -> str:
    return f"notesync: {path} is missing: in the repository's root, run\n    {command}"
