"""Real engines: `build/environment/bin/python -m tests.run_workers [ENGINE...]`.

Makes an environment for each under `build/`, installs pinned versions, and runs `py-launcher/tests/workers` there:
Spark with executors of their own, Spark Connect, Ray, Dask, joblib. Prints one table; exits 1 if one failed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.commands import parts, places, step

_TOOLS = ("ipython==9.18.1", "pyzmq==27.3.0", "pytest==9.2.0", "pytest-timeout==2.4.0", "setuptools==80.9.0")
_SPARK = ("pandas==2.3.3", "grpcio==1.85.3", "grpcio-status==1.85.3", "googleapis-common-protos==1.76.0")


@dataclass(frozen=True)
class Engine:
    """What is installed, and which test files are run with it."""

    name: str
    packages: tuple[str, ...]
    files: tuple[str, ...]
    limit: float
    variables: dict[str, str] = field(default_factory=dict)


_SPARK_3 = ("pyspark==3.5.9", "numpy==1.26.4", "pyarrow==18.1.0", *_SPARK)
_SPARK_4 = ("pyspark==4.0.4", "numpy==2.4.6", "pyarrow==21.0.0", *_SPARK)
ENGINES = (
    Engine("spark-3.5", _SPARK_3, ("test_spark.py",), 900),
    Engine("spark-4.0", _SPARK_4, ("test_spark.py",), 900),
    Engine("connect-4.0", _SPARK_4, ("test_connect.py",), 900, {"SPARK_REMOTE": "local[2]"}),
    Engine("ray", ("ray==2.58.1",), ("test_ray.py",), 900),
    Engine("dask", ("distributed==2026.7.1", "joblib==1.5.3"), ("test_dask.py", "test_joblib.py"), 300),
)
BY_NAME = {engine.name: engine for engine in ENGINES}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.run_workers", description=__doc__)
    parser.add_argument("engine", nargs="*", choices=[[], *BY_NAME], help="only these")
    chosen = parser.parse_args(arguments).engine or list(BY_NAME)
    rows = [run_one(BY_NAME[name]) for name in chosen]
    print("\n| engine | result | seconds |\n| --- | --- | --- |")
    for name, result, seconds in rows:
        print(f"| {name} | {result} | {seconds:.0f} |")
    return 1 if any(result != "passed" for _, result, _ in rows) else 0


def run_one(engine: Engine) -> tuple[str, str, float]:
    place = places.BUILD / f"workers-{engine.name}"
    place.parent.mkdir(parents=True, exist_ok=True)
    wanted = place.with_suffix(".requirements.txt")
    text = "\n".join((*_TOOLS, *engine.packages)) + "\n"
    if not wanted.exists() or wanted.read_text(encoding="utf-8") != text:
        wanted.write_text(text, encoding="utf-8")
    parts.virtual_environment(place, wanted, f"an environment with {engine.name}")
    tests = [f"tests/workers/{name}" for name in engine.files]
    command: step.Command = [places.tool(place, "python"), "-m", "pytest", "-s", "-rfEs", "--timeout=300", *tests]
    log = f"workers-{engine.name}"
    began = time.monotonic()
    env = {"PATH": parts.path_with(place), **engine.variables}
    step.say(f"{engine.name} …")
    code = step.code_of(command, log=log, limit=engine.limit, cwd=places.LAUNCHER, env=env)
    if code != 0:
        print(step.tail(log), flush=True)
    result = "passed" if code == 0 else "did not end in time" if code is None else f"FAILED, see {step.log_file(log)}"
    return engine.name, result, time.monotonic() - began


if __name__ == "__main__":
    step.program(main)
