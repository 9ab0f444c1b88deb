"""From which folders of the project modules are imported, also where that changes while everything runs."""

from __future__ import annotations

from pathlib import Path

from tests.harness.stack import Stack


def test_a_source_layout_and_a_configuration_that_come_later_are_followed(tmp_path: Path) -> None:
    with Stack(tmp_path / "stack") as stack:
        stack.laptop.save("src/acme/billing/vat.py", "RATE = 1\n")
        assert stack.notebook.run("from acme.billing import vat; vat.RATE").value == "1"
        stack.laptop.save("src/acme/billing/vat.py", "RATE = 2\n")
        assert stack.notebook.run("vat.RATE").value == "2"

        stack.laptop.save("lib/helper.py", "NAME = 'lib'\n")
        stack.laptop.save("pyproject.toml", '[tool.notesync]\npython-paths = ["src", "lib"]\n')
        assert stack.notebook.run("import helper; helper.NAME").value == "'lib'"
        assert stack.notebook.run("import sys; [p for p in sys.path if p.endswith('shop')]").value == "[]"
