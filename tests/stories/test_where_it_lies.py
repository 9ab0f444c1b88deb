"""Where a project lies on the notebook machine: two of one name, one that is moved, a folder that was told."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from tests.harness import wait, world
from tests.harness.laptop import Laptop
from tests.harness.stack import CODE, Stack


def holds(file: Path, word: str) -> bool:
    return word in file.read_text("utf-8")


def connect(stack: Stack, laptop: Laptop, options: str = "") -> str:
    notebook = stack.notebook
    cell = notebook.begin(f"%notesync connect {laptop.url} {options}".rstrip())
    laptop.approve(notebook.until_output(cell, CODE).group(1))
    notebook.finish(cell)
    wait.until(stack.is_connected, "the notebook is connected")
    return cell.text


def test_each_has_a_replica_of_its_own_and_neither_replaces_the_other(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        first = stack.replica
        stack.notebook.run(f"open({str(first / 'result.csv')!r}, 'w').close()")
        source = tmp_path / "another laptop" / "shop"
        (source / "shop").mkdir(parents=True)
        (source / "shop" / "__init__.py").touch()
        (source / "shop" / "cart.py").write_text("def total():\n    return 'theirs'\n", encoding="utf-8")
        home = tmp_path / "another laptop" / "home"
        with Laptop(source, home, world.environment(home), tmp_path / "other logs") as other:
            told = connect(stack, other)
            second = first.with_name("shop-2")
            assert f"→ {second}, up to date" in told
            assert f"{first} holds a project of the same name from another laptop" in told
            # The path of the project before is no longer where Python looks.
            told = stack.notebook.run("import shop.cart; print(shop.cart.total(), shop.cart.__file__)").text
            assert f"theirs {second}" in told
            assert 'return "one"' in (first / "shop" / "cart.py").read_text(encoding="utf-8")
            assert (first / "result.csv").exists()

            # Who comes back finds its own, and takes the other's only where that is asked for.
            assert f"→ {first}, up to date" in connect(stack, stack.laptop)
            connect(stack, other, f"--to '{first}'")
            assert "theirs" in (first / "shop" / "cart.py").read_text(encoding="utf-8")
            assert (first / "result.csv").exists()
            stack.compares = False


def test_a_project_that_is_moved_or_renamed_stays_the_one_it_was(stack: Stack) -> None:
    laptop, stack.compares = stack.laptop, False
    work = stack.place / "laptop" / "work"
    work.mkdir()
    for place in (work / "shop", work / "store"):
        laptop.server.end()
        laptop.source = Path(shutil.move(laptop.source, place))
        laptop.start()
        told = connect(stack, laptop)
        assert "holds a project of the same name" not in told
        there = stack.replica.with_name(place.name)
        assert f"→ {there}, up to date" in told
        laptop.save("shop/cart.py", f"def total():\n    return '{place.name}'\n")
        wait.until(partial(holds, there / "shop" / "cart.py", place.name), "it is there")
    # By its name, as ever.
    assert {path.name for path in stack.replica.parent.iterdir()} == {"shop", "store"}


def test_a_folder_that_was_told_is_that_of_the_restarted_kernel_too(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "stack", connected=False)
    stack.notebook.env["JPY_SESSION_NAME"] = str(tmp_path / "work.ipynb")
    told = tmp_path / "elsewhere" / "code"
    with stack:
        stack.connect(f"--to '{told}'")
        stack.notebook.restart()
        stack.connect()
        assert stack.notebook.run("import shop.cart; print(shop.cart.__file__)").text.startswith(str(told))
        assert not stack.replica.exists()
        stack.compares = False
