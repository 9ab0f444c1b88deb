"""Batch streams (PROTOCOL.md 2.5): a descriptor, and the stream as a list of parts."""

from __future__ import annotations

import zlib
from typing import Any

from generator import tar
from generator.manifests import Change, encoded, manifest, put, symlink
from generator.parts import Part, length, parts, times
from generator.suite import Suite
from generator.trees import OTHER_EPOCH, cursor, sha256

BATCH = "00112233445566778899aabbccddeeff"
A = b"print('a')\n"
B = b"b = 2\n"


def descriptor(text: bytes, payload: list[Part], changes: int, **other: object) -> dict[str, Any]:
    return {
        "batch": BATCH,
        "from": cursor(6),
        "to": cursor(7),
        "encoding": "identity",
        "manifest_size": len(text),
        "manifest_digest": sha256(text),
        "payload_size": length(payload),
        "stream_size": len(text) + length(payload),
        "changes": changes,
        **other,
    }


def suites() -> list[Suite]:
    suite = Suite(
        "batches",
        "Batch streams with their descriptors. `payload` of a valid one names the paths that it carries, in order.",
        {
            "traversal": "would write outside the root",
            "type": "an entry that is no regular file",
            "header": "a malformed tar header",
            "pax": "PAX headers",
            "disagree": "the payload is not what the manifest says",
            "end": "too short or too long",
            "gzip": "the encoding",
            "digest": "a digest is wrong",
            "bomb": "would need much memory or time if it were believed",
        },
    )
    _valid(suite)
    _names(suite)
    _types(suite)
    _headers(suite)
    _pax(suite)
    _disagreeing(suite)
    _ends(suite)
    _gzip(suite)
    _manifests(suite)
    _bombs(suite)
    return [suite]


def _add(
    suite: Suite,
    comment: str,
    payload: bytes | list[Part],
    changes: list[Change] | None = None,
    flags: str = "",
    code: str | None = None,
    reason: str | None = None,
    text: bytes | None = None,
    described: dict[str, Any] | None = None,
) -> None:
    """A batch in plain encoding; without `changes` its manifest puts `a.py` with the content A."""
    changes = [put("a.py", A)] if changes is None else changes
    text = encoded(manifest(changes)) if text is None else text
    carried = parts(payload) if isinstance(payload, bytes) else payload
    announced = {**descriptor(text, carried, len(changes)), **(described or {})}
    fields: dict[str, Any] = {"descriptor": announced, "stream": [*parts(text), *carried]}
    if code is None:
        paths = [change["path"] for change in changes if change.get("source") in ("payload", "recipe")]
        suite.add(comment, "valid", flags, **fields, payload=paths)
    else:
        suite.add(comment, "invalid", flags, **fields, code=code, reason=reason)


def _valid(suite: Suite) -> None:
    a, end = tar.entry("a.py", A), tar.END
    _add(suite, "nothing at all", end, [])
    _add(suite, "one file", a + end)
    _add(suite, "an empty file", tar.entry("a", b"") + end, [put("a", b"")])
    _add(suite, "a file of one whole block", tar.entry("a", b"x" * 512) + end, [put("a", b"x" * 512)])
    _add(suite, "two files and a copy", a + tar.entry("c.py", B) + end,
         [put("a.py", A), put("b.py", A, source="copy", from_="old.py"), put("c.py", B)])  # fmt: skip
    _add(suite, "a recipe: only its fresh bytes travel", tar.entry("big", b"fresh") + end,
         [put("big", b"oldfreshold", source="recipe", recipe=[[0, 3], 5, [0, 3]],
              from_="big", from_digest=sha256(b"old"))])  # fmt: skip
    nothing_fresh = put("big", b"old", source="recipe", recipe=[[0, 3]], from_="x", from_digest=sha256(b"old"))
    _add(suite, "a recipe without fresh bytes", tar.entry("big", b"") + end, [nothing_fresh])
    name = "caf\u00e9/\u65e5\u672c.py"
    _add(suite, "a name that is not ASCII", tar.entry(name, A) + end, [put(name, A)])
    long = "/".join(["directory"] * 15) + "/a.py"
    record = tar.record("path", long.encode())
    _add(suite, "a name by PAX", tar.pax(record) + tar.entry(long[:99], A) + end, [put(long, A)], "pax")
    longest = "/".join(["d" * 200] * 4 + ["e" * 220])
    record = tar.record("path", longest.encode())
    _add(suite, "a name of 1,024 bytes by PAX, three blocks of it", tar.pax(record) + tar.entry(longest[:99], A) + end,
         [put(longest, A)], "pax")  # fmt: skip
    exact = "x" * 100
    _add(suite, "a name of exactly 100 bytes", tar.entry(exact, A) + end, [put(exact, A)])
    size = tar.record("size", b"%d" % len(A))
    _add(suite, "a size by PAX", tar.pax(size) + tar.header(b"a.py", 0) + tar.padded(A) + end, flags="pax")
    bare = tar.header(b"a.py", size_field=b"%012o" % len(A)) + tar.padded(A)
    _add(suite, "a size that fills its field", bare + end)
    _add(suite, "mode 6777 means nothing", tar.entry("a.py", A, mode=0o6777) + end)
    _add(suite, "a time means nothing", tar.entry("a.py", A, time_field=b"17777777777\x00") + end)


def _names(suite: Suite) -> None:
    """The manifest is honest, the tar is not."""
    for comment, name in [
        ("traversal in the tar", "../a.py"),
        ("traversal on the way in the tar", "x/../../a.py"),
        ("absolute in the tar", "/a.py"),
        ("a drive in the tar", "C:\\a.py"),
        ("backslashes in the tar", "..\\a.py"),
        ("a dot in the tar", "./a.py"),
        ("the directory itself in the tar", "."),
        ("a line feed in the tar", "a.py\n"),
        ("another case in the tar", "A.py"),
        ("a slash at the end", "a.py/"),
    ]:
        _add(suite, comment, tar.entry(name, A) + tar.END, None, "traversal disagree", "payload_disagrees")
    _add(suite, "bytes that are not UTF-8", tar.header(b"a\xff.py", len(A)) + tar.padded(A) + tar.END,
         None, "disagree", "payload_disagrees")  # fmt: skip
    for comment, path, reason in [
        ("traversal in both", "../a.py", "dot"),
        ("absolute in both", "/tmp/a.py", "absolute"),
        ("backslashes in both", "..\\a.py", "backslash"),
        ("a drive in both", "C:/a.py", "reserved"),
        ("notesync's directory in both", ".notesync/committed", "private"),
    ]:
        _add(suite, comment, tar.entry(path, A) + tar.END, [put(path, A)], "traversal", "path_refused", reason)
    _add(suite, "a link, then a file through it", tar.entry("l/x", A) + tar.END, [symlink("l", "d"), put("l/x", A)],
         "traversal", "manifest_invalid")  # fmt: skip


def _types(suite: Suite) -> None:
    for kind, comment in [
        (b"\x00", "an old file"),
        (b"1", "a hard link"),
        (b"2", "a symbolic link"),
        (b"3", "a character device"),
        (b"4", "a block device"),
        (b"5", "a directory"),
        (b"6", "a named pipe"),
        (b"7", "a contiguous file"),
        (b"D", "a GNU directory"),
        (b"K", "a GNU long link"),
        (b"L", "a GNU long name"),
        (b"M", "a GNU further volume"),
        (b"S", "a GNU sparse file"),
        (b"V", "a GNU volume label"),
        (b"X", "a Solaris extended header"),
        (b"A", "an unknown vendor's"),
    ]:
        link = b"/etc/passwd" if kind in (b"1", b"2") else b""
        block = tar.header(b"a.py", len(A), kind, link=link)
        _add(suite, comment, block + tar.padded(A) + tar.END, None, "type", "payload_invalid", "entry_type")


def _headers(suite: Suite) -> None:
    for comment, reason, block in [
        ("checksum wrong", "header_checksum", tar.header(b"a.py", len(A), checksum=b"000001\x00 ")),
        ("checksum empty", "header_field", tar.header(b"a.py", len(A), checksum=bytes(8))),
        ("checksum with a sign", "header_field", tar.header(b"a.py", len(A), checksum=b"-00001\x00 ")),
        ("old tar without magic", "not_ustar", tar.header(b"a.py", len(A), magic=bytes(8))),
        ("GNU magic", "not_ustar", tar.header(b"a.py", len(A), magic=b"ustar  \x00")),
        ("no name", "header_field", tar.header(b"", len(A))),
        ("NUL inside the name", "header_field", tar.header(b"a.py\x00b.py", len(A))),
        ("a prefix", "header_field", tar.header(b"a.py", len(A), prefix=b"..")),
        ("a link name on a file", "header_field", tar.header(b"a.py", len(A), link=b"/etc/passwd")),
        ("size negative", "header_field", tar.header(b"a.py", size_field=b"-0000000013\x00")),
        ("size in base 256", "header_field", tar.header(b"a.py", size_field=b"\x80" + bytes(10) + b"\x0b")),
        ("size negative in base 256", "header_field", tar.header(b"a.py", size_field=b"\xff" * 12)),
        ("size empty", "header_field", tar.header(b"a.py", size_field=b" " * 12)),
        ("size with a digit 8", "header_field", tar.header(b"a.py", size_field=b"00000000018\x00")),
        ("size with a number behind it", "header_field", tar.header(b"a.py", size_field=b"13\x0000000013\x00")),
        ("time malformed", "header_field", tar.header(b"a.py", len(A), time_field=b"yesterday..\x00")),
    ]:
        _add(suite, comment, block + tar.padded(A) + tar.END, None, "header", "payload_invalid", reason)
    hidden = tar.header(b"a.py", len(A)) + A + b"hidden" + bytes(512 - len(A) - 6) + tar.END
    _add(suite, "bytes in the padding", hidden, None, "header", "payload_invalid", "padding")
    _add(suite, "garbage", bytes(range(256)) * 8, None, "header", "payload_invalid", "not_ustar")


def _pax(suite: Suite) -> None:
    a = tar.entry("a.py", A) + tar.END

    def add(comment: str, payload: bytes, reason: str, code: str = "payload_invalid") -> None:
        _add(suite, comment, payload, None, "pax", code, reason)

    other = tar.pax(tar.record("path", b"../b.py")) + a
    _add(suite, "path is overridden", other, None, "pax traversal", "payload_disagrees")
    add("a global header", tar.pax(tar.record("comment", b"hi"), b"g") + a, "pax_global")
    add("a global path", tar.pax(tar.record("path", b"../b.py"), b"g") + a, "pax_global")
    for key in ("linkpath", "mtime", "uid", "GNU.sparse.major", "SCHILY.xattr.user.x", "hdrcharset", "PATH", ""):
        add(f"key {key or 'empty'}", tar.pax(tar.record(key, b"1")) + a, "pax_record")
    path = tar.record("path", b"a.py")
    add("a key twice", tar.pax(path + path) + a, "pax_record")
    add("two headers", tar.pax(path) + tar.pax(path) + a, "pax_record")
    add("an empty header", tar.pax(b"") + a, "pax_record")
    add("no entry behind it", tar.pax(path) + tar.END, "truncated")
    for comment, data in [
        ("a length that is too long", b"99 path=a.py\n"),
        ("a length that is too short", b"9 path=a.py\n"),
        ("a length of nothing", b"0 path=a.py\n"),
        ("a negative length", b"-13 path=a.py\n"),
        ("a huge length", b"99999999999999999999 path=a.py\n"),
        ("no length", b"path=a.py\n"),
        ("no equals sign", b"10 path a\n\n"),
        ("no line feed", b"13 path=a.pyx"),
        ("an empty path", tar.record("path", b"")),
        ("NUL in the path", tar.record("path", b"a.py\x00b")),
        ("an empty size", tar.record("size", b"")),
        ("a negative size", tar.record("size", b"-1")),
        ("a size that is no number", tar.record("size", b"0x10")),
        ("a size of 30 digits", tar.record("size", b"1" * 30)),
    ]:
        add(comment, tar.pax(data) + a, "pax_record")

    def headers(size: int) -> bytes:
        """PAX data of `size` bytes, of a key that is not allowed: whoever looks at it has not refused its length."""
        return tar.pax(tar.record("k", b"v" * (size - 9))) + a

    room = 16 * 1024 - 2 * tar.BLOCK
    add("headers of 16 KiB", headers(room), "pax_record")
    _add(suite, "headers of 16 KiB and one block", headers(room + 1), None, "pax", "limit_exceeded")
    over = tar.pax(tar.record("size", b"%d" % (2**40 + 1))) + a
    _add(suite, "a size over the limit", over, None, "pax", "limit_exceeded")


def _disagreeing(suite: Suite) -> None:
    a, b, end = tar.entry("a.py", A), tar.entry("b.py", B), tar.END
    both = [put("a.py", A), put("b.py", B)]

    def add(comment: str, payload: bytes, changes: list[Change] | None = None, code: str = "payload_disagrees",
            flags: str = "disagree") -> None:  # fmt: skip
        _add(suite, comment, payload, changes, flags, code)

    add("an entry is missing", a + end, both)
    add("all entries are missing", end, both)
    add("an entry that nobody asked for", a + b + end)
    add("an entry twice", a + a + end)
    add("another order", b + a + end, both)
    add("an entry for a copy", a + b + end, [put("a.py", A), put("b.py", B, source="copy", from_="x")])
    add("a file that is shorter", tar.entry("a.py", A[:-1]) + end)
    add("a file that is longer", tar.entry("a.py", A + b"#") + end)
    add("a file of another content", tar.entry("a.py", A[:-1] + b"#") + end, None, "digest_mismatch", "digest")


def _ends(suite: Suite) -> None:
    a, end = tar.entry("a.py", A), tar.END
    for comment, payload in [
        ("no end", a),
        ("one block of zeros", a + bytes(512)),
        ("cut off in the second block of zeros", a + bytes(1000)),
        ("cut off in a file", a[:520]),
        ("cut off in the padding", a[:900]),
        ("cut off in a header", a[:200]),
        ("a file that is longer than the tar", tar.header(b"a.py", len(A)) + A[:-3]),
        ("nothing", b""),
    ]:
        _add(suite, comment, payload, None, "end", "payload_invalid", "truncated")
    for comment, payload in [
        ("three blocks of zeros", a + end + bytes(512)),
        ("a byte behind the end", a + end + b"x"),
        ("a tar behind the tar", a + end + a + end),
        ("an entry between the blocks of zeros", a + bytes(512) + a + bytes(512)),
    ]:
        _add(suite, comment, payload, None, "end", "payload_invalid", "trailing")
    size = len(a + end)
    _add(
        suite,
        "shorter than announced",
        a + end,
        None,
        "end",
        "payload_invalid",
        "truncated",
        described={"payload_size": size + 1},
    )
    _add(
        suite,
        "longer than announced",
        a + end,
        None,
        "end",
        "payload_invalid",
        "truncated",
        described={"payload_size": size - 1},
    )
    text = encoded(manifest([put("a.py", A)]))
    suite.add("a byte more than announced", "invalid", "end", descriptor=descriptor(text, parts(a + end), 1),
              stream=[*parts(text), *parts(a + end + b"x")], code="limit_exceeded")  # fmt: skip
    suite.add("ends inside the manifest", "invalid", "end", descriptor=descriptor(text, parts(a + end), 1),
              stream=parts(text[:-5]), code="payload_invalid", reason="truncated")  # fmt: skip
    suite.add("empty", "invalid", "end", descriptor=descriptor(text, parts(a + end), 1), stream=[],
              code="payload_invalid", reason="truncated")  # fmt: skip


def stored_gzip(data: bytes, flags: int = 0, extra: bytes = b"", crc: int | None = None) -> bytes:
    """A gzip member whose deflate blocks are stored: the same bytes with every zlib."""
    blocks = b""
    for at in range(0, max(1, len(data)), 65535):
        piece = data[at : at + 65535]
        last = at + 65535 >= len(data)
        size = len(piece).to_bytes(2, "little")
        blocks += bytes([last]) + size + bytes(255 - byte for byte in size) + piece
    check = zlib.crc32(data) if crc is None else crc
    trailer = check.to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes([flags]) + bytes(5) + b"\xff" + extra + blocks + trailer


def _gzip(suite: Suite) -> None:
    text, payload = encoded(manifest([put("a.py", A)])), tar.entry("a.py", A) + tar.END
    described = descriptor(text, parts(payload), 1, encoding="gzip", stream_size=None)
    plain = text + payload
    good = stored_gzip(plain)
    suite.add("gzip", "valid", "gzip", descriptor=described, stream=parts(good), payload=["a.py"])
    real = "1f8b0800000000000203030000000000000000"
    for comment, stream, code, reason in [
        ("not gzip", plain, "payload_invalid", "encoding"),
        ("zlib", zlib.compress(b"", 0), "payload_invalid", "encoding"),
        ("a file name in the header", stored_gzip(plain, 8, b"a.tar\x00"), "payload_invalid", "encoding"),
        ("a comment in the header", stored_gzip(plain, 16, b"hi\x00"), "payload_invalid", "encoding"),
        ("the check value is wrong", stored_gzip(plain, crc=1), "payload_invalid", "encoding"),
        ("a damaged block", good[:11] + b"\x00\x00" + good[13:], "payload_invalid", "encoding"),
        ("no trailer", good[:-8], "payload_invalid", "truncated"),
        ("half a trailer", good[:-3], "payload_invalid", "truncated"),
        ("cut off", good[:300], "payload_invalid", "truncated"),
        ("a second member", good + stored_gzip(b""), "payload_invalid", "encoding"),
        ("a byte behind it", good + b"\x00", "payload_invalid", "encoding"),
        ("decodes to more than announced", stored_gzip(plain + b"x"), "limit_exceeded", None),
        ("decodes to nothing", bytes.fromhex(real), "payload_invalid", "truncated"),
        ("empty", b"", "payload_invalid", "encoding"),
    ]:
        suite.add(comment, "invalid", "gzip", descriptor=described, stream=parts(stream), code=code, reason=reason)


def _manifests(suite: Suite) -> None:
    payload = tar.entry("a.py", A) + tar.END
    wrong = sha256(b"another")
    _add(
        suite,
        "the manifest's digest is another",
        payload,
        None,
        "digest",
        "digest_mismatch",
        described={"manifest_digest": wrong},
    )
    elsewhere: list[tuple[str, dict[str, Any]]] = [
        ("its descriptor comes from elsewhere", {"from": cursor(5)}),
        ("its descriptor is full", {"from": None}),
        ("its descriptor goes elsewhere", {"to": cursor(8)}),
        ("its descriptor is of another epoch", {"from": cursor(6, OTHER_EPOCH), "to": cursor(7, OTHER_EPOCH)}),
        ("its descriptor counts otherwise", {"changes": 2}),
    ]
    for comment, described in elsewhere:
        _add(suite, comment, payload, None, "disagree", "manifest_invalid", described=described)
    _add(suite, "the manifest is no JSON", tar.END, [], "disagree", "manifest_invalid", text=b"not JSON")
    future = encoded(manifest([], protocol=2))
    _add(suite, "a manifest of protocol 2", tar.END, [], "disagree", "protocol_mismatch", text=future)


def _bombs(suite: Suite) -> None:
    a, end = tar.entry("a.py", A), tar.END

    def add(comment: str, payload: list[Part], code: str, reason: str | None = None) -> None:
        _add(suite, comment, payload, None, "bomb", code, reason)

    small = tar.pax(tar.record("path", b"a.py"))
    add("20,000 PAX headers", [*times(small, 20_000), *parts(a + end)], "payload_invalid", "pax_record")
    big = 60_000_000
    for kind, comment, code, reason in [
        (b"x", "a PAX header of 60 MB", "limit_exceeded", None),
        (b"g", "a global PAX header of 60 MB", "payload_invalid", "pax_global"),
        (b"L", "a GNU long name of 60 MB", "payload_invalid", "entry_type"),
    ]:
        block = tar.header(b"././@LongLink", big, kind)
        add(comment, [*parts(block), {"text": "a", "times": big + (-big % 512)}, *parts(a + end)], code, reason)
    record = b"444759 path="
    block = tar.header(b"x", 444_759, b"x")
    name: list[Part] = [*parts(block + record), {"text": "a", "times": 444_746}, {"hex": "0a"}]
    add("a name of 444,746 bytes", [*name, *times(b"\0", -444_759 % 512), *parts(a + end)], "limit_exceeded")
    claims = [*parts(tar.header(b"././@LongLink", 2**30, b"L")), *parts(b"a" * 100)]
    add("claims a long name of 1 GiB", claims, "payload_invalid", "entry_type")
    huge = [*parts(tar.header(b"a.py", 2**33 - 1)), *parts(A)]
    add("claims a file of 8 GiB", huge, "payload_disagrees")
    add("100 MB of zeros behind it", [*parts(a + end), *times(b"\0", 100_000_000)], "payload_invalid", "trailing")
    zeros = 200_000_000
    text = encoded(manifest([put("a.py", A)]))
    described = descriptor(text, parts(a + end), 1)
    suite.add("200 MB more than announced", "invalid", "bomb", descriptor=described,
              stream=[*parts(text + a + end), *times(b"\0", zeros)], code="limit_exceeded")  # fmt: skip
