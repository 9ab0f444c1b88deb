"""What holds for classic Spark and for Spark Connect alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .project import PLAIN, Notebook

QUICK_S = 0.5


def of_ten(spark: Any, *functions: Callable[[Any], Any]) -> list[int]:
    """One row with the number 10, through each UDF, in one job."""
    frame = spark.createDataFrame([(10,)], "x long").repartition(1)
    return [int(one) for one in frame.select(*[made("x") for made in functions]).first()]


def udf(function: Callable[..., Any]) -> Any:
    from pyspark.sql.functions import udf as made

    return made(function, "long")


def pandas_udf(function: Callable[..., Any]) -> Any:
    from pyspark.sql.functions import pandas_udf as made

    def by_series(x: Any) -> Any:
        return x.map(lambda one: function(int(one)))

    import pandas

    by_series.__annotations__ = {"x": pandas.Series, "return": pandas.Series}
    by_series.__module__ = "__main__"
    return made(by_series, "long")


def every_kind_of_function(spark: Any, notebook: Notebook) -> None:
    """Functions of the project and of the notebook, as UDF and as pandas UDF, made at each use."""
    for factor in (2, 3, 5, 7):
        if factor > 2:
            notebook.edit(factor)
        functions = [notebook.names[name] for name in PLAIN]
        expected = [gives(factor) for gives in PLAIN.values()]
        assert of_ten(spark, *map(udf, functions)) == expected, list(PLAIN)
        assert of_ten(spark, *map(pandas_udf, functions)) == expected, list(PLAIN)
    assert notebook.said == []


def kept_and_registered(spark: Any, notebook: Notebook) -> None:
    """UDF objects that were made, and names that SQL was told, before the batch."""
    kept = udf(notebook.names["price"])
    kept_pandas = pandas_udf(notebook.names["inside"])
    spark.udf.register("price_of", notebook.names["by_name"], "long")
    for factor in (2, 3, 5):
        if factor > 2:
            notebook.edit(factor)
        assert of_ten(spark, kept) == [10 * factor]
        assert of_ten(spark, kept_pandas) == [10 + factor]
        assert spark.sql("SELECT price_of(10L)").first()[0] == 10 * factor


def quick(spark: Any, notebook: Notebook) -> None:
    """What a batch costs the next task: the rest of it is the same without us.

    Each is taken in turn, more often where the machine has other work: one quiet moment is enough.
    """
    function = udf(notebook.names["price"])
    of_ten(spark, function)
    same, after = [], []
    for factor in range(3, 13):
        same.append(_seconds(lambda: of_ten(spark, function)))
        notebook.edit(factor)
        after.append(_seconds(lambda: of_ten(spark, function)))
        if len(after) >= 3 and min(after) - min(same) < QUICK_S:
            break
    for what, times in (("the same", same), ("after a batch", after)):
        print(f"\n{what}: {', '.join(f'{one:.3f}' for one in times)} s", end="")
    assert min(after) - min(same) < QUICK_S


def _seconds(work: Callable[[], Any]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
