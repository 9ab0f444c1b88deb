"""Times as the page itself sees them: when Run was pressed, when the request left, when the output stood there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.harness.paged import PagedStack

# Before any script of the page: notes when a key is pressed and when a cell's request leaves the page.
TIMES = """
window.times = {};
const now = () => performance.timeOrigin + performance.now();
addEventListener('keydown', () => { window.times.pressed = now(); }, true);
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const text = typeof data === 'string' ? data : new TextDecoder('latin1').decode(data.buffer ?? data);
  if (text.includes('execute_request')) window.times.sent = now();
  return send.call(this, data);
};
"""
# Notes when each text first stood below a cell.
WATCH = """index => {
  const cell = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[index];
  const shown = ((window.times ??= {}).shown = {});
  new MutationObserver(() => {
    const outputs = [...cell.querySelectorAll('.jp-OutputArea-output')];
    shown[outputs.map((output) => output.textContent.trim()).join(' ')] ??= performance.timeOrigin + performance.now();
  }).observe(cell, { childList: true, subtree: true, characterData: true });
}"""

BREATH_MS = 200
IDLE = ".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status=idle]"


def focus(stack: PagedStack, number: int) -> None:
    """Puts the cursor into the story's own cell `number` and begins to watch it."""
    stack.page.cell(stack.cell(number)).locator(".cm-content").click()
    stack.page.page.evaluate(WATCH, stack.cell(number))


def press_run(stack: PagedStack, shows: str, first: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """Runs the focused cell and returns the times, in milliseconds since 1970, once it shows the text.

    As a person does, who has seen the cell before come to its end, and takes a breath: behind a busy kernel nobody is
    asked at the press. `first` is done right before the press.
    """
    page = stack.page.page
    page.locator(IDLE).first.wait_for(state="attached")
    page.wait_for_timeout(BREATH_MS)
    first()
    page.keyboard.press("Control+Enter")
    page.wait_for_function("text => window.times.shown[text]", arg=shows)
    times: dict[str, Any] = page.evaluate("({ ...window.times })")
    return {**times, "shown": times["shown"][shows]}
