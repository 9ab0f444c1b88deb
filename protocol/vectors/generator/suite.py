"""The shape of a vector file: after Wycheproof, with our words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Test = dict[str, Any]


@dataclass
class Suite:
    """One file; the tests are numbered as they stand."""

    name: str
    about: str
    flags: dict[str, str] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)

    def add(self, comment: str, result: str = "valid", flags: str = "", **fields: object) -> None:
        """`result` is `valid`, or `invalid`: then the error's `code` is among the fields, and its `reason` or null."""
        words = flags.split()
        for word in words:
            if word not in self.flags:
                raise ValueError(f"{self.name}: flag {word} is not explained")
        if result == "invalid":
            fields.setdefault("reason", None)
        self.tests.append({"id": len(self.tests) + 1, "comment": comment, **fields, "result": result, "flags": words})

    def as_json(self) -> dict[str, Any]:
        return {
            "notesync": "vectors",
            "protocol": 1,
            "suite": self.name,
            "about": self.about,
            "flags": self.flags,
            "tests": self.tests,
        }
