"""How notesync speaks in a notebook: rich where a front end shows it, plain text elsewhere.

The invitation to the page (PROTOCOL.md, section 4, "The offer") is displayed with an id and soon
replaced by one line, so that a saved notebook holds neither script nor secret.
"""

from __future__ import annotations

import html
import sys
import uuid
from collections.abc import Sequence
from typing import Any

from . import _state, texts
from .messages import Json, dumps
from .messages import comm as words


def say(text: str) -> None:
    """One line in the output of the cell."""
    sys.stdout.write(f"{texts.PREFIX}{text}\n")
    sys.stdout.flush()


def plain(text: str) -> None:
    """Text as it is, without a prefix."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def table(rows: Sequence[tuple[str, str]]) -> None:
    """Names and values, as a table where the front end can show one."""
    from IPython.display import display

    width = max((len(name) for name, _ in rows), default=0)
    plain = "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
    cells = "".join(
        f"<tr><th scope='row' style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{html.escape(value)}</td></tr>"
        for name, value in rows
    )
    display({"text/plain": plain, "text/html": f"<table>{cells}</table>"}, raw=True)


class Progress:
    """One line that changes while something takes its time, and is gone afterwards."""

    def __init__(self) -> None:
        self._id = f"notesync-{uuid.uuid4().hex}"
        self._shown = False

    def show(self, text: str) -> None:
        """Show or change the line; nothing in a terminal, where lines stay."""
        from IPython import get_ipython
        from IPython.display import display

        if getattr(get_ipython(), "kernel", None) is None:
            return
        data = {"text/plain": f"{texts.PREFIX}{text}"}
        display(data, raw=True, display_id=self._id, update=self._shown)
        self._shown = True

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            from IPython.display import update_display

            update_display({"text/plain": ""}, raw=True, display_id=self._id)
            self._shown = False


def browser_script() -> str | None:
    """The code for the page, or None in an installation without it."""
    try:
        return _state.bundled(_state.BROWSER_SCRIPT).read_text("utf-8")
    except OSError:
        return None


class Offer:
    """One invitation to whatever page shows this cell. `withdraw` may be called on any thread.

    `line` is what stands in its place afterwards, and where no page takes it.
    """

    def __init__(self, offer: Json, line: str = texts.OFFER_PLAIN) -> None:
        self._line = line
        self._id = f"notesync-{uuid.uuid4().hex}"
        self._offer = offer
        self._shown = False

    def show(self) -> None:
        """Display the invitation in the current cell."""
        from IPython.display import display

        data: dict[str, Any] = {
            words.OFFER_TYPE: self._offer,
            "text/plain": self._line,
        }
        script = browser_script()
        if script is not None:
            data["text/html"] = self._html(script)
        display(data, raw=True, display_id=self._id)
        self._shown = True

    def _html(self, script: str) -> str:
        offer = dumps(self._offer).decode().replace("<", "\\u003c")
        code = script.replace("</script", "<\\/script")
        return f'<script type="module">const NOTESYNC_OFFER = {offer};\n{code}</script>'

    def withdraw(self) -> None:
        """Replace the invitation by its line, once."""
        if not self._shown:
            return
        self._shown = False
        from IPython.display import update_display

        update_display({"text/plain": self._line}, raw=True, display_id=self._id)
