"""One version of notesync and one of the protocol, written literally in several places, agree."""

from __future__ import annotations

import json
import re
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.commands import places

POM = "{http://maven.apache.org/POM/4.0.0}"


def pom_version() -> str:
    found = ElementTree.parse(places.ROOT / "pom.xml").getroot().findtext(f"{POM}version")
    assert found
    return found


@pytest.mark.parametrize("module", ["protocol", "laptop-server", "agent"])
def test_each_module_has_the_version_of_the_parent(module: str) -> None:
    root = ElementTree.parse(places.ROOT / module / "pom.xml").getroot()
    assert root.findtext(f"{POM}parent/{POM}version") == pom_version()


def test_the_server_wheel_has_the_version_of_the_parent_and_is_what_the_extra_asks_for() -> None:
    told = tomllib.loads((places.SERVER_WHEEL / "pyproject.toml").read_text(encoding="utf-8"))
    assert told["project"]["version"] == pom_version()
    asked = tomllib.loads((places.LAUNCHER / "pyproject.toml").read_text(encoding="utf-8"))
    assert asked["project"]["optional-dependencies"]["serve"] == [f"notesync-server=={pom_version()}"]


def test_pyproject_has_the_version_of_the_parent() -> None:
    told = tomllib.loads((places.LAUNCHER / "pyproject.toml").read_text(encoding="utf-8"))
    assert told["project"]["version"] == pom_version()


def test_package_json_and_its_lock_have_the_version_of_the_parent() -> None:
    for name in ("package.json", "package-lock.json"):
        told = json.loads((places.EXTENSION / name).read_text(encoding="utf-8"))
        assert told["version"] == pom_version(), name


@pytest.mark.parametrize(
    ("folder", "suffix"),
    [("protocol/src/main", ".java"), ("py-launcher/src", ".py"), ("jupyter-extension/src", ".ts")],
)
def test_the_protocol_version_is_the_documents(folder: str, suffix: str) -> None:
    told = {version for path in sources(places.ROOT / folder, suffix) for version in protocol_versions(path)}
    assert told == {documented_protocol_version()}


def test_the_lock_file_names_no_registry() -> None:
    text = (places.EXTENSION / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved": "http' not in text


def sources(folder: Path, suffix: str) -> list[Path]:
    return [path for path in sorted(folder.rglob(f"*{suffix}")) if "node_modules" not in path.parts]


def protocol_versions(path: Path) -> list[int]:
    text = path.read_text(encoding="utf-8")
    return [int(number) for number in re.findall(r"\bPROTOCOL_VERSION\b[^=\n]*=\s*(\d+)", text)]


def documented_protocol_version() -> int:
    title = (places.ROOT / "protocol" / "PROTOCOL.md").read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# The notesync protocol, version (\d+)", title)
    assert found, title
    return int(found.group(1))
