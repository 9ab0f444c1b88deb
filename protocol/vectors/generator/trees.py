"""Entries, tree digests and cursors (PROTOCOL.md 2.2, 2.3)."""

from __future__ import annotations

import hashlib
from typing import Any

from generator.suite import Suite

Entry = dict[str, Any]
EPOCH = "0123456789abcdef0123456789abcdef"
OTHER_EPOCH = "fedcba9876543210fedcba9876543210"


def sha256(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def file(path: str, content: bytes, executable: bool = False) -> Entry:
    return {
        "type": "file",
        "path": path,
        "size": len(content),
        "digest": sha256(content),
        "executable": executable,
    }


def directory(path: str) -> Entry:
    return {"type": "directory", "path": path}


def symlink(path: str, target: str) -> Entry:
    return {"type": "symlink", "path": path, "target": target, "digest": sha256(target)}


def line(entry: Entry) -> str:
    path = entry["path"]
    if entry["type"] == "file":
        return f"f {entry['digest']} {int(entry['executable'])} {entry['size']} {path}\n"
    return f"d {path}\n" if entry["type"] == "directory" else f"l {entry['digest']} {path}\n"


def tree_digest(entries: list[Entry]) -> str:
    total = sum(int(sha256(line(entry)), 16) for entry in entries)
    return f"{total % 2**256:064x}"


def cursor(sequence: int, epoch: str = EPOCH) -> dict[str, object]:
    return {"epoch": epoch, "sequence": sequence}


def suites() -> list[Suite]:
    return [_trees(), _entries(), _cursors()]


def _trees() -> Suite:
    suite = Suite("trees", "Sets of entries and their tree digest; the order of the entries means nothing.")
    a, run = file("a.py", b"print(1)\n"), file("run.sh", b"#!/bin/sh\n", executable=True)
    named, link = file("d/caf\u00e9 \u65e5.py", b""), symlink("d/l", "../a.py")
    for comment, entries in [
        ("nothing", []),
        ("one file", [a]),
        ("one directory", [directory("d")]),
        ("one link", [link]),
        ("an executable file", [run]),
        ("all kinds", [a, run, directory("d"), named, link]),
        ("all kinds in another order", [link, named, directory("d"), run, a]),
        ("twenty files: the sum runs over", [file(f"f{n}", b"%d" % n) for n in range(20)]),
    ]:
        suite.add(comment, entries=entries, tree=tree_digest(entries))
    return suite


def _entries() -> Suite:
    suite = Suite("entries", "Entries as JSON objects.", {"type": "a field is missing or of a wrong type"})
    good = file("a.py", b"1")
    suite.add("a file", entry=good)
    suite.add("a directory", entry=directory("d"))
    suite.add("a link", entry=symlink("l", "a.py"))
    suite.add("unknown fields are ignored", entry={**good, "owner": "x", "more": [1.5, {"a": None}]})
    suite.add("the largest file", entry={**good, "size": 2**40})
    for comment, entry in [
        ("no path", {key: good[key] for key in good if key != "path"}),
        ("path is a number", {**good, "path": 1}),
        ("size is a text", {**good, "size": "1"}),
        ("size is a fraction", {**good, "size": 1.5}),
        ("size is negative", {**good, "size": -1}),
        ("size is over the limit", {**good, "size": 2**40 + 1}),
        ("size does not fit 64 bits", {**good, "size": 2**70}),
        ("executable is null", {**good, "executable": None}),
        ("executable is a number", {**good, "executable": 1}),
        ("digest too short", {**good, "digest": good["digest"][:-1]}),
        ("digest in upper case", {**good, "digest": good["digest"].upper()}),
        ("type is unknown", {**good, "type": "device"}),
        ("a link whose digest is not its target's", {**symlink("l", "a.py"), "target": "b.py"}),
    ]:
        suite.add(comment, "invalid", "type", entry=entry, code="bad_request")
    suite.add("path is refused", "invalid", entry={**good, "path": "../a"}, code="path_refused", reason="dot")
    suite.add("target is refused", "invalid", entry=symlink("l", "../a"), code="path_refused", reason="target")
    return suite


def _cursors() -> Suite:
    suite = Suite("cursors", "Cursors as JSON objects.", {"type": "a field is missing or of a wrong type"})
    suite.add("the empty tree", cursor=cursor(0))
    suite.add("a sequence", cursor=cursor(7))
    suite.add("the last sequence", cursor=cursor(2**53 - 1))
    suite.add("unknown fields are ignored", cursor={**cursor(7), "node": "x"})
    for comment, value in [
        ("no epoch", {"sequence": 7}),
        ("no sequence", {"epoch": EPOCH}),
        ("epoch too short", cursor(7, EPOCH[:-1])),
        ("epoch in upper case", cursor(7, EPOCH.upper())),
        ("epoch is null", {"epoch": None, "sequence": 7}),
        ("sequence is negative", cursor(-1)),
        ("sequence is too large for JavaScript", cursor(2**53)),
        ("sequence is a text", {"epoch": EPOCH, "sequence": "7"}),
        ("sequence is true", {"epoch": EPOCH, "sequence": True}),
    ]:
        suite.add(comment, "invalid", "type", cursor=value, code="bad_request")
    return suite
