"""Back to an earlier sequence, and on again."""

from __future__ import annotations

from tests.harness.stack import Stack


def total(stack: Stack) -> str | None:
    return stack.notebook.run("import shop.cart; shop.cart.total()").value


def test_rollback_goes_back_and_stays_until_resume(stack: Stack) -> None:
    for number in (1, 2, 3):
        stack.laptop.save("shop/cart.py", f"def total():\n    return {number}\n")
        assert total(stack) == str(number)
    stack.notebook.run("%notesync rollback")
    assert total(stack) == "2"
    stack.notebook.run("%notesync rollback")
    assert total(stack) == "1"
    stack.laptop.save("shop/cart.py", "def total():\n    return 4\n")
    assert total(stack) == "1", "a replica that was rolled back stays"
    assert "resume" in stack.notebook.run("%notesync").text
    stack.notebook.run("%notesync resume")
    cell = stack.notebook.run("shop.cart.total()")
    assert cell.value == "4"
    assert "run them again" not in cell.text, "who rolled back knows what the cells ran on"
