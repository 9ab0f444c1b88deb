"""Two projects of one laptop, each with a server: a notebook gets the one that it names, and each says which folder."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.commands import places
from tests.harness import tree, wait, world
from tests.harness.laptop import Laptop
from tests.harness.stack import CODE, Stack


def test_a_notebook_follows_the_server_that_it_names_and_leaves_the_other_alone(stack: Stack, tmp_path: Path) -> None:
    other = tmp_path / "laptop" / "store"
    other.mkdir(parents=True)
    (other / "shelf.py").write_text("BOOKS = 1\n")
    home = tmp_path / "laptop" / "home"
    with Laptop(other, home, world.environment(home), tmp_path / "logs") as laptop:
        # What to type in the notebook is not the same for both.
        laptop.server.until_line(f"%notesync connect --page {laptop.url}")
        cell = stack.notebook.begin(f"%notesync connect {laptop.url}")
        code = stack.notebook.until_output(cell, CODE).group(1)
        # Only the one that was asked asks its user, and names its own folder.
        laptop.server.until_line(rf"asks to read {re.escape(str(other))}\.")
        laptop.approve(code)
        stack.notebook.finish(cell)
        replica = stack.home / "notesync" / "store"
        assert f"store at {laptop.url} → {replica}" in cell.text
        laptop.save("shelf.py", "BOOKS = 2\n")
        stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
        assert stack.notebook.run("import shelf; shelf.BOOKS").value == "2"
        wait.until_passes(lambda: tree.assert_same(other, replica))
        # Back to the first: it goes on where it was.
        stack.pair(stack.notebook.begin(f"%notesync connect {stack.laptop.url}"))
        assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'two'"
        assert sum(str(stack.source) in line for line in laptop.server.lines) == 0


def test_a_second_server_on_the_same_port_says_what_to_do(stack: Stack, tmp_path: Path) -> None:
    other = tmp_path / "store"
    other.mkdir()
    command = ["java", "-jar", str(places.SERVER_JAR), str(other), "--port", str(stack.laptop.port)]
    env = world.environment(tmp_path / "home")
    second = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=env)
    assert second.returncode != 0
    told = f"port {stack.laptop.port} is taken, perhaps by another notesync server: stop that, or choose another"
    assert told in second.stderr + second.stdout
