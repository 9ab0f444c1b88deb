"""What the notebook's file is called in the replica."""

from __future__ import annotations

from pathlib import Path

import pytest

from notesync._names import documents_in


@pytest.mark.parametrize(
    ("notebook", "found"),
    [
        ("replica/run.ipynb", ["run.ipynb"]),
        ("replica/deep/run.ipynb", ["deep/run.ipynb"]),
        ("link/run.ipynb", ["run.ipynb"]),
        ("replica/not there.ipynb", []),
        ("beside.ipynb", []),
        ("replica/../beside.ipynb", []),
        ("replica", []),
        (None, []),
    ],
)
def test_the_running_notebook_is_named_where_its_file_lies_in_the_replica(
    tmp_path: Path, notebook: str | None, found: list[str]
) -> None:
    for name in ("replica/run.ipynb", "replica/deep/run.ipynb", "beside.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to("replica")
    given = None if notebook is None else str(tmp_path / notebook)
    assert documents_in(tmp_path / "replica", given) == found
