"""Files that are built from pieces of an old one (PROTOCOL.md 2.4)."""

from __future__ import annotations

from typing import Any

from generator.parts import parts
from generator.suite import Suite
from generator.trees import sha256


def suites() -> list[Suite]:
    suite = Suite(
        "recipes", "An old file, a recipe and fresh bytes, and what they make; byte fields are lists of parts."
    )
    old = b"name,amount\nanna,1\nbert,2\ncarl,3\n"
    good: list[tuple[str, list[Any], bytes]] = [
        ("nothing", [], b""),
        ("all of the old file", [[0, len(old)]], b""),
        ("only fresh bytes", [5], b"hello"),
        ("a line in the middle", [[0, 19], 7, [19, 14]], b"bea,17\n"),
        ("pieces out of order and twice", [[25, 7], [12, 7], [25, 7]], b""),
        ("two fresh pieces", [2, [11, 1], 3], b"a,b\nx"),
    ]
    for comment, recipe, fresh in good:
        made, at = b"", 0
        for item in recipe:
            if isinstance(item, list):
                made += old[item[0] : item[0] + item[1]]
            else:
                made, at = made + fresh[at : at + item], at + item
        suite.add(comment, old=parts(old), recipe=recipe, fresh=parts(fresh), digest=sha256(made), made=parts(made))
    broken: list[tuple[str, list[Any], str]] = [
        ("beyond the old file", [[30, 10]], "content_missing"),
        ("a piece of nothing", [[0, 0]], "bad_request"),
        ("a fresh piece of nothing", [0], "bad_request"),
        ("a negative length", [[0, -1]], "bad_request"),
        ("a negative offset", [[-1, 5]], "bad_request"),
        ("a triple", [[0, 1, 2]], "bad_request"),
        ("a text", ["12"], "bad_request"),
        ("an offset whose end runs over", [[2**53 - 1, 2**53 - 1]], "bad_request"),
    ]
    for comment, recipe, code in broken:
        suite.add(comment, "invalid", old=parts(old), recipe=recipe, fresh=[], code=code)
    return [suite]
