"""Builds the parts, each only when one of its sources is newer than what was built from them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.commands import ground, places, step

QUIET_MAVEN = ["mvn", "-B", "-ntp", "-q"]


def everything() -> None:
    """What a person needs to use it: both jars, the front end, the wheel, and an environment with all that."""
    environment()
    front_end()
    jars()
    install_wheel(places.ENVIRONMENT)
    install_server_wheel(places.ENVIRONMENT)


def jars() -> None:
    """The laptop server and the agent, one jar each; their tests are `./check`'s."""
    sources = [places.ROOT / "pom.xml", *(places.ROOT / m for m in ("protocol", "laptop-server", "agent"))]
    if all(newer(jar, sources) for jar in (places.SERVER_JAR, places.AGENT_JAR)):
        return
    command = [*QUIET_MAVEN, "package", "-DskipTests", "-Dspotless.check.skip=true"]
    step.run("building the jars", command, log="jars", limit=900)


def node() -> None:
    """Where the machine has no Node.js that is new enough, one from the package index, for this clone only."""
    lacks = [lack for lack in (ground.NODE.lack(), ground.NPM.lack()) if lack]
    if not lacks:
        return
    what = f"a Node.js of our own ({'; '.join(lacks)})"
    virtual_environment(places.NODE, places.TESTS / "requirements-node.txt", what)
    # Only these three: the environment has a Python, too, which must not come first.
    programs = places.NODE / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("node", "npm", "npx"):
        link = programs / name
        link.unlink(missing_ok=True)
        link.symlink_to(places.tool(places.NODE, name))
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"


def front_end_tools() -> None:
    """`node_modules`, exactly as the lock file says."""
    node()
    lock = places.EXTENSION / "package-lock.json"
    stamp = places.EXTENSION / "node_modules" / ".notesync-lock"
    if stamped(stamp, [lock]):
        return
    command = ["npm", "ci", "--no-audit", "--no-fund"]
    step.run("installing the front end's tools", command, log="npm-ci", limit=900, cwd=places.EXTENSION)
    put_stamp(stamp, [lock])


def front_end() -> None:
    """The browser code and the JupyterLab extension, to where the wheel collects them."""
    front_end_tools()
    stamp = places.BUILD / "front-end.stamp"
    sources = [
        path
        for path in files_of(places.EXTENSION)
        if not {"node_modules", "lib", "dist", "coverage"} & set(path.relative_to(places.EXTENSION).parts)
    ]
    built = places.EXTENSION / "dist" / "notesync.js"
    if built.exists() and stamped(stamp, sources):
        return
    env = {"PATH": path_with(places.ENVIRONMENT)}
    command = ["npm", "run", "--silent", "build"]
    step.run("building the front end", command, log="front-end", limit=600, cwd=places.EXTENSION, env=env)
    put_stamp(stamp, sources)


def environment() -> None:
    """The environment for tests and demo, from the locked list; the wheel comes later."""
    virtual_environment(places.ENVIRONMENT, places.TESTS / "requirements.txt", "the test environment")


def old_kernel() -> None:
    """A second environment with the oldest kernel that is supported."""
    virtual_environment(places.OLD_KERNEL, places.TESTS / "requirements-old-kernel.txt", "the oldest supported kernel")
    widgets = places.TESTS / "requirements-old-widgets.txt"
    stamp = places.OLD_KERNEL / ".notesync-widgets"
    if not stamped(stamp, [widgets]):
        command: step.Command = [*pip(places.OLD_KERNEL), "install", "--no-deps", "-r", widgets]
        step.run("installing the oldest supported widgets", command, log="old-widgets", limit=300)
        put_stamp(stamp, [widgets])


def virtual_environment(place: Path, requirements: Path, what: str) -> None:
    stamp = place / ".notesync-requirements"
    if stamped(stamp, [requirements]):
        return
    log = place.name
    step.run(f"making {what}", [sys.executable, "-m", "venv", "--clear", place], log=log, limit=300)
    step.run(f"installing packages into {what}", [*pip(place), "install", "-r", requirements], log=log, limit=900)
    put_stamp(stamp, [requirements])


def wheel() -> Path:
    """Builds the wheel from what is there: jar, front end, Python. Returns its path."""
    sources = [places.LAUNCHER / "src", places.LAUNCHER / "pyproject.toml", places.LAUNCHER / "labextension"]
    sources += [*places.LAUNCHER.glob("*.py"), places.AGENT_JAR, places.EXTENSION / "dist"]
    return wheel_of(places.LAUNCHER, sources)


def server_wheel() -> Path:
    """Builds the wheel of the laptop server, which is the jar and little else. Returns its path."""
    return wheel_of(places.SERVER_WHEEL, [places.SERVER_WHEEL, places.SERVER_JAR])


def wheel_of(folder: Path, sources: Iterable[Path]) -> Path:
    """The one wheel in the folder's `dist`, built again where a source is newer."""
    built = sorted((folder / "dist").glob("*.whl"))
    if len(built) != 1 or not newer(built[0], [path for path in sources if path.exists()]):
        shutil.rmtree(folder / "dist", ignore_errors=True)
        python = places.tool(places.ENVIRONMENT, "python")
        command: step.Command = [python, "-m", "build", "--wheel", "--no-isolation", folder]
        step.run(f"building the wheel of {folder.parent.name}/{folder.name}", command, log=f"{folder.name}", limit=300)
        built = sorted((folder / "dist").glob("*.whl"))
    if len(built) != 1:
        raise step.StepFailed(f"{folder / 'dist'} should hold one wheel and holds {len(built)}")
    return built[0]


def install_wheel(place: Path, *extras: str) -> None:
    """Installs the built wheel, as a user does with pip, into an environment."""
    built = wheel()
    stamp = place / ".notesync-wheel"
    if stamped(stamp, [built]):
        return
    wanted = f"{built}[{','.join(extras)}]" if extras else str(built)
    log = f"install-{place.name}"
    # Once for what the wheel needs (nothing new, where the locked list is complete), once for the wheel itself.
    step.run(f"installing the wheel into {place.name}", [*pip(place), "install", wanted], log=log, limit=300)
    again: step.Command = [*pip(place), "install", "--force-reinstall", "--no-deps", wanted]
    step.run(f"refreshing the wheel in {place.name}", again, log=log, limit=300)
    put_stamp(stamp, [built])


def install_server_wheel(place: Path) -> None:
    """Installs the laptop server's wheel, as a laptop that lives in pip has it."""
    built = server_wheel()
    stamp = place / ".notesync-server-wheel"
    if stamped(stamp, [built]):
        return
    command: step.Command = [*pip(place), "install", "--force-reinstall", "--no-deps", built]
    step.run(f"installing the laptop server's wheel into {place.name}", command, log="install-server", limit=300)
    put_stamp(stamp, [built])


def pip(place: Path) -> list[str | Path]:
    return [places.tool(place, "python"), "-m", "pip", "-q", "--disable-pip-version-check"]


def files_of(place: Path) -> list[Path]:
    """Every file at or below a path that a build reads."""
    if place.is_file():
        return [place]
    skipped = {"target", "dist", "node_modules", "__pycache__", ".git"}
    return [
        path for path in sorted(place.rglob("*")) if path.is_file() and not skipped & set(path.relative_to(place).parts)
    ]


def newer(built: Path, sources: Iterable[Path]) -> bool:
    """Whether `built` exists and no source has been changed since."""
    if not built.exists():
        return False
    when = built.stat().st_mtime_ns
    return all(path.stat().st_mtime_ns <= when for source in sources for path in files_of(source))


def digest_of(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def stamped(stamp: Path, sources: Iterable[Path]) -> bool:
    """Whether `stamp` says that it was made from just these files."""
    return stamp.is_file() and stamp.read_text() == digest_of(sources)


def put_stamp(stamp: Path, sources: Iterable[Path]) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest_of(sources))


def path_with(place: Path) -> str:
    """PATH with the programs of an environment first."""
    return f"{places.tool(place, 'python').parent}{os.pathsep}{os.environ.get('PATH', '')}"
