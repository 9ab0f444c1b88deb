"""A slice of the kernel matrix: the oldest, a middle one and the newest. All rows: `python -m tests.run_kernels`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.platforms import kernels, stacks
from tests.platforms.conftest import not_here
from tests.platforms.kernels import Check

SLICE = ("colab", "databricks-14.3", "newest-3.14")


@pytest.mark.parametrize("name", SLICE)
def test_everything_holds_in_this_kernel(tmp_path: Path, wheel: Path, name: str) -> None:
    try:
        place = stacks.install(stacks.BY_NAME[name], wheel)
    except stacks.NotHere as reason:
        not_here(str(reason))
    wrong: list[str] = []

    def each(check: Check, _seconds: float, failure: Exception | None) -> None:
        if failure is not None:
            wrong.append(f"{kernels.name_of(check)}: {type(failure).__name__}: {failure}")

    kernels.walk(tmp_path / "stack", place, each)
    assert not wrong, "\n".join(wrong)
