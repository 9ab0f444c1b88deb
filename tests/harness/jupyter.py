"""A real JupyterLab or Notebook 7 server, with folders of its own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.commands import places
from tests.harness import notebook, wait
from tests.harness.process import Program


class Jupyter:
    """`app` is `lab` or `notebook`. Kernels start in `files`, where the notebooks are."""

    def __init__(self, app: str, home: Path, env: Mapping[str, str], logs: Path, *options: str) -> None:
        self.app = app
        self.home = home
        self.files = home / "files"
        self.token = secrets.token_hex(16)
        own = {
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "IPYTHONDIR": str(home / "ipython"),
        }
        command: list[str | Path] = [places.tool(places.ENVIRONMENT, "jupyter"), app]
        command += ["--no-browser", "--allow-root", "--port=0", f"--ServerApp.root_dir={self.files}"]
        command += [f"--IdentityProvider.token={self.token}", "--ServerApp.terminals_enabled=False", *options]
        self.program = Program(f"jupyter-{app}", command, logs=logs, env={**env, **own}, cwd=home)

    def __enter__(self) -> Self:
        self.files.mkdir(parents=True, exist_ok=True)
        self._want_no_news()
        self.program.start()
        try:
            self.url = self._url()
        except BaseException:
            self.program.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.program.end()

    def disable(self, extension: str) -> None:
        """The user has switched a front-end extension off."""
        folder = self.home / "config" / "labconfig"
        folder.mkdir(parents=True, exist_ok=True)
        told = {"disabledExtensions": {extension: True}}
        (folder / "page_config.json").write_text(json.dumps(told), encoding="utf-8")

    def _want_no_news(self) -> None:
        """Else the page asks whether to fetch news, over what the stories look at."""
        folder = self.home / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
        folder.mkdir(parents=True, exist_ok=True)
        settings = {"fetchNews": "false", "checkForUpdates": False}
        (folder / "notification.jupyterlab-settings").write_text(json.dumps(settings), encoding="utf-8")

    def _url(self) -> str:
        """The server's address, from the file that it writes when it is ready."""
        place = self.home / "runtime" / f"jpserver-{self.program.pid}.json"

        def ready() -> bool:
            if self.program.process.poll() is not None:
                raise wait.Waited(f"jupyter {self.app} ended at once:\n{self.program.told()}")
            return place.exists() and place.stat().st_size > 0

        wait.until(ready, f"jupyter {self.app} writes {place.name}")
        return str(json.loads(place.read_text(encoding="utf-8"))["url"])

    def write(self, name: str, *cells: str) -> Path:
        """Writes a notebook of code cells."""
        blank: dict[str, object] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        told = {
            "cells": [{**blank, "id": f"cell-{number}", "source": source} for number, source in enumerate(cells)],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        place = self.files / name
        place.write_text(json.dumps(told), encoding="utf-8")
        return place

    def page(self, name: str) -> str:
        """The address of a notebook's page, with the token that logs in."""
        path = "lab/tree" if self.app == "lab" else "notebooks"
        return f"{self.url}{path}/{name}?token={self.token}"

    def use_kernel(self, environment: Path) -> None:
        """Lets `python3` be the kernel of another environment."""
        notebook.write_spec(self.home / "data" / "kernels" / "python3", environment)
