"""`.ci/release`: builds every artefact into `build/release`, twice where that is cheap, and looks them over.

Jars, wheels and sdist, a bill of materials (CycloneDX) and SHA256SUMS. Publishes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.commands import bill, ground, parts, places, step

OUT = places.BUILD / "release"
TOOLS = places.BUILD / "release-tools"
# What looks the artefacts over; not part of any of them.
PINNED = ("twine==7.0.0", "check-wheel-contents==0.6.3", "cyclonedx-python-lib[json-validation]>=11,<12")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=".ci/release", description=__doc__)
    help_jdk = "a JDK whose platform gets a wheel that carries Java; can be repeated (default: the newest one here)"
    parser.add_argument("--jdk", type=Path, action="append", default=[], help=help_jdk)
    parser.add_argument("--aarch64", action="store_true", help="also for Linux on aarch64, with Debian's JDK")
    given = parser.parse_args(arguments)
    ground.prepare([ground.JDK, ground.MAVEN])
    parts.environment()
    parts.front_end()
    parts.jars()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    jdks = given.jdk or list(jdks_here())[:1]
    if given.aarch64:
        from tests.platforms.jdks import of_processor

        jdks.append(of_processor("arm64"))
    universal, server = python_artefacts()
    made = [universal, server, *(platform_wheel(universal, jdk) for jdk in jdks)]
    for jar in (places.SERVER_JAR, places.AGENT_JAR):
        shutil.copy2(jar, OUT)
    shutil.copy2(places.ROOT / "CHANGELOG.md", OUT)
    look_over(made)
    bill.write(OUT / f"notesync-{version_of(universal)}.cdx.json", jdks, TOOLS)
    sums()
    for artefact in sorted(OUT.iterdir()):
        print(f"{artefact.stat().st_size:>12,}  {artefact.name}")
    return 0


def python_artefacts() -> tuple[Path, Path]:
    """The wheels of the launcher and of the laptop server, and the launcher's sdist; built twice: the same bytes, or
    this is no release."""
    first, second = OUT, places.BUILD / "release-again"
    shutil.rmtree(second, ignore_errors=True)
    python = places.tool(places.ENVIRONMENT, "python")
    for number, place in enumerate((first, second)):
        for folder, kinds in ((places.LAUNCHER, ()), (places.SERVER_WHEEL, ("--wheel",))):
            command: step.Command = [python, "-m", "build", "--no-isolation", *kinds, "--outdir", place, folder]
            what = f"building the Python artefacts of {folder.parent.name}/{folder.name}{(', again' if number else '')}"
            step.run(what, command, log="release-build", limit=300)
    for artefact in [*first.glob("*.whl"), *first.glob("*.tar.gz")]:
        if artefact.read_bytes() != (second / artefact.name).read_bytes():
            raise step.StepFailed(f"{artefact.name} is not reproducible: {first} and {second} differ")
    (launcher,) = first.glob("notesync-*.whl")
    (server,) = first.glob("notesync_server-*.whl")
    return launcher, server


def platform_wheel(universal: Path, jdk: Path) -> Path:
    before = set(OUT.glob("*.whl"))
    program = places.LAUNCHER / "platform_wheel.py"
    command: list[str | Path] = [sys.executable, program, "--wheel", universal, "--jdk", jdk]
    jlink = jlink_for(jdk)
    command += ["--jlink", jlink] if jlink else []
    step.run(f"putting the Java of {jdk.name} into a wheel", command, log="release-jre", limit=300)
    (made,) = set(OUT.glob("*.whl")) - before
    return made


def jlink_for(jdk: Path) -> Path | None:
    """A jlink of the same version that runs here, for a JDK of another platform."""
    wanted = ground_version(jdk)
    here = [one for one in jdks_here() if ground_version(one) == wanted]
    return here[0] / "bin/jlink" if here and jdk.resolve() not in {one.resolve() for one in here} else None


def ground_version(jdk: Path) -> str:
    told = (jdk / "release").read_text(encoding="utf-8")
    return told.partition('JAVA_VERSION="')[2].partition(".")[0]


def jdks_here() -> Iterable[Path]:
    """The JDKs of this machine that can link a runtime, newest first."""
    homes = {path.resolve().parents[1] for path in Path("/usr/lib/jvm").glob("*/bin/jlink")}
    if "JAVA_HOME" in os.environ and Path(os.environ["JAVA_HOME"], "bin/jlink").exists():
        homes.add(Path(os.environ["JAVA_HOME"]).resolve())
    return sorted(homes, key=lambda home: -int(ground_version(home)))


def look_over(wheels: list[Path]) -> None:
    """The package index's own check, and one for what does not belong into a wheel."""
    if not parts.stamped(TOOLS / ".notesync-tools", [Path(__file__)]):
        step.run("making the release tools", [sys.executable, "-m", "venv", "--clear", TOOLS], log="tools", limit=300)
        step.run("installing the release tools", [*parts.pip(TOOLS), "install", *PINNED], log="tools", limit=600)
        parts.put_stamp(TOOLS / ".notesync-tools", [Path(__file__)])
    everything = [*wheels, *OUT.glob("*.tar.gz")]
    twine: step.Command = [places.tool(TOOLS, "twine"), "check", "--strict", *everything]
    step.run("twine check", twine, log="twine", limit=120)
    contents: step.Command = [places.tool(TOOLS, "check-wheel-contents"), *wheels]
    step.run("check-wheel-contents", contents, log="wheel-contents", limit=120)


def sums() -> None:
    """SHA256SUMS in the form that `sha256sum --check` reads."""
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(OUT.iterdir())]
    (OUT / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def version_of(wheel: Path) -> str:
    return wheel.name.split("-")[1]


if __name__ == "__main__":
    step.program(main)
