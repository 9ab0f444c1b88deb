"""Every sentence about workers that a user reads. Pure, any thread."""

from __future__ import annotations

AS_BROADCAST = "as a broadcast"
AS_ARTIFACT = "as an artifact of the session"
AS_PLUGIN = "as a worker plugin"
INSIDE = "inside each function"
WITHOUT_WAITING = (
    "as a worker plugin, without waiting for it: this client is asynchronous, so a task that is "
    "submitted at once may be faster"
)
SPARK_STAYS = "DataFrames and RDDs that were built before keep their functions: build them again"
DATABRICKS = (
    "Databricks sends folders of sys.path to executors only when the session starts: tasks do not "
    "depend on that, each takes the code along"
)
CONNECT_STAYS = "streaming queries that run keep their functions"
RAY_STAYS = "running actors keep their methods; tasks that a task starts need the project there"
DASK_STAYS = "persisted collections, futures and running actors keep their results and code"
JOBLIB_STAYS = "pools of multiprocessing and concurrent.futures are yours: make them again"
NONE = "no Spark, Dask, Ray or joblib is imported in this notebook"
NOTHING_YET = "nothing was sent yet: the first task takes the code along"
OFF = "off: workers have what their engine sent them (`%notesync workers on`)"


def on(paths: str) -> str:
    return f"on: tasks take the code below {paths} along"


def given(version: str, sequence: int | None, when: str, how: str, size: int) -> str:
    of = f"sequence {sequence}" if sequence is not None else "the first state"
    return f"{of} at {when}, {how} ({_size(size)}, version {version[:8]})"


def joblib_ended(sequence: int | None) -> str:
    return f"its processes ended with sequence {sequence}, the next call starts new ones"


def not_sent(engine: str, error: Exception) -> str:
    return (
        f"{engine} goes on without the project's newest code ({_first(error)}): "
        "see `%notesync log`, or `%notesync workers off`"
    )


def no_artifacts(error: Exception) -> str:
    return f"inside each function, since the server takes no artifact: {_first(error)}"


def too_large(size: int, most: int) -> str:
    return (
        f"the project's importable files are {_size(size)} compressed, {_size(most)} can be sent: "
        "move data out of the packages"
    )


def left_out(names: list[str]) -> str:
    shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    return f"{len(names)} data files above 1 MB do not go along: {shown}"


def held() -> str:
    return "the last batch is broken and was not taken up: workers keep the code from before, too"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count / 1e3, 0.1):.1f} KB"


def _first(error: Exception) -> str:
    told = str(error).strip().splitlines()
    return told[0] if told else type(error).__name__
