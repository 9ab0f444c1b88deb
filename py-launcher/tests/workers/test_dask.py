"""dask.distributed with scheduler and workers in processes of their own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed")

from .project import PLAIN, Notebook

QUICK_S = 0.5


class Cluster:
    """A scheduler and workers, started as an administrator does, elsewhere than the notebook."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self._start("scheduler", "--scheduler-file", str(file), *options)
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            self._programs[0].poll()
            assert self._programs[0].returncode is None
            time.sleep(0.02)
        self.file = file

    def worker(self, path: Path | None = None) -> subprocess.Popen[bytes]:
        """Two threads; no project on its path, or what is in a folder."""
        more = {"PYTHONPATH": str(path)} if path else {}
        options = ("--nthreads", "2", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        place = ("--local-directory", str(self._folder))
        return self._start("worker", "--scheduler-file", str(self.file), *options, *place, **more)

    def _start(self, what: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{what}-{len(self._programs)}.log").open("wb")
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, *options]
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self._folder), **environment}
        self._programs.append(
            subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log, env=env)
        )
        log.close()
        return self._programs[-1]

    def close(self) -> None:
        for program in reversed(self._programs):
            program.kill()
            program.wait(30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One for all tests: every test has a project of its own with the same names."""
    made = Cluster(tmp_path_factory.mktemp("dask"))
    made.worker()
    yield made
    made.close()


@pytest.fixture
def client(cluster: Cluster, notebook: Notebook) -> Iterator[Any]:
    from distributed import Client

    with Client(scheduler_file=str(cluster.file), timeout=60) as made:
        made.wait_for_workers(1, timeout=60)
        notebook.workers.before_cell()
        yield made


def results(client: Any, notebook: Notebook) -> dict[str, Any]:
    return {name: client.submit(notebook.names[name], 10).result(timeout=30) for name in PLAIN}


def expected(factor: int) -> dict[str, int]:
    return {name: gives(factor) for name, gives in PLAIN.items()}


def pids(client: Any) -> set[int]:
    return set(client.run(lambda: __import__("os").getpid()).values())


def test_tasks_run_the_new_code_after_each_of_three_edits(client: Any, notebook: Notebook) -> None:
    before = pids(client)
    with pytest.raises(ModuleNotFoundError, match="No module named 'stock'"):
        client.run(lambda: __import__("stock"))
    assert results(client, notebook) == expected(2)
    took = []
    for factor in (3, 5, 7):
        notebook.edit(factor)
        began = time.monotonic()
        assert client.submit(notebook.names["price"], 10).result(timeout=30) == 10 * factor
        took.append(time.monotonic() - began)
        assert results(client, notebook) == expected(factor)
        assert f"Dask: sequence {notebook.sequence} at" in notebook.told()
    assert min(took) < QUICK_S
    assert pids(client) == before
    assert notebook.said == []


def test_instances_have_the_new_methods_on_workers(client: Any, notebook: Notebook) -> None:
    item = notebook.names["Item"](10)
    for factor in (2, 3, 5):
        if factor > 2:
            notebook.edit(factor)
        assert client.submit(notebook.names["of_item"], item).result(timeout=30) == 10 * factor


def test_an_earlier_result_that_is_still_held_is_not_taken_for_the_new_one(
    client: Any, notebook: Notebook
) -> None:
    price, item = notebook.names["price"], notebook.names["Item"](10)
    held = [client.submit(price, 10), client.submit(item.total), *client.map(price, [10, 20])]
    assert client.gather(held) == [20, 20, 20, 40]
    notebook.edit(3)
    again = [client.submit(price, 10), client.submit(item.total), *client.map(price, [10, 20])]
    assert client.gather(again) == [30, 30, 30, 60]
    assert client.gather(held) == [20, 20, 20, 40]


def test_the_same_code_gives_the_same_keys(client: Any, notebook: Notebook) -> None:
    price = notebook.names["price"]
    assert client.submit(price, 10).key == client.submit(price, 10).key


def test_a_worker_that_imported_an_older_version_and_one_that_joins_late(
    client: Any, cluster: Cluster, notebook: Notebook, older: Path
) -> None:
    def load(name: str) -> Any:
        return __import__(name, fromlist=["x"]).__file__

    assert results(client, notebook) == expected(2)
    notebook.edit(3)
    assert results(client, notebook) == expected(3)
    late = cluster.worker(older)
    client.wait_for_workers(2, timeout=60)
    assert set(client.run(lambda: __import__("shop.prices").prices.price(10)).values()) == {30}
    notebook.edit(5)
    assert set(client.gather([client.submit(notebook.names["price"], 10, pure=False)])) == {50}
    assert set(client.run(lambda: __import__("shop.prices").prices.price(10)).values()) == {50}
    with pytest.raises(ModuleNotFoundError):
        client.run(load, "shop.gone")
    late.kill()


def test_workers_in_the_process_of_the_kernel_leave_its_modules_alone(notebook: Notebook) -> None:
    from distributed import Client

    with Client(processes=False, n_workers=1, dashboard_address=":0") as client:
        notebook.workers.before_cell()
        kept = sys.modules["shop.prices"]
        path = list(sys.path)
        assert client.submit(notebook.names["price"], 10).result(timeout=30) == 20
        notebook.edit(3)
        assert client.submit(notebook.names["price"], 10).result(timeout=30) == 30
        assert sys.modules["shop.prices"] is kept
        assert sys.path == path


def test_a_broken_batch_does_not_reach_workers_and_its_repair_does(
    client: Any, notebook: Notebook
) -> None:
    assert results(client, notebook) == expected(2)
    paths = notebook.write(3)
    paths[1].write_text("def price(:\n")
    notebook.workers.changed(2, paths, taken_up=False)
    notebook.workers.before_cell()
    assert results(client, notebook) == expected(2)
    assert "broken" in notebook.told()
    notebook.edit(5)
    assert results(client, notebook) == expected(5)


def test_off_takes_the_hooks_out_and_on_puts_them_in(client: Any, notebook: Notebook) -> None:
    price = notebook.names["price"]
    assert client.submit(price, 10, pure=False).result(timeout=30) == 20
    notebook.workers.off()
    assert "off" in notebook.told()
    notebook.edit(3)
    assert client.submit(price, 10, pure=False).result(timeout=30) == 20
    notebook.workers.on()
    assert client.submit(price, 10, pure=False).result(timeout=30) == 30
    assert "worker plugin" in notebook.told()
