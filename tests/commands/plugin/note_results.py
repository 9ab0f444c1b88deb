"""A pytest plugin: writes one JSON line for each test to the file that NOTESYNC_RESULTS names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def pytest_runtest_logreport(report: Any) -> None:
    outcome = report.outcome
    if report.when != "call" and outcome == "passed":
        return
    if hasattr(report, "wasxfail"):
        outcome = "skipped"
    line = json.dumps({"id": report.nodeid, "outcome": outcome, "seconds": round(report.duration, 2)})
    with Path(os.environ["NOTESYNC_RESULTS"]).open("a", encoding="utf-8") as results:
        results.write(line + "\n")
