"""`./try` when everything is built: by hand in a browser, or played by itself."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys

from tests.commands import places
from tests.demo import by_hand, by_itself
from tests.demo.examples import EXAMPLES

PLACE = places.BUILD / "demo"


def main() -> int:
    parser = argparse.ArgumentParser(prog="./try")
    parser.add_argument("--headless", action="store_true")
    parser.add_argument("--project", choices=list(EXAMPLES), default="networkx")
    asked = parser.parse_args()
    shutil.rmtree(PLACE, ignore_errors=True)
    for signum in (signal.SIGTERM, signal.SIGHUP):
        # A closed terminal ends what was started, as Ctrl+C does.
        signal.signal(signum, signal.default_int_handler)
    example = EXAMPLES[asked.project]
    return by_itself.play(PLACE, example) if asked.headless else by_hand.play(PLACE, example)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nnotesync: everything that ./try had started is stopped")
