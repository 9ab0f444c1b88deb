"""The differential fuzz: after every edit memory equals a fresh start, old instances included.

A slice runs with the other tests. A long run: `NOTESYNC_FUZZ_SEEDS=1000:1500 pytest
…/test_fuzz.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fuzz_run import run

from notesync.reload import trees


def seeds() -> range:
    first, _, last = os.environ.get("NOTESYNC_FUZZ_SEEDS", "100:115").partition(":")
    return range(int(first), int(last))


@pytest.fixture(autouse=True)
def trees_are_dropped_at_once(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every other seed, as in a project of many modules."""
    if request.node.callspec.params["seed"] % 2:
        monkeypatch.setattr(trees, "_PARSED", 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the fresh process is a forked one")
@pytest.mark.parametrize("seed", seeds())
def test_after_every_edit_memory_equals_a_fresh_start(seed: int, tmp_path: Path) -> None:
    outcome = run(seed, 10, tmp_path)
    assert outcome.edits
    assert outcome.problems == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the fresh process is a forked one")
@pytest.mark.parametrize("seed", seeds())
def test_a_failed_batch_changes_nothing_and_the_repair_everything(
    seed: int, tmp_path: Path
) -> None:
    outcome = run(seed, 8, tmp_path, sabotage=True)
    assert outcome.edits
    assert outcome.problems == []
