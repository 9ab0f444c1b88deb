"""Ignore rules: which paths of a source are left out, and by which line of which file.

The tests of the side that scans read these; the others only have to know that the file is there. Every case without
`ours` is also what `git check-ignore` says.
"""

from __future__ import annotations

from collections.abc import Callable

from generator.suite import Suite


def suites() -> list[Suite]:
    suite = Suite(
        "ignore",
        "Rule files by path, and for a path whether it is left out (`ignored`) and the rule that decides (`by`: file "
        "and line, null if none does). `patterns` are the four lists of regular expressions.",
        {"ours": "not known to git: .notesyncignore or patterns", "nested": "rules in a directory below the root"},
    )

    def add(comment: str, files: dict[str, str], path: str, ignored: bool, by: str | None = None, flags: str = "",
            directory: bool = False, patterns: dict[str, list[str]] | None = None) -> None:  # fmt: skip
        suite.add(comment, "valid", flags, files=files, patterns=patterns, path=path, directory=directory,
                  ignored=ignored, by=by)  # fmt: skip

    _git(add)
    _ours(add)
    return [suite]


def _git(add: Callable[..., None]) -> None:
    root = ".gitignore"
    for comment, rules, path, ignored, number in [
        ("a plain name anywhere", "build", "x/build", True, 1),
        ("a plain name is not a prefix", "build", "builder", False, None),
        ("a star stays in one component", "*.log", "x/a.log", True, 1),
        ("a star with a slash stays in one component", "x/*.log", "x/y/a.log", False, None),
        ("a leading slash holds to the root", "/a.py", "x/a.py", False, None),
        ("a leading slash matches in the root", "/a.py", "a.py", True, 1),
        ("a slash in the middle holds to the root", "doc/a.txt", "x/doc/a.txt", False, None),
        ("two stars at the front", "**/tmp", "x/y/tmp", True, 1),
        ("two stars at the end", "data/**", "data/x/y.csv", True, 1),
        ("two stars between", "a/**/b", "a/x/y/b", True, 1),
        ("two stars between match nothing too", "a/**/b", "a/b", True, 1),
        ("a question mark", "a?.py", "ab.py", True, 1),
        ("a set", "a[0-9].py", "a5.py", True, 1),
        ("a negated set", "a[!0-9].py", "a5.py", False, None),
        ("a directory rule leaves files alone", "out/", "out", False, None),
        ("what is inside an ignored directory", "out/", "out/a/b.txt", True, 1),
        ("the last rule decides", "*.csv\n!keep.csv", "keep.csv", False, 2),
        ("the last rule decides again", "*.csv\n!keep.csv\nkeep.csv", "keep.csv", True, 3),
        ("nothing comes back inside an ignored directory", "out/\n!out/a.txt", "out/a.txt", True, 1),
        ("a comment", "# a.py", "a.py", False, None),
        ("an escaped hash", "\\#a.py", "#a.py", True, 1),
        ("an escaped bang", "\\!a.py", "!a.py", True, 1),
        ("spaces at the end mean nothing", "a.py   ", "a.py", True, 1),
        ("an empty line means nothing", "\n\na.py", "a.py", True, 3),
        ("CRLF line ends", "a.py\r\nb.py\r", "b.py", True, 2),
        ("case matters", "A.py", "a.py", False, None),
        ("not ASCII", "caf\u00e9*", "caf\u00e9.txt", True, 1),
    ]:
        add(comment, {root: rules + "\n"}, path, ignored, f"{root}:{number}" if number else None)
    add("a directory by a directory rule", {root: "out/\n"}, "out", True, f"{root}:1", directory=True)
    both = {root: "*.log\n", "x/.gitignore": "!a.log\n/b.py\n"}
    add("the nearer file decides", both, "x/a.log", False, "x/.gitignore:1", "nested")
    add("the nearer file holds below it only", both, "a.log", True, f"{root}:1", "nested")
    add("a leading slash holds to its own directory", both, "x/b.py", True, "x/.gitignore:2", "nested")
    add("and to nothing below", both, "x/y/b.py", False, None, "nested")


def _ours(add: Callable[..., None]) -> None:
    git, ours = ".gitignore", ".notesyncignore"
    add("our own file adds", {ours: "*.parquet\n"}, "a.parquet", True, f"{ours}:1", "ours")
    add("our own file takes back", {git: "*.csv\n", ours: "!small.csv\n"}, "small.csv", False, f"{ours}:1", "ours")
    nothing: dict[str, list[str]] = {"or": [], "and": [], "nor": [], "nand": []}
    for comment, lists, path, ignored, by in [
        ("no patterns", {}, "a.py", False, None),
        ("or: one of them", {"or": [r"\.py$", r"\.sql$"]}, "a.sql", False, None),
        ("or: none of them", {"or": [r"\.py$", r"\.sql$"]}, "a.txt", True, "patterns.or"),
        ("and: all of them", {"and": ["^src/", r"\.py$"]}, "src/a.py", False, None),
        ("and: not all of them", {"and": ["^src/", r"\.py$"]}, "a.py", True, "patterns.and"),
        ("nor: none of them", {"nor": ["^test", "tmp"]}, "a.py", False, None),
        ("nor: one of them", {"nor": ["^test", "tmp"]}, "x/tmp.py", True, "patterns.nor"),
        ("nand: not all of them", {"nand": ["^test", r"\.csv$"]}, "test/a.py", False, None),
        ("nand: all of them", {"nand": ["^test", r"\.csv$"]}, "test/a.csv", True, "patterns.nand"),
        ("searched, not matched from the start", {"or": ["b"]}, "abc", False, None),
        ("all lists together", {"or": ["py"], "and": ["^src"], "nor": ["old"]}, "src/old.py", True, "patterns.nor"),
    ]:
        add(comment, {}, path, ignored, by, "ours", patterns={**nothing, **lists})
