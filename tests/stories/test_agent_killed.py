"""`kill -9` of the agent at random moments: when it is back, the replica is the old or the new sequence, no mixture."""

from __future__ import annotations

import random
import time
from functools import partial

from tests.harness import tree, wait
from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack

ROUNDS = 8
FILES = 60


def test_the_replica_is_always_one_whole_sequence(make_stack: MakeStack) -> None:
    stack = make_stack(repository=True)
    dice = random.Random(20261130)
    for turn in range(ROUNDS):
        old = stack.laptop.tree()
        with stack.laptop.as_one_batch():
            for number in range(FILES):
                stack.laptop.save(f"shop/part_{number}.py", f"TURN = {turn}\nNUMBER = {number}\n" * 200)
        # The moment is drawn, not waited for: this is the one pause that is part of the story.
        time.sleep(dice.uniform(0.0, 0.25))
        with stack.laptop.asleep():
            stack.kill_agent()
            wait.until(lambda: stack.notebook.run("1") and stack.agents(), "another agent runs")
            wait.until_passes(partial(whole, stack, old))
        stack.settle()


def whole(stack: Stack, old: tree.Tree) -> None:
    found = tree.of_replica(stack.replica)
    assert found in (old, stack.laptop.tree()), tree.differences(old, found)
