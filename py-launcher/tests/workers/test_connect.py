"""Spark Connect: with SPARK_REMOTE=local[2], pyspark starts a real server."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("pyspark.sql.udf")

from . import spark_cases
from .project import Notebook

pytestmark = [
    pytest.mark.skipif("SPARK_REMOTE" not in os.environ, reason="SPARK_REMOTE is not set"),
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()
    yield made
    made.stop()


def test_every_kind_of_function_runs_the_new_code(spark: Any, notebook: Notebook) -> None:
    notebook.workers.before_cell()
    spark_cases.every_kind_of_function(spark, notebook)
    assert re.search("Spark Connect: sequence 4 at .* as an artifact", notebook.told())


def test_kept_udfs_and_registered_names_follow(spark: Any, notebook: Notebook) -> None:
    spark_cases.kept_and_registered(spark, notebook)


def test_a_batch_costs_the_next_task_less_than_half_a_second(
    spark: Any, notebook: Notebook
) -> None:
    spark_cases.quick(spark, notebook)
