"""The suites of `./check`: what each runs, how long it may take, and how its failures are run once more."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.commands import parts, places, results, step
from tests.commands.results import Result


@dataclass
class Suite:
    """A suite is asked to `run`; `again` runs single tests of it by name and is empty where that makes no sense."""

    name: str
    limit: float
    # Runs only where it is asked for by its name.
    by_name: bool = False

    def run(self, limit: float) -> list[Result]:
        raise NotImplementedError

    def again(self, names: Sequence[str], limit: float) -> list[Result]:  # noqa: ARG002
        return []

    def judged(self, code: int | None, found: list[Result], what: str) -> list[Result]:
        """A runner that ran no test, crashed or hit its time limit is a failure of its own, named `what`."""
        if code == 0 and found:
            return found
        if code is not None and any(result.outcome == "failed" for result in found):
            return found
        why = "did not end in time" if code is None else "ran no test" if code == 0 else f"exit code {code}"
        return [*found, Result(f"{what} ({why}, see {step.log_file(self.name)})", "failed")]


@dataclass
class Maven(Suite):
    """`mvn verify`: the compiler's and Error Prone's warnings are errors, JUnit, ArchUnit, formatting, the jars."""

    def run(self, limit: float) -> list[Result]:
        began = time.time() - 1
        code = step.code_of(["mvn", "-B", "-ntp", "verify", "-fae"], log=self.name, limit=limit)
        found = results.of_surefire(places.ROOT, began)
        return [
            *self.judged(code, found, "mvn verify, all tests"),
            Result("mvn verify", "passed" if code == 0 else "skipped"),
        ]

    def again(self, names: Sequence[str], limit: float) -> list[Result]:
        began = time.time() - 1
        tests = ",".join(name.partition(":")[2].replace("$", "*") for name in names)
        modules = ",".join(sorted({name.partition(":")[0] for name in names}))
        command = ["mvn", "-B", "-ntp", "verify", "-fae", f"-Dtest={tests}", "-pl", modules, "-am"]
        step.code_of([*command, "-Dsurefire.failIfNoSpecifiedTests=false"], log=f"{self.name}-again", limit=limit)
        return results.of_surefire(places.ROOT, began)


@dataclass
class Pytest(Suite):
    """A folder of pytest files, in an environment where the wheel is installed as a user installs it."""

    folder: Path = places.TESTS
    targets: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def run(self, limit: float) -> list[Result]:
        code, found = self._pytest(self.targets, limit, self.name)
        return self.judged(code, found, f"pytest {self.folder.name}, all tests")

    def again(self, names: Sequence[str], limit: float) -> list[Result]:
        return self._pytest(names, limit, f"{self.name}-again")[1]

    def _pytest(self, targets: Sequence[str], limit: float, log: str) -> tuple[int | None, list[Result]]:
        noted = places.BUILD / "results" / f"{log}.jsonl"
        noted.parent.mkdir(parents=True, exist_ok=True)
        noted.unlink(missing_ok=True)
        places.SCRATCH.mkdir(parents=True, exist_ok=True)
        python = places.tool(places.ENVIRONMENT, "python")
        command: list[str | Path] = [python, "-m", "pytest", "-p", "note_results", "-rfE", *self.options]
        command += [f"--basetemp={places.SCRATCH / log}", *targets]
        env = {
            "NOTESYNC_RESULTS": str(noted),
            # Only the plugin: the launcher's tests are a package named `tests`, too.
            "PYTHONPATH": str(places.TESTS / "commands" / "plugin"),
            "PATH": parts.path_with(places.ENVIRONMENT),
        }
        code = step.code_of(command, log=log, limit=limit, cwd=self.folder, env=env)
        return code, results.of_pytest(noted)


@dataclass
class Vitest(Suite):
    """The front end's tests: one configuration of vitest."""

    config: str = "vitest.config.ts"

    def run(self, limit: float) -> list[Result]:
        code, found = self._vitest([], limit, self.name)
        return self.judged(code, found, "vitest, all tests")

    def again(self, names: Sequence[str], limit: float) -> list[Result]:
        files = sorted({name.partition("::")[0] for name in names})
        return [r for r in self._vitest(files, limit, f"{self.name}-again")[1] if r.id in set(names)]

    def _vitest(self, files: Sequence[str], limit: float, log: str) -> tuple[int | None, list[Result]]:
        noted = places.BUILD / "results" / f"{log}.json"
        noted.unlink(missing_ok=True)
        command = ["npx", "--no-install", "vitest", "run", "-c", self.config, "--reporter=default", "--reporter=json"]
        command += [f"--outputFile.json={noted}", *files]
        code = step.code_of(command, log=log, limit=limit, cwd=places.EXTENSION)
        return code, results.of_vitest(noted)


@dataclass
class Tool(Suite):
    """One command that is right when it ends with 0: a linter, a type checker, a formatter."""

    command: tuple[str | Path, ...] = ()
    cwd: Path = places.ROOT

    def run(self, limit: float) -> list[Result]:
        env = {"PATH": os.pathsep.join([parts.path_with(places.ENVIRONMENT)])}
        code = step.code_of(self.command, log=self.name, limit=limit, cwd=self.cwd, env=env)
        what = " ".join(Path(word).name for word in self.command[:3])
        return [Result(what, "passed")] if code == 0 else self.judged(code, [], what)
