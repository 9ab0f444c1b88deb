"""Single Debian packages of other releases, unpacked beside the machine and never installed.

Uses the machine's own mirror and keys, with lists of its own, so that apt's state stays as it is.
"""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from tests.commands import places
from tests.platforms.shell import told

AREA = places.BUILD / "debian"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class NotHere(Exception):
    """This machine has no apt, or its mirror does not have the package; the text says which."""


def unpacked(release: str, *packages: str, into: Path) -> Path:
    """The folder where the packages of a release lie, as if it was `/`; made once.

    A package of another processor is named as apt does, such as `libc6:arm64`.
    """
    stamp = into / ".notesync-packages"
    wanted = "\n".join([release, *packages])
    if stamp.is_file() and stamp.read_text() == wanted:
        return into
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for deb in _download(release, packages):
        _run("dpkg-deb", "-x", deb, into)
        deb.unlink()
    stamp.write_text(wanted)
    return into


def use_own_library(program: Path, root: Path, *more: str) -> None:
    """Lets a program of a newer release, unpacked at `root`, run with that release's C library; once is enough."""
    stamp = program.with_name(f".{program.name}.own-library")
    if stamp.exists():
        return
    library = root / "usr/lib/x86_64-linux-gnu"
    patchelf = unpacked("bookworm", "patchelf", into=AREA / "patchelf") / "usr/bin/patchelf"
    _run(patchelf, "--set-interpreter", library / "ld-linux-x86-64.so.2", program)
    _run(patchelf, "--force-rpath", "--set-rpath", ":".join([str(library), *more]), program)
    stamp.touch()


def _download(release: str, packages: tuple[str, ...]) -> list[Path]:
    folder = AREA / "debs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    foreign = frozenset(package.partition(":")[2] for package in packages) - {""}
    wanted = (f"{package}/{release}" for package in packages)
    _run("apt-get", *_options(release, foreign), "download", *wanted, cwd=folder)
    return sorted(folder.glob("*.deb"))


@functools.cache
def _options(release: str, foreign: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """apt's options for lists of its own, which are fetched here."""
    area = AREA / "-".join([release, *sorted(foreign)])
    for part in ("lists/partial", "cache/archives/partial"):
        (area / part).mkdir(parents=True, exist_ok=True)
    (area / "status").touch()
    (area / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {_mirror()} {release} main\n")
    options = [f"Dir::Etc::sourcelist={area}/sources.list", "Dir::Etc::sourceparts=-", f"Dir::State={area}"]
    options += [f"Dir::State::lists={area}/lists", f"Dir::State::status={area}/status", f"Dir::Cache={area}/cache"]
    options += ["APT::Sandbox::User=root", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"]
    options += [f"APT::Architectures::={processor}" for processor in foreign]
    words = tuple(word for option in options for word in ("-o", option))
    _run("apt-get", *words, "update", "-q")
    return words


def _mirror() -> str:
    if not shutil.which("apt-get") or not _KEYRING.exists():
        raise NotHere("no apt-get with Debian's keys on this machine")
    sites = _run("apt-get", "indextargets", "--format", "$(SITE)").split()
    mirrors = [site for site in sites if site.rstrip("/").endswith("/debian")]
    if not mirrors:
        raise NotHere("apt on this machine names no Debian mirror")
    return mirrors[0]


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    try:
        done = told(*command, cwd=cwd)
    except FileNotFoundError as missing:
        raise NotHere(f"{missing.filename} is not on this machine") from missing
    if done.returncode:
        raise NotHere(f"{' '.join(map(str, command[-3:]))} failed: {done.stderr.strip()[-400:]}")
    return done.stdout
