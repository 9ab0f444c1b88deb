"""`./check`: sets everything up, runs every suite, runs few failures once more, and says what held."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from tests.commands import ground, parts, places, projects, step, widget_managers
from tests.commands.results import Result
from tests.commands.suites import Maven, Pytest, Suite, Tool, Vitest

# The whole command; a suite gets what is left of it, and no more than its own limit.
LIMIT = 54 * 60
# Up to so many failures of one suite are run once more: more than that is no accident.
FLAKY = 3

RUFF = places.tool(places.ENVIRONMENT, "ruff")
MYPY = places.tool(places.ENVIRONMENT, "mypy")
OURS = ("tests", "bench")
SERVER_WHEEL = "laptop-server/wheel"


def all_suites() -> list[Suite]:
    """In the order in which a mistake is found soonest."""
    launcher, extension = places.LAUNCHER, places.EXTENSION
    return [
        Tool("ruff-tests", 60, command=(RUFF, "check", *OURS, SERVER_WHEEL)),
        Tool("format-tests", 60, command=(RUFF, "format", "--check", *OURS, SERVER_WHEEL)),
        Tool("mypy-tests", 300, command=(MYPY, *OURS)),
        Tool("ruff-launcher", 60, command=(RUFF, "check", "."), cwd=launcher),
        Tool("format-launcher", 60, command=(RUFF, "format", "--check", "."), cwd=launcher),
        Tool("mypy-launcher", 300, command=(MYPY,), cwd=launcher),
        Tool("lint-extension", 300, command=("npm", "run", "lint"), cwd=extension),
        Tool("types-extension", 300, command=("npx", "--no-install", "tsc", "--noEmit"), cwd=extension),
        Vitest("vitest", 600),
        Vitest("legs", 900, config="vitest.browser.config.ts"),
        Maven("maven", 1500),
        # A test that hangs is a failed test with a trace.
        Pytest("launcher", 900, folder=launcher, targets=("tests",), options=("--timeout=120",)),
        Pytest("house", 300, targets=("house",)),
        Pytest("stories", 2100, targets=("stories",)),
        Pytest("platforms", 1500, targets=("platforms",)),
        # Every artefact, built twice where that is cheap, and looked over; nothing is published.
        Tool("release", 600, command=(places.ROOT / ".ci" / "release",)),
        # A real JupyterHub, SageMaker's supervisor, two browsers: minutes, and packages of their own.
        Pytest("aarch64", 900, targets=("platforms/test_aarch64.py",), options=("-m", "slow"), by_name=True),
        Pytest("hubs", 1200, targets=("platforms/test_hubs.py",), options=("-m", "slow"), by_name=True),
    ]


def prepare() -> None:
    """Everything that the suites need, from an empty `build/` on."""
    ground.prepare([ground.JDK, ground.MAVEN, ground.GIT, ground.CHROMIUM, ground.ATOMIC])
    parts.environment()
    parts.front_end()
    parts.jars()
    parts.install_wheel(places.ENVIRONMENT)
    parts.install_server_wheel(places.ENVIRONMENT)
    parts.old_kernel()
    parts.install_wheel(places.OLD_KERNEL)
    projects.fetch()
    widget_managers.fetch()


def run(suite: Suite, deadline: float) -> tuple[list[Result], list[str]]:
    """The results of a suite after its second chance, and the names of tests that needed it."""
    began = time.monotonic()
    step.say(f"{suite.name} …")
    found = suite.run(min(suite.limit, deadline - began))
    failed = [result.id for result in found if result.outcome == "failed"]
    flaky: list[str] = []
    if 0 < len(failed) <= FLAKY:
        second = suite.again(failed, min(suite.limit, deadline - time.monotonic()))
        wrong = {result.id for result in second if result.outcome == "failed"}
        flaky = [name for name in failed if name not in wrong and any(result.id == name for result in second)]
        found = [Result(r.id, "passed", r.seconds) if r.id in flaky else r for r in found]
    told = summary(found)
    step.say(f"{suite.name}: {told} in {time.monotonic() - began:.0f} s")
    for result in found:
        if result.outcome == "failed":
            step.say(f"    FAILED {result.id}")
    if any(result.outcome == "failed" for result in found):
        print(step.tail(suite.name), flush=True)
    return found, flaky


def summary(found: Sequence[Result]) -> str:
    count = {outcome: sum(r.outcome == outcome for r in found) for outcome in ("passed", "failed", "skipped")}
    line = f"{count['passed']} passed, {count['failed']} failed"
    return line + (f", {count['skipped']} skipped" if count["skipped"] else "")


def main() -> int:
    suites = all_suites()
    parser = argparse.ArgumentParser(prog="./check", description=__doc__)
    names = [suite.name for suite in suites]
    parser.add_argument("suite", nargs="*", help=f"only these: {', '.join(names)}")
    chosen = parser.parse_args().suite
    if unknown := sorted(set(chosen) - set(names)):
        parser.error(f"no suite {', '.join(unknown)}; there are {', '.join(names)}")
    deadline = time.monotonic() + LIMIT
    prepare()
    wanted = [suite for suite in suites if suite.name in chosen or not (chosen or suite.by_name)]
    outcomes = [(suite, *run(suite, deadline)) for suite in wanted]
    every = [result for _, found, _ in outcomes for result in found]
    print()
    for suite, found, flaky in outcomes:
        print(f"{suite.name:18} {summary(found)}")
        for name in flaky:
            print(f"{'':18} FLAKY {name}")
    for suite, found, _ in outcomes:
        for result in found:
            if result.outcome == "failed":
                print(f"FAILED {suite.name}: {result.id}")
    print(summary(every), flush=True)
    return 1 if not every or any(result.outcome == "failed" for result in every) else 0


if __name__ == "__main__":
    step.program(main)
