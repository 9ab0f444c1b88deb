"""The laptop is sacred: a source on a read-only mount is served like any other, and nothing tries to write there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.harness import tree
from tests.harness.stack import Stack

mounts = pytest.mark.skipif(os.geteuid() != 0 or not Path("/proc/mounts").exists(), reason="needs root to mount")


@mounts
def test_a_read_only_source_is_served(tmp_path: Path) -> None:
    real, view = tmp_path / "real", tmp_path / "view" / "shop"
    (real / "shop").mkdir(parents=True)
    (real / "shop" / "__init__.py").write_text("")
    (real / "shop" / "cart.py").write_text("def total():\n    return 'one'\n")
    view.mkdir(parents=True)
    subprocess.run(["mount", "--bind", real, view], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", view], check=True)
        before = tree.of(real)
        with Stack(tmp_path / "stack", tree=view) as stack:
            (real / "shop" / "cart.py").write_text("def total():\n    return 'two'\n")
            assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'two'"
            stack.settle()
        assert tree.of(real).keys() == before.keys()
    finally:
        subprocess.run(["umount", "-l", view], check=True)
