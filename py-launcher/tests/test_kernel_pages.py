"""A page and its comms against a real kernel: what a front end sends, and what ipykernel does.

The page is played by the test over the kernel's own channels; the laptop and the agent stand in.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from jupyter_client.session import Session

from notesync.messages import hello
from notesync.messages.comm import OFFER_TYPE

from .kernels import Kernel
from .stand_ins import StandInAgent, StandInLaptop
from .waiting import until


class Page:
    """The relay of a page: opens two comms and carries requests to the laptop."""

    def __init__(self, kernel: Kernel, server: StandInLaptop) -> None:
        self.server = server
        info = kernel.manager.get_connection_info()
        self.session = Session(key=info["key"], signature_scheme=info["signature_scheme"])
        self.context = zmq.Context()
        self.sockets = {}
        for name, kind in (("shell", zmq.DEALER), ("control", zmq.DEALER), ("iopub", zmq.SUB)):
            socket = self.context.socket(kind)
            socket.setsockopt(zmq.LINGER, 0)
            if kind == zmq.SUB:
                socket.setsockopt(zmq.SUBSCRIBE, b"")
            else:
                socket.setsockopt(zmq.IDENTITY, self.session.bsession)
            socket.connect(f"tcp://127.0.0.1:{info[f'{name}_port']}")
            self.sockets[name] = socket
        self.relay = uuid.uuid4().hex
        self.to, self.from_ = uuid.uuid4().hex, uuid.uuid4().hex
        self.heard: list[dict[str, Any]] = []
        self.subshell = self._make_subshell()
        # What a kernel says is lost on those who are still subscribing.
        while not self.sockets["iopub"].poll(100):
            self._ask("kernel_info_request")
        self._stop = threading.Event()
        self._sending = threading.Lock()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        legs = {"laptop": "direct", "kernel": "websocket"}
        told = {**hello("relay"), "relay": self.relay, "legs": legs}
        for comm, target in ((self.from_, "from_kernel"), (self.to, "to_kernel")):
            opening = {"comm_id": comm, "target_name": f"notesync.{target}", "data": told}
            self._send("comm_open", opening)

    def _make_subshell(self) -> str | None:
        info = self._ask("kernel_info_request")
        if "kernel subshells" not in info.get("supported_features", []):
            return None
        return str(self._ask("create_subshell_request")["subshell_id"])

    def _ask(self, kind: str) -> dict[str, Any]:
        control = self.sockets["control"]
        self.session.send(control, self.session.msg(kind, {}))
        assert control.poll(10_000)
        _, message = self.session.feed_identities(control.recv_multipart())
        content: dict[str, Any] = self.session.deserialize(message)["content"]
        return content

    def _send(self, kind: str, content: dict[str, Any], *buffers: bytes) -> None:
        with self._sending:
            if self._stop.is_set():
                return
            message = self.session.msg(kind, content)
            if self.subshell is not None:
                message["header"]["subshell_id"] = self.subshell
            self.session.send(self.sockets["shell"], message, buffers=list(buffers))

    def say(self, kind: str, *buffers: bytes, **data: Any) -> None:
        self._send("comm_msg", {"comm_id": self.to, "data": {"kind": kind, **data}}, *buffers)

    def ready(self) -> None:
        self.say("ready", project=self.server.project(), laptop=self.server.url)

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self.sockets["iopub"].poll(20):
                continue
            _, frames = self.session.feed_identities(self.sockets["iopub"].recv_multipart())
            message = self.session.deserialize(frames)
            content = message["content"]
            if message["msg_type"] == "comm_msg" and content["comm_id"] == self.from_:
                self.heard.append(content["data"])
                if content["data"]["kind"] == "request":
                    args = (content["data"], message["buffers"])
                    threading.Thread(target=self._carry, args=args, daemon=True).start()

    def _carry(self, asked: dict[str, Any], buffers: list[Any]) -> None:
        body = json.dumps(asked["json"]).encode() if asked["json"] is not None else None
        if body is None and buffers:
            body = bytes(buffers[0])
        connection = http.client.HTTPConnection(self.server.url.removeprefix("http://"))
        headers = {"Authorization": f"Bearer {self.server.token}"}
        connection.request(asked["method"], asked["path"], body or b"", headers)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        parts = [data[at : at + 262144] for at in range(0, len(data), 262144)] or [b""]
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            told = {"id": asked["id"], "status": response.status, "part": number, "last": last}
            self.say("response", part, **told)

    def wait(self, kind: str, count: int = 1, seconds: float = 20) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            found = [one for one in self.heard if one["kind"] == kind]
            if len(found) >= count:
                return found[count - 1]
            assert time.monotonic() < deadline, self.heard[-5:]
            time.sleep(0.01)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        with self._sending:
            for socket in self.sockets.values():
                socket.close()
            self.context.term()


@pytest.fixture
def kernel(agent: StandInAgent, tmp_path: Path) -> Iterator[Kernel]:
    with Kernel(NOTESYNC_STATE=str(agent.state), HOME=str(tmp_path)) as running:
        running.run("%load_ext notesync")
        yield running


@pytest.fixture
def page(kernel: Kernel, server: StandInLaptop) -> Iterator[Page]:
    made = Page(kernel, server)
    yield made
    made.close()


def test_a_page_brings_what_was_saved(kernel: Kernel, page: Page, agent: StandInAgent) -> None:
    assert page.wait("hello")["role"] == "carrier"
    page.server.save(b"x" * 700_000)
    page.ready()
    until(lambda: agent.cursor and agent.cursor["sequence"] == 1)
    page.server.save(b"y")
    until(lambda: agent.cursor and agent.cursor["sequence"] == 2)
    assert kernel.run("import notesync; print(notesync.sequence())").text.strip() == "2"
    assert "direct + websocket" in kernel.run("%notesync").text


def test_the_offer_is_withdrawn_once_the_page_has_said_hello(
    agent: StandInAgent, server: StandInLaptop, tmp_path: Path
) -> None:
    with Kernel(NOTESYNC_STATE=str(agent.state), HOME=str(tmp_path)) as kernel:
        loaded = kernel.run("%load_ext notesync")
        shown = loaded.displays[0]["transient"]["display_id"]
        page = Page(kernel, server)
        try:
            page.wait("hello")
            deadline = time.monotonic() + 10
            while True:
                message = kernel.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
                if message["msg_type"] == "update_display_data":
                    break
        finally:
            page.close()
        assert message["content"]["transient"]["display_id"] == shown
        assert list(message["content"]["data"]) == ["text/plain"]


def test_bytes_go_on_arriving_while_a_cell_runs_where_the_kernel_allows_it(
    kernel: Kernel, page: Page, agent: StandInAgent, tmp_path: Path
) -> None:
    page.ready()
    until(lambda: "attach" in agent.kinds())
    kernel.run("1")
    flag = tmp_path / "go on"
    cell = (
        f"import os, time\nwhile not os.path.exists({str(flag)!r}): time.sleep(0.01)\nprint('over')"
    )
    ident = kernel.client.execute(cell)
    until(lambda: agent.in_cell)
    page.server.save(b"z" * 600_000)
    if page.subshell is not None:
        until(lambda: agent.staged is not None)
    flag.touch()
    while True:
        message = kernel.client.get_iopub_msg(timeout=20)
        idle = message["content"].get("execution_state") == "idle"
        if idle and message["parent_header"].get("msg_id") == ident:
            break
    kernel.client.get_shell_msg(timeout=10)
    until(lambda: agent.cursor and agent.cursor["sequence"] == 1)
    assert kernel.run("print(__import__('notesync').sequence())").text.strip() == "1"


def test_the_page_may_ask_before_it_presses_run(page: Page, agent: StandInAgent) -> None:
    page.ready()
    page.server.save(b"the first copy")
    until(lambda: agent.cursor and agent.cursor["sequence"] == 1)
    page.server.save(b"saved before Run")
    page.say("ask", what="fresh", id=4)
    assert page.wait("answer") == {"kind": "answer", "id": 4, "sequence": 2, "newer": False}


def test_a_cell_says_when_the_page_is_gone(kernel: Kernel, page: Page, agent: StandInAgent) -> None:
    page.ready()
    until(lambda: "attach" in agent.kinds())
    page.say("bye")
    until(lambda: "the laptop is away" in kernel.run("%notesync").text)


def test_a_later_invitation_does_not_say_again_that_notesync_is_loaded(kernel: Kernel) -> None:
    invited = kernel.run("%notesync connect")
    assert "press Connect in the notesync panel" in invited.text
    # In front of it the first one is replaced.
    assert invited.displays[-1]["data"]["text/plain"] == ""


def test_where_nobody_said_where_the_laptop_is_a_page_that_knows_is_believed(
    kernel: Kernel, page: Page, server: StandInLaptop
) -> None:
    """A restarted kernel may know nothing; the page still has the address, and the pairing."""
    shown = [one["data"] for one in kernel.run("%notesync connect").displays]
    (offer,) = [data[OFFER_TYPE] for data in shown if OFFER_TYPE in data]
    assert offer["guessed"] is True
    assert page.wait("hello")["laptop"] is None
    page.ready()
    until(lambda: server.url in kernel.run("%notesync").text)
    assert told_to_another_page(kernel, server) == server.url
    kernel.run("%notesync connect --page http://127.0.0.1:8765")
    assert told_to_another_page(kernel, server) == "http://127.0.0.1:8765"


def told_to_another_page(kernel: Kernel, server: StandInLaptop) -> str | None:
    """Where the kernel says that the laptop is."""
    other = Page(kernel, server)
    try:
        told = other.wait("hello")["laptop"]
        assert told is None or isinstance(told, str)
        return told
    finally:
        other.close()


def test_the_beacon_can_be_seen_without_side_effects(kernel: Kernel) -> None:
    kernel.client.comm_info("notesync.beacon")
    reply = kernel.client.get_shell_msg(timeout=10)
    while reply["msg_type"] != "comm_info_reply":
        reply = kernel.client.get_shell_msg(timeout=10)
    assert len(reply["content"]["comms"]) == 1
