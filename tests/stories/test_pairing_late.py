"""Nobody types the code while it holds: notebook, panel, window and terminal say so, and offer a new one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.harness.paged import PagedStack
from tests.harness.stack import CODE, Stack

TOO_LATE = r"too late for the code of '.*'; connect again in the notebook for a new one"


def impatient(stack: Stack, seconds: int) -> Stack:
    """Its server waits so long for a code, in place of two minutes."""
    stack.laptop.under = ("env", f"JAVA_TOOL_OPTIONS=-Dnotesync.pairing.millis={seconds}000")
    return stack


def test_a_code_that_is_typed_too_late_is_told_everywhere_and_a_new_one_works(tmp_path: Path) -> None:
    with impatient(Stack(tmp_path / "stack", connected=False), 3) as stack:
        stack.notebook.run("%load_ext notesync")
        cell = stack.notebook.begin(f"%notesync connect {stack.laptop.url}")
        code = stack.notebook.until_output(cell, CODE).group(1)
        stack.notebook.finish(cell)
        assert "nobody typed the code on the laptop in time: run `%notesync connect` again" in cell.text
        stack.laptop.server.until_line(TOO_LATE)
        heard = len(stack.laptop.server.lines)
        stack.laptop.approve(code)
        stack.laptop.server.until_line("no notebook waits for a code; connect again in the notebook", after=heard)
        assert not stack.replica.exists()
        stack.pair(stack.notebook.begin(f"%notesync connect {stack.laptop.url}"))


@pytest.mark.browser
def test_a_window_whose_question_is_too_old_says_so_and_the_button_asks_anew(tmp_path: Path) -> None:
    with impatient(PagedStack(tmp_path / "stack", connected=False, public=True), 6) as made:
        assert isinstance(made, PagedStack)
        stack = made
        for number in range(len(stack.first_cells())):
            stack.page.run(number)
        window = stack.open_window()
        window.get_by_label("Code that the notebook shows").fill(stack.code())
        expect(window.get_by_role("status").filter(has_text="Too late")).to_be_visible(timeout=30_000)
        expect(window.get_by_role("button", name="Allow")).to_be_disabled()
        expect(stack.panel()).to_contain_text("The code was not entered in time. Connect again for a new one.")
        stack.laptop.server.until_line(TOO_LATE)
        # The same window asks anew.
        stack.panel().get_by_role("button", name=re.compile("^Connect")).first.click()
        expect(window.get_by_label("Code that the notebook shows")).to_have_value("")
        stack.answer_in(window)
        stack.until_connected()
        stack.settle()
