"""A real project's history, checkout by checkout: after each one the replica is the working tree, byte for byte.

NOTESYNC_RELEASES=150 build/environment/bin/python -m pytest tests/stories/test_replayed_history.py replays 300 commits.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.harness import releases
from tests.harness.stack import Stack

# Two commits each.
RELEASES = int(os.environ.get("NOTESYNC_RELEASES", "5"))


@pytest.mark.timeout(60 + 20 * RELEASES)
def test_after_every_checkout_the_replica_is_the_working_tree(tmp_path: Path) -> None:
    source = tmp_path / "rich"
    commits = releases.repository(source, RELEASES)
    releases.git(source, "checkout", "-q", "--detach", commits[0])
    with Stack(tmp_path / "stack", tree=source, server_options=("--json",)) as stack:
        for commit in [*commits[1:], commits[-5], commits[-1]]:
            releases.git(source, "checkout", "-q", commit)
            stack.settle()
        applied = [event for event in stack.laptop.events() if event["event"] == "applied"]
        # The first sync, then each checkout as one batch; a commit that changes nothing is none.
        assert len(applied) <= len(commits) + 2
        assert not [event for event in stack.laptop.events() if event["event"] in ("problem", "refused", "halted")]
