"""The page's comms inside one widget: for hosts that let only widgets talk (Databricks, VS Code).

Needs `pip install 'notesync[widget]'`. The widget is opened by the kernel, its front end speaks as
any page does; each custom message names the comm that it is for (PROTOCOL.md, section 4, Widget).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import _state, texts
from .errors import NotesyncError
from .messages import Json
from .messages import comm as words
from .relayed import Pages


class WidgetComm:
    """One of the two comms, carried by the widget. Implements `relayed.Comm`."""

    def __init__(self, widget: Any, ident: str) -> None:
        self._widget = widget
        self._ident = ident
        self._hear: Callable[[Any], None] = lambda _message: None
        self._end: Callable[[Any], None] = lambda _message: None

    def send(self, data: Json, buffers: Sequence[bytes] | None = None) -> None:
        self._widget.send(words.in_widget("message", self._ident, data), list(buffers or []))

    def on_msg(self, callback: Callable[[Any], None]) -> None:
        self._hear = callback

    def on_close(self, callback: Callable[[Any], None]) -> None:
        self._end = callback

    def close(self) -> None:
        self._widget.send(words.in_widget("close", self._ident))

    def heard(self, data: object, buffers: Sequence[Any]) -> None:
        """A message of the page. Any thread: whoever listens only queues."""
        self._hear({"content": {"data": data}, "buffers": buffers})

    def ended(self) -> None:
        self._end({})


class WidgetPages:
    """Sorts the custom messages of one widget to its comms."""

    def __init__(self, widget: Any, pages: Pages) -> None:
        self._widget = widget
        self._pages = pages
        self._comms: dict[str, WidgetComm] = {}
        widget.on_msg(self._take)

    def _take(self, _widget: Any, content: Any, buffers: Sequence[Any]) -> None:
        message = words.FromWidget.of(content)
        if message is None:
            return
        if message.kind == "open":
            comm = self._comms[message.comm] = WidgetComm(self._widget, message.comm)
            self._pages.opened_in_widget(message.target, comm, message.data)
            return
        known = self._comms.get(message.comm)
        if known is not None and message.kind == "message":
            known.heard(message.data, buffers)
        elif known is not None:
            del self._comms[message.comm]
            known.ended()


def show(pages: Pages, offer: Json, base64: bool) -> None:
    """Display the widget in the current cell. Raises NotesyncError where anywidget is missing."""
    from IPython.display import display

    widget = make(offer, base64)
    widget.notesync_pages = WidgetPages(widget, pages)
    display(widget)


def available() -> bool:
    """Whether the widget can be made here."""
    try:
        import anywidget  # noqa: F401
    except ImportError:
        return False
    return _state.bundled(_state.WIDGET_SCRIPT).is_file()


def make(offer: Json, base64: bool) -> Any:
    """The widget with its two traits."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise NotesyncError("no_widget", *texts.NO_WIDGET) from None
    script = _state.bundled(_state.WIDGET_SCRIPT)
    if not script.is_file():
        raise NotesyncError("no_script", *texts.NO_SCRIPT)

    class NotesyncWidget(anywidget.AnyWidget):  # type: ignore[misc]
        """The panel of notesync."""

        _esm = script.read_text("utf-8")
        offer = traitlets.Dict().tag(sync=True)
        base64 = traitlets.Bool(False).tag(sync=True)
        notesync_pages = traitlets.Any()

    return NotesyncWidget(offer=offer, base64=base64)
