"""Databricks and VS Code, imitated: the widget in a sandboxed frame, with the managers of ipywidgets 7 and 8."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.commands import places
from tests.harness.colab import SITE
from tests.harness.widgets import DATABRICKS, LEGS, MOST, SIZE, VS_CODE, WidgetHost

pytestmark = [pytest.mark.browser]
TOTAL = "import shop.cart; print(shop.cart.total())"
VERSION = "import ipywidgets; print(ipywidgets.__version__)"
LOAD = "%load_ext notesync\n%notesync connect --widget LAPTOP"
# VS Code tells its kernels which file it shows; then the widget comes by itself.
LOAD_IN_VS_CODE = "__vsc_ipynb_file__ = '/home/ada/story.ipynb'\n%load_ext notesync"
BIG = 6_000_000

# The environment, and the major version of its ipywidgets and of the page's manager.
OLD = (places.OLD_KERNEL, 7)
NEW = (places.ENVIRONMENT, 8)


def total(word: str) -> str:
    return f"def total():\n    return {word!r}\n"


def test_databricks_carries_through_a_widget_and_the_window(tmp_path: Path) -> None:
    """All its runtimes have ipywidgets 7."""
    with WidgetHost(tmp_path / "stack", DATABRICKS, *OLD, LOAD, TOTAL, LEGS, VERSION, SIZE) as stack:
        assert stack.run(3).startswith("7.7")
        stack.run(0)
        stack.pair_in(0)
        stack.settle()
        assert stack.frame(0).locator("body").get_attribute("data-base") == "1.2.0"
        assert json.loads(stack.run(2)) == {"laptop": "popup", "kernel": "widget"}
        assert stack.run(1) == "one"
        stack.laptop.save("shop/cart.py", total("two"))
        stack.settle()
        assert last_line(stack.run(1)) == "two"
        stack.laptop.save_bytes("shop/big.bin", random.Random(1).randbytes(BIG))
        stack.settle()
        assert stack.run(4) == str(BIG)
        assert sum(stack.messages) > BIG
        assert max(stack.messages) < MOST
        assert_clean(stack)


@pytest.mark.parametrize("versions", [OLD, NEW], ids=["ipywidgets-7.7", "ipywidgets-8"])
def test_vs_code_opens_no_window_and_gets_buffers_without_neighbours(
    tmp_path: Path, versions: tuple[Path, int]
) -> None:
    # The older one is a kernel of Colab's: what only its own page has must not be waited for.
    load = f"import google.colab\n{LOAD_IN_VS_CODE}" if versions is OLD else LOAD_IN_VS_CODE
    cells = (load, TOTAL, LEGS, f"%notesync connect --widget LAPTOP\n{VERSION}")
    with WidgetHost(tmp_path / "stack", VS_CODE, *versions, *cells, PYTHONPATH=str(SITE)) as stack:
        stack.run(0)
        assert f"{versions[1]}." in stack.run(3)
        stack.frame(3).get_by_role("button", name="Connect", exact=True).click()
        stack.laptop.approve(stack.code_in(3))
        stack.until_connected_in(3)
        stack.settle()
        assert json.loads(stack.run(2)) == {"laptop": "direct", "kernel": "widget"}
        stack.laptop.save("shop/cart.py", total("two"))
        stack.laptop.save_bytes("shop/big.bin", random.Random(2).randbytes(BIG))
        # Every byte is compared: one that came with a view's neighbours would be seen.
        stack.settle()
        assert last_line(stack.run(1)) == "two"
        assert len(stack.browser.context.pages) == 2, "the page, and the one that every browser begins with"
        assert max(stack.messages) < MOST
        assert_clean(stack)


def last_line(shown: str) -> str:
    """What the cell shows; above it may stand that the one before, a moment ago, perhaps ran just before the save."""
    return shown.splitlines()[-1]


def assert_clean(stack: WidgetHost) -> None:
    """Neither script nor secret in what would be saved, nor where the laptop keeps its files."""
    saved = stack.saved()
    assert "one" in saved or "two" in saved
    for trace in ("<script", "NOTESYNC_OFFER", "Bearer", "token", "nonce", str(stack.source), stack.jupyter.token):
        assert trace not in saved, trace
