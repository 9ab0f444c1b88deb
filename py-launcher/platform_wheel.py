"""Makes a platform wheel: the universal wheel with a small Java in it, for machines without Java.

    python platform_wheel.py --wheel dist/notesync-0.1.0-py3-none-any.whl --jdk /path/to/a/jdk

The JDK decides the platform, which need not be this one: with `--jlink` of a JDK of the same
version that runs here, the `jmods` of any other are linked. The same inputs give the same bytes.
Needs nothing but Python's standard library.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

RUNTIME = PurePosixPath("notesync/_jre")
# What the agent uses; tests/platforms/test_no_java.py runs it on just this.
MODULES = ("java.base", "jdk.unsupported")
# The agent makes no TLS connection, and nobody compiles against this runtime.
_UNUSED = (
    "bin/keytool*",
    "conf/security/policy/limited/*",
    "lib/jrt-fs.jar",
    "lib/libjsig.*",
    "lib/server/libjsig.*",
    "lib/security/cacerts",
    "lib/security/public_suffix_list.dat",
    "lib/security/blocked.certs",
    "lib/server/classes*.jsa",
    "**/*.diz",
    "**/*.debuginfo",
    "**/*.map",
    "**/*.pdb",
)
_LIMIT = 25 * 1024 * 1024


class Refused(Exception):
    """The wheel cannot be made; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds the wheel that the arguments describe and prints its path."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--wheel", type=Path, required=True, help="the universal wheel")
    parser.add_argument(
        "--jdk",
        type=Path,
        required=True,
        help="a JDK (17 or newer) of the platform that the wheel is for",
    )
    parser.add_argument(
        "--jlink", type=Path, help="the jlink to use, if the JDK's own does not run on this machine"
    )
    parser.add_argument(
        "--platform",
        help="the platform tag, if it cannot be told from the JDK, such as macosx_11_0_arm64",
    )
    parser.add_argument(
        "--out", type=Path, help="the folder to write to (default: beside the universal wheel)"
    )
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="notesync-jre-") as scratch:
            runtime = link(
                options.jdk, options.jlink or options.jdk / "bin/jlink", Path(scratch) / "jre"
            )
            platform = options.platform or platform_tag(options.jdk, runtime)
            built = build(options.wheel, runtime, platform, options.out or options.wheel.parent)
    except (Refused, OSError) as error:
        sys.stderr.write(f"notesync: {error}\n")
        return 1
    sys.stdout.write(f"{built}\n")
    return 0


def link(jdk: Path, jlink: Path, place: Path) -> Path:
    """A runtime of the JDK's platform with only the modules that the agent needs, at `place`."""
    version = int(release(jdk).get("JAVA_VERSION", "0").split(".")[0])
    if version < 17:
        raise Refused(f"{jdk} is Java {version}, the agent needs 17 or newer: name another JDK")
    command = [jlink, "--add-modules", ",".join(MODULES), "--output", place]
    command += ["--strip-debug", "--no-header-files", "--no-man-pages"]
    # The wheel's compression does better on plain modules: 18.9 instead of 22.2 MB with Java 25.
    command += ["--compress", "zip-0" if version >= 21 else "0"]
    if (jdk / "jmods").is_dir():
        command += ["--module-path", jdk / "jmods"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{jlink} failed: {(done.stdout + done.stderr).strip()}")
    for path in [path for pattern in _UNUSED for path in place.glob(pattern)]:
        path.unlink()
    return place


def release(jdk: Path) -> dict[str, str]:
    """The JDK's `release` file, which says its version, its system and its processor."""
    try:
        text = (jdk / "release").read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"{jdk} is no JDK (release: {error.strerror}): name the folder with bin and lib in it"
        ) from error
    return dict(re.findall(r'^(\w+)="?(.*?)"?$', text, flags=re.MULTILINE))


def platform_tag(jdk: Path, runtime: Path) -> str:
    """The wheel's platform tag; on Linux with the C library that the runtime really asks for."""
    told = release(jdk)
    processor = {"amd64": "x86_64"}.get(told["OS_ARCH"], told["OS_ARCH"])
    system = told.get("OS_NAME", "")
    if system == "Windows":
        return {"x86_64": "win_amd64", "aarch64": "win_arm64"}[processor]
    if system == "Darwin":
        return {"x86_64": "macosx_11_0_x86_64", "aarch64": "macosx_11_0_arm64"}[processor]
    if system != "Linux":
        raise Refused(f"no platform tag is known for OS_NAME {system!r}: use --platform")
    if told.get("LIBC") == "musl":
        return f"musllinux_1_2_{processor}"
    wanted = (re.findall(rb"GLIBC_2\.(\d+)", path.read_bytes()) for path in files(runtime))
    return (
        f"manylinux_2_{max(17, *(int(minor) for found in wanted for minor in found))}_{processor}"
    )


def build(universal: Path, runtime: Path, platform: str, out: Path) -> Path:
    """Writes the wheel: what the universal one holds, the runtime, and a RECORD of both."""
    name, version, *_ = universal.name.split("-")
    info = f"{name}-{version}.dist-info/"
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{name}-{version}-py3-none-{platform}.whl"
    partial = target.with_suffix(".part")
    with zipfile.ZipFile(universal) as source, Writer(partial, source) as wheel:
        entries = [entry for entry in source.infolist() if not entry.is_dir()]
        for entry in entries:
            if not entry.filename.startswith(info):
                executable = bool(entry.external_attr >> 16 & 0o111)
                wheel.add(entry.filename, source.read(entry), executable)
        before = wheel.size()
        for path in files(runtime):
            place = path.relative_to(runtime)
            wheel.add(str(RUNTIME / place.as_posix()), path.read_bytes(), is_program(place))
        size = wheel.size() - before
        for entry in entries:
            if entry.filename.startswith(info) and entry.filename != f"{info}RECORD":
                content = source.read(entry)
                if entry.filename == f"{info}WHEEL":
                    tag = f"Tag: py3-none-{platform}".encode()
                    content = re.sub(rb"(?m)^Tag: .*$", tag, content)
                wheel.add(entry.filename, content, executable=False)
        wheel.add_record(f"{info}RECORD")
    if size > _LIMIT:
        partial.unlink()
        raise Refused(f"the runtime takes {size:,} bytes of the wheel, {_LIMIT:,} are the limit")
    shutil.move(partial, target)
    return target


class Writer:
    """Writes a wheel's entries with the times of another one, and keeps its RECORD."""

    def __init__(self, target: Path, model: zipfile.ZipFile) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self._when = model.infolist()[0].date_time
        self._record: list[str] = []

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def add(self, path: str, content: bytes, executable: bool) -> None:
        self._write(path, content, 0o100755 if executable else 0o100644)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self._record.append(f"{path},sha256={digest},{len(content)}")

    def add_record(self, path: str) -> None:
        lines = [*self._record, f"{path},,", ""]
        self._write(path, "\n".join(lines).encode(), 0o100644)

    def size(self) -> int:
        """Compressed bytes so far."""
        return sum(entry.compress_size for entry in self._zip.infolist())

    def _write(self, path: str, content: bytes, mode: int) -> None:
        entry = zipfile.ZipInfo(path, self._when)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = mode << 16
        self._zip.writestr(entry, content)


def files(runtime: Path) -> list[Path]:
    """The runtime's files in a fixed order. Links (of licence texts) cannot be in a wheel."""
    return [path for path in sorted(runtime.rglob("*")) if path.is_file() and not path.is_symlink()]


def is_program(place: Path) -> bool:
    """Whether a file has to be executable; told by its place, the JDK may be of another system."""
    return place.parts[0] == "bin" or place.as_posix() in ("lib/jspawnhelper", "lib/jexec")


if __name__ == "__main__":
    sys.exit(main())
