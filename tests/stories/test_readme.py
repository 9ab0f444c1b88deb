"""What the README promises of its first command, done as it is written there."""

from __future__ import annotations

import os
import re
import signal
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands import places
from tests.demo.examples import EXAMPLES
from tests.harness import wait
from tests.harness.browser import Browser
from tests.harness.lab import NotebookPage
from tests.harness.paged import PANEL
from tests.harness.process import Program

# Everything is built already when a story runs; this is for the demo itself.
DEMO = 180.0
EXAMPLE = EXAMPLES["networkx"]


def a_try(place: Path, *options: str, **env: str) -> Program:
    return Program(
        "try",
        [str(places.ROOT / "try"), *options],
        logs=place,
        env={**os.environ, "NOTESYNC_PYTHON": sys.executable, **env},
    )


@pytest.mark.browser
def test_try_headless_plays_one_save_and_prints_its_timeline(tmp_path: Path) -> None:
    with a_try(tmp_path, "--headless") as demo:
        assert demo.until_ended(DEMO) == 0, demo.told()
        told = "\n".join(demo.lines)
    assert f"the cell showed {EXAMPLE.before}, now {EXAMPLE.after}" in told
    times = [(name, float(ms)) for name, ms in re.findall(r"^ {4}(\w+) +(-?[0-9]+) ms ", told, re.MULTILINE)]
    assert [name for name, _ in times] == ["saved", "seen", "sent", "staged", "applied", "reloaded", "run"]
    # The server tells of a new sequence on another thread than that which may send it in the same moment.
    after_one_another = [ms for name, ms in times if name != "seen"]
    assert after_one_another == sorted(after_one_another)
    assert "both trees are equal, path by path" in told


@dataclass(frozen=True)
class Shown:
    """The address that `./try` opened, in the place of a Jupyter server of our own."""

    address: str
    files: Path

    def page(self, _name: str) -> str:
        return self.address


@pytest.fixture
def opened(tmp_path: Path) -> tuple[Path, str]:
    """Stands for the user's browser: a program that notes which address it was to open."""
    address = tmp_path / "address"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{address}.part" && mv "{address}.part" "{address}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return address, str(program)


@pytest.mark.browser
def test_try_by_hand_is_what_its_four_steps_say(tmp_path: Path, opened: tuple[Path, str]) -> None:
    address, program = opened
    with (
        a_try(tmp_path, DISPLAY=":0", BROWSER=program) as demo,
        Browser(tmp_path / "profile", tmp_path) as browser,
    ):
        wait.until(address.is_file, "the page is opened", DEMO)
        source = Path(demo.until_line(r"the laptop is +(/.*)$").group(1))
        page = NotebookPage(browser, Shown(address.read_text(), tmp_path), "try.ipynb")  # type: ignore[arg-type]
        page.run(0)
        code = page.page.locator(f"{PANEL} output.code")
        code.wait_for()
        demo.type(code.inner_text().strip())
        # Not the 1 of "12 %".
        there = re.compile(rf"{source.name} · 1(?! ?%|\d)")
        page.page.locator(PANEL, has_text=there).first.wait_for(state="attached")
        assert page.run(1) == EXAMPLE.before
        edited = source / EXAMPLE.file
        text = edited.read_text(encoding="utf-8")
        edited.write_text(text.replace(EXAMPLE.old, EXAMPLE.new), encoding="utf-8")
        assert page.run(1) == EXAMPLE.after
        os.kill(demo.pid, signal.SIGINT)
        demo.until_ended()
        assert "everything that ./try had started is stopped" in demo.told()
        wait.until(lambda: not alive(source.parent.parent), "nothing that ./try had started is left")


def alive(place: Path) -> list[str]:
    """The command lines of processes that still work below `place`."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(place) in line:
            found.append(line)
    return found
