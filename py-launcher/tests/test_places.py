"""Where a replica lies: sources of one name do not share a folder unless the user says so."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from notesync._places import Places
from notesync.messages.laptop import Project


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NOTESYNC_STATE", str(tmp_path / "state"))
    return tmp_path


def shop(source: str, name: str = "shop") -> Project:
    return Project(name, None, ("",), None, 0, 0, source=source)


def filled(place: Path) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    (place / "a.py").touch()
    return place


def test_the_first_source_has_the_name_and_others_the_next_free_ones(home: Path) -> None:
    places = [filled(Places().of(shop(source))).name for source in ("aa", "bb", "cc")]
    assert places == ["shop", "shop-2", "shop-3"]
    again = [Places().of(shop(source)).name for source in ("cc", "aa", "bb")]
    assert again == ["shop-3", "shop", "shop-2"]
    assert all(path.parent == home / "notesync" for path in (home / "notesync").iterdir())


def test_who_does_not_get_the_name_is_told_why_and_how_to_get_it(home: Path) -> None:
    first, second = Places(), Places()
    filled(first.of(shop("aa")))
    assert first.note is None
    second.of(shop("bb"))
    note = second.note or ""
    assert f"{home}/notesync/shop holds a project of the same name" in note
    assert f"{home}/notesync/shop-2" in note
    assert f"`%notesync connect --to {home}/notesync/shop`" in note


def test_who_asks_for_a_folder_gets_it_and_keeps_it(home: Path) -> None:
    filled(Places().of(shop("aa")))
    places = Places()
    places.wanted = home / "notesync" / "shop"
    assert places.of(shop("bb")) == home / "notesync" / "shop"
    assert places.note is None
    assert places.wanted is None
    assert places.of(shop("bb")).name == "shop"
    assert Places().of(shop("aa")).name == "shop-2"


def test_a_place_that_was_told_is_that_source_s_alone(home: Path) -> None:
    places = Places()
    places.wanted = home / "other"
    places.of(shop("bb"))
    assert places.of(shop("aa")).name == "shop"
    assert places.of(shop("bb")) == home / "other"


def told(notebook: str, source: str, place: Path) -> Path:
    places = Places(notebook)
    places.wanted = place
    return filled(places.of(shop(source)))


def test_a_place_that_was_told_outlives_the_kernel_in_its_notebook_alone(home: Path) -> None:
    assert told("a.ipynb", "aa", home / "other") == home / "other"
    assert Places("a.ipynb").of(shop("aa")) == home / "other"
    assert Places("b.ipynb").of(shop("aa")).name == "shop"
    assert Places("a.ipynb").of(shop("bb")).name == "shop"
    assert stat.S_IMODE((home / "state" / "places.json").stat().st_mode) == 0o600


def test_the_usual_place_when_told_forgets_another(home: Path) -> None:
    told("a.ipynb", "aa", home / "other")
    told("a.ipynb", "aa", home / "notesync" / "shop")
    assert Places("a.ipynb").of(shop("aa")).name == "shop"


def test_a_place_that_was_given_to_another_source_since_is_not_taken_back(home: Path) -> None:
    told("a.ipynb", "aa", home / "other")
    told("b.ipynb", "bb", home / "other")
    assert Places("a.ipynb").of(shop("aa")).name == "shop"
    assert Places("b.ipynb").of(shop("bb")) == home / "other"


def test_kernels_to_which_nobody_tells_their_notebook_remember_together(home: Path) -> None:
    told("", "aa", home / "other")
    assert Places("").of(shop("aa")) == home / "other"
    assert Places("a.ipynb").of(shop("aa")).name == "shop"


def test_places_that_cannot_be_read_are_none(home: Path) -> None:
    told("a.ipynb", "aa", home / "other")
    for broken in ("{", "[]", '{"a.ipynb": 1}', '{"a.ipynb": {"aa": 1}}'):
        (home / "state" / "places.json").write_text(broken)
        assert Places("a.ipynb").of(shop("aa")).name == "shop"


@pytest.mark.parametrize("left", ["nothing", "an empty folder", "a folder of an older notesync"])
def test_what_nobody_uses_is_free(home: Path, left: str) -> None:
    place = home / "notesync" / "shop"
    if left == "an empty folder":
        Places().of(shop("aa"))
        place.mkdir(parents=True)
    elif left != "nothing":
        filled(place)
    assert Places().of(shop("bb")) == place


def test_a_server_that_does_not_tell_its_source_is_served_as_ever(home: Path) -> None:
    filled(Places().of(shop("aa")))
    assert Places().of(shop("")).name == "shop"
    assert Places().of(shop("bb")).name == "shop-2"


@pytest.mark.parametrize("told", ["", "[]", "{", '{"source": 5}'])
def test_what_cannot_be_read_is_no_obstacle(home: Path, told: str) -> None:
    filled(Places().of(shop("aa")))
    (file,) = (home / "state" / "replicas").iterdir()
    assert stat.S_IMODE((home / "state").stat().st_mode) == 0o700
    file.write_text(told)
    assert Places().of(shop("bb")).name == "shop"


def test_a_state_that_cannot_be_written_is_no_obstacle(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("NOTESYNC_STATE", str(home / "file" / "state"))
    assert filled(Places().of(shop("aa"))) == Places().of(shop("bb"))


def test_a_notebook_that_is_renamed_keeps_to_the_folder_that_it_was_told(home: Path) -> None:
    places = Places("a.ipynb")
    places.wanted = home / "data"
    assert places.of(shop("aa")) == home / "data"
    places.is_called("b.ipynb")
    assert Places("b.ipynb").of(shop("aa")) == home / "data"
    places.wanted = home / "other"
    places.of(shop("aa"))
    assert Places("b.ipynb").of(shop("aa")) == home / "other"
