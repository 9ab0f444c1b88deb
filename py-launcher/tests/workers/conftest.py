"""A notebook with a project for the tests of every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .project import Notebook, write_older


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A folder with an older copy of the project, for the path of workers."""
    folder = tmp_path / "older"
    write_older(folder)
    return folder


@pytest.fixture
def notebook(tmp_path: Path, older: Path) -> Iterator[Notebook]:
    made = Notebook(tmp_path / "replica", older)
    yield made
    made.close()
