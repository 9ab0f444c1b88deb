"""`python -m bench.run NAME`: one benchmark, with its peers, in this run, on this machine."""

from __future__ import annotations

import argparse
import importlib
import shutil
import tempfile
from pathlib import Path

from tests.commands import places

NAMES = {
    "save-to-replica": "a save → its bytes in the replica, beside lsyncd, unison, inotifywait + rsync",
    "save-to-cell": "a save → the next cell has run the new code, beside inotifywait + rsync with %%autoreload 2",
    "save-to-cell-browser": "the same through JupyterLab, direct and by window, beside a cell without a save",
    "wait-at-run": "what Run waits for when nothing is new, in the page and in the kernel",
    "slow-link": "the user's own cells while 9 MB go up at 250 kB/s with 200 ms of delay",
    "throughput": "laptop → kernel through a page, direct and by window",
    "first-sync": "an empty replica → the whole tree, beside rsync -a and tar + gzip -1 + tar",
    "laptop-server": "its start beside git status, a reconnect, its memory, a save → batch ready beside inotifywait",
    "apply": "what a batch of 1, 20, 500 files costs the agent in trees of 1,000 to 100,000, beside rsync -a",
    "agent": "how fast the agent starts, how much memory it needs",
}


def main() -> None:
    told = "\n".join(f"  {name:22} {what}" for name, what in NAMES.items()).replace("%%", "%")
    parser = argparse.ArgumentParser(
        prog="python -m bench.run",
        description=__doc__,
        epilog=told,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=[*NAMES, "all"], metavar="NAME")
    parser.add_argument("--rounds", type=int, default=40, help="how many saves (default 40)")
    parser.add_argument("--files", type=int, help="a tree of so many small files instead of the real one of 15,000")
    asked = parser.parse_args()
    for name in NAMES if asked.name == "all" else [asked.name]:
        module = importlib.import_module(f"bench.{name.replace('-', '_')}")
        scratch = places.BUILD / "bench"
        scratch.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=scratch))
        try:
            print(module.run(place, asked.rounds, asked.files), end="\n\n", flush=True)
        finally:
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
