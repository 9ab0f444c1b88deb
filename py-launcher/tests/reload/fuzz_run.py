"""One run of the fuzz: a project, a number of edits, after each a comparison with a fresh start."""

from __future__ import annotations

import importlib
import os
import sys
import types
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz_check import behaviour, call, difference, everything, fresh, in_child
from fuzz_model import MODULES, World

from notesync.reload import Change, Reloader
from notesync.reload.project import drop_bytecode

NAMES = ["m0", "m1", "pkg", "pkg.m2", "pkg.sub", "pkg.sub.m3", "m4"]


@dataclass
class Outcome:
    """What a run has found."""

    edits: int = 0
    refused: int = 0
    repaired: int = 0
    problems: list[str] = field(default_factory=list)


class Shell:
    """The least that the reloader wants to know of a session."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}


class Run:
    """A project on disk, loaded in this process, and its reloader."""

    def __init__(self, seed: int, root: Path) -> None:
        self.seed = seed
        self.root = root
        for attempt in range(100):
            self.world = World(seed * 1000 + attempt)
            self.write(self.world.texts())
            self.forget()
            if in_child(lambda: fresh(NAMES, {}))[0] == "ok":
                break
        self.on_disk = self.world.texts()
        for name in NAMES:
            importlib.import_module(name)
        self.shell = Shell()
        self.reloader = Reloader(self.shell, [root])
        self.outcome = Outcome()
        self.good = dict(self.on_disk)
        self.held: dict[str, Any] = {}
        self.functions: dict[str, Any] = {}
        self.imported: dict[str, str] = {}
        self.hold()

    def forget(self) -> None:
        for name in list(sys.modules):
            if name.split(".")[0] in {"m0", "m1", "m4", "pkg"}:
                del sys.modules[name]
        importlib.invalidate_caches()

    def write(self, texts: dict[str, str]) -> list[Change]:
        """Write files with one and the same old time, so that only content can tell.

        As the agent does, with no bytecode left of what was there: the fresh start would take it.
        """
        changes = []
        for path, text in texts.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.read_bytes() != text.encode():
                target.write_bytes(text.encode())
                drop_bytecode([str(target)])
                os.utime(target, (1_000_000_000, 1_000_000_000))
                changes.append(Change(target))
        return changes

    def hold(self) -> None:
        """Keep instances, functions and imported names as a notebook would."""
        for name in NAMES:
            for key, value in list(vars(sys.modules[name]).items()):
                if key.startswith("_"):
                    continue
                label = f"{name}:{key}"
                if isinstance(value, type) and value.__module__ == name and label not in self.held:
                    try:
                        item = value()
                        if type(item).__dict__.get("m0") and hasattr(item, "__dict__"):
                            self.held[label] = item
                    except Exception:
                        continue
                elif isinstance(value, types.FunctionType) and (
                    value.__module__,
                    value.__name__,
                ) == (name, key):
                    self.functions.setdefault(label, value)
                if key not in self.imported and zlib.crc32(f"{key}{self.seed}".encode()) % 3 == 0:
                    cell = f"from {name} import {key}"
                    try:
                        exec(cell, self.shell.user_ns)
                    except ImportError:
                        continue
                    self.imported[key] = name
                    self.reloader.cell_ran(cell)

    def states(self) -> dict[str, Any]:
        return {
            key: dict(vars(item))
            for key, item in self.held.items()
            if all(isinstance(value, int) for value in vars(item).values())
        }

    def live(self) -> Any:
        """The picture of this process, old instances included."""
        states = self.states()

        def work() -> Any:
            found = everything(NAMES, {})
            for key in states:
                name, cls = key.split(":")
                now = vars(sys.modules[name]).get(cls)
                if isinstance(now, type) and not hasattr(now, "__members__"):
                    found[f"old {key}"] = behaviour(self.held[key])
            return found

        return in_child(work)

    def extra(self) -> list[str]:
        """Identity: old instances, held functions, names in the notebook."""
        problems = []
        for key, item in list(self.held.items()):
            name, cls = key.split(":")
            now = vars(sys.modules[name]).get(cls)
            if not isinstance(now, type) or now.__module__ != name:
                del self.held[key]
            elif type(item) is not now:
                problems.append(f"{key}: an old instance has another class")
                del self.held[key]
        for key, function in list(self.functions.items()):
            name, attribute = key.split(":")
            now = vars(sys.modules[name]).get(attribute)
            if (
                not isinstance(now, types.FunctionType)
                or now.__module__ != name
                or now.__name__ == "take"
            ):
                del self.functions[key]
            else:
                left, right = in_child(lambda f=function, n=now: (call(f), call(n)))[1]
                if left != right:
                    problems.append(f"{key}: held function gives {left!r}, module's {right!r}")
                    del self.functions[key]
        for key, name in list(self.imported.items()):
            space = vars(sys.modules[name])
            if key not in space:
                del self.imported[key]
                self.shell.user_ns.pop(key, None)
            elif self.shell.user_ns.get(key) is not space[key]:
                problems.append(f"notebook name {key} (from {name}) did not follow")
                del self.imported[key]
        return problems

    def step(self, *, sabotage: bool = False) -> None:
        """One edit; with `sabotage`, first the same batch with a failure in it."""
        world = self.world
        world.remember()
        world.edit()
        texts = world.texts()
        self.outcome.edits += 1
        if sabotage:
            self.sabotage(texts)
        changes = self.write(texts)
        self.before, self.on_disk = self.on_disk, texts
        self.shown = (self.before, texts)
        states = self.states()
        wanted = in_child(lambda: fresh(NAMES, states))
        was = self.live() if wanted[0] == "error" else None
        report = self.reloader.apply(changes)
        where = f"seed {self.seed} edit {self.outcome.edits}"
        if wanted[0] == "error":
            self.outcome.refused += 1
            if "partially initialized" in wanted[1]:
                pass  # who comes first in a circle is not decided again in a live process
            elif report.ok:
                self.outcome.problems.append(f"{where}: loaded, but fresh says {wanted[1]}")
            else:
                now = self.live()
                for line in difference(now[1], was[1]):
                    self.outcome.problems.append(f"{where}: after a refused batch: {line}")
            world.repair()
            self.write(self.good)
            self.shown, self.on_disk = (self.before, texts), dict(self.good)
            report = self.reloader.apply([Change(self.root / p) for p in self.good])
            self.outcome.repaired += 1
            if not report.ok:
                self.outcome.problems.append(f"{where}: not repaired: {report.details()}")
            states = self.states()
            wanted = in_child(lambda: fresh(NAMES, states))
            where += " repaired"
        elif not report.ok:
            self.outcome.problems.append(f"{where}: refused, but fresh loads: {report.details()}")
            return
        self.good = world.texts()
        now = self.live()
        for line in difference(now[1], wanted[1]):
            self.outcome.problems.append(f"{where}: {line}")
        for line in self.extra():
            self.outcome.problems.append(f"{where}: {line}")
        self.hold()

    def sabotage(self, texts: dict[str, str]) -> None:
        rng = self.world.rng
        broken = dict(texts)
        path = rng.choice([name.replace(".", "/") + ".py" for name in MODULES])
        lines = broken[path].replace("\r", "").split("\n")[:-1]
        bad = rng.choice(
            [
                "raise RuntimeError('injected')",
                "def broken(:",
                "import no_such_module",
                "1 / 0",
                "from m0 import no_such_name",
            ]
        )
        starts = [
            i
            for i, line in enumerate(lines)
            if line
            and not line.startswith((" ", "@", "\f", "\ufeff", "else", "except"))
            and (i == 0 or not lines[i - 1].startswith("@"))
        ]
        lines.insert(rng.choice([*starts[1:], len(lines)]), bad)
        broken[path] = "\n".join(lines) + "\n"
        was = self.live()
        report = self.reloader.apply(self.write(broken))
        where = f"seed {self.seed} edit {self.outcome.edits}"
        if report.ok:
            self.outcome.problems.append(f"{where}: a batch with {bad!r} in {path} was loaded")
        for line in difference(self.live()[1], was[1]):
            self.outcome.problems.append(f"{where}: after an injected failure: {line}")


def run(
    seed: int,
    edits: int,
    root: Path,
    *,
    sabotage: bool = False,
    watch: Callable[[Run], None] | None = None,
) -> Outcome:
    """A whole run. The process's modules of these names are replaced."""
    sys.path.insert(0, str(root))
    try:
        current = Run(seed, root)
        for _ in range(edits):
            current.step(sabotage=sabotage)
            if current.outcome.problems and watch is not None:
                watch(current)
                break
            if len(current.outcome.problems) > 10:
                break
        current.forget()
        return current.outcome
    finally:
        sys.path.remove(str(root))
