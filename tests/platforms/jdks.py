"""Real JVMs of the versions that hosted machines have: 8, 11, 17, 21, 25. The machine's own, else Debian's packages."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from tests.commands import places
from tests.platforms import debian
from tests.platforms.shell import told

_PLACE = places.BUILD / "jvms"
# Version → the release whose package runs on an older C library as it is. Java 8 comes from sid, and brings its own.
_RELEASES = {8: "sid", 11: "bullseye", 17: "bookworm", 21: "trixie", 25: "trixie"}
_OWN_LIBRARY = ("libc6", "zlib1g", "libstdc++6", "libgcc-s1")


@functools.cache
def home(version: int) -> Path:
    """JAVA_HOME of a JVM that runs here (asked, not assumed); debian.NotHere if none can be had."""
    for place in [*_on_machine(version), _from_debian(version)]:
        if _says(place, version):
            return place
    raise debian.NotHere(f"no Java {version} that runs on this machine")


def of_processor(processor: str, version: int = 17) -> Path:
    """JAVA_HOME of Debian's JDK for another processor: it can be linked here, and does not run here."""
    packages = (f"openjdk-{version}-{kind}-headless:{processor}" for kind in ("jdk", "jre"))
    root = debian.unpacked(_RELEASES[version], *packages, into=_PLACE / f"{version}-{processor}")
    (place,) = root.glob(f"usr/lib/jvm/java-{version}-openjdk-{processor}")
    return place


def _on_machine(version: int) -> list[Path]:
    places_ = sorted(Path("/usr/lib/jvm").glob(f"*{version}*")) if Path("/usr/lib/jvm").is_dir() else []
    return [place for place in places_ if (place / "bin/java").exists() and not place.is_symlink()]


def _from_debian(version: int) -> Path:
    release = _RELEASES[version]
    own = _OWN_LIBRARY if release in ("sid", "trixie") else ()
    root = debian.unpacked(release, f"openjdk-{version}-jre-headless", *own, into=_PLACE / str(version))
    found = sorted(root.glob("usr/lib/jvm/*/jre")) or sorted(root.glob("usr/lib/jvm/java-*-openjdk-*"))
    place = next(place for place in found if (place / "bin/java").exists())
    if own:
        debian.use_own_library(place / "bin/java", root, "$ORIGIN/../lib", "$ORIGIN/../lib/amd64/jli")
    _dereference(root)
    return place


def _dereference(root: Path) -> None:
    """Debian keeps the configuration in /etc: links there are bent to the unpacked copy."""
    for link in root.glob("usr/lib/jvm/**/*"):
        if link.is_symlink() and str(target := link.readlink()).startswith("/etc/"):
            link.unlink()
            link.symlink_to(root / str(target).lstrip("/"))


def _says(place: Path, version: int) -> bool:
    asked = told(place / "bin/java", "-version", limit=60)
    number = re.search(r'version "(?:1\.)?(\d+)', asked.stderr)
    return asked.returncode == 0 and number is not None and int(number.group(1)) == version
