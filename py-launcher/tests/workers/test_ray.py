"""Ray: a real local cluster, whose workers do not have the project."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray")

from .project import PLAIN, Notebook, write_older

pytestmark = pytest.mark.filterwarnings("default")
QUICK_S = 0.5


@pytest.fixture(scope="module")
def ray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Workers start with an older version of the project on their path."""
    import ray as made

    older = tmp_path_factory.mktemp("workers")
    write_older(older)
    made.init(
        num_cpus=1,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=80 << 20,
        runtime_env={"env_vars": {"PYTHONPATH": str(older)}},
    )
    yield made
    made.shutdown()


def pid() -> int:
    return os.getpid()


pid.__module__ = "__main__"


def run(ray: Any, function: Any, *arguments: Any) -> Any:
    return ray.get(ray.remote(function).remote(*arguments), timeout=60)


def test_every_kind_of_function_runs_the_new_code(ray: Any, notebook: Notebook) -> None:
    notebook.workers.before_cell()
    before = run(ray, pid)
    for factor in (2, 3, 5, 7):
        if factor > 2:
            notebook.edit(factor)
        for name, gives in PLAIN.items():
            assert run(ray, notebook.names[name], 10) == gives(factor), name
    assert run(ray, pid) == before
    assert notebook.said == []


def test_what_ray_got_is_told(ray: Any, notebook: Notebook) -> None:
    notebook.workers.before_cell()
    assert "Ray: nothing was sent yet" in notebook.told()
    for factor in (3, 4):
        notebook.edit(factor)
        assert run(ray, notebook.names["price"], 10) == 10 * factor
        assert f"Ray: sequence {factor - 1} at" in notebook.told()


def test_kept_remote_functions_and_actor_classes_follow(ray: Any, notebook: Notebook) -> None:
    notebook.workers.before_cell()
    kept = ray.remote(notebook.names["price"])
    actors = ray.remote(num_cpus=0)(notebook.names["Item"])
    for factor in (2, 3, 5):
        if factor > 2:
            notebook.edit(factor)
        assert ray.get(kept.remote(10), timeout=60) == 10 * factor
        assert ray.get(actors.remote(10).total.remote(), timeout=60) == 10 * factor


def test_workers_that_imported_an_older_version(ray: Any, notebook: Notebook) -> None:
    def load() -> int:
        import shop.prices

        return int(shop.prices.price(10))

    load.__module__ = "__main__"
    notebook.workers.off()
    # Own workers for these options: fresh ones, that have the older version only.
    fresh = ray.remote(num_cpus=1, runtime_env={"env_vars": {"FRESH": "1"}})
    with pytest.raises(Exception, match="No module named 'stock'"):
        ray.get(fresh(notebook.names["stocked"]).remote(10), timeout=60)
    with_older = fresh(load)
    assert ray.get(with_older.remote(), timeout=60) == 10
    notebook.workers.on()
    assert ray.get(with_older.remote(), timeout=60) == 20
    for factor in (4, 6):
        notebook.edit(factor)
        assert ray.get(with_older.remote(), timeout=60) == 10 * factor


def test_instances_have_the_new_methods(ray: Any, notebook: Notebook) -> None:
    notebook.workers.before_cell()
    item = notebook.names["Item"](10)
    for factor in (2, 3, 5):
        if factor > 2:
            notebook.edit(factor)
        assert run(ray, notebook.names["of_item"], item) == 10 * factor


def test_a_batch_costs_the_next_task_less_than_half_a_second(ray: Any, notebook: Notebook) -> None:
    notebook.workers.before_cell()
    kept = ray.remote(notebook.names["price"])
    ray.get(kept.remote(10), timeout=60)
    after = []
    for factor in (3, 4, 5):
        notebook.edit(factor)
        began = time.monotonic()
        assert ray.get(kept.remote(10), timeout=60) == 10 * factor
        after.append(time.monotonic() - began)
    print(f"\nafter a batch: {', '.join(f'{one:.3f}' for one in after)} s")
    assert min(after) < QUICK_S


def test_the_path_of_the_kernel_stays(ray: Any, notebook: Notebook) -> None:
    path = list(sys.path)
    notebook.edit(3)
    assert run(ray, notebook.names["price"], 10) == 30
    assert sys.path == path
    assert Path(sys.modules["shop.prices"].__file__ or "").is_relative_to(notebook.root)
