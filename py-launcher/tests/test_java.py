"""Finding a Java that is new enough, on machines of every kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from notesync import java
from notesync.errors import JavaMissing


def make_java(home: Path, version: str | None, says: str | None = None) -> Path:
    """A Java home with a release file, or with a program that says its version."""
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!/bin/sh\necho 'openjdk version \"{says}\"' >&2\n" if says else "#!/bin/sh\nexit 1\n"
    )
    program.chmod(0o755)
    if version is not None:
        (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return home


def find(
    tmp_path: Path, environ: dict[str, str] | None = None, wheel: Path | None = None
) -> java.Java:
    none = str(tmp_path / "empty")
    return java.find({"PATH": none, **(environ or {})}, tmp_path / "jvm", lambda: wheel)


VERSIONS = [
    ("17.0.15", 17),
    ("21", 21),
    ("25.0.3", 25),
    ("1.8.0_432", 8),
    ("11.0.2", 11),
    ("17-ea", 17),
    ("nonsense", 0),
]


@pytest.mark.parametrize(("version", "major"), VERSIONS)
def test_the_major_version_is_read_from_any_form(version: str, major: int) -> None:
    assert java.Java(Path("java"), version, "PATH").major == major


def test_java_home_is_used(tmp_path: Path) -> None:
    home = make_java(tmp_path / "j17", "17.0.1")
    found = find(tmp_path, {"JAVA_HOME": str(home)})
    assert (found.program, found.source) == (home / "bin" / "java", "JAVA_HOME")


def test_notesync_java_comes_first_and_may_be_the_program(tmp_path: Path) -> None:
    home = make_java(tmp_path / "j21", "21.0.1")
    other = make_java(tmp_path / "j17", "17.0.1")
    environ = {"NOTESYNC_JAVA": str(home / "bin" / "java"), "JAVA_HOME": str(other)}
    assert find(tmp_path, environ).version == "21.0.1"


def test_notesync_java_is_taken_at_its_word(tmp_path: Path) -> None:
    old = make_java(tmp_path / "j8", "1.8.0_432")
    other = make_java(tmp_path / "j17", "17.0.1")
    with pytest.raises(JavaMissing, match=r"Java 1.8.0_432 found at .*j8"):
        find(tmp_path, {"NOTESYNC_JAVA": str(old), "JAVA_HOME": str(other)})


def test_notesync_java_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(JavaMissing, match="nowhere is no Java that runs, notesync needs 17"):
        find(tmp_path, {"NOTESYNC_JAVA": str(tmp_path / "nowhere")})


def test_an_old_java_home_is_passed_over(tmp_path: Path) -> None:
    old = make_java(tmp_path / "j8", "1.8.0_432")
    new = make_java(tmp_path / "j17", "17.0.1")
    environ = {"JAVA_HOME": str(old), "PATH": str(new / "bin")}
    assert find(tmp_path, environ).source == "PATH"


def test_a_link_on_the_path_is_followed_to_its_release(tmp_path: Path) -> None:
    home = make_java(tmp_path / "j17", "17.0.9")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    assert find(tmp_path, {"PATH": str(tmp_path / "bin")}).version == "17.0.9"


def test_the_newest_installed_one_is_taken(tmp_path: Path) -> None:
    for version in ("1.8.0_432", "17.0.1", "21.0.2"):
        make_java(tmp_path / "jvm" / f"java-{version}", version)
    assert find(tmp_path).version == "21.0.2"


def test_java_8_keeps_its_release_above_jre(tmp_path: Path) -> None:
    home = make_java(tmp_path / "jvm" / "zulu8" / "jre", None)
    (home.parent / "release").write_text('JAVA_VERSION="1.8.0_402"\n')
    with pytest.raises(JavaMissing, match="Java 1.8.0_402"):
        find(tmp_path, {"JAVA_HOME": str(home)})


def test_without_release_the_program_is_asked(tmp_path: Path) -> None:
    home = make_java(tmp_path / "j", None, says="19.0.1")
    assert find(tmp_path, {"JAVA_HOME": str(home)}).version == "19.0.1"


def test_the_wheels_java_is_the_last_resort(tmp_path: Path) -> None:
    home = make_java(tmp_path / "wheel", "25.0.1")
    assert find(tmp_path, wheel=home / "bin" / "java").source == "wheel"


def test_nothing_at_all_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(JavaMissing, match=r"no Java found.*apt-get install.*notesync\[jre\]"):
        find(tmp_path)


def test_everything_that_was_found_is_listed(tmp_path: Path) -> None:
    make_java(tmp_path / "jvm" / "a", "11.0.2")
    home = make_java(tmp_path / "j8", "1.8.0_1")
    with pytest.raises(JavaMissing, match=r"1.8.0_1 found at .*Java 11.0.2 found at .*needs 17"):
        find(tmp_path, {"JAVA_HOME": str(home)})
