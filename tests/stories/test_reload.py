"""Save, Run: the next cell runs the new code; broken code leaves the old running and says where it is broken."""

from __future__ import annotations

import re

import pytest

from tests.commands import places
from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack


@pytest.mark.parametrize("kernel", ["environment", "old-kernel"])
def test_the_next_cell_runs_what_was_saved(make_stack: MakeStack, kernel: str) -> None:
    stack = make_stack(environment=places.BUILD / kernel)
    run = stack.notebook.run
    run("from shop.cart import total\nimport shop.cart")
    for number in range(5):
        stack.laptop.save("shop/cart.py", f"def total():\n    return {number}\n")
        assert run("(total(), shop.cart.total())").value == f"({number}, {number})"


def test_a_real_module_in_use_follows(make_stack: MakeStack) -> None:
    stack = make_stack("networkx")
    run = stack.notebook.run
    run("import networkx as nx; graph = nx.path_graph(4); from networkx import density")
    assert run("density(graph)").value == "0.5"
    stack.laptop.replace("networkx/classes/function.py", "    d = m / (n * (n - 1))\n", "    d = 42.0\n    return d\n")
    assert run("(density(graph), nx.density(graph))").value == "(42.0, 42.0)"


def test_a_module_of_a_src_layout_follows(make_stack: MakeStack) -> None:
    stack = make_stack("click")
    run = stack.notebook.run
    assert run("from click.utils import make_str; make_str(b'abc')").value == "'abc'"
    stack.laptop.replace(
        "src/click/utils.py",
        "def make_str(value: t.Any) -> str:\n",
        "def make_str(value: t.Any) -> str:\n    return 'new'\n\n\ndef _old(value: t.Any) -> str:\n",
    )
    assert run("make_str(b'abc')").value == "'new'"


@pytest.mark.parametrize("kernel", ["environment", "old-kernel"])
def test_a_syntax_error_keeps_the_old_code_and_names_file_and_line(make_stack: MakeStack, kernel: str) -> None:
    stack = make_stack(environment=places.BUILD / kernel)
    run = stack.notebook.run
    run("from shop.cart import total")
    stack.laptop.save("shop/cart.py", "def total():\n    return 'broken\n")
    cell = run("total()")
    assert cell.value == "'one'"
    assert re.search(r"shop/cart\.py\D+2\b", cell.text), cell.text
    run("%notesync strict on")
    refused = stack.notebook.finish(stack.notebook.begin("total()"))
    assert re.search(r"not run, the saved code is broken: .+cart\.py:2: SyntaxError", refused.text), refused.text
    assert "Traceback" not in refused.text, "it is for the user, who has nothing to look for in our code"
    stack.laptop.save("shop/cart.py", "def total():\n    return 'mended'\n")
    assert run("total()").value == "'mended'"


def test_an_error_while_a_module_runs_keeps_the_old_code_everywhere(stack: Stack) -> None:
    run = stack.notebook.run
    run("from shop.cart import total")
    stack.laptop.save("shop/tax.py", "RATE = 2\n")
    stack.laptop.save("shop/cart.py", "from shop.tax import RATE\n\n\ndef total():\n    return RATE\n\n\n1 / 0\n")
    cell = run("total()")
    assert cell.value == "'one'"
    assert "ZeroDivisionError" in cell.text
    assert re.search(r"cart\.py\D+8\b", cell.text), cell.text


def test_a_copy_that_was_loaded_from_elsewhere_is_named(make_stack: MakeStack) -> None:
    stack = make_stack(connected=False)
    copy = stack.home / "uploaded" / "shop"
    copy.mkdir(parents=True)
    (copy / "__init__.py").write_text("")
    (copy / "cart.py").write_text("def total():\n    return 'uploaded'\n")
    run = stack.notebook.run
    run(f"import sys; sys.path.insert(0, {str(copy.parent)!r})\nfrom shop.cart import total")
    stack.connect()
    told = re.compile(r"shop was loaded from .*uploaded/shop/__init__\.py, not from this project")
    assert told.search(run("%notesync log").text)
    assert not told.search(run("total()").text), "it was said, and nothing has moved"
    stack.laptop.save("shop/cart.py", "def total():\n    return 'saved'\n")
    cell = run("total()")
    assert (cell.value, bool(told.search(cell.text))) == ("'uploaded'", True), cell.text
    stack.notebook.restart()
    stack.connect()
    assert run("from shop.cart import total; total()").value == "'saved'"


def test_a_new_module_can_be_imported_and_a_deleted_one_cannot(stack: Stack) -> None:
    run = stack.notebook.run
    stack.laptop.save("shop/extra.py", "WORD = 'here'\n")
    assert run("import shop.extra; shop.extra.WORD").value == "'here'"
    stack.laptop.path("shop/extra.py").unlink()
    stack.settle()
    run("import sys; sys.modules.pop('shop.extra', None)")
    assert (
        "ModuleNotFoundError" in run("try:\n    import shop.extra\nexcept ImportError as e:\n    print(repr(e))").text
    )
