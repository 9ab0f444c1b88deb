"""From nothing: a real project is on the notebook machine, byte for byte, and can be imported there."""

from __future__ import annotations

import pytest

from tests.harness.stack import Stack
from tests.stories.conftest import MakeStack


@pytest.mark.parametrize("project", ["click", "networkx"])
def test_a_real_project_arrives_and_is_what_is_imported(make_stack: MakeStack, project: str) -> None:
    stack = make_stack(project)
    found = stack.notebook.run(f"import {project}; print({project}.__file__)").text.strip()
    assert found.startswith(str(stack.replica)), found


def test_the_replica_may_be_put_somewhere_else(make_stack: MakeStack) -> None:
    stack = make_stack(connected=False)
    stack.replica = stack.home / "else where"
    stack.connect(f'--to "{stack.replica}"')
    stack.settle()
    assert stack.notebook.run("import shop.cart; shop.cart.__file__").value == repr(str(stack.replica / "shop/cart.py"))


def test_a_project_whose_folder_has_a_space_and_an_accent(make_stack: MakeStack) -> None:
    stack = make_stack(name="mon café")
    assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'one'"


def test_two_kernels_one_after_the_other_find_the_replica_again(stack: Stack) -> None:
    stack.notebook.restart()
    stack.connect()
    stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
    assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'two'"
