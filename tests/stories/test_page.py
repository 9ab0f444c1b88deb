"""Through the browser: the page that shows the notebook carries the bytes, and nothing of it is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.leaks import assert_nothing_leaked, assert_saved_clean
from tests.harness.paged import PagedStack

pytestmark = [pytest.mark.browser]
TOTAL = "import shop.cart; print(shop.cart.total())"


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_save_and_run_through_the_page(tmp_path: Path, app: str) -> None:
    with PagedStack(tmp_path / "stack", app=app, cells=(TOTAL, "%notesync log\n%notesync doctor")) as stack:
        assert stack.run(0) == "one"
        for word in ("two", "three"):
            stack.laptop.save("shop/cart.py", f"def total():\n    return {word!r}\n")
            assert stack.run(0) == word
        assert_saved_clean(stack)
        stack.run(1)
        assert_nothing_leaked(stack, stack.browser.tokens)


def test_a_real_project_through_the_page(tmp_path: Path) -> None:
    cells = ("import networkx as nx; print(nx.density(nx.path_graph(4)))",)
    with PagedStack(tmp_path / "stack", "networkx", cells=cells) as stack:
        assert stack.run(0) == "0.5"
        stack.laptop.replace("networkx/classes/function.py", "    d = m / (n * (n - 1))\n", "    return 42.0\n")
        assert stack.run(0) == "42.0"


def test_the_page_was_reloaded(tmp_path: Path) -> None:
    with PagedStack(tmp_path / "stack", cells=(TOTAL,)) as stack:
        assert stack.run(0) == "one"
        stack.page.reload()
        # The token waited in the page's session: nobody has to type anything.
        stack.until_connected()
        stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
        assert stack.run(0) == "two"
        assert_saved_clean(stack)
