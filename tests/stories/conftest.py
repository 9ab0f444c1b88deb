"""What every story gets: a place of its own, whose logs stay when the story fails."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.harness import world
from tests.harness.laptop import Laptop
from tests.harness.stack import Stack

MakeStack = Callable[..., Stack]


@pytest.fixture
def make_stack(tmp_path: Path) -> Iterator[MakeStack]:
    """Starts stacks that end, and compare both trees, with the story."""
    numbers = itertools.count()
    with ExitStack() as owned:

        def make(project: str | None = None, **options: Any) -> Stack:
            return owned.enter_context(Stack(tmp_path / f"stack {next(numbers)}", project, **options))

        yield make


@pytest.fixture
def stack(make_stack: MakeStack) -> Stack:
    """The small sample, connected and in step."""
    return make_stack()


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    """A laptop by itself, with a server that tells its events."""
    source = tmp_path / "laptop" / "shop"
    source.mkdir(parents=True)
    (source / "cart.py").write_text("TOTAL = 0\n")
    home = tmp_path / "laptop" / "home"
    with Laptop(source, home, world.environment(home), tmp_path / "logs", "--json") as laptop:
        laptop.until_event("ready")
        yield laptop
