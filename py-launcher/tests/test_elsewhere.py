"""Modules of the project that the kernel has from another place."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from notesync._elsewhere import Elsewhere

NAME = "elsewhere_story"


class Story:
    """A replica, and a kernel that has loaded modules of its names."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = home / "replica"
        self.other = home / "other"
        self._monkeypatch = monkeypatch
        self._elsewhere = Elsewhere()

    def write(self, name: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    def load(self, name: str, file: Path | None, path: list[str] | None = None) -> None:
        module = types.ModuleType(name)
        if file is not None:
            module.__file__ = str(file)
        if path is not None:
            module.__path__ = path
        self._monkeypatch.setitem(sys.modules, name, module)

    def look(self, *changed: str) -> dict[str, str]:
        places = [str(self.root), str(self.root / "src")]
        return self._elsewhere.look(self.root, places, changed)


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    made = Story(tmp_path, monkeypatch)
    made.root.mkdir()
    made.look()
    return made


@pytest.mark.parametrize("name", [f"{NAME}.py", f"{NAME}/__init__.py", f"src/{NAME}/__init__.py"])
def test_a_module_of_the_project_that_came_from_another_place_is_named(
    story: Story, name: str
) -> None:
    story.write(name)
    story.load(NAME, story.other / f"{NAME}.py")
    assert story.look() == {NAME: str(story.other / f"{NAME}.py")}
    assert story.look() == {}


def test_it_is_named_again_when_a_save_cannot_reach_it(story: Story) -> None:
    story.write(f"src/{NAME}/__init__.py")
    story.load(NAME, story.other / NAME / "__init__.py")
    assert story.look()
    assert story.look("src/another/part.py", "README.md", f"src/{NAME}/data.csv") == {}
    assert list(story.look(f"src/{NAME}/part.py")) == [NAME]


def test_a_project_that_gets_such_a_module_later(story: Story) -> None:
    story.load(NAME, story.other / f"{NAME}.py")
    assert story.look() == {}
    story.write(f"{NAME}.py")
    assert list(story.look(f"{NAME}.py")) == [NAME]


def test_what_was_loaded_from_the_replica_is_ours(story: Story, tmp_path: Path) -> None:
    story.write(f"{NAME}/__init__.py")
    story.load(NAME, story.root / NAME / "__init__.py")
    assert story.look(f"{NAME}/__init__.py") == {}
    link = tmp_path / "link"
    link.symlink_to(story.root)
    story.load(NAME, link / NAME / "__init__.py")
    assert story.look(f"{NAME}/__init__.py") == {}, "also through a link"


def test_a_namespace_with_a_part_in_the_replica_is_ours(story: Story) -> None:
    story.write(f"{NAME}/__init__.py")
    story.load(NAME, None, [str(story.other / NAME), str(story.root / NAME)])
    assert story.look(f"{NAME}/part.py") == {}
    story.load(NAME, None, [str(story.other / NAME)])
    assert list(story.look(f"{NAME}/part.py")) == [NAME]


def test_a_folder_that_is_no_package_takes_nobodys_name(story: Story) -> None:
    story.write(f"{NAME}/build.py")
    story.load(NAME, story.other / NAME / "__init__.py")
    assert story.look(f"{NAME}/build.py") == {}


def test_a_name_of_the_standard_library_is_said_once(story: Story) -> None:
    story.write("calendar.py")
    story.load("calendar", story.other / "calendar.py")
    assert list(story.look("calendar.py")) == ["calendar"]
    assert story.look("calendar.py") == {}


def test_what_has_no_file_and_what_hides_it_is_left_alone(story: Story) -> None:
    story.write("sys.py")
    story.write("__main__.py")
    story.load(NAME, None)
    story.write(f"{NAME}.py")
    assert story.look("sys.py", "__main__.py", f"{NAME}.py") == {}
