"""Paths (PROTOCOL.md 2.1), names that collide, and the targets of symbolic links (2.2)."""

from __future__ import annotations

from generator.suite import Suite

_FLAGS = {
    "traversal": "leaves the root, or tries to",
    "windows": "cannot be stored by Windows",
    "unicode": "is about normal forms and encodings",
    "length": "is about a limit",
    "private": "names what belongs to git or to notesync",
    "order": "two rules are broken; the earlier of PROTOCOL.md 2.1 is the reason",
}


def suites() -> list[Suite]:
    return [_paths(), _collisions(), _targets()]


def _paths() -> Suite:
    suite = Suite("paths", "Texts that are paths, and texts that are refused with a reason.", _FLAGS)
    for text, comment in [
        ("a", "one component"),
        ("a/b.py", "two components"),
        (".env", "a leading dot is a name like others"),
        ("a/...", "three dots would be a name, but it ends in a dot"),
        ("a b/c d.py", "spaces inside"),
        ("-rf", "looks like an option"),
        ("~/x", "a tilde means nothing"),
        ("%2e%2e/x", "percent escapes mean nothing"),
        ("caf\u00e9_\u65e5.py", "not ASCII"),
        ("\U0001f600.py", "beyond the basic plane"),
        ("\ufffd", "the replacement character is a character"),
        (".gitignore", "begins like .git"),
        (".github/workflows/ci.yml", "begins like .git"),
        ("notesync/.notesyncignore", "begins like .notesync"),
        ("console.py", "begins like CON"),
        ("com10.txt", "COM has one digit"),
        ("a.con", "CON as extension"),
        ("x" * 255, "a component of 255 bytes"),
        ("/".join(["d" * 15] * 64), "64 components, 1,023 bytes"),
        ("/".join(["d" * 200] * 4 + ["e" * 220]), "1,024 bytes"),
        ("lpt/con1/com1x/auxx", "three and four letters that are no devices"),
        ("a.b.c/d.e", "several dots"),
        ("a..b/c...d", "dots in a row inside a name"),
    ]:
        if text == "a/...":
            suite.add(comment, "invalid", "windows", text=text, code="path_refused", reason="reserved")
        else:
            suite.add(comment, text=text)
    for text, reason, flags, comment in [
        ("", "empty", "", "empty"),
        ("/", "absolute", "traversal", "the root of the file system"),
        ("/etc/passwd", "absolute", "traversal", "absolute"),
        ("//host/share", "absolute", "traversal", "a network share"),
        (".", "dot", "traversal", "the directory itself"),
        ("..", "dot", "traversal", "the parent"),
        ("../a", "dot", "traversal", "out of the root"),
        ("a/../b", "dot", "traversal", "up and down"),
        ("a/../../b", "dot", "traversal", "out of the root on the way"),
        ("a/..", "dot", "traversal", "ends with the parent"),
        ("./a", "dot", "traversal", "begins with the directory itself"),
        ("a/./b", "dot", "traversal", "a dot between"),
        ("a//b", "dot", "", "an empty component"),
        ("a/", "dot", "", "ends with a slash"),
        ("a\x00b", "control", "", "NUL"),
        ("a\nb", "control", "", "line feed"),
        ("a\x1bb", "control", "", "escape"),
        ("a\x7f", "control", "", "delete"),
        ("a\\b", "backslash", "windows", "backslash"),
        ("..\\a", "backslash", "windows traversal", "parent in the manner of Windows"),
        ("C:\\a", "backslash", "windows traversal", "drive and backslash"),
        ("C:", "reserved", "windows", "a drive"),
        ("C:/a", "reserved", "windows traversal", "a drive and a slash"),
        ("a:stream", "reserved", "windows", "an alternate data stream"),
        ("CON", "reserved", "windows", "device"),
        ("nul.txt", "reserved", "windows", "device with extension, lower case"),
        ("a/PrN.tar.gz", "reserved", "windows", "device with two extensions"),
        ("aux .txt", "reserved", "windows", "device with a space before the extension"),
        ("COM0", "reserved", "windows", "COM0"),
        ("lpt9.py", "reserved", "windows", "LPT9"),
        ("a.", "reserved", "windows", "ends with a dot"),
        ("a /b", "reserved", "windows", "a component that ends with a space"),
        ("a<b", "reserved", "windows", "less than"),
        ("what?", "reserved", "windows", "question mark"),
        ("*.py", "reserved", "windows", "asterisk"),
        ('say "hi"', "reserved", "windows", "quotes"),
        ("a|b", "reserved", "windows", "pipe"),
        (".git", "private", "private", "git's directory"),
        (".git/config", "private", "private", "inside git's directory"),
        ("a/.git", "private", "private", "a submodule's"),
        (".GIT/hooks/x", "private", "private", "by another case"),
        (".notesync/tx/1", "private", "private", "notesync's directory"),
        ("a/.NoteSync", "private", "private", "by another case"),
        ("cafe\u0301.py", "not_nfc", "unicode", "decomposed"),
        ("\u212b", "not_nfc", "unicode", "the angstrom sign, whose NFC is a letter"),
        ("\u1100\u1161", "not_nfc", "unicode", "Hangul in single letters"),
        ("a\ud800", "not_utf8", "unicode", "a lone high surrogate"),
        ("\udc80a", "not_utf8", "unicode", "a lone low surrogate, as Python writes a byte that is not UTF-8"),
        ("x" * 256, "too_long", "length", "a component of 256 bytes"),
        ("\u65e5" * 86, "too_long", "length unicode", "a component of 86 characters, 258 bytes"),
        ("/".join(["d" * 15] * 65), "too_long", "length", "65 components"),
        ("/".join(["d" * 100] * 11), "too_long", "length", "1,110 bytes"),
        ("/".join(["d" * 200] * 4 + ["e" * 221]), "too_long", "length", "1,025 bytes"),
        ("/../a\\b", "absolute", "order traversal", "absolute, then dots and a backslash"),
        ("../a\n", "dot", "order traversal", "dots and a control character"),
        ("a\n\\b", "control", "order", "a control character and a backslash"),
        ("con/.git", "reserved", "order", "reserved and private"),
        (".git/cafe\u0301", "private", "order", "private and decomposed"),
    ]:
        suite.add(comment, "invalid", flags, text=text, code="path_refused", reason=reason)
    return suite


def _collisions() -> Suite:
    suite = Suite(
        "collisions",
        "Pairs of paths: `valid` may both be in one snapshot, `invalid` collide (the later one is a problem).",
        {"unicode": "needs Unicode full case folding"},
    )
    for one, two, flags in [
        ("a.py", "A.py", ""),
        ("Readme/x", "readme/y", ""),
        ("d/README.md", "d/Readme.MD", ""),
        ("stra\u00dfe", "STRASSE", "unicode"),
        ("\u1e9e", "ss", "unicode"),
        ("\u03c3\u03b1\u03c2", "\u03a3\u0391\u03a3", "unicode"),
        ("\u017ftop", "stop", "unicode"),
        ("\ufb01n", "fin", "unicode"),
        ("CAF\u00c9", "caf\u00e9", "unicode"),
    ]:
        suite.add(f"{one} and {two}", "invalid", flags, paths=[one, two], code="path_refused", reason="collision")
    for one, two, flags in [
        ("a.py", "b.py", ""),
        ("a/b", "a/c", ""),
        ("a", "a/b", ""),
        ("\u0131", "i", "unicode"),
        ("caf\u00e9", "cafe", "unicode"),
        ("\u00df", "s", "unicode"),
    ]:
        suite.add(f"{one} and {two}", "valid", flags, paths=[one, two])
    return suite


def _targets() -> Suite:
    suite = Suite(
        "symlink-targets",
        "Targets of symbolic links: relative, and inside the root when resolved lexically from the link's directory.",
        {"traversal": "leaves the root, or tries to"},
    )
    for path, target, comment in [
        ("l", "a.py", "beside it"),
        ("l", ".", "the root itself"),
        ("a/l", "../b.py", "up, inside the root"),
        ("a/l", "..", "the root itself"),
        ("a/b/l", "../../c/d", "up to the root and down"),
        ("l", "a/../b", "down and up"),
        ("l", "no/such/file", "what it names need not exist"),
        ("l", "caf\u00e9.py", "not ASCII"),
    ]:
        suite.add(comment, path=path, target=target)
    for path, target, comment in [
        ("l", "", "empty"),
        ("l", "/etc/passwd", "absolute"),
        ("l", "..", "the root's parent"),
        ("l", "../x", "out of the root"),
        ("a/l", "../../x", "out of the root from below"),
        ("l", "a/../../x", "out of the root on the way"),
        ("l", "a/../../root/x", "out of the root and in again"),
        ("l", "C:/x", "a drive"),
        ("l", "..\\x", "backslash"),
        ("l", "a\x00b", "NUL"),
        ("l", "a\nb", "line feed"),
        ("l", "a\udc80", "not UTF-8"),
        ("l", "x/" * 600, "longer than 1,024 bytes"),
    ]:
        suite.add(comment, "invalid", "traversal", path=path, target=target, code="path_refused", reason="target")
    return suite
