"""Journals of transactions (JOURNAL.md): the text, and what it says."""

from __future__ import annotations

import hashlib
from typing import Any

from generator.parts import parts
from generator.suite import Suite

EPOCH = "e203351490ebe04aed1fafbed3fd11a6"
BATCH = "3e972dfc39173775ea5bfd205ea8d7af"
TREE = "3915a13861f1bc9cb3758e2c6fef048bed71f00765fdb10a74c651c4cbff5929"
AFTER = "0b893f08d6cd4cb20f0f0851ff4ffc2c118985c932f67488cc13a6d561a949eb"
OLD = "91d6a3d55e9fea7911c537afae6607c77fa8bc0f3a76c375e104ac5a8cfa84db"
NEW = "6c363e843fc16bf78072e17cf6f574062508609fe3e852ee8f2aa57908b9901f"

HEAD = [
    "notesync journal 1",
    "number 12",
    f"batch {BATCH}",
    "reason batch",
    f"from {EPOCH} 6 {TREE}",
    f"to {EPOCH} 7 {AFTER}",
    'git {"commit":null,"branch":"main","dirty":true}',
    "boot c1497515-56c4-4be0-b2de-f11a8dfc922e",
    "made 1796007412453",
]
BODY = [
    "mkdir new",
    "place 4 fe00.10453665:1796007411960488047 fe00.10453601:1796007300000000000:4 a file.py",
    "place 7 fe00.10453697:1796007411964488047 - new/b.py",
    "chmod 755 run.sh",
    "aside 9 fe00.10453681:1796007411964488047:12 old/c.py",
    "aside 10 - old/__pycache__",
    "recase 11 Lib\tlib",
    "rmdir old",
    "kept 4 edited a file.py",
    f"- f {OLD} 0 4 a file.py",
    f"+ f {NEW} 1 5 a file.py",
    "+ d new",
    "= d data",
    "+ l caf\u00e9/link\t../a file.py",
]
SAYS = {
    "number": 12,
    "batch": BATCH,
    "reason": "batch",
    "from": {"epoch": EPOCH, "sequence": 6},
    "to": {"epoch": EPOCH, "sequence": 7},
    "boot": "c1497515-56c4-4be0-b2de-f11a8dfc922e",
    "made": 1796007412453,
}


def suites() -> list[Suite]:
    suite = Suite(
        "journals",
        "Journals; `text` is a list of parts. Of a valid one: its fields, how many `steps`, `kept`, `removed`, `added`,"
        " `adopted` it has, and that it is written again byte for byte.",
        {"torn": "cut short by a crash", "newer": "of a later version"},
    )
    whole = journal(HEAD + BODY)
    suite.add("every kind of line", text=parts(whole), **SAYS, steps=8, kept=1, removed=1, added=4, adopted=1)
    first = [*HEAD[:4], f"from - 0 {'0' * 64}", *HEAD[5:6], "git -", *HEAD[7:]]
    suite.add(
        "the first batch, outside a repository, that changes nothing",
        text=parts(journal(first)),
        **{**SAYS, "from": None},
        **counts(),
    )
    back = [*HEAD[:2], "batch -", "reason rollback", HEAD[4], f"to - 0 {'0' * 64}", *HEAD[6:]]
    suite.add(
        "a rollback to the beginning",
        text=parts(journal(back)),
        **{**SAYS, "batch": None, "reason": "rollback", "to": None},
        **counts(),
    )
    _refused(suite, whole)
    return [suite]


def counts() -> dict[str, Any]:
    return {"steps": 0, "kept": 0, "removed": 0, "added": 0, "adopted": 0}


def _refused(suite: Suite, whole: bytes) -> None:
    def add(comment: str, text: bytes, flags: str = "", code: str = "manifest_invalid") -> None:
        suite.add(comment, "invalid", flags, text=parts(text), code=code)

    add("empty", b"", "torn")
    for share in (1, 5, 9):
        add(f"{share} tenths of it", whole[: len(whole) * share // 10], "torn")
    add("without its last line", whole[: whole.rindex(b"end ")], "torn")
    add("zeros, as after a power cut", bytes(len(whole)), "torn")
    add("a digest of something else", whole[: whole.rindex(b"end ")] + b"end " + b"0" * 64 + b"\n", "torn")
    add("one letter changed", whole.replace(b"run.sh", b"run.so"), "torn")
    add("version 2", journal(["notesync journal 2", *HEAD[1:]]), "newer", "journal_newer")
    add("version 2 with lines of its own", b"notesync journal 2\nteleport a b\n", "newer", "journal_newer")
    add("not a journal", b"#!/bin/sh\n")
    add("no version", journal(["notesync journal", *HEAD[1:]]))
    add("version is no number", journal(["notesync journal one", *HEAD[1:]]))
    add("fields in another order", journal([HEAD[0], *HEAD[2:3], *HEAD[1:2], *HEAD[3:]]))
    for line in [
        "teleport a.py",
        "place 4 a.py",
        "place x o - a.py",
        "place 4 o - ../a.py",
        "place 4 o - .git/config",
        "aside 4 - /etc/passwd",
        "mkdir a/../../b",
        "chmod 755 ",
        "recase 4 Lib",
        "recase 4 Lib\t../lib",
        "kept 4 edited",
        "kept x edited a.py",
        "+ f 00 0 4 a.py",
        f"+ f {NEW} 0 many a.py",
        f"+ f {NEW} 0 4 ../a.py",
        "+ x a.py",
        "+ l a.py",
    ]:
        add(f"the line {line!r}", journal([*HEAD, line]))


def journal(lines: list[str]) -> bytes:
    text = "".join(f"{line}\n" for line in lines).encode()
    return text + f"end {hashlib.sha256(text).hexdigest()}\n".encode()
