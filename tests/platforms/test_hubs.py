"""Hubs and managed servers: a JupyterHub with a base URL, SageMaker's manners, containers, The Littlest JupyterHub."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import places
from tests.harness import tree, wait, world
from tests.harness.browser import Browser
from tests.harness.laptop import Laptop
from tests.harness.paged import PagedStack
from tests.platforms import debian, hub
from tests.platforms.conftest import not_here
from tests.platforms.hosted import Hosted, Story, agents, end_agents
from tests.platforms.machine import Machine, User
from tests.platforms.machine_notebook import MachineNotebook
from tests.platforms.test_no_java import jdk_here, make

SAGEMAKER = User("sagemaker-user", 1000, 100)
JOVYAN = User("jovyan", 1000, 100)
ADA, EVE = User("jupyter-ada", 3001, 3001), User("jupyter-eve", 3002, 3002)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path / "profile", tmp_path / "logs") as opened:
        yield opened


def conda_machine(
    place: Path,
    users: list[User],
    jvms: dict[str, Path],
    setup: list[str],
    first: tuple[str, ...] = ("sleep", "infinity"),
    conda: Path = places.ENVIRONMENT,
) -> Machine:
    """A machine with `conda` as /opt/conda."""
    if reason := Machine.why_not():
        not_here(reason)
    return Machine(
        place,
        readable=[conda, places.ENVIRONMENT],
        users=users,
        jvms=jvms,
        on_path=next(iter(jvms), None),
        setup=[f"ln -s {shlex.quote(str(conda))} opt/conda", *setup],
        first=first,
    )


def save(laptop: Laptop, word: str) -> None:
    laptop.save("shop/cart.py", f"def total():\n    return {word!r}\n")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_jupyterhub_with_a_base_url_and_a_culled_server(tmp_path: Path, laptop: Laptop, browser: Browser) -> None:
    home = tmp_path / "hub"
    with hub.Hub(home, world.environment(tmp_path), tmp_path / "logs") as running:
        files = running.files("ada")
        state = files / ".local/state/notesync"
        story = Story(Hosted(f"{running.url}user/ada/", files), laptop)
        front = browser.context.new_page()
        running.log_in(front, "ada")
        try:
            page = story.open(browser)
            story.connect(page)
            story.until_total(page, "one")
            save(laptop, "two")
            story.until_total(page, "two")
            page.page.close()
            running.stop_server(front, "ada")
            save(laptop, "three")
            running.start_server(front, "ada")
            page = story.open(browser)
            story.connect(page)
            story.until_total(page, "three")
            wait.until_passes(lambda: tree.assert_same(laptop.source, files / "notesync/shop"))
            assert len(agents(state)) == 1
        finally:
            end_agents(state)


SUPERVISED = """
[supervisord]
nodaemon=true
logfile=/shared/supervisord.log
pidfile=/home/sagemaker-user/supervisord.pid
[unix_http_server]
file=/home/sagemaker-user/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///home/sagemaker-user/supervisor.sock
[program:jupyterlabserver]
command=/opt/conda/bin/python -m jupyterlab --no-browser --ip=127.0.0.1 --port={port}
  --ServerApp.base_url=/jupyterlab/default
  --IdentityProvider.token= --ServerApp.root_dir=/shared/files --ServerApp.terminals_enabled=False
stopasgroup=true
autorestart=true
stdout_logfile=/shared/server.log
redirect_stderr=true
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_sagemaker_supervised_restart_without_java(
    tmp_path: Path, laptop: Laptop, browser: Browser, wheel: Path
) -> None:
    carries_java = make(wheel, jdk_here(), tmp_path / "wheels")
    place = tmp_path / "machine of the test"
    files = place / "shared" / "files"
    files.mkdir(parents=True)
    setup = ["chown -R 1000:100 shared"]
    with conda_machine(place, [SAGEMAKER], {}, setup, conda=hub.environment()) as machine:
        machine.put(f"/opt/wheels/{carries_java.name}", carries_java)
        pip = ("/opt/conda/bin/python", "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--force-reinstall")
        assert machine.run(*pip, f"/opt/wheels/{carries_java.name}").code == 0
        port = hub.free_port()
        machine.put("/etc/supervisord.conf", SUPERVISED.format(port=port))
        start = "/opt/conda/bin/supervisord -c /etc/supervisord.conf </dev/null >/dev/null 2>&1 &"
        env = {"PATH": "/opt/conda/bin:/usr/bin:/bin"}
        machine.run("sh", "-c", start, user=SAGEMAKER, env=env)
        address = f"http://127.0.0.1:{port}/jupyterlab/default/"
        wait.until(lambda: hub.answers(f"{address}api"), "SageMaker's server")
        story = Story(Hosted(address, files), laptop)
        page = story.open(browser)
        story.connect(page)
        story.until_total(page, "one")
        (agent,) = machine.agents()
        assert "/_jre/bin/java" in agent
        ctl = ("/opt/conda/bin/supervisorctl", "-c", "/etc/supervisord.conf", "restart", "jupyterlabserver")
        assert machine.run(*ctl, user=SAGEMAKER, env=env).code == 0
        wait.until(lambda: hub.answers(f"{address}api"), "SageMaker's server is back")
        save(laptop, "two")
        page.page.close()
        page = story.open(browser)
        story.connect(page)
        story.until_total(page, "two")
        assert machine.agents() == [agent]


def test_a_container_that_is_stopped_resumes_from_its_volume(tmp_path: Path, laptop: Laptop) -> None:
    volume = tmp_path / "jupyterhub-user-ada" / "_data"
    volume.mkdir(parents=True)
    shutil.chown(volume, 1000, 100)
    try:
        tini = debian.unpacked("bookworm", "tini", into=debian.AREA / "tini") / "usr/bin/tini"
    except debian.NotHere as reason:
        not_here(str(reason))
    setup = [
        f"cp {shlex.quote(str(tini))} usr/local/bin/tini",
        "mkdir -p home/jovyan/work",
        f"mount --bind {shlex.quote(str(volume))} home/jovyan/work",
    ]

    def container(number: int) -> Machine:
        first = ("tini", "-g", "--", "sleep", "infinity")
        return conda_machine(tmp_path / f"container {number}", [JOVYAN], {"java-17": jdk_here()}, setup, first)

    with container(1) as machine, MachineNotebook(machine, JOVYAN, "/opt/conda/bin/python") as notebook:
        notebook.connect(laptop, "--to /home/jovyan/work/shop")
        notebook.until_total("one")
        sequence = notebook.run("import notesync; notesync.sequence()").value
    assert (volume / "shop/shop/cart.py").stat().st_uid == 1000
    heard = len(laptop.server.lines)
    with container(2) as machine, MachineNotebook(machine, JOVYAN, "/opt/conda/bin/python") as notebook:
        notebook.connect(laptop, "--to /home/jovyan/work/shop")
        notebook.until_total("one")
        assert notebook.run("import notesync; notesync.sequence()").value == sequence
        assert not [line for line in laptop.server.lines[heard:] if "applied" in line], "nothing had to be sent again"
        save(laptop, "two")
        notebook.until_total("two")


def test_the_littlest_jupyterhub_everything_dies_and_tmp_is_shared(tmp_path: Path, laptop: Laptop) -> None:
    homes = tmp_path / "homes"
    setup = []
    for user in (ADA, EVE):
        (homes / user.name).mkdir(parents=True)
        shutil.chown(homes / user.name, user.uid, user.gid)
        (homes / user.name).chmod(0o700)
        setup.append(f"mount --bind {shlex.quote(str(homes / user.name))} .{user.home}")

    def server(number: int) -> Machine:
        return conda_machine(tmp_path / f"server {number}", [ADA, EVE], {"java-17": jdk_here()}, setup)

    with server(1) as machine, MachineNotebook(machine, ADA, "/opt/conda/bin/python") as notebook:
        notebook.connect(laptop)
        notebook.until_total("one")
        left = machine.run("find", "/tmp", "-mindepth", "1", "-uid", str(ADA.uid), "-not", "-path", "*/ipykernel*")
        lines = [line for line in left.out.splitlines() if not line.startswith(f"{places.ROOT}/")]  # it may lie in /tmp
        assert [line for line in lines if "notesync" in line or "hsperf" in line] == []
        peek = machine.run("sh", "-c", f"ls {ADA.home}/.local/state/notesync", user=EVE)
        assert peek.code != 0
        assert "Permission denied" in peek.err
    # The whole control group is gone: no session of its own helps there.
    with server(2) as machine, MachineNotebook(machine, ADA, "/opt/conda/bin/python") as notebook:
        save(laptop, "two")
        notebook.connect(laptop)
        notebook.until_total("two")
        assert len(machine.agents()) == 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_browsers_on_one_kernel_share_the_work(tmp_path: Path) -> None:
    total = "import shop.cart; print(shop.cart.total())"
    with PagedStack(tmp_path / "stack", cells=(total,)) as stack:
        assert stack.run(0) == "one"
        with stack.browser.beside(tmp_path / "second profile", tmp_path / "second logs") as second:
            story = Story(stack.jupyter, stack.laptop, write=False)
            other = story.open(second)
            story.connect(other)
            save(stack.laptop, "two")
            story.until_total(other, "two")
            stack.settle()
            assert len(stack.agents()) == 1
        save(stack.laptop, "three")

        def look() -> None:
            assert stack.run(0) == "three"

        wait.until_passes(look)
