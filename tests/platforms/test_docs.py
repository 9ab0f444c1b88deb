"""The documentation does what it says: its commands are run, its links lead somewhere, its symptoms are really said."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import places
from tests.harness import world
from tests.harness.laptop import ADDRESS
from tests.harness.process import Program
from tests.harness.stack import Stack, lay_out
from tests.platforms import pages
from tests.platforms.pages import Block
from tests.platforms.shell import told

# "python" is run by py-launcher/tests/reload/test_alone.py.
KINDS = {"", "sh", "sh serve", "sh live", "ipython", "ipython live", "python", "text", "json"}
LIVE_MAGICS = ("%pip", "%load_ext")


@pytest.fixture
def project(tmp_path: Path, wheel: Path) -> Path:
    """A project on a laptop, with the artefacts where the pages expect them."""
    lay_out(tmp_path / "shop", None)
    shutil.copy(places.SERVER_JAR, tmp_path / "shop" / "notesync-server.jar")
    shutil.copy(wheel, tmp_path / "shop" / wheel.name)
    return tmp_path / "shop"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("docs") / "stack") as connected:
        yield connected


def test_every_block_says_what_it_is() -> None:
    assert {str(block): block.kind for block in pages.blocks() if block.kind not in KINDS} == {}


@pytest.mark.parametrize("block", pages.blocks("sh"), ids=str)
def test_a_shell_command_works(block: Block, project: Path, tmp_path: Path) -> None:
    done = told("bash", "-euo", "pipefail", "-c", block.text, cwd=project, env=world.environment(tmp_path))
    assert done.returncode == 0, done
    assert "Traceback" not in done.stderr
    assert "unknown" not in done.stderr.lower(), done.stderr


@pytest.mark.parametrize("block", pages.blocks("sh serve"), ids=str)
def test_a_program_that_goes_on_says_where_it_is(block: Block, project: Path, tmp_path: Path) -> None:
    # On a port of its own: 8765 may be somebody's.
    command = block.text.strip() + " --port 0"
    env = world.environment(tmp_path)
    with Program("docs", ["bash", "-c", f"exec {command}"], logs=tmp_path / "logs", env=env, cwd=project) as program:
        program.until_line(ADDRESS)


@pytest.mark.parametrize("block", pages.blocks("sh live"), ids=str)
def test_a_command_for_elsewhere_is_at_least_shell(block: Block) -> None:
    done = told("bash", "-n", "-c", block.text)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("block", pages.blocks("ipython"), ids=str)
def test_a_cell_works(block: Block, stack: Stack) -> None:
    for line in block.text.splitlines():
        if "connect" in line:  # Who is connected already is not asked for a code again.
            stack.notebook.run("%notesync disconnect")
        cell = stack.notebook.begin(line.replace("http://127.0.0.1:8765", stack.laptop.url))
        if "connect" in line:
            stack.pair(cell)
        stack.notebook.finish(cell)
        assert cell.error is None, cell.text
        assert "there is no command" not in cell.text
        assert "needs" not in cell.text, cell.text


def test_the_doctor_asks_the_real_laptop_and_compares_the_clocks(stack: Stack) -> None:
    told = stack.notebook.run("%notesync doctor").text
    assert re.search(r"server +ok http://127\.0\.0\.1:\d+, answers in", told), told
    assert re.search(r"clocks +ok the laptop's is within 0\.\d s", told), told


def test_every_magic_that_is_named_exists(stack: Stack) -> None:
    known = set(re.findall(r"%notesync (\w+)", stack.notebook.run("%notesync help").text))
    named = {
        (page.name, command)
        for page in pages.pages()
        for command in re.findall(r"%notesync ([a-z]+)", page.read_text(encoding="utf-8"))
    }
    assert {(page, command) for page, command in named if command not in known} == set()
    for block in pages.blocks("ipython live"):
        for line in block.text.splitlines():
            assert line.startswith((*LIVE_MAGICS, "%notesync")), f"{block}: {line}"


def test_every_option_that_is_named_exists(project: Path, tmp_path: Path) -> None:
    env = world.environment(tmp_path)
    helped = told("java", "-jar", "notesync-server.jar", "--help", cwd=project, env=env).stdout
    for command in ("init-script", "doctor"):
        helped += told("notesync", "databricks", command, "--help", env=env).stdout
    helped += " --to "  # of %notesync connect: its own usage line
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages.pages())
    ours = re.findall(r"`[^`\n]*?(--[a-z-]+)", text)
    missing = {option for option in ours if option not in helped} - {"--quiet", "--no-index", "--no-deps"}
    assert missing == set()


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert [target for target in pages.links(page) if not (page.parent / target).exists()] == []


def test_every_page_is_in_the_table_of_contents() -> None:
    assert {page.name for page in pages.pages()} - {"README.md"} == {*pages.links(pages.DOCS / "README.md")}


def test_symptoms_are_what_is_really_said() -> None:
    said = "".join(
        source.read_text(encoding="utf-8")
        for folder, pattern in (
            (places.LAUNCHER / "src", "*.py"),
            (places.EXTENSION / "src", "*.ts"),
            (places.ROOT / "laptop-server/src/main", "*.java"),
        )
        for source in folder.rglob(pattern)
    )
    said = re.sub(r"""["']\s*\+?\s*f?["']""", "", said)  # sentences that are written over several lines
    page = (pages.DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    symptoms = re.findall(r'^### "(.+)"$', page, re.MULTILINE)
    assert len(symptoms) > 10
    assert [symptom for symptom in symptoms if symptom not in said] == []


def test_nothing_on_the_pages_is_of_one_machine() -> None:
    for page in pages.pages():
        assert not re.search(r"/work/|localhost:\d+/lab|pyenv", page.read_text(encoding="utf-8")), page.name
