"""The launcher's tests on hosted kernels: `build/environment/bin/python -m tests.run_launcher [--reload] [STACK...]`.

Every row of the table in tests/platforms/stacks.py gets an environment of its own under `build/`, with pytest and a
debugger beside what it has, and runs `py-launcher/tests` there (with `--reload` those of the reloader alone: catalogue,
fuzz, debugger). Prints one table; exits 1 if a row failed. An hour for all of them, half of it with `--reload`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

from tests.commands import parts, places, results, step
from tests.commands.check import summary
from tests.platforms import stacks
from tests.platforms.stacks import Stack

_TOOLS = ("pytest==9.2.0", "pytest-timeout==2.4.0", "debugpy==1.8.22")
_LIMIT = 1800


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.run_launcher", description=__doc__)
    parser.add_argument("stack", nargs="*", choices=[[], *stacks.BY_NAME], help="only these rows")
    parser.add_argument("--reload", action="store_true", help="only the tests of the reloader")
    parsed = parser.parse_args(arguments)
    chosen = parsed.stack or list(stacks.BY_NAME)
    parts.wheel()  # the jar that it carries lies beside the sources from then on
    rows = [run_one(stacks.BY_NAME[name], "tests/reload" if parsed.reload else "tests") for name in chosen]
    print("\n| kernel | Python | result | seconds |\n| --- | --- | --- | --- |")
    for name, python, result, seconds in rows:
        print(f"| {name} | {python} | {result} | {seconds:.0f} |")
    return 1 if any(" 0 failed" not in result for _, _, result, _ in rows) else 0


def run_one(stack: Stack, target: str) -> tuple[str, str, str, float]:
    step.say(f"{stack.name} ({stack.stands_for}, Python {stack.python}) …")
    began = time.monotonic()
    try:
        place = stacks.environment(replace(stack, name=f"{stack.name}-tests", packages=(*stack.packages, *_TOOLS)))
    except stacks.NotHere as reason:
        return stack.name, stack.python, f"was not run: {reason}", 0.0
    log = f"launcher-{stack.name}"
    noted = places.BUILD / "results" / f"{log}.jsonl"
    noted.parent.mkdir(parents=True, exist_ok=True)
    noted.unlink(missing_ok=True)
    python = places.tool(place, "python")
    command: step.Command = [python, "-m", "pytest", "-p", "note_results", "-rfE", "--timeout=300", target]
    env = {
        "NOTESYNC_RESULTS": str(noted),
        "PYTHONPATH": str(places.TESTS / "commands" / "plugin"),
        "PATH": parts.path_with(place),
    }
    code = step.code_of(command, log=log, limit=_LIMIT, cwd=places.LAUNCHER, env=env)
    found = results.of_pytest(noted)
    for result in found:
        if result.outcome == "failed":
            step.say(f"    FAILED {result.id}")
    told = summary(found)
    if code not in (0, 1) or not found:
        told = f"did not end well, {told}: see {step.log_file(log)}".replace(" 0 failed", "")
    return stack.name, stack.python, told, time.monotonic() - began


if __name__ == "__main__":
    step.program(main)
