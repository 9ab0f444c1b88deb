"""What the platform tests share. Each says why it was skipped where the machine lacks what it needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest

from tests.commands import parts
from tests.harness import world
from tests.harness.laptop import Laptop
from tests.harness.stack import lay_out
from tests.platforms import debian, jdks, stacks
from tests.platforms.driver import Driver

# With this set a machine that lacks something fails instead of skipping; continuous integration may want that.
STRICT = "NOTESYNC_PLATFORMS_STRICT"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow ones (pages of hubs) only when `-m` asks for them, as `./check hubs` does."""
    if not config.option.markexpr:
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def not_here(reason: str) -> NoReturn:
    if os.environ.get(STRICT):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    """A laptop that serves the small sample."""
    source = tmp_path / "laptop" / "shop"
    lay_out(source, None)
    home = tmp_path / "laptop" / "home"
    with Laptop(source, home, world.environment(home), tmp_path / "logs") as running:
        yield running


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The universal wheel, as it was built."""
    return parts.wheel()


@pytest.fixture(scope="session")
def java() -> Callable[[int], Path]:
    """The home of a real Java of a version."""

    def home(version: int) -> Path:
        try:
            return jdks.home(version)
        except debian.NotHere as reason:
            not_here(str(reason))
            raise

    return home


@pytest.fixture(scope="session")
def stack_environment() -> Callable[[str], Path]:
    """The environment of a stack of the table, without notesync in it."""

    def place(name: str) -> Path:
        try:
            return stacks.bare(stacks.BY_NAME[name])
        except stacks.NotHere as reason:
            not_here(str(reason))
            raise

    return place


MakeDriver = Callable[..., Driver]


@pytest.fixture
def make_driver(
    tmp_path: Path, stack_environment: Callable[[str], Path], java: Callable[[int], Path]
) -> Iterator[MakeDriver]:
    """Simulated drivers; by default with Java 8 on PATH and 17 beside it, as runtime 15.4 has them."""
    if reason := Driver.why_not():
        not_here(reason)
    with ExitStack() as owned:

        def make(
            stack: str = "databricks-16.4",
            jvms: tuple[tuple[str, int], ...] = (("zulu8-ca-amd64", 8), ("zulu17-ca-amd64", 17)),
            on_path: str | None = "zulu8-ca-amd64",
        ) -> Driver:
            homes = {name: java(version) for name, version in jvms}
            place = tmp_path / f"driver-{len(list(tmp_path.iterdir()))}"
            place.mkdir()
            return owned.enter_context(Driver(place, stack_environment(stack), homes, on_path))

        yield make


@pytest.fixture
def driver(make_driver: MakeDriver) -> Driver:
    return make_driver()
