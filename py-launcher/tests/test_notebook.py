"""How a kernel's notebook is called, and where its file is, also after it was renamed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from notesync._notebook import Notebook


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server's root; the kernel was started for a notebook in a folder of it."""
    for name in ("work/old.ipynb", "work/new.ipynb", "moved.ipynb", "work/deep/new.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "work/old.ipynb"))
    return tmp_path


def notebook(**told: str) -> Notebook:
    return Notebook(SimpleNamespace(user_ns=told))


def test_it_is_what_the_server_said_when_the_kernel_started(folder: Path) -> None:
    one = notebook()
    assert (one.label, one.file) == ("old.ipynb", str(folder / "work/old.ipynb"))
    assert not one.is_shown_as("work/old.ipynb"), "no news"


def test_a_page_that_says_the_same_first_tells_where_the_server_is(folder: Path) -> None:
    one = notebook()
    one.is_shown_as("work/old.ipynb")
    # A file of that name lies beside the kernel's folder, too: the server's counts.
    assert one.is_shown_as("moved.ipynb")
    (folder / "work/moved.ipynb").touch()
    assert (one.label, one.file) == ("moved.ipynb", str(folder / "moved.ipynb"))


@pytest.mark.parametrize("path", ["work/new.ipynb", "moved.ipynb", "RTC:work/deep/new.ipynb"])
def test_one_that_was_renamed_before_anybody_said_so_is_looked_for_from_below(
    folder: Path, path: str
) -> None:
    one = notebook()
    assert one.is_shown_as(path)
    plain = path.removeprefix("RTC:")
    assert (one.label, one.file) == (Path(plain).name, str(folder / plain))
    assert not one.is_shown_as(path)


@pytest.mark.parametrize("path", ["../x.ipynb", "/etc/passwd", "", "a/../../b"])
def test_what_is_no_path_of_a_server_is_not_taken(folder: Path, path: str) -> None:
    one = notebook()
    assert not one.is_shown_as(path)
    assert one.file == str(folder / "work/old.ipynb")


def test_a_server_elsewhere_says_only_the_name(folder: Path) -> None:
    one = notebook()
    assert one.is_shown_as("not/here.ipynb")
    assert (one.label, one.file) == ("here.ipynb", str(folder / "work/old.ipynb"))


def test_vs_code_tells_its_kernels(folder: Path) -> None:
    one = notebook(__vsc_ipynb_file__="/home/ada/story.ipynb")
    assert (one.label, one.of_vs_code) == ("story.ipynb", "/home/ada/story.ipynb")
    assert one.file == "/home/ada/story.ipynb"


def test_without_a_word_it_is_just_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert (notebook().label, notebook().file) == ("notebook", None)
