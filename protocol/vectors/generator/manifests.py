"""Manifests (PROTOCOL.md 2.4): each is the text as sent, as a list of parts."""

from __future__ import annotations

import json
from typing import Any

from generator.parts import Part, parts
from generator.suite import Suite
from generator.trees import OTHER_EPOCH, cursor, sha256

Change = dict[str, Any]


def put(path: str, content: bytes = b"1", **other: Any) -> Change:
    """`from_` is the field `from`."""
    return {
        "op": "put",
        "path": path,
        "size": len(content),
        "digest": sha256(content),
        "executable": False,
        "expect": "absent",
        "source": "payload",
        **renamed(other),
    }


def renamed(fields: dict[str, Any]) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in fields.items()}


def mkdir(path: str) -> Change:
    return {"op": "mkdir", "path": path, "expect": "absent"}


def symlink(path: str, target: str) -> Change:
    return {"op": "symlink", "path": path, "target": target, "digest": sha256(target), "expect": "absent"}


def delete(path: str, expect: str = f"file:{sha256(b'1')}") -> Change:
    return {"op": "delete", "path": path, "expect": expect}


def payload_size(change: Change) -> int:
    if change.get("source") == "recipe":
        return sum(item for item in change["recipe"] if isinstance(item, int))
    return int(change["size"])


def manifest(changes: list[Change], **other: Any) -> dict[str, Any]:
    carried = [change for change in changes if change.get("source") in ("payload", "recipe")]
    return {
        "notesync": "manifest",
        "protocol": 1,
        "project": "shop",
        "kind": "delta",
        "from": cursor(6),
        "base_tree": "0" * 64,
        "to": cursor(7),
        "tree": "0" * 64,
        "created": 1790000000000,
        "git": None,
        "payload_entries": len(carried),
        "payload_bytes": sum(payload_size(change) for change in carried),
        **renamed(other),
        "changes": changes,
    }


def encoded(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def suites() -> list[Suite]:
    suite = Suite(
        "manifests",
        "Manifests as text. What is `valid` is whole: order, counts and every change.",
        {
            "order": "the order of changes, or two changes that exclude each other",
            "path": "a path is refused",
            "header": "a field before the changes",
            "change": "a field of a change",
            "json": "not the JSON of this protocol",
            "bomb": "would need much memory or time if it were believed",
        },
    )
    _valid(suite)
    _order(suite)
    _paths(suite)
    _header(suite)
    _change(suite)
    _json(suite)
    _bombs(suite)
    return [suite]


def _refused(suite: Suite, flag: str, comment: str, value: dict[str, Any], code: str = "manifest_invalid",
             reason: str | None = None) -> None:  # fmt: skip
    suite.add(comment, "invalid", flag, text=parts(encoded(value)), code=code, reason=reason)


def _valid(suite: Suite) -> None:
    old = f"file:{sha256(b'old')}"
    everything = [
        mkdir("d"),
        mkdir("d/e"),
        put("a.py", b"print(1)\n", expect=old),
        put("b.py", source="copy", from_="old/b.py"),
        put("big.csv", b"x" * 900, source="recipe", recipe=[[0, 400], 100, [500, 400]],
            from_="big.csv", from_digest=sha256(b"old")),
        put("d/caf\u00e9.py"),
        symlink("d/l", "../a.py"),
        {"op": "chmod", "path": "run.sh", "executable": True, "digest": sha256(b"old"), "expect": old},
        delete("z/old.py"),
        delete("z", "directory"),
    ]  # fmt: skip
    git = {"commit": "c0ffee", "branch": "main", "dirty": True}
    no_commit = {"commit": None, "branch": None, "dirty": False}
    for comment, value in [
        ("nothing changes but the sequence", manifest([])),
        ("every kind of change", manifest(everything)),
        ("a full one", manifest([put("a")], kind="full", from_=None)),
        ("a full one of another epoch", manifest([put("a")], kind="full", from_=None, to=cursor(1, OTHER_EPOCH))),
        ("several sequences at once", manifest([put("a")], to=cursor(99))),
        ("with git", manifest([], git=git)),
        ("a repository without commits", manifest([], git=no_commit)),
        ("unknown fields are ignored", manifest([put("a", mood="good")], mood={"deep": [1.5, None]})),
        ("a file takes a directory's place", manifest(
            [put("a", expect="directory"), delete("a/c"), delete("a/b")])),
        ("a directory takes a file's place", manifest(
            [{"op": "mkdir", "path": "a", "expect": old}, put("a/b")])),
        ("a name changes its case only", manifest([put("readme.md"), delete("README.md")])),
        ("an empty file", manifest([put("a", b"")])),
        ("code points, not UTF-16, decide the order", manifest([put("\uff21"), put("\U0001f600")])),
        ("a dot sorts before a slash", manifest([put("a.b"), put("a/b")])),
    ]:  # fmt: skip
        suite.add(comment, text=parts(encoded(value)))


def _order(suite: Suite) -> None:
    for comment, changes in [
        ("puts out of order", [put("b"), put("a")]),
        ("UTF-16 order", [put("\U0001f600"), put("\uff21")]),
        ("child before parent", [mkdir("a/b"), mkdir("a")]),
        ("parent deleted before child", [delete("a", "directory"), delete("a/b")]),
        ("put before mkdir", [put("a"), mkdir("b")]),
        ("delete before put", [delete("a"), put("b")]),
        ("a path twice", [put("a"), put("a")]),
        ("a path put and deleted", [put("a"), delete("a")]),
        ("a path made and deleted", [mkdir("a"), delete("a")]),
        ("a path that is directory and file", [mkdir("a"), put("a")]),
        ("a file inside a file", [put("a"), put("a/b")]),
        ("a file inside a link: symlink-then-write", [symlink("a", "b"), put("a/b")]),
        ("a file far inside a file", [put("a"), put("a/b/c/d")]),
        ("a directory inside a file", [mkdir("a/b"), put("a")]),
        ("a directory deleted above a new file", [put("a/b"), delete("a", "directory")]),
    ]:
        _refused(suite, "order", comment, manifest(changes))
    for comment, changes in [
        ("two files that differ by case", [put("A.py"), put("a.py")]),
        ("two directories that differ by case", [put("A/x"), put("a/y")]),
        ("a link and a directory that differ by case", [mkdir("L"), symlink("l", "x")]),
        ("sharp s", [put("STRASSE"), put("stra\u00dfe")]),
    ]:
        _refused(suite, "path", comment, manifest(changes), "path_refused", "collision")


def _paths(suite: Suite) -> None:
    for comment, change, reason in [
        ("traversal", put("../a"), "dot"),
        ("traversal on the way", put("a/../../b"), "dot"),
        ("absolute", put("/etc/cron.d/x"), "absolute"),
        ("drive", put("C:/x"), "reserved"),
        ("backslash", put("..\\x"), "backslash"),
        ("line feed", put("a\nb"), "control"),
        ("NUL", put("a\x00.py"), "control"),
        ("empty", put(""), "empty"),
        ("the directory itself", put("."), "dot"),
        ("6,000 characters", put("a" * 6000), "too_long"),
        ("notesync's own directory", put(".notesync/committed"), "private"),
        ("git's directory", put("sub/.git/hooks/post-checkout"), "private"),
        ("decomposed", put("cafe\u0301"), "not_nfc"),
        ("deleting out of the root", delete("../a"), "dot"),
        ("a directory out of the root", mkdir("../a"), "dot"),
        ("copying from out of the root", put("a", source="copy", from_="/etc/passwd"), "absolute"),
        ("a recipe from out of the root", put("a", source="recipe", recipe=[1],
            from_="../x", from_digest=sha256(b"")), "dot"),
        ("a link out of the root", symlink("l", "../x"), "target"),
        ("an absolute link", symlink("l", "/etc"), "target"),
    ]:  # fmt: skip
        _refused(suite, "path", comment, manifest([change]), "path_refused", reason)


def _header(suite: Suite) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("another kind of message", {"notesync": "replica-manifest"}),
        ("kind is unknown", {"kind": "partial"}),
        ("a delta without from", {"from_": None}),
        ("a full one with from", {"kind": "full"}),
        ("backwards", {"to": cursor(5)}),
        ("to where it is", {"to": cursor(6)}),
        ("a delta into another epoch", {"to": cursor(7, OTHER_EPOCH)}),
        ("tree is short", {"tree": "0" * 63}),
        ("base_tree is null", {"base_tree": None}),
        ("project is a list", {"project": ["shop"]}),
        ("project is too long", {"project": "x" * 201}),
        ("git is a text", {"git": "main"}),
        ("created is a text", {"created": "today"}),
        ("one payload entry too many", {"payload_entries": 1}),
        ("a payload byte too many", {"payload_bytes": 1}),
        ("more payload entries than changes are allowed", {"payload_entries": 500_001}),
        ("a negative number of bytes", {"payload_bytes": -1}),
    ]
    for comment, other in cases:
        _refused(suite, "header", comment, manifest([], **other))
    _refused(suite, "header", "protocol 2", manifest([], protocol=2), "protocol_mismatch")


def _change(suite: Suite) -> None:
    good = put("a")
    for comment, change in [
        ("op is unknown", {**good, "op": "format"}),
        ("op is missing", {key: good[key] for key in good if key != "op"}),
        ("expect is missing", {key: good[key] for key in good if key != "expect"}),
        ("expect is unknown", {**good, "expect": "whatever"}),
        ("expect has a bad digest", {**good, "expect": "file:123"}),
        ("source is unknown", {**good, "source": "internet"}),
        ("size is over the limit", {**good, "size": 2**40 + 1}),
        ("a copy without from", {**good, "source": "copy"}),
        ("a recipe that makes another size", {**good, "source": "recipe", "recipe": [2], "from": "a",
                                              "from_digest": sha256(b"")}),
        ("a chmod whose digest is not expected", {"op": "chmod", "path": "a", "executable": True,
                                                  "digest": sha256(b"1"), "expect": f"file:{sha256(b'2')}"}),
        ("a chmod of a directory", {"op": "chmod", "path": "a", "executable": True, "digest": sha256(b"1"),
                                    "expect": "directory"}),
        ("a delete of nothing", delete("a", "absent")),
        ("a link whose digest is another's", {**symlink("l", "a"), "digest": sha256("b")}),
    ]:  # fmt: skip
        _refused(suite, "change", comment, manifest([change], payload_entries=1, payload_bytes=1))


def _json(suite: Suite) -> None:
    good = encoded(manifest([put("a")]))
    for comment, text in [
        ("empty", b""),
        ("cut off", good[:-2]),
        ("cut off inside a change", good[:-30]),
        ("followed by something", good + b"{}"),
        ("a list", b"[" + good + b"]"),
        ("no changes", good[: good.index(b',"changes"')] + b"}"),
        ("changes is not the last field", encoded(manifest([]))[:-1] + b',"after":1}'),
        ("changes is an object", encoded(manifest([]))[:-3] + b"{}}"),
        ("a change is a text", encoded(manifest([]))[:-2] + b'"a"]}'),
        ("a byte order mark", b"\xef\xbb\xbf" + good),
        ("UTF-16", good.decode().encode("utf-16")),
        ("a byte that is not UTF-8", good.replace(b"shop", b"sh\xffp")),
        ("a surrogate as UTF-8", encoded(manifest([put("a\ud800")]))),
        ("a field twice", good.replace(b'"git":null', b'"git":null,"git":null')),
        ("a path twice in one change", good.replace(b'"path":"a"', b'"path":"a","path":"b"')),
        ("comments", good.replace(b'"git"', b'/* */"git"')),
        ("a number with a sign", good.replace(b'"created":1', b'"created":+1')),
    ]:
        suite.add(comment, "invalid", "json", text=parts(text), code="manifest_invalid")
    escaped = good.replace(b'"path":"a"', b'"path":"a\\ud800"')
    suite.add(
        "a lone surrogate, escaped", "invalid", "path", text=parts(escaped), code="path_refused", reason="not_utf8"
    )


def _bombs(suite: Suite) -> None:
    good = encoded(manifest([]))

    def bomb(comment: str, before: bytes, middle: Part, after: bytes, code: str) -> None:
        suite.add(comment, "invalid", "bomb", text=[*parts(before), middle, *parts(after)], code=code)

    head = good[:-3]
    bomb("nested 100,000 deep", good[:-1] + b',"x":', {"text": "[", "times": 100_000}, b"", "manifest_invalid")
    bomb("nested 100,000 deep before", b'{"x":', {"text": "[", "times": 100_000}, b"", "limit_exceeded")
    bomb("a text of 60 MB", b'{"x":"', {"text": "a", "times": 60_000_000}, b'"}', "limit_exceeded")
    bomb("a number of 60 MB", b'{"x":', {"text": "1", "times": 60_000_000}, b"}", "limit_exceeded")
    bomb("a field name of 60 MB", b'{"', {"text": "a", "times": 60_000_000}, b'":1}', "limit_exceeded")
    bomb("30 million fields' worth of list", b'{"x":[1', {"text": ",1", "times": 30_000_000}, b"]}", "limit_exceeded")
    bomb("10 million empty lists", b'{"x":[[]', {"text": ",[]", "times": 10_000_000}, b"]}", "limit_exceeded")
    recipe = head + b'[{"op":"put","path":"a","recipe":[1'
    bomb("a recipe of 30 million items", recipe, {"text": ",1", "times": 30_000_000}, b"]}]}", "limit_exceeded")
    change = head + b"["
    bomb("a million empty changes", change + b"{}", {"text": ",{}", "times": 1_000_000}, b"]}", "manifest_invalid")
