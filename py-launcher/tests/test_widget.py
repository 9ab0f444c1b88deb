"""The two comms inside one widget, with the real anywidget where it is installed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notesync import _state, widget
from notesync._loop import LoopThread
from notesync.messages import comm as words
from notesync.messages import hello
from notesync.messages import laptop as laptop_words
from notesync.relayed import Pages

from .relay_story import PROJECT, CommManager, Host


class Widget:
    """What is used of an anywidget."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.new = threading.Condition()

    def on_msg(self, callback: Any) -> None:
        self.callback = callback

    def send(self, content: Any, buffers: Any = None) -> None:
        with self.new:
            self.sent.append((content, list(buffers or [])))
            self.new.notify_all()

    def hear(self, content: Any, *buffers: bytes) -> None:
        self.callback(self, content, [memoryview(one) for one in buffers])

    def wait(self, kind: str) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            messages = [content["data"] for content, _ in self.sent if "data" in content]
            return [data for data in messages if data["kind"] == kind]

        with self.new:
            assert self.new.wait_for(found, 5), self.sent
            return found()[0]


class Stage:
    def __init__(self) -> None:
        self.loop = LoopThread("test-loop")
        self.host, self.widget = Host(), Widget()
        self.pages = Pages(CommManager(), self.loop, self.host)
        widget.WidgetPages(self.widget, self.pages)

    def open(self) -> None:
        legs = {"laptop": "popup", "kernel": "widget"}
        told = {**hello("relay"), "relay": "a" * 32, "legs": legs}
        for comm, target in (("f", words.FROM_KERNEL), ("t", words.TO_KERNEL)):
            opening = {"notesync": "open", "comm": comm, "target": target, "data": told}
            self.widget.hear(opening)

    def say(self, data: dict[str, Any], *buffers: bytes) -> None:
        self.widget.hear({"notesync": "message", "comm": "t", "data": data}, *buffers)


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.loop.close()


def test_a_call_goes_through_the_widget_and_comes_back(stage: Stage) -> None:
    stage.open()
    assert stage.widget.wait("hello")["role"] == "carrier"
    stage.say({"kind": "ready", "project": PROJECT, "laptop": "http://127.0.0.1:8765"})
    assert stage.host.changed.wait(5)
    answer = stage.host.ready[0].send(laptop_words.project())
    ident = stage.widget.wait("request")["id"]
    stage.say({"kind": "response", "id": ident, "status": 200, "part": 0, "last": True}, b"{}")
    assert answer.result(5).body == b"{}"


def test_the_end_of_the_view_ends_the_page(stage: Stage) -> None:
    stage.open()
    stage.say({"kind": "ready", "project": PROJECT, "laptop": "http://127.0.0.1:8765"})
    assert stage.host.changed.wait(5)
    stage.widget.hear({"notesync": "close", "comm": "t"})
    assert stage.host.left.wait(5)


def test_what_a_widget_says_beside_the_main_thread_is_no_promise_for_cells(stage: Stage) -> None:
    stage.open()
    ready = {"kind": "ready", "project": PROJECT, "laptop": "http://127.0.0.1:8765"}
    subshell = threading.Thread(target=stage.say, args=(ready,))
    subshell.start()
    subshell.join(5)
    assert stage.host.changed.wait(5)
    assert not stage.host.ready[-1].answers_in_cells


@pytest.mark.parametrize(
    "content",
    [None, {}, {"notesync": "party", "comm": "t"}, {"notesync": "message"}, {"notesync": "open"}],
)
def test_nonsense_is_passed_over(stage: Stage, content: object) -> None:
    stage.widget.hear(content)
    stage.open()
    assert stage.widget.wait("hello")


def test_the_real_widget_carries_offer_and_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("anywidget")
    script = tmp_path / "widget.js"
    script.write_text("export default { render() {} };")
    monkeypatch.setattr(_state, "bundled", lambda _name: script)
    offer = words.offer("kernel", "http://127.0.0.1:8765", "label")
    made = widget.make(offer, base64=True)
    assert made.offer == offer
    assert made.base64
    assert "secret" not in str(made.get_state())


def test_without_anywidget_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    with pytest.raises(Exception, match=r"pip install 'notesync\[widget\]'"):
        widget.make({}, base64=False)
