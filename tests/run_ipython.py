"""IPython's own tests of `%autoreload` on notesync's reload: `build/environment/bin/python -m tests.run_ipython`.

Fetches the source of the IPython that is installed, and runs its two files with `tests.reload_as_autoreload`.
Those named here ask for the look of `%autoreload` itself; every other one must pass. Exits 1 if one does not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import IPython

HERE = Path(__file__).resolve().parents[1]
FILES = ("tests/test_zzz_autoreload.py", "IPython/extensions/tests/test_deduperreload.py")
ITS_LOOK = {
    "test_verbose_names": "attributes of its reloader",
    "test_aimport_parsing": "attributes of its reloader",
    "test_aimport_as": "%aimport with another name",
    "test_autoreload_output": "its lines on the screen",
    "test_smoketest_aimport": "marks of single modules by %aimport",
}


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        files = fetched(Path(scratch))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.reload_as_autoreload", "-p", "no:cacheprovider"]
        command += ["-c", os.devnull, "--rootdir", scratch, "-W", "ignore", "-rf", "--tb=short", *map(str, files)]
        paths = os.pathsep.join((str(HERE), str(HERE / "py-launcher" / "src")))
        done = subprocess.run(
            command, cwd=scratch, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
        )
    failed = {found.group(1) for found in re.finditer(r"^FAILED .*?::(\w+)\W", done.stdout, re.M)}
    wrong = failed - ITS_LOOK.keys()
    print(done.stdout if wrong or "passed" not in done.stdout else done.stdout.strip().rpartition("\n")[2])
    for name in sorted(failed & ITS_LOOK.keys()):
        print(f"not asked of us: {name}, {ITS_LOOK[name]}")
    return 1 if wrong or "passed" not in done.stdout else 0


def fetched(scratch: Path) -> list[Path]:
    """The two files of the source release."""
    wanted = f"ipython=={IPython.__version__}"
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "ipython", "-d", str(scratch)]
    subprocess.run([*pip, wanted], check=True)
    [archive] = scratch.glob("*.tar.gz")
    found = []
    with tarfile.open(archive) as release:
        for name in FILES:
            member = next(each for each in release.getmembers() if each.name.endswith(f"/{name}"))
            content = release.extractfile(member)
            assert content is not None
            target = scratch / Path(name).name
            target.write_bytes(content.read())
            found.append(target)
    return found


if __name__ == "__main__":
    sys.exit(main())
