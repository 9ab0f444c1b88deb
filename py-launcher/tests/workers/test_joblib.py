"""joblib with its own processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("joblib")

from .project import Notebook

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def _no_processes_stay() -> Iterator[None]:
    yield
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


def test_calls_run_the_new_code_after_each_edit(notebook: Notebook) -> None:
    import joblib

    notebook.workers.before_cell()
    price: Any = notebook.names["price"]
    for factor in (2, 3, 5):
        if factor > 2:
            notebook.edit(factor)
        found = joblib.Parallel(n_jobs=2)(joblib.delayed(price)(x) for x in (10, 20))
        assert found == [10 * factor, 20 * factor]
    assert "starts new ones" in dict(notebook.workers.report())["joblib"]
