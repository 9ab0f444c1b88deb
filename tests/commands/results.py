"""Results as values, and how to read them from the files that the three test runners write."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One test: its name as its runner takes it again, and `passed`, `failed` or `skipped`."""

    id: str
    outcome: str
    seconds: float = 0.0


def of_pytest(path: Path) -> list[Result]:
    """From note_results.py. A test that failed in its call and in its teardown is one failure."""
    if not path.exists():
        return []
    found: dict[str, Result] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        result = Result(**json.loads(line))
        if result.outcome == "failed" or found.get(result.id, result).outcome != "failed":
            found[result.id] = result
    return list(found.values())


def of_surefire(root: Path, since: float) -> list[Result]:
    """From the reports that Maven Surefire wrote after `since`, named `module:Class#method`."""
    return [
        result for path in sorted(root.glob("*/target/surefire-reports/TEST-*.xml")) for result in _of_xml(path, since)
    ]


def _of_xml(path: Path, since: float) -> Iterator[Result]:
    if path.stat().st_mtime < since:
        return
    module = path.parents[2].name
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        method = case.get("name", "").split("(")[0].split("{")[0].split("[")[0].strip()
        failed = case.find("failure") is not None or case.find("error") is not None
        outcome = "failed" if failed else "skipped" if case.find("skipped") is not None else "passed"
        yield Result(
            f"{module}:{case.get('classname')}#{method}", outcome, float(case.get("time", "0").replace(",", ""))
        )


def of_vitest(path: Path) -> list[Result]:
    """From vitest's JSON reporter, named `file::full name`."""
    if not path.exists():
        return []
    told = json.loads(path.read_text(encoding="utf-8"))
    outcomes = {"passed": "passed", "failed": "failed"}
    return [
        Result(
            f"{suite['name']}::{case['fullName']}",
            outcomes.get(case["status"], "skipped"),
            (case.get("duration") or 0) / 1000,
        )
        for suite in told["testResults"]
        for case in suite["assertionResults"]
    ]
