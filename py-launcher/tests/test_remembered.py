"""A notebook whose laptop server listens on another port need not be told again."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from notesync import _state
from notesync._remembered import RememberedLaptop

DEFAULT = "http://127.0.0.1:8765"
OTHER = "http://127.0.0.1:9999"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NOTESYNC_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def of(notebook: str) -> RememberedLaptop:
    return RememberedLaptop(notebook, DEFAULT)


def test_each_notebook_has_its_own(state: Path) -> None:
    of("a.ipynb").keep(OTHER)
    assert (of("a.ipynb").url, of("b.ipynb").url) == (OTHER, DEFAULT)
    assert stat.S_IMODE(_state.laptops_file(state).stat().st_mode) == 0o600


def test_the_default_is_not_written_and_forgets_another(state: Path) -> None:
    of("a.ipynb").keep(DEFAULT)
    assert not state.exists()
    of("a.ipynb").keep(OTHER)
    of("a.ipynb").keep(DEFAULT)
    assert of("a.ipynb").url == DEFAULT


def test_a_kernel_without_a_notebook_remembers_nothing(state: Path) -> None:
    of("").keep(OTHER)
    assert not state.exists()


def test_a_notebook_that_is_renamed_takes_along_what_was_remembered() -> None:
    of("a.ipynb").keep(OTHER)
    one = of("a.ipynb")
    one.is_called("b.ipynb")
    assert (of("a.ipynb").url, of("b.ipynb").url) == (OTHER, OTHER)
    one.keep(DEFAULT)
    assert of("b.ipynb").url == DEFAULT


def test_a_renamed_notebook_does_not_take_over_what_its_new_name_remembers_from_before() -> None:
    of("b.ipynb").keep(OTHER)
    of("a.ipynb").is_called("b.ipynb")
    assert of("b.ipynb").url == DEFAULT


@pytest.mark.parametrize("told", ["", "[]", "{", '{"a.ipynb": "ftp://x"}', '{"a.ipynb": 5}'])
def test_what_cannot_be_read_is_no_obstacle(state: Path, told: str) -> None:
    state.mkdir(mode=0o700)
    _state.laptops_file(state).write_text(told)
    assert of("a.ipynb").url == DEFAULT
    of("a.ipynb").keep(OTHER)
    assert of("a.ipynb").url == OTHER


def test_a_folder_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NOTESYNC_STATE", str(tmp_path / "file" / "state"))
    of("a.ipynb").keep(OTHER)
    assert of("a.ipynb").url == DEFAULT
