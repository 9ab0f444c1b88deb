"""A real JupyterHub with a base URL, its proxy, and single-user servers as local processes."""

from __future__ import annotations

import contextlib
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Page

from tests.commands import places
from tests.harness import wait
from tests.harness.process import Program
from tests.platforms.shell import output

_PLACE = places.BUILD / "hub"
_PACKAGES = ("jupyterhub==6.1.1", "supervisor==4.3.0")
_PROXY = "configurable-http-proxy@5.3.0"
_CONFIG = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}{base}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.db_url = "sqlite:///{home}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{home}/cookie"
c.JupyterHub.cleanup_servers = True
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.pid_file = "{home}/proxy.pid"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{home}/users/{{username}}"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root", "--ServerApp.terminals_enabled=False"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {environment}
"""
PASSWORD = "only for this test"


def environment() -> Path:
    """JupyterHub and a supervisor on top of the test environment, and the proxy from npm; made once."""
    place = _PLACE / "environment"
    stamp = place / ".notesync-hub"
    wanted = "\n".join([*_PACKAGES, _PROXY])
    if not stamp.is_file() or stamp.read_text() != wanted:
        base = places.ENVIRONMENT
        output(places.tool(base, "python"), "-m", "venv", "--clear", "--without-pip", place)
        (packages,) = base.glob("lib/python*/site-packages")
        (own,) = place.glob("lib/python*/site-packages")
        (own / "test-environment.pth").write_text(f"{packages}\n")
        for folder in ("share", "etc"):
            (place / folder).mkdir(exist_ok=True)
            (place / folder / "jupyter").symlink_to(base / folder / "jupyter")
        pip: list[str | Path] = [
            places.tool(base, "python"),
            "-m",
            "pip",
            "--python",
            places.tool(place, "python"),
            "-q",
        ]
        output(*pip, "install", "--ignore-installed", "--no-deps", "pip", *_PACKAGES)
        output(*pip, "install", *_PACKAGES)
        output("npm", "install", "--no-audit", "--no-fund", "--prefix", _PLACE / "proxy", _PROXY)
        stamp.write_text(wanted)
    return place


class Hub:
    """Owns the hub, its proxy and every server that it starts. Users log in with PASSWORD."""

    def __init__(self, home: Path, env: Mapping[str, str], logs: Path, base: str = "/data/hub/") -> None:
        self.home = home
        self.base = base
        self.port, hub, api = (free_port() for _ in range(3))
        place = environment()
        home.mkdir(parents=True)
        text = _CONFIG.format(
            port=self.port,
            hub=hub,
            api=api,
            base=base,
            home=home,
            proxy=_PLACE / "proxy/node_modules/.bin/configurable-http-proxy",
            python=places.tool(place, "python"),
            password=PASSWORD,
            environment=json.dumps({name: env[name] for name in env if name not in ("HOME", "NOTESYNC_STATE")}),
        )
        config = home / "jupyterhub_config.py"
        config.write_text(text, encoding="utf-8")
        command: list[str | Path] = [places.tool(place, "python"), "-m", "jupyterhub", "-f", config]
        self.program = Program("jupyterhub", command, logs=logs, env=env, cwd=home)

    def __enter__(self) -> Self:
        self.program.start()
        try:
            self.program.until_line(r"JupyterHub is now running")
        except BaseException:
            self.program.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.program.end()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base}"

    def files(self, user: str) -> Path:
        """The user's home, in which the server starts."""
        place = self.home / "users" / user
        place.mkdir(parents=True, exist_ok=True)
        return place

    def log_in(self, page: Page, user: str) -> None:
        """As a person does: the login form (which has its XSRF field), then the server is started."""
        page.goto(f"{self.url}hub/login")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", PASSWORD)
        page.click("#login_submit, input[type=submit], button[type=submit]")
        page.wait_for_url("**/lab**", timeout=wait.PATIENCE * 1000)

    def stop_server(self, page: Page, user: str) -> None:
        """What culling does: the user's server is stopped, and the hub goes on."""
        page.goto(f"{self.url}hub/home")
        page.click("#stop")
        self.program.until_line(f"Server {user} took .* seconds to stop|User {user} server took .* seconds to stop")

    def start_server(self, page: Page, user: str) -> None:
        """What its user does the next day."""
        page.goto(f"{self.url}hub/spawn/{user}")
        page.wait_for_url("**/lab**", timeout=wait.PATIENCE * 1000)


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a server answers there, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
