"""An envelope opened by plain pickle, in a Python that has neither notesync nor the project."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

from notesync.workers.bundle import zipped
from notesync.workers.envelope import Envelope

from .project import write_older

_WORKER = """
import json, pickle, sys
for line in sys.stdin:
    told = json.loads(line)
    try:
        if "run" in told:
            answer = eval(told["run"], {"sys": sys, "__import__": __import__})
        else:
            answer = pickle.loads(bytes.fromhex(told["open"]))
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(json.dumps(answer), flush=True)
"""


class Worker:
    """A process that opens what it is sent; -I: without our path and environment."""

    def __init__(self, *path: Path) -> None:
        code = f"import sys; sys.path[:0] = {[str(one) for one in path]!r}\n{_WORKER}"
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", code], stdin=pipe, stdout=pipe
        )

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.communicate()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def ask(self, **told: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told).encode() + b"\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def open(self, files: dict[str, str], reference: str, project: str = "p") -> Any:
        """Unpickle a global of the project, in an envelope with these files."""
        data = zipped({name: text.encode() for name, text in files.items()})
        version = f"{hash(tuple(files.items())):x}".replace("-", "m")
        module, _, name = reference.partition(":")
        blob = f"c{module}\n{name}\n.".encode()
        return self.ask(open=Envelope(project, version, zlib.compress(data), blob).sealed().hex())


def shop(value: int) -> dict[str, str]:
    return {"shop/__init__.py": "", "shop/prices.py": f"VALUE = {value}"}


def test_the_worker_needs_neither_notesync_nor_the_project() -> None:
    with Worker() as worker:
        assert "notesync" in worker.ask(run="str(__import__('notesync'))")
        assert worker.open(shop(1), "shop.prices:VALUE") == 1
        assert worker.open(shop(2), "shop.prices:VALUE") == 2
        assert worker.open(shop(1), "shop.prices:VALUE") == 1


def test_an_older_copy_that_was_imported_gives_way(tmp_path: Path) -> None:
    write_older(tmp_path)
    with Worker(tmp_path) as worker:
        assert worker.ask(run="__import__('shop.prices').prices.FACTOR") == 1
        assert worker.ask(run="__import__('shop.gone').__name__") == "shop"
        assert worker.open(shop(2), "shop.prices:VALUE") == 2
        assert "No module named 'shop.gone'" in worker.ask(run="__import__('shop.gone')")


def test_a_module_that_was_deleted_is_gone() -> None:
    with Worker() as worker:
        assert worker.open({**shop(1), "single.py": "A = 1"}, "single:A") == 1
        assert worker.open(shop(2), "shop.prices:VALUE") == 2
        assert "No module named 'single'" in worker.ask(run="__import__('single')")


def test_the_same_version_imports_nothing_again() -> None:
    code = {"counted.py": "import sys\nsys.times = getattr(sys, 'times', 0) + 1\nN = sys.times"}
    with Worker() as worker:
        assert [worker.open(code, "counted:N") for _ in range(3)] == [1, 1, 1]


def test_two_zips_are_kept_and_none_after_the_end() -> None:
    with Worker() as worker:
        for value in range(5):
            worker.open(shop(value), "shop.prices:VALUE")
        folder = Path(worker.ask(run="sys._notesync_worker['folder']"))
        assert len(list(folder.iterdir())) == 2
        assert folder.stat().st_mode & 0o077 == 0
        ours = f"sum(one.startswith({str(folder)!r}) for one in sys.%s)"
        assert worker.ask(run=ours % "path") == 1
        assert worker.ask(run=ours % "path_importer_cache") <= 2
    assert not folder.exists()


def test_two_projects_with_the_same_names_take_turns_and_others_stay() -> None:
    other = {"other.py": "import sys\nsys.loads = getattr(sys, 'loads', 0) + 1\nN = sys.loads"}
    with Worker() as worker:
        assert worker.open(other, "other:N", project="third") == 1
        for _ in range(2):
            assert worker.open(shop(1), "shop.prices:VALUE", project="first") == 1
            assert worker.open(shop(2), "shop.prices:VALUE", project="second") == 2
        assert worker.open(other, "other:N", project="third") == 1


def test_names_of_the_standard_library_and_of_engines_stay_loaded(tmp_path: Path) -> None:
    (tmp_path / "dask.py").write_text("")
    files = {**shop(1), "json/__init__.py": "", "dask/__init__.py": "", "dask/ours.py": ""}
    with Worker(tmp_path) as worker:
        worker.ask(run="sys.__dict__.update(kept=[__import__('json'), __import__('dask')])")
        worker.open(files, "shop.prices:VALUE")
        assert worker.ask(run="[sys.modules['json'], sys.modules['dask']] == sys.kept")


def test_a_namespace_package_shares_its_name(tmp_path: Path) -> None:
    place = tmp_path / "shared"
    place.mkdir()
    (place / "theirs.py").write_text("")
    (place / "ours.py").write_text("VALUE = 0")
    with Worker(tmp_path) as worker:
        worker.ask(run="sys.__dict__.update(kept=__import__('shared.theirs').theirs)")
        worker.ask(run="__import__('shared.ours').__name__")
        assert worker.open({"shared/ours.py": "VALUE = 1"}, "shared.ours:VALUE") == 1
        assert worker.ask(run="sys.modules['shared.theirs'] is sys.kept")


def test_in_the_kernel_an_envelope_changes_nothing(monkeypatch: Any) -> None:
    import os

    monkeypatch.setattr(sys, "_notesync_kernel", os.getpid(), raising=False)
    path, loaded = list(sys.path), set(sys.modules)
    sealed = Envelope("p", "1", b"not even a zip", pickle.dumps("the task")).sealed()
    assert pickle.loads(sealed) == "the task"
    assert sys.path == path
    assert {one for one in sys.modules if "worker" not in one} <= loaded


def test_what_a_killed_worker_has_left_is_removed_by_the_next() -> None:
    where = "sys._notesync_worker['folder']"
    with Worker() as first, Worker() as living:
        for worker in (first, living):
            assert worker.open({"mod.py": "X = 1\n"}, "mod:X") == 1
        left, used = Path(first.ask(run=where)), Path(living.ask(run=where))
        first.kill()
        with Worker() as second:
            assert second.open({"mod.py": "X = 2\n"}, "mod:X") == 2
            assert used.is_dir()
            assert not left.exists()
            mine = Path(second.ask(run=where))
    assert not mine.exists()
