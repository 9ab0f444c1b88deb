"""What a person made on the notebook side is never lost: it is kept aside, told of, and can be had back."""

from __future__ import annotations

import re
from pathlib import Path

from tests.harness import wait
from tests.harness.stack import Stack

LAPTOPS = "def total():\n    return 'laptop'\n"
YOURS = "def total():\n    return 'yours'\n"


def kept(stack: Stack) -> str:
    return stack.notebook.run("%notesync kept").text


def kept_bytes(stack: Stack) -> set[bytes]:
    folder = stack.replica / ".notesync" / "kept"
    return {path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_edited_file_is_kept_and_the_laptops_takes_its_place(stack: Stack) -> None:
    (stack.replica / "shop/cart.py").write_text(YOURS)
    stack.laptop.save("shop/cart.py", LAPTOPS)
    cell = stack.notebook.run("import shop.cart; shop.cart.total()")
    assert cell.value == "'laptop'"
    assert "shop/cart.py" in cell.text, f"the notebook did not say so:\n{cell.text}"
    assert YOURS.encode() in kept_bytes(stack)
    told = kept(stack)
    assert "shop/cart.py" in told
    identity = re.search(r"\b([0-9a-f]{8})\b", told)
    assert identity, told
    assert "-    return 'yours'" in stack.notebook.run(f"%notesync kept diff {identity.group(1)}").text


def test_a_restored_file_is_the_users_again(stack: Stack) -> None:
    (stack.replica / "shop/cart.py").write_text(YOURS)
    stack.laptop.save("shop/cart.py", LAPTOPS)
    stack.settle()
    identity = re.search(r"\b([0-9a-f]{8})\b", kept(stack))
    assert identity
    stack.notebook.run(f"%notesync kept restore {identity.group(1)}")
    assert (stack.replica / "shop/cart.py").read_text() == YOURS
    stack.laptop.save("shop/cart.py", LAPTOPS + "# once more\n")


def test_an_unknown_file_where_a_new_one_wants_to_be(stack: Stack) -> None:
    (stack.replica / "shop/new.py").write_text("MINE = 1\n")
    stack.laptop.save("shop/new.py", "THEIRS = 1\n")
    stack.settle()
    assert b"MINE = 1\n" in kept_bytes(stack)


def test_a_folder_where_a_file_wants_to_be(stack: Stack) -> None:
    folder = stack.replica / "report"
    folder.mkdir()
    (folder / "figure.txt").write_text("a result\n")
    stack.laptop.save("report", "a file now\n")
    stack.settle()
    assert b"a result\n" in kept_bytes(stack)


def test_an_edited_file_that_the_laptop_deletes(stack: Stack) -> None:
    (stack.replica / "README.md").write_text("my notes\n")
    stack.laptop.path("README.md").unlink()
    stack.settle()
    assert b"my notes\n" in kept_bytes(stack)


def test_results_in_a_deleted_folder_stay_where_they_are(stack: Stack) -> None:
    stack.laptop.save("study/model.py", "A = 1\n")
    stack.settle()
    result = stack.replica / "study" / "result.csv"
    result.write_text("1,2\n")
    stack.laptop.path("study/model.py").unlink()
    stack.laptop.path("study").rmdir()
    wait.until(lambda: not (stack.replica / "study/model.py").exists(), "the module is gone")
    assert result.read_text() == "1,2\n"
    put_away(result)


def test_files_that_notesync_does_not_manage_are_never_touched(stack: Stack) -> None:
    output = stack.replica / "outputs" / "plot.png"
    output.parent.mkdir()
    output.write_bytes(b"\x89PNG")
    for number in range(3):
        stack.laptop.save("shop/cart.py", f"def total():\n    return {number}\n")
        assert stack.notebook.run("import shop.cart; shop.cart.total()").value == str(number)
    assert output.read_bytes() == b"\x89PNG"
    put_away(output)


def put_away(path: Path) -> None:
    """The user's own file, and its folder, leave: what remains has to equal the source."""
    path.unlink()
    path.parent.rmdir()
