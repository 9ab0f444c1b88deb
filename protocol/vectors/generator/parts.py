"""Bytes in a JSON file: a list of parts that people can read, and that makes bombs of a few lines.

A part is `{"text": …}`, `{"hex": …}`, and with `"times"` it is repeated; the bytes are all parts in a row.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

Part = dict[str, Any]
_SHORTEST_RUN = 12
_PIECES = re.compile(rb"\x00{12,}|[\x20-\x7e\n]{4,}")


def parts(data: bytes) -> list[Part]:
    return [part for piece in _pieces(data) for part in _part(piece)]


def _pieces(data: bytes) -> Iterator[bytes]:
    at = 0
    for match in _PIECES.finditer(data):
        if match.start() > at:
            yield data[at : match.start()]
        yield match.group()
        at = match.end()
    if at < len(data):
        yield data[at:]


def _part(piece: bytes) -> Iterator[Part]:
    if len(piece) >= _SHORTEST_RUN and not any(piece):
        yield {"hex": "00", "times": len(piece)}
        return
    if re.fullmatch(rb"[\x20-\x7e\n]{4,}", piece) is None:
        yield {"hex": piece.hex()}
        return
    for char, run in itertools.groupby(piece.decode("ascii"), _Runs(piece)):
        text = "".join(run)
        if char is not None:
            yield {"text": text[0], "times": len(text)}
        else:
            yield {"text": text}


class _Runs:
    """The key of a long run of one character is that character; of everything else, None."""

    def __init__(self, piece: bytes) -> None:
        self._keys: list[str | None] = []
        for char, run in itertools.groupby(piece.decode("ascii")):
            length = len(list(run))
            self._keys += [char if length >= 4 * _SHORTEST_RUN else None] * length
        self._at = -1

    def __call__(self, _: str) -> str | None:
        self._at += 1
        return self._keys[self._at]


def times(data: bytes, count: int) -> list[Part]:
    """`data` repeated; one part, whatever `count` is."""
    return [{"hex": data.hex(), "times": count}] if data else []


def length(of: list[Part]) -> int:
    return sum(
        (len(part["text"].encode()) if "text" in part else len(part["hex"]) // 2) * part.get("times", 1) for part in of
    )
