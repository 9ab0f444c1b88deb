"""The jars are packed with less than their libraries hold: what they leave out must not be needed."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.commands import places

# What libraries name for uses that none of our programs makes, and annotations that only compilers read.
NOT_NEEDED = (
    "com.github.luben.zstd.",
    "org.brotli.",
    "org.eclipse.jetty.jmx.",
    "org.eclipse.jetty.websocket.",
    "org.eclipse.jgit.annotations.",
    "org.jspecify.annotations.",
    "org.objectweb.asm.",
    "org.tukaani.xz.",
    # Only constants, which the compiler puts where they are used.
    "com.fasterxml.jackson.core.JsonTokenId",
    "io.github.notesync.protocol.Limits",
    "io.github.notesync.protocol.Protocol",
)


@pytest.mark.parametrize("jar", [places.SERVER_JAR, places.AGENT_JAR], ids=lambda jar: jar.name)
def test_a_jar_holds_every_class_that_its_classes_need(jar: Path) -> None:
    command: list[str | Path] = ["jdeps", "--multi-release", "17", "--missing-deps", jar]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    needed = [line.split(" -> ")[1].split()[0] for line in said.splitlines()[1:]]
    assert [name for name in needed if not name.startswith(NOT_NEEDED)] == []


def test_an_old_java_can_read_the_class_that_java_jar_begins_with() -> None:
    with zipfile.ZipFile(places.SERVER_JAR) as jar:
        manifest = jar.read("META-INF/MANIFEST.MF").decode()
        main = manifest.split("Main-Class: ")[1].split()[0]
        begin = jar.read(f"{main.replace('.', '/')}.class")[:8]
    assert int.from_bytes(begin[6:], "big") <= 52, "the number of Java 8; a Java refuses what is above its own"


@pytest.mark.parametrize("pattern", ["foo[", "[z-a]", "[]"])
def test_a_pattern_that_is_none_matches_nothing_and_the_others_go_on(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "a.log").touch()
    (tmp_path / "b.py").touch()
    (tmp_path / ".gitignore").write_text(f"{pattern}\n*.log\n")
    command: list[str | Path] = ["java", "-jar", places.SERVER_JAR, "why", "--in", tmp_path, "a.log", "b.py"]
    env = {**os.environ, "NOTESYNC_STATE": str(tmp_path.parent / "state")}
    asked = subprocess.run(command, check=False, capture_output=True, text=True, env=env)
    assert asked.stdout.splitlines() == [
        "a.log: ignored by '*.log' (.gitignore:2), which matches a.log",
        "b.py: synchronised: no rule matches",
    ], asked.stderr
