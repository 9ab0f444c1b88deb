"""The wheel for Linux on aarch64: linked here from Debian's JDK, its agent started in an emulated processor.

Downloads a quarter of a gigabyte: `./check aarch64`.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.commands import places, release
from tests.harness import wait, world
from tests.harness.process import Program
from tests.platforms import debian, jdks
from tests.platforms.conftest import not_here
from tests.platforms.test_no_java import make

_RUNS_ON = ("libc6", "zlib1g", "libstdc++6", "libgcc-s1")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_agent_of_the_aarch64_wheel_runs(tmp_path: Path, wheel: Path) -> None:
    try:
        jdk = jdks.of_processor("arm64")
        libraries = (f"{name}:arm64" for name in _RUNS_ON)
        system = debian.unpacked("bookworm", *libraries, into=debian.AREA / "arm64")
        emulator = debian.unpacked("bookworm", "qemu-user-static", into=debian.AREA / "qemu")
    except debian.NotHere as reason:
        not_here(str(reason))
    jlink = release.jlink_for(jdk)
    if jlink is None:
        not_here(f"no jlink of the version of {jdk} on this machine")
    built = make(wheel, jdk, tmp_path, "--jlink", str(jlink))
    assert built.name.endswith("_aarch64.whl")
    assert built.stat().st_size < 25 * 1024 * 1024
    with zipfile.ZipFile(built) as opened:
        opened.extractall(tmp_path)
    java = tmp_path / "notesync/_jre/bin/java"
    java.chmod(0o755)
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    run: list[str | Path] = [
        emulator / "usr/bin/qemu-aarch64-static",
        "-L",
        system,
        java,
        "-XX:+UseSerialGC",
        "-Xmx96m",
    ]
    run += ["-jar", tmp_path / "notesync/_bundled/notesync-agent.jar", "--state", state]
    env = {**world.environment(tmp_path), "NOTESYNC_STATE": str(state)}
    with Program("agent", run, logs=tmp_path / "logs", env=env, cwd=places.SCRATCH):
        (told,) = wait.until(lambda: list(state.glob("agent-*.json")), "the agent is ready", 120)
        assert json.loads(told.read_text())["java"].startswith("17.")
