"""The kernel matrix: `build/environment/bin/python -m tests.run_kernels [STACK...]`.

Every kernel of the table in tests/platforms/stacks.py, with the built wheel and jars: load, sync, reload, busy kernel,
interrupt, restart, binary comms. Prints one table; exits 1 if a cell of it failed.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.commands import parts, places, step
from tests.platforms import kernels, stacks
from tests.platforms.kernels import Check
from tests.platforms.stacks import Stack


class Table:
    """What was found, row by row."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.failures: list[str] = []
        self.excuses: list[str] = []

    def skip(self, stack: Stack, reason: Exception) -> None:
        self.rows.append([stack.name, *["–"] * len(kernels.CHECKS)])
        self.failures.append(f"{stack.name} was not run: {reason}")

    def begin(self, stack: Stack) -> None:
        self.rows.append([stack.name])

    def note(self, check: Check, seconds: float, failure: Exception | None) -> None:
        stack = stacks.BY_NAME[self.rows[-1][0]]
        excuse = stack.excused.get(kernels.name_of(check))
        self.rows[-1].append(f"{seconds:.1f} s" if failure is None else "upstream" if excuse else "FAILED")
        step.say(f"    {kernels.name_of(check)}: {self.rows[-1][-1]}")
        if failure is not None and excuse:
            self.excuses.append(f"{stack.name}, {kernels.name_of(check)}: {excuse}")
        elif failure is not None:
            self.failures.append(f"{self.rows[-1][0]}, {kernels.name_of(check)}: {type(failure).__name__} {failure}")

    def text(self) -> str:
        head = ["kernel", *map(kernels.name_of, kernels.CHECKS)]
        lines = [head, ["---"] * len(head), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.run_kernels", description=__doc__)
    parser.add_argument("stack", nargs="*", choices=[[], *stacks.BY_NAME], help="only these rows")
    chosen = parser.parse_args(arguments).stack or list(stacks.BY_NAME)
    wheel = parts.wheel()
    table = Table()
    for stack in (stacks.BY_NAME[name] for name in chosen):
        step.say(f"{stack.name} ({stack.stands_for}, Python {stack.python})")
        run_one(stack, wheel, table)
    print(f"\n{table.text()}\n")
    for line in [*table.excuses, *table.failures]:
        print(line)
    return 1 if table.failures else 0


def run_one(stack: Stack, wheel: Path, table: Table) -> None:
    place = places.SCRATCH / f"kernels-{stack.name}"
    shutil.rmtree(place, ignore_errors=True)
    try:
        environment = stacks.install(stack, wheel)
    except stacks.NotHere as reason:
        table.skip(stack, reason)
        return
    table.begin(stack)
    try:
        kernels.walk(place, environment, table.note)
    except Exception as error:
        table.failures.append(f"{stack.name}: {type(error).__name__}: {error}")
        table.rows[-1] += ["FAILED"] * (1 + len(kernels.CHECKS) - len(table.rows[-1]))


if __name__ == "__main__":
    step.program(main)
