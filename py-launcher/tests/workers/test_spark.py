"""Classic Spark: a local cluster whose executors are processes of their own."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("pyspark.sql.udf")

from . import spark_cases
from .project import PLAIN, Notebook, write_older

pytestmark = [
    pytest.mark.skipif("SPARK_REMOTE" in os.environ, reason="this is Spark Connect"),
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An executor, a process of its own, has an older version of the project on its path."""
    from pyspark.sql import SparkSession

    older = tmp_path_factory.mktemp("executors")
    write_older(older)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local-cluster[1,2,512]").appName("notesync")
    settings = {
        "spark.ui.enabled": "false",
        "spark.executor.memory": "512m",
        "spark.driver.host": "127.0.0.1",
        "spark.executorEnv.PYTHONPATH": str(older),
        "spark.sql.shuffle.partitions": "2",
        "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    yield made
    made.stop()


def test_workers_that_have_nothing_or_imported_an_older_version(
    spark: Any, notebook: Notebook
) -> None:
    def load(_: Any) -> int:
        # By value: this module is not on the workers.
        import shop.prices

        return int(shop.prices.price(10))

    # First of all tests: no worker has seen an envelope yet. As on Databricks, what joins
    # `sys.path` after the start of the session does not reach them.
    notebook.workers.off()
    numbers = spark.sparkContext.parallelize(range(4), 4)
    with pytest.raises(Exception, match="No module named 'stock'"):
        numbers.map(notebook.names["stocked"]).collect()
    assert set(numbers.map(load).collect()) == {10}
    notebook.workers.on()
    for factor in (2, 3):
        if factor > 2:
            notebook.edit(factor)
        assert set(numbers.map(load).collect()) == {10 * factor}
        assert numbers.map(notebook.names["stocked"]).collect() == [n - factor for n in range(4)]


def test_what_spark_got_is_told(
    spark: Any, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.workers.before_cell()
    assert "Spark: nothing was sent yet" in notebook.told()
    price = spark_cases.udf(notebook.names["price"])
    spark_cases.of_ten(spark, price)
    assert "Spark: the first state at" in notebook.told()
    notebook.edit(3)
    spark_cases.of_ten(spark, price)
    assert re.search(r"Spark: sequence 2 at .* as a broadcast", notebook.told())
    assert "when the session starts" not in notebook.told()
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "16.4")
    assert "Databricks sends folders of sys.path" in notebook.told()


def test_every_kind_of_function_runs_the_new_code(spark: Any, notebook: Notebook) -> None:
    before = workers(spark)
    spark_cases.every_kind_of_function(spark, notebook)
    assert workers(spark) & before, "no Python worker outlived three batches"


def test_kept_udfs_and_registered_names_follow(spark: Any, notebook: Notebook) -> None:
    spark_cases.kept_and_registered(spark, notebook)


def test_functions_of_rdds_and_instances(spark: Any, notebook: Notebook) -> None:
    item = notebook.names["Item"](10)
    for factor in (2, 3, 5):
        if factor > 2:
            notebook.edit(factor)
        items = spark.sparkContext.parallelize([item, item], 2)
        assert items.map(notebook.names["of_item"]).collect() == [10 * factor] * 2
        functions = [notebook.names[name] for name in PLAIN]
        numbers = spark.sparkContext.parallelize([10], 1)
        found = numbers.map(lambda x, all=functions: [one(x) for one in all]).collect()[0]
        assert found == [gives(factor) for gives in PLAIN.values()]


def test_data_that_the_jvm_reads_stays_plain(spark: Any, notebook: Notebook) -> None:
    rows = [(n, f"row {n}") for n in range(10)]
    notebook.workers.before_cell()
    assert [tuple(row) for row in spark.createDataFrame(rows, "n long, s string").collect()] == rows
    parallel = spark.sparkContext.parallelize(rows, 2)
    assert sorted(map(tuple, parallel.toDF(["n", "s"]).collect())) == rows


def test_the_path_of_the_kernel_and_the_includes_stay(spark: Any, notebook: Notebook) -> None:
    path = list(sys.path)
    for factor in (3, 4, 5):
        notebook.edit(factor)
        assert spark_cases.of_ten(spark, spark_cases.udf(notebook.names["price"])) == [10 * factor]
    assert sys.path == path
    assert spark.sparkContext._python_includes == []


def test_a_batch_costs_the_next_task_less_than_half_a_second(
    spark: Any, notebook: Notebook
) -> None:
    spark_cases.quick(spark, notebook)


def test_workers_keep_two_zips_at_most(spark: Any, notebook: Notebook) -> None:
    def zips(_: Any) -> int:
        state = getattr(sys, "_notesync_worker", None)
        return max(len(one) for one in state["zips"].values()) if state else 0

    for factor in (3, 4, 5, 6):
        notebook.edit(factor)
        spark_cases.of_ten(spark, spark_cases.udf(notebook.names["price"]))
    counts = spark.sparkContext.parallelize(range(4), 4).map(zips).collect()
    assert 1 <= max(counts) <= 2


def test_a_failure_of_ours_does_not_stop_a_task(
    spark: Any, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise OSError("the disk is gone")

    notebook.workers.before_cell()
    monkeypatch.setattr(notebook.workers.supply.tree, "bundle", broken)
    assert spark.sparkContext.parallelize([1], 1).map(lambda x: x + 1).collect() == [2]
    assert ["the disk is gone" in line for line in notebook.said] == [True]


def workers(spark: Any) -> set[int]:
    def pid(_: Any) -> int:
        return os.getpid()

    return set(spark.sparkContext.parallelize(range(4), 4).map(pid).collect())
