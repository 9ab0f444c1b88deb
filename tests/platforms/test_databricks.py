"""Notebooks of a simulated Databricks driver, from %load_ext to the next cell that runs new code."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

import pytest

from tests.harness import wait
from tests.harness.laptop import Laptop
from tests.harness.stack import CODE
from tests.platforms.conftest import MakeDriver
from tests.platforms.driver import SPARK, VOLUME, Driver
from tests.platforms.driver_notebook import DriverNotebook
from tests.platforms.test_init_script import ends_well, script


@pytest.fixture
def ready(make_driver: MakeDriver, wheel: Path) -> Driver:
    """A driver whose init script has installed notesync, under the umask that harmed others before."""
    driver = make_driver()
    driver.put(f"{VOLUME}/{wheel.name}", wheel)
    ends_well(driver.init(script(), umask="077"))
    return driver


def connect(notebook: DriverNotebook, laptop: Laptop, wanted: str = "one") -> None:
    notebook.connect(laptop)
    notebook.until_total(wanted)


@pytest.mark.parametrize("mode", ["dedicated", "standard"])
def test_a_saved_file_runs_in_the_next_cell_and_the_agent_survives_restart_python(
    ready: Driver, laptop: Laptop, mode: str
) -> None:
    with DriverNotebook(ready, mode) as notebook:
        connect(notebook, laptop)
        laptop.replace("shop/cart.py", "one", "two")
        notebook.until_total("two")
        (agent,) = ready.agents()
        notebook.restart()
        connect(notebook, laptop, "two")
        assert ready.agents() == [agent]
        replica = notebook.run("shop.cart.__file__").value
        home = "/root" if mode == "dedicated" else "/home/spark-7d3f2c1e"
        assert replica == repr(f"{home}/notesync/shop/shop/cart.py")


def test_each_user_of_a_standard_cluster_has_an_agent_that_others_cannot_feed(ready: Driver, laptop: Laptop) -> None:
    with DriverNotebook(ready, "standard") as one, DriverNotebook(ready, "dedicated") as two:
        connect(one, laptop)
        connect(two, laptop)
        assert len(ready.agents()) == 2
        look = "find /root/.local/state/notesync -name 'agent-*.json' | head -1 | xargs cat"
        assert ready.run("sh", "-c", look, user=SPARK).out == ""


def test_detach_and_attach_resume_with_the_same_agent(ready: Driver, laptop: Laptop) -> None:
    with DriverNotebook(ready) as notebook:
        connect(notebook, laptop)
        (agent,) = ready.agents()
    laptop.replace("shop/cart.py", "one", "two")
    with DriverNotebook(ready) as again:
        connect(again, laptop, "two")
        assert ready.agents() == [agent]


def test_the_port_of_databricks_own_comm_channel_stays_free(ready: Driver, laptop: Laptop) -> None:
    with DriverNotebook(ready) as notebook:
        connect(notebook, laptop)
        with contextlib.closing(socket.socket()) as own:
            own.bind(("127.0.0.1", 6062))  # the driver shares the machine's network


def test_sys_path_that_the_platform_rewrote_is_put_right_before_the_next_cell(ready: Driver, laptop: Laptop) -> None:
    with DriverNotebook(ready) as notebook:
        connect(notebook, laptop)
        notebook.run("import sys\nsys.path[:] = [p for p in sys.path if 'notesync/shop' not in p]")
        laptop.save("shop/fresh.py", "there = True\n")

        def look() -> None:
            cell = notebook.finish(notebook.begin("import shop.fresh\nshop.fresh.there"))
            assert cell.value == "True", cell.text

        wait.until_passes(look)


def test_autoload_makes_the_magic_known_without_load_ext(make_driver: MakeDriver, wheel: Path) -> None:
    driver = make_driver()
    driver.put(f"{VOLUME}/{wheel.name}", wheel)
    ends_well(driver.init(script("--autoload")))
    with DriverNotebook(driver, "standard") as notebook:
        assert notebook.run("'notesync' in get_ipython().extension_manager.loaded").value == "True"


def test_a_kernel_without_java_starts_and_says_the_one_line_that_helps(
    make_driver: MakeDriver, wheel: Path, laptop: Laptop
) -> None:
    driver = make_driver(jvms=(("zulu8-ca-amd64", 8),))
    driver.put(f"{VOLUME}/{wheel.name}", wheel)
    driver.init(script())
    with DriverNotebook(driver) as notebook:
        notebook.run("%load_ext notesync")
        cell = notebook.begin(f"%notesync connect {laptop.url}")
        laptop.approve(notebook.until_output(cell, CODE).group(1))
        told = notebook.finish(cell).text
        assert "notesync needs 17 or newer" in told, told
        assert "1.8.0" in told
        assert "notesync[jre]" in told


FAKE_AUTORELOAD = """
_checks = [lambda name: name.startswith("/Workspace")]

def register_autoreload_allowlist_check(check):
    _checks.append(check)
"""


def test_replicas_are_registered_with_the_runtimes_own_autoreload(ready: Driver, laptop: Laptop) -> None:
    library = "/databricks/python_shell/lib/dbruntime"
    for package in (library, f"{library}/autoreload"):
        ready.put(f"{package}/__init__.py", "")
    ready.put(f"{library}/autoreload/file_module_utils.py", FAKE_AUTORELOAD)
    with DriverNotebook(ready) as notebook:
        connect(notebook, laptop)
        notebook.run("from dbruntime.autoreload.file_module_utils import _checks")
        look = "[any(check(name) for check in _checks) for name in (shop.cart.__file__, '/usr/x.py')]"
        assert notebook.run(look).value == "[True, False]"


def test_a_file_that_is_a_databricks_notebook_is_synchronised_with_a_hint(ready: Driver, laptop: Laptop) -> None:
    with DriverNotebook(ready) as notebook:
        connect(notebook, laptop)
        laptop.save("report.py", "# Databricks notebook source\nanswer = 42\n")
        said = []

        def look() -> None:
            cell = notebook.finish(notebook.begin("import report\nreport.answer"))
            said.append(cell.text)
            assert cell.value == "42", cell.text

        wait.until_passes(look)
        assert any("report.py starts with '# Databricks notebook source'" in text for text in said), said


def test_the_doctor_says_that_all_is_well_and_what_is_not(ready: Driver) -> None:
    doctor = ("/databricks/python3/bin/notesync", "databricks", "doctor")
    env = {"DATABRICKS_RUNTIME_VERSION": "16.4", "DATA_SECURITY_MODE": "USER_ISOLATION"}
    well = ready.run(*doctor, env=env, user=SPARK)
    assert well.code == 0, well
    assert "ok    Databricks runtime 16.4" in well.out
    assert "ok    the init script ended well" in well.out
    assert "Java 17" in well.out
    ready.run("chmod", "-R", "go-rx", "/databricks/python3/lib/python3.12/site-packages/notesync/databricks")
    ready.init(script("--wheel", "notesync-9.9.9-py3-none-any.whl"))
    ill = ready.run(*doctor, env=env)
    assert ill.code == 1
    assert "bad   the init script failed: cannot read" in ill.out
    assert "is closed for other users" in ill.out
