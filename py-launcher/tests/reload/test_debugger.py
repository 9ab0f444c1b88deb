"""A debugger that is attached stops in reloaded code, at the lines of the new text.

A real kernel and its real debugger (debugpy, by `debug_request` as JupyterLab speaks to it).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("debugpy")
pytest.importorskip("ipykernel")
jupyter = pytest.importorskip("jupyter_client.manager")

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
OLD = "def f(x):\n    return x + 1\n\ndef g(x):\n    return f(x)\n"
BODY = "import re\n\n\ndef f(x):\n    y = x * 10\n    return y + 2"
NEW = OLD.replace("def f(x):\n    return x + 1", BODY)
WAIT = 60


class Debugged:
    """A kernel with a debugger attached. One request at a time, from one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manager, self.client = jupyter.start_new_kernel(kernel_name="python3")
        self._number = 0
        self.ask("initialize", clientID="t", adapterID="", pathFormat="path", linesStartAt1=True)
        self.ask("attach")

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """One request to the debugger and its answer."""
        self._number += 1
        content = {
            "type": "request",
            "seq": self._number,
            "command": command,
            "arguments": arguments,
        }
        message = self.client.session.msg("debug_request", content)
        self.client.control_channel.send(message)
        while True:
            reply = self.client.get_control_msg(timeout=WAIT)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                body: dict[str, Any] = reply["content"]
                return body

    def event(self, name: str) -> dict[str, Any]:
        """Wait for an event of the debugger."""
        while True:
            message = self.client.get_iopub_msg(timeout=WAIT)
            content: dict[str, Any] = message["content"]
            if message["msg_type"] == "debug_event" and content.get("event") == name:
                return content

    def run(self, code: str) -> None:
        """Run a cell to its end."""
        reply = self.client.execute_interactive(code, timeout=WAIT, output_hook=lambda _: None)
        assert reply["content"]["status"] == "ok", reply["content"]

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def debugged(tmp_path: Path) -> Iterator[Debugged]:
    (tmp_path / "debugged_module.py").write_text(OLD)
    session = Debugged(tmp_path)
    yield session
    session.close()


@pytest.mark.skipif(sys.platform == "win32", reason="the kernel's debugger wants ports there")
def test_a_breakpoint_set_after_a_reload_stops_at_the_line_of_the_new_text(
    debugged: Debugged,
) -> None:
    path = debugged.folder / "debugged_module.py"
    debugged.run(
        f"import sys\nsys.path[:0] = [{SOURCE!r}, {str(debugged.folder)!r}]\n"
        "import debugged_module as m\nheld = m.g\nassert held(1) == 2\n"
        "from pathlib import Path\nfrom notesync.reload import Change, Reloader\n"
        f"reloader = Reloader(get_ipython(), [{str(debugged.folder)!r}])"
    )
    before = debugged.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": 2}])
    assert before["success"], before
    debugged.ask("configurationDone")
    stopped_at(debugged, "held(1)", path, 2)

    path.write_text(NEW)
    debugged.run(f"assert reloader.apply([Change(Path({str(path)!r}))]).ok")
    again = debugged.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": 6}])
    assert [each["verified"] for each in again["body"]["breakpoints"]] == [True]
    variables = stopped_at(debugged, "assert held(1) == 12", path, 6)
    assert variables == {"x": "1", "y": "10"}


def stopped_at(debugged: Debugged, code: str, path: Path, line: int) -> dict[str, str]:
    """Run a cell that stops there; the local variables that the debugger shows."""
    message = debugged.client.execute(code)
    thread = debugged.event("stopped")["body"]["threadId"]
    top = debugged.ask("stackTrace", threadId=thread)["body"]["stackFrames"][0]
    assert (Path(top["source"]["path"]).resolve(), top["line"]) == (path.resolve(), line)
    scopes = debugged.ask("scopes", frameId=top["id"])["body"]["scopes"]
    found = debugged.ask("variables", variablesReference=scopes[0]["variablesReference"])
    debugged.ask("continue", threadId=thread)
    while True:
        reply = debugged.client.get_shell_msg(timeout=WAIT)
        if reply["parent_header"].get("msg_id") == message:
            assert reply["content"]["status"] == "ok", reply["content"]
            break
    plain = (each for each in found["body"]["variables"] if each["type"] == "int")
    return {each["name"]: each["value"] for each in plain}
