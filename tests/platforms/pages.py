"""Reads the documentation: its fenced blocks, what each is for, and its links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.commands import places

DOCS = places.ROOT / "docs"
_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block. `kind` is what stands behind the fence: `sh`, `sh live`, `ipython`, …"""

    page: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    return sorted(DOCS.glob("*.md"))


def blocks(*kinds: str) -> list[Block]:
    """All blocks of the documentation, or those of some kinds."""
    found = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for fence in _FENCE.finditer(text):
            lines = [line.removeprefix(fence["indent"]) for line in fence["body"].splitlines()]
            line = text.count("\n", 0, fence.start()) + 1
            found.append(Block(page.name, line, fence["info"].strip(), "\n".join(lines) + "\n"))
    return [block for block in found if not kinds or block.kind in kinds]


def links(page: Path) -> list[str]:
    """The links of a page that lead to files."""
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    return [target for target in targets if "://" not in target]
