"""New code on the workers of Spark, Dask, Ray and joblib, without a restart.

    workers = Workers([root], ["src"])
    workers.changed(sequence, paths)      # after a batch
    workers.before_cell()                 # before every cell

Knows neither Jupyter nor ZeroMQ, and imports no engine: each hook waits until the notebook has.
"""

from ._workers import Workers

__all__ = ["Workers"]
