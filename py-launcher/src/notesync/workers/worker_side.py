"""What happens in a worker process: its project code becomes the version that a task was sent with.

Sent by value, as source, to machines that do not have notesync: standard library only, nothing
imported from the package. A worker may run tasks of several threads and of several notebooks.
"""

from __future__ import annotations

import atexit
import os
import pickle
import platform
import shutil
import sys
import tempfile
import threading
import zipfile
import zlib
from typing import Any

KEEP = 2
_lock = threading.RLock()
_foreign = {"pyspark", "ray", "dask", "distributed", "joblib", "cloudpickle", "notesync"}


def open_envelope(project: str, version: str, carrier: Any, blob: bytes) -> Any:
    """Unpickle what a task was made of, under the code that it was made with."""
    use(project, version, carrier)
    return pickle.loads(blob)


def use(project: str, version: str, carrier: Any, place: str | None = None) -> None:
    """Make `import` give this version of the project: in front of all others, none of them loaded.

    `carrier` is how the zip came: its compressed bytes, something with a `value` (a broadcast), or
    the name of a file that Spark delivers. In the kernel itself this does nothing.
    """
    if getattr(sys, "_notesync_kernel", None) == os.getpid():
        return
    with _lock:
        state = _state()
        now = state["now"].get(project)
        if now is not None and now[:2] == (version, _first_with(state, now[2])):
            return
        path = _stored(state, project, version, carrier, place)
        older = now[1] if now is not None else None
        sys.path[:] = [one for one in sys.path if one not in (older, path)]
        if older is not None and older != path:
            _forget_importer(older)
        sys.path.insert(0, path)
        state["now"][project] = (version, path, _drop_modules(path, older))


def _first_with(state: dict[str, Any], names: set[str]) -> str | None:
    """Which of our zips on the path is the first to have one of these names."""
    owners = {one[1]: one[2] for one in state["now"].values()}
    return next((path for path in sys.path if owners.get(path, set()) & names), None)


def _state() -> dict[str, Any]:
    """Where this process stands. Kept in `sys`: one for all notebooks that send tasks here."""
    state: dict[str, Any] | None = getattr(sys, "_notesync_worker", None)
    if state is None or state["pid"] != os.getpid():
        inherited = state["now"] if state is not None else {}
        state = {"pid": os.getpid(), "now": dict(inherited), "folder": None, "zips": {}}
        sys._notesync_worker = state  # type: ignore[attr-defined]
    return state


def _stored(
    state: dict[str, Any], project: str, version: str, carrier: Any, place: str | None
) -> str:
    """The zip as a file of this process; the one before last is deleted."""
    if isinstance(carrier, str):
        from pyspark.files import SparkFiles  # type: ignore[import-not-found, unused-ignore]

        path = os.path.join(SparkFiles.getRootDirectory(), carrier)
        if not os.path.exists(path):
            raise RuntimeError(
                f"notesync: {carrier} did not reach this worker ({path} is missing), so it would "
                "run old code: `%notesync workers off` lets tasks go as without notesync"
            )
        return path
    if state["folder"] is None or not os.path.isdir(state["folder"]):
        state["folder"] = _folder(place or _place() or tempfile.gettempdir())
        atexit.register(shutil.rmtree, state["folder"], ignore_errors=True)
    zips: list[str] = state["zips"].setdefault(project, [])
    path = os.path.join(state["folder"], f"{project}-{version}.zip")
    if path in zips and os.path.exists(path):
        zips.remove(path)
    else:
        packed = carrier if isinstance(carrier, bytes) else carrier.value
        with open(path + ".part", "wb") as file:
            file.write(zlib.decompress(packed))
        os.replace(path + ".part", path)
    zips.append(path)
    while len(zips) > KEEP:
        old = zips.pop(0)
        if os.path.exists(old):
            os.remove(old)
    return path


def _folder(place: str) -> str:
    """A folder for the zips of this process. Those of killed ones are removed: they could not."""
    ours = f"notesync-worker-{platform.node()}-"
    for name in os.listdir(place):
        pid = name[len(ours) :].partition("-")[0] if name.startswith(ours) else ""
        if pid.isdigit() and os.name == "posix" and not _lives(int(pid)):
            shutil.rmtree(os.path.join(place, name), ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{ours}{os.getpid()}-", dir=place)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _place() -> str | None:
    """A folder that the engine itself removes at its end, where it has one."""
    files = sys.modules.get("pyspark.files")
    if files is not None and files.SparkFiles._is_running_on_worker:
        root = files.SparkFiles.getRootDirectory()
        return root if os.path.isdir(root) else None
    ray = sys.modules.get("ray._private.worker")
    node = getattr(ray, "_global_node", None)
    if node is not None:
        session: str = node.get_session_dir_path()
        return session if os.access(session, os.W_OK) else None
    return None


def _forget_importer(path: str) -> None:
    """Drop what is cached about one zip, and about nothing else.

    `importlib.invalidate_caches` would read every zip of the path again: seconds, with pyspark.zip.
    """
    for known in list(sys.path_importer_cache):
        if known == path or known.startswith(path + os.sep):
            sys.path_importer_cache.pop(known, None)
    directories = getattr(sys.modules.get("zipimport"), "_zip_directory_cache", {})
    directories.pop(path, None)


def _drop_modules(path: str, older: str | None) -> set[str]:
    """Unload every module that the zip has, wherever it was loaded from, and what an older zip had.

    Below a package of the zip everything goes, since a deleted module must not stay. A folder
    without `__init__` may share its name with others (`google`), so there only what is in the zip.
    Returns the names that an import from the zip begins with.
    """
    with zipfile.ZipFile(path) as archive:
        files = [one for one in archive.namelist() if one.endswith(".py")]
    packages = {one.split("/")[0] for one in files if one.count("/") == 1 and "/__init__.py" in one}
    modules = {one[:-3].removesuffix("/__init__").replace("/", ".") for one in files}
    packages -= _foreign | sys.stdlib_module_names
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if top in _foreign or top in sys.stdlib_module_names:
            continue
        origin = getattr(module, "__file__", None) or ""
        was_ours = older is not None and origin.startswith(older + os.sep)
        if top in packages or name in modules or was_ours:
            sys.modules.pop(name, None)
    return {one.partition(".")[0] for one in modules}
