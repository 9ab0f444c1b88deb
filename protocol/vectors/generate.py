"""Writes the test vectors beside this file; `--check` only says whether they are as this program would write them.

The Java, Python and TypeScript tests read what it writes. It is itself a second, independent writing of the protocol in
the standard library alone, so that a vector is never an echo of the code that it tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from generator import batches, ignore, journals, manifests, messages, paths, recipes, trees
from generator.suite import Suite

HERE = Path(__file__).parent


def suites() -> list[Suite]:
    return [
        *paths.suites(),
        *trees.suites(),
        *messages.suites(),
        *manifests.suites(),
        *batches.suites(),
        *recipes.suites(),
        *ignore.suites(),
        *journals.suites(),
    ]


def text_of(suite: Suite) -> str:
    """One line for each test, so that a change of one shows as one line."""
    head = suite.as_json()
    tests = head.pop("tests")
    lines = ",\n".join("  " + json.dumps(test) for test in tests)
    return json.dumps(head, indent=1).removesuffix("\n}") + ',\n "tests": [\n' + lines + "\n ]\n}\n"


def main(arguments: list[str]) -> int:
    check = arguments == ["--check"]
    wrong = []
    written = {}
    for suite in suites():
        written[f"{suite.name}.json"] = text_of(suite)
    for file in HERE.glob("*.json"):
        if file.name not in written:
            wrong.append(file.name)
            if not check:
                file.unlink()
    for name, text in written.items():
        file = HERE / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            wrong.append(name)
            if not check:
                file.write_text(text, encoding="utf-8")
    if check and wrong:
        print(f"not as generated: {', '.join(wrong)}; run python3 protocol/vectors/generate.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
