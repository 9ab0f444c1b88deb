"""The catalogue under other reloaders: one table.

    python bench/reload_peers.py --everywhere  # the whole table: makes an environment for each IPython; 10 minutes
    python bench/reload_peers.py               # every peer that is installed here
    python bench/reload_peers.py --case NAME   # one case, with what each got wrong

Peers: plain importlib.reload, %autoreload 2 of the installed IPython, jurigged, marimo, liveimport.
Each case runs in a process of its own, a fork of one that has imported the peer. Counted are the cases whose
every check holds; checks of our own report (statements run, notes) are left out.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LAUNCHER = HERE.parent / "py-launcher"
sys.path[:0] = [str(LAUNCHER / "src"), str(LAUNCHER / "tests" / "reload")]
# What the cases import.
LIBRARIES = ["attrs", "click", "cloudpickle", "numpy", "pandas", "pydantic", "sqlalchemy"]
PEERS = ["nothing", "importlib", "autoreload", "jurigged", "marimo", "liveimport", "notesync"]
EVERYWHERE = {
    "IPython 9": (["ipython>=9,<10", "jurigged==0.6.1", "marimo", "liveimport==1.2.5"], PEERS),
    "IPython 8.37": (["ipython==8.37.0"], ["autoreload", "notesync"]),
    "IPython 7.34": (["ipython==7.34.0", "setuptools<81"], ["autoreload", "notesync"]),
}
NEEDS = {
    "jurigged": "jurigged",
    "marimo": "marimo._runtime.reload.autoreload",
    "liveimport": "liveimport",
    "notesync": "notesync.reload",
}


def cases() -> list[Any]:
    for path in sorted((LAUNCHER / "tests" / "reload").glob("cases_*.py")):
        importlib.import_module(path.stem)
    catalogue: list[Any] = importlib.import_module("catalogue").CASES
    return catalogue


def session() -> Any:
    """The shell. Made once: forks have it too."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    return InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))


class World:
    """A project directory, a shell and one peer."""

    def __init__(self, peer: str) -> None:
        self.root = Path(tempfile.mkdtemp())
        sys.path.insert(0, str(self.root))
        self.shell = session()
        self.peer = peer
        self.now = time.time() - 1000
        self.changed: list[tuple[Path, bool]] = []
        getattr(self, f"start_{peer}")()

    def write(self, files: Any) -> None:
        self.now += 10  # peers look at times: they get them
        self.changed = []
        for name, text in files.items():
            path = self.root / name
            self.changed.append((path, text is None))
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
            os.utime(path, (self.now, self.now))
        importlib.invalidate_caches()

    def cell(self, text: str) -> bool:
        if not text:
            return True
        known = set(sys.modules)
        result = self.shell.run_cell(text)
        if self.peer == "notesync":
            self.reloader.cell_ran(text)
        elif self.peer == "marimo":  # as its kernel does after each cell: from when a new module is
            self.marimo.check({name: sys.modules[name] for name in set(sys.modules) - known}, reload=False)
        return bool(result.success)

    def reload(self) -> None:
        getattr(self, f"reload_{self.peer}")()

    def start_nothing(self) -> None: ...

    def reload_nothing(self) -> None: ...

    def start_importlib(self) -> None: ...

    def reload_importlib(self) -> None:
        for path, _ in self.changed:
            for module in list(sys.modules.values()):
                if getattr(module, "__file__", None) == str(path):
                    importlib.reload(module)

    def start_autoreload(self) -> None:
        if sys.version_info >= (3, 12) and "imp" not in sys.modules:
            import types

            stand_in = types.ModuleType("imp")  # IPython 7 asks for it
            stand_in.reload = importlib.reload  # type: ignore[attr-defined]
            sys.modules["imp"] = stand_in
        self.shell.run_line_magic("load_ext", "autoreload")
        self.shell.run_line_magic("autoreload", "2")

    def reload_autoreload(self) -> None:
        self.shell.run_cell("pass")

    def start_jurigged(self) -> None:
        import jurigged  # type: ignore[import-not-found]

        # Its thread, which tells nobody when it is done, is not started: we say what it would see.
        self.watcher = jurigged.watch(str(self.root), autostart=False)

    def reload_jurigged(self) -> None:
        known = self.watcher.registry
        for path, gone in self.changed:
            if not gone and str(path) in {*known.precache, *known.cache}:
                self.watcher.refresh(str(path))

    def start_marimo(self) -> None:
        from marimo._runtime.reload.autoreload import (  # type: ignore[import-not-found]
            ModuleReloader,
        )

        self.marimo = ModuleReloader()

    def reload_marimo(self) -> None:
        self.marimo.check(sys.modules, reload=True)

    def start_liveimport(self) -> None:
        import liveimport  # type: ignore[import-not-found]

        self.live = liveimport

    def reload_liveimport(self) -> None:
        self.live.sync()

    def start_notesync(self) -> None:
        from notesync.reload import Reloader

        self.reloader = Reloader(self.shell, [self.root])

    def reload_notesync(self) -> None:
        from notesync.reload import Change

        self.reloader.apply([Change(path, gone) for path, gone in self.changed])


def run_case(peer: str, case: Any) -> str:
    """Empty when every check holds, else what did not."""
    world = World(peer)
    world.write(case.before)
    if not world.cell(case.cell) or not world.cell(case.between):
        return "the cells before do not run"
    if peer == "liveimport":
        world.live.register(world.shell.user_ns, case.cell, allow_other_statements=True)
    for batch in case.batches:
        world.write(batch)
        try:
            world.reload()
        except BaseException as error:
            if not case.fails:
                return f"{type(error).__name__}: {error}"
    world.cell(case.then)
    for check in case.checks:
        try:
            if not eval(check, world.shell.user_ns):
                return f"not so: {check}"
        except Exception as error:
            return f"{check}: {type(error).__name__}: {error}"
    return ""


def in_process(peer: str, number: int) -> str:
    """One case in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", peer, str(number)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "IPYTHONDIR": tempfile.gettempdir()},
    )
    last = done.stdout.strip().rpartition("\n")[2]
    return last.partition("RESULT ")[2] if "RESULT " in last else "the process died"


def in_fork(peer: str, numbers: list[int], report: Callable[[int, str], None]) -> None:
    """Cases in forks of one process: the same, twenty times quicker."""
    for number in numbers:
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            signal.alarm(60)
            try:
                result = run_case(peer, cases()[number])
            except BaseException as error:
                result = f"{type(error).__name__}: {error}"
            os.write(writer, f"={result}".encode()[:4000])
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read().decode(errors="replace")
        report(number, said[1:] if said.startswith("=") else "it died, or took a minute")
        os.waitpid(child, 0)


def everywhere() -> None:
    """An environment of its own for each IPython, thrown away afterwards, and one process for each row."""
    rows: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, (title, (packages, peers)) in enumerate(EVERYWHERE.items()):
            home = Path(scratch) / str(number)
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            python = home / "bin" / "python"
            subprocess.run([python, "-m", "pip", "-q", "install", *packages, *LIBRARIES], check=True)
            print(f"-- {title}", flush=True)
            for peer in peers:
                command = [str(python), "-u", __file__, "--peers", peer]
                where, right = title, "did not end"
                with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
                    assert run.stdout is not None
                    for line in run.stdout:
                        print(line, end="", flush=True)
                        if line.startswith("Python "):
                            where = line.strip().rpartition(", ")[0]
                        words = line.split()
                        if words[1:3] == ["right", "in"]:
                            right = f"{words[3]} of {words[5]}"
                rows.append(f"| {peer} | {where} | {right} |")
    print("\n| reloader | on | cases right |\n| --- | --- | --- |", *rows, sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--case", help="a part of a case's title: show what each peer gets wrong")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--everywhere", action="store_true", help="make the environments, run all peers")
    arguments = parser.parse_args()
    if arguments.everywhere:
        everywhere()
        return
    table = cases()
    if arguments.one:
        peer, number = arguments.one
        print(f"RESULT {run_case(peer, table[int(number)])}")
        return
    import IPython

    wanted = [
        n
        for n, case in enumerate(table)
        if (arguments.case or "") in case.title
        and sys.version_info >= case.needs
        and all(importlib.util.find_spec(library) for library in case.libraries)
    ]
    print(f"Python {sys.version.split()[0]}, IPython {IPython.__version__}, {len(wanted)} cases")
    for peer in arguments.peers.split(","):
        if peer in NEEDS:
            try:
                importlib.import_module(NEEDS[peer])
            except ImportError:
                print(f"{peer:<12} not installed")
                continue
        results: dict[int, str] = {}
        if hasattr(os, "fork"):
            session().run_cell("pass")
            in_fork(peer, wanted, results.__setitem__)
        else:
            results = {number: in_process(peer, number) for number in wanted}
        right = sum(not result for result in results.values())
        print(f"{peer:<12} right in {right:>3} of {len(wanted)}", flush=True)
        if arguments.case or peer == "notesync":
            for number, result in results.items():
                if result:
                    print(f"    {table[number].title}: {result[:200]}")


if __name__ == "__main__":
    main()
