"""Hosts that let only widgets talk, imitated: Databricks and VS Code, with the widget manager of their ipywidgets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from tests.commands import places
from tests.harness.hosted import HostedPage

HERE = Path(__file__).parent
# Cells: which legs carry, and how much of a big file has arrived.
LEGS = "import json, notesync; print(json.dumps(dict(notesync.status().legs)))"
SIZE = "import pathlib, shop; print((pathlib.Path(shop.__file__).parent / 'big.bin').stat().st_size)"
# What Databricks lets through in one message is 5 MB.
MOST = 4_000_000


@dataclass(frozen=True)
class Manners:
    """How a host shows widgets. `limit`: larger messages are lost; `loose`: its views carry their neighbours."""

    sandbox: str
    allow: str = ""
    limit: int = 10_000_000
    loose: bool = False


# Frames without an origin; 5 MB are the documented most of one message.
DATABRICKS = Manners("allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms", limit=5_000_000)
# No windows (the sandbox of its webviews), views with neighbours; asks for the laptop itself (microsoft/vscode#278185).
VS_CODE = Manners(
    "allow-scripts allow-same-origin allow-forms allow-pointer-lock allow-downloads",
    allow="local-network-access; loopback-network",
    loose=True,
)


class WidgetHost(HostedPage):
    """The kernel is of `environment`; `manager` is 7 or 8, as its ipywidgets."""

    name = "widgets"

    def __init__(self, place: Path, manners: Manners, environment: Path, manager: int, *cells: str, **env: str) -> None:
        argv = (places.tool(environment, "python"), "-m", "ipykernel_launcher")
        # VS Code is a program of the laptop's: nothing is asked there.
        space = "local" if manners is VS_CODE else "public"
        super().__init__(place, HERE, argv, *cells, space=space, **env)
        self.manners = manners
        self.environment = environment
        self.manager = manager

    def told(self) -> dict[str, object]:
        return asdict(self.manners)

    def browser_options(self, page: str, frames: str) -> list[str]:
        return [f"--unsafely-treat-insecure-origin-as-secure={page},{frames}"]

    def file(self, path: str) -> Path | None:
        if path == "/manager.js":
            return places.WIDGET_MANAGERS / f"html-manager-{self.manager}.js"
        if path == "/anywidget.js":
            return self.environment / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"
        return super().file(path)
