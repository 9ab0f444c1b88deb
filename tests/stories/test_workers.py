"""Tasks on workers run what was saved: a real Dask cluster, started from the notebook."""

from __future__ import annotations

import re

from tests.harness.stack import Stack


def test_tasks_of_dask_run_what_was_saved_and_the_notebook_says_which_sequence_they_got(stack: Stack) -> None:
    run = stack.notebook.run
    run("from distributed import Client; from shop.cart import total")
    run("client = Client(n_workers=1, threads_per_worker=1, dashboard_address=None)")
    worker = run("client.submit(lambda: __import__('os').getpid(), pure=False).result(timeout=60)").value
    assert run("client.submit(total).result(timeout=60)").value == "'one'"
    for number in range(2):
        stack.laptop.save("shop/cart.py", f"def total():\n    return {number}\n")
        assert run("client.submit(total).result(timeout=60)").value == str(number)
        told = run("%notesync workers").text
        given = re.search(r"Dask\s+sequence (\d+) .*as a worker plugin", told)
        assert given, told
        assert str(run("import notesync; notesync.sequence()").value).startswith(given.group(1)), told
    assert run("client.submit(lambda: __import__('os').getpid(), pure=False).result(timeout=60)").value == worker
    run("client.shutdown()")
