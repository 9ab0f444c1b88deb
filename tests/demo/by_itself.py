"""Plays one save → run in headless Chromium and prints when each part had done its share."""

from __future__ import annotations

import time
from pathlib import Path

from tests.demo.examples import Example
from tests.harness.paged import PagedStack


def play(place: Path, example: Example) -> int:
    print(f"laptop: serves {example.project}; notebook: JupyterLab in headless Chromium, bytes through its page")
    with PagedStack(place, example.project, cells=(example.cell,), server_options=("--json",)) as stack:
        print(f"first sync: {len(stack.laptop.tree())} paths are equal on both sides")
        before = stack.run(0)
        known = stack.laptop.events()
        began = time.time() * 1000
        stack.laptop.replace(example.file, example.old, example.new)
        saved = time.time() * 1000
        after = stack.run(0)
        ran = time.time() * 1000
        print(f"edited {example.file}, pressed Run at once: the cell showed {before}, now {after}")
        stack.laptop.until_event("reloaded")
        for what, when, how in timeline(stack, len(known), saved, ran):
            print(f"    {what:9} {when - began:7.0f} ms  {how}")
    good = (before, after) == (example.before, example.after)
    print("both trees are equal, path by path" if good else f"expected {example.before}, then {example.after}")
    return 0 if good else 1


def timeline(stack: PagedStack, known: int, saved: float, ran: float) -> list[tuple[str, float, str]]:
    """What happened, and when, in milliseconds since 1970."""
    new = stack.laptop.events()[known:]
    seen = next(event for event in new if event["event"] == "sequence")
    sent = next(event for event in new if event["event"] == "batch")
    applied = next(event for event in new if event["event"] == "applied")
    reloaded = next(event for event in new if event["event"] == "reloaded")
    # The agent's own clock: milliseconds since it was offered the batch; it reports right after the last.
    own = applied["timings"]
    return [
        ("saved", saved, "on the laptop, a temporary file renamed over the old one"),
        ("seen", seen["at"], f"by the laptop server: sequence {seen['sequence']}"),
        ("sent", sent["at"], f"one batch of {sent['changes']} change, {sent['stream_size']} bytes"),
        ("staged", applied["at"] - (own["applied"] - own["staged"]), "by the agent: whole, verified, not yet visible"),
        ("applied", applied["at"], "in the replica, between two cells"),
        ("reloaded", reloaded["at"], str(reloaded.get("reload", {}).get("line", ""))),
        ("run", ran, "the cell shows the new result (the robot's click and look included)"),
    ]
