"""Trees as values: what every story compares at its end. Knows nothing of how notesync computes anything."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
import subprocess
from pathlib import Path

# What notesync leaves out of every source, whatever the project says; only the names that the stories meet.
BUILT_IN = (
    ".git",
    "__pycache__",
    ".ipynb_checkpoints",
    ".venv",
    "node_modules",
    ".notesync",
    "*.egg-info",
    "*~",
    ".DS_Store",
)
# What Python and notesync themselves put into a replica.
REPLICA_ONLY = ("__pycache__", ".notesync")

Tree = dict[str, str]


def of(root: Path, without: tuple[str, ...] = ()) -> Tree:
    """Path → type, executability, size and SHA-256 (or link target), of everything below `root` but some names."""

    def is_out(name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in without)

    found: Tree = {}
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not is_out(name)]
        for name in [*names, *files]:
            if is_out(name):
                continue
            path = Path(folder, name)
            found[path.relative_to(root).as_posix()] = describe(path)
    return found


def describe(path: Path) -> str:
    """One entry; a tree that is changing is equal to none."""
    try:
        return described(path)
    except FileNotFoundError:
        return "gone while it was looked at"


def described(path: Path) -> str:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return f"link to {path.readlink()}"
    if stat.S_ISDIR(status.st_mode):
        return "directory"
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return f"file {'x' if status.st_mode & stat.S_IXUSR else '-'} {status.st_size} {digest}"


def of_source(root: Path) -> Tree:
    """What should be in a replica: all but the built-in exclusions and what the project's .gitignore files name."""
    tree = of(root, BUILT_IN)
    ignored = ignored_by_git(root, tree)
    return {path: what for path, what in tree.items() if not within(path, ignored)}


def ignored_by_git(root: Path, tree: Tree) -> set[str]:
    """The judge is git itself, in a repository that lies elsewhere."""
    if not any(path.rsplit("/", 1)[-1] == ".gitignore" for path in tree):
        return set()
    git_dir = root.parent / f".{root.name}-judge"
    git = ["git", f"--git-dir={git_dir}", f"--work-tree={root}"]
    if not git_dir.exists():
        subprocess.run([*git, "init", "-q"], check=True, capture_output=True)
    names = "\0".join(path + ("/" if what == "directory" else "") for path, what in tree.items())
    told = subprocess.run(
        [*git, "check-ignore", "--stdin", "-z", "--no-index"],
        input=names.encode(),
        cwd=root,
        capture_output=True,
        check=False,
    )
    assert told.returncode in (0, 1), told.stderr.decode()
    return {name.rstrip("/") for name in told.stdout.decode().split("\0") if name}


def within(path: str, folders: set[str]) -> bool:
    parts = path.split("/")
    return any("/".join(parts[:count]) in folders for count in range(1, len(parts) + 1))


def of_replica(root: Path) -> Tree:
    return of(root, REPLICA_ONLY)


def assert_same(source: Path, replica: Path) -> None:
    """The source and the replica are equal by path, type, executability, size and SHA-256."""
    wanted, found = of_source(source), of_replica(replica) if replica.exists() else {}
    assert found == wanted, differences(wanted, found)


def differences(wanted: Tree, found: Tree) -> str:
    lines = [f"missing    {path} ({wanted[path]})" for path in sorted(wanted.keys() - found.keys())]
    lines += [f"unexpected {path} ({found[path]})" for path in sorted(found.keys() - wanted.keys())]
    both = sorted(wanted.keys() & found.keys())
    lines += [
        f"differs    {path}: {found[path]} instead of {wanted[path]}" for path in both if wanted[path] != found[path]
    ]
    return f"replica and source differ at {len(lines)} paths:\n" + "\n".join(lines[:30])
