"""The Databricks init script, run as the platform runs it: as root, in a driver that exists only for the test."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from tests.commands import places
from tests.platforms.conftest import MakeDriver
from tests.platforms.driver import INIT_SCRIPT, PYTHON, SPARK, VOLUME, Driver
from tests.platforms.machine import Ran
from tests.platforms.shell import output, told

HOME = "/local_disk0/notesync"
NO_JAVA = {"jvms": (), "on_path": None}
ONLY_8 = {"jvms": (("zulu8-ca-amd64", 8),), "on_path": "zulu8-ca-amd64"}


def script(*options: str) -> str:
    """What the command of the wheel prints."""
    notesync = places.tool(places.ENVIRONMENT, "notesync")
    return output(notesync, "databricks", "init-script", "--volume", VOLUME, *options)


def with_wheel(driver: Driver, wheel: Path) -> Driver:
    driver.put(f"{VOLUME}/{wheel.name}", wheel)
    return driver


def installed(driver: Driver) -> bool:
    return driver.run(PYTHON, "-I", "-c", "import notesync.databricks.boot").code == 0


def ends_well(ran: Ran) -> None:
    assert ran.code == 0, ran
    assert "ready: %load_ext notesync" in ran.out, ran


@pytest.mark.parametrize("told", ["FALSE", "", "true", "1"])
def test_a_node_that_is_not_the_driver_is_left_alone(driver: Driver, wheel: Path, told: str) -> None:
    with_wheel(driver, wheel)
    ran = driver.init(script("--strict"), DB_IS_DRIVER=told)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert driver.run("test", "-e", HOME).code == 1


def test_the_driver_gets_the_wheel_and_finds_java_17_where_java_on_path_is_8(driver: Driver, wheel: Path) -> None:
    assert '"1.8.0' in driver.run("java", "-version").err
    ran = with_wheel(driver, wheel).init(script())
    ends_well(ran)
    assert "Java 17" in ran.out
    assert "zulu17-ca-amd64" in ran.out
    assert installed(driver)


def test_java_21_alone_is_found_without_any_java_on_path(make_driver: MakeDriver, wheel: Path) -> None:
    driver = make_driver("databricks-17.3", jvms=(("zulu21-ca-amd64", 21),), on_path=None)
    ran = with_wheel(driver, wheel).init(script())
    ends_well(ran)
    assert "Java 21" in ran.out


def test_a_missing_wheel_does_not_stop_the_cluster(driver: Driver) -> None:
    ran = driver.init(script())
    assert ran.code == 0
    assert f"cannot read {VOLUME}/notesync-" in ran.out
    assert "failed; the cluster starts all the same" in ran.out
    assert not installed(driver)


def test_strict_makes_a_missing_wheel_stop_the_cluster(driver: Driver) -> None:
    ran = driver.init(script("--strict"))
    assert ran.code == 1
    assert "STRICT stops the cluster" in ran.out


def test_a_wheel_that_is_not_the_one_that_was_named_is_not_installed(driver: Driver, wheel: Path) -> None:
    text = script("--wheel", str(wheel))
    driver.put(f"{VOLUME}/{wheel.name}", "another file")
    ran = driver.init(text)
    assert ran.code == 0
    assert "it is another file, nothing was installed" in ran.out
    assert not installed(driver)


def test_a_wheel_with_the_digest_in_the_script_is_installed(driver: Driver, wheel: Path) -> None:
    ends_well(with_wheel(driver, wheel).init(script("--wheel", str(wheel))))


def test_a_broken_wheel_does_not_stop_the_cluster(driver: Driver, wheel: Path) -> None:
    driver.put(f"{VOLUME}/{wheel.name}", "no zip file")
    ran = driver.init(script())
    assert ran.code == 0
    assert f"pip could not install {wheel.name}" in ran.out
    assert "reason in" in ran.out


@pytest.mark.parametrize("machine", [NO_JAVA, ONLY_8], ids=["none", "only 8"])
def test_without_java_the_wheel_is_installed_and_the_log_says_what_to_do(
    make_driver: MakeDriver, wheel: Path, machine: dict[str, object]
) -> None:
    driver = make_driver(**machine)
    ran = with_wheel(driver, wheel).init(script())
    assert ran.code == 0
    assert "notesync needs 17 or newer" in ran.out
    assert "notesync[jre]" in ran.out
    assert installed(driver)


def test_strict_makes_a_missing_java_stop_the_cluster(make_driver: MakeDriver, wheel: Path) -> None:
    assert with_wheel(make_driver(**NO_JAVA), wheel).init(script("--strict")).code == 1


def test_a_second_run_installs_nothing_again(driver: Driver, wheel: Path) -> None:
    with_wheel(driver, wheel)
    ends_well(driver.init(script()))
    again = driver.init(script())
    ends_well(again)
    assert "is already installed" in again.out
    assert driver.read(f"{HOME}/init.log").count("Successfully installed") == 1


def test_a_second_run_repairs_what_was_uninstalled_since(driver: Driver, wheel: Path) -> None:
    with_wheel(driver, wheel)
    ends_well(driver.init(script()))
    driver.run(PYTHON, "-m", "pip", "uninstall", "-q", "-y", "notesync")
    assert not installed(driver)
    ends_well(driver.init(script()))
    assert installed(driver)


def test_two_runs_at_once_install_once(driver: Driver, wheel: Path) -> None:
    with_wheel(driver, wheel)
    driver.put(INIT_SCRIPT, script())
    runs: list[Ran] = []
    threads = [threading.Thread(target=lambda: runs.append(driver.boot())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 2
    for ran in runs:
        ends_well(ran)
    assert driver.read(f"{HOME}/init.log").count("Successfully installed") == 1


def test_a_volume_that_hangs_cannot_hang_the_cluster(driver: Driver, wheel: Path) -> None:
    driver.run("mkfifo", f"{VOLUME}/{wheel.name}")
    ran = driver.init(script().replace("bounded 60 cp", "bounded 1 cp"))
    assert ran.code == 0
    assert "cannot read" in ran.out
    assert ran.seconds < 20


def test_a_read_only_local_disk_is_no_obstacle(driver: Driver, wheel: Path) -> None:
    driver.run("mount", "-t", "tmpfs", "-o", "ro", "none", "/local_disk0")
    ends_well(with_wheel(driver, wheel).init(script()))
    assert "ready" in driver.read("/var/lib/notesync/init.log")


def test_a_working_directory_that_is_gone_is_no_obstacle(driver: Driver, wheel: Path) -> None:
    with_wheel(driver, wheel)
    driver.put("/databricks/init_scripts/here.sh", script())
    gone = "mkdir /gone && cd /gone && rmdir /gone && exec bash /databricks/init_scripts/here.sh"
    ends_well(driver.run("bash", "-c", gone, env={"DB_IS_DRIVER": "TRUE"}))


def test_other_users_can_import_what_root_installed_under_umask_077(driver: Driver, wheel: Path) -> None:
    ends_well(with_wheel(driver, wheel).init(script(), umask="077"))
    look = "import notesync.databricks.boot as b, os; print(os.path.exists(b.__file__))"
    ran = driver.run(PYTHON, "-c", look, user=SPARK)
    assert ran.out.strip() == "True", ran


def test_an_agent_at_boot_does_not_keep_the_runner_waiting(driver: Driver, wheel: Path) -> None:
    # `init` reads both streams to their end: it would hang if the agent had inherited them.
    ran = with_wheel(driver, wheel).init(script("--agent-at-boot"), DATA_SECURITY_MODE="SINGLE_USER")
    ends_well(ran)
    assert ran.seconds < 30
    assert len(driver.agents()) == 1
    ends_well(driver.init(script("--agent-at-boot"), DATA_SECURITY_MODE="SINGLE_USER"))
    assert len(driver.agents()) == 1


def test_no_agent_is_started_for_root_in_standard_mode(driver: Driver, wheel: Path) -> None:
    ran = with_wheel(driver, wheel).init(script("--agent-at-boot"), DATA_SECURITY_MODE="USER_ISOLATION")
    assert ran.code == 0
    assert "in standard mode each user has an own one" in ran.out
    assert driver.agents() == []


def test_no_port_is_opened(driver: Driver, wheel: Path) -> None:
    # The driver shares the machine's network, so only its own sockets are counted.
    ends_well(with_wheel(driver, wheel).init(script()))
    look = "for p in /proc/[0-9]*; do ls -l $p/fd 2>/dev/null; done | grep -c socket: || true"
    assert driver.run("bash", "-c", look).out.strip() == "0"


def test_autoload_keeps_what_was_in_the_configuration_and_can_be_taken_back(driver: Driver, wheel: Path) -> None:
    config = "/etc/ipython/ipython_config.py"
    driver.put(config, "c = get_config()\nc.IPKernelApp.matplotlib = 'inline'")
    with_wheel(driver, wheel)
    ends_well(driver.init(script("--autoload"), umask="077"))
    ends_well(driver.init(script("--autoload")))
    text = driver.read(config)
    assert text.startswith("c = get_config()\nc.IPKernelApp.matplotlib = 'inline'\n")
    assert text.count("extensions.append") == 1
    assert driver.run("cat", config, user=SPARK).out == text
    ends_well(driver.init(script()))
    assert "notesync" not in driver.read(config)


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    (tmp_path / "init.sh").write_text(script("--strict", "--autoload"))
    assert told("shellcheck", tmp_path / "init.sh").stdout == ""


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--volume", 'x"; rm -rf /; "'), "do not belong into a shell script"),
        (("--volume", "relative"), "is not absolute"),
        (("--wheel", "notesync.tar.gz"), "is not the file name of a wheel"),
        (("--wheel", "../notesync-0.1.0-py3-none-any.whl"), "is not the file name of a wheel"),
    ],
)
def test_settings_that_a_shell_would_not_take_literally_are_refused(options: tuple[str, str], why: str) -> None:
    notesync = places.tool(places.ENVIRONMENT, "notesync")
    refused = told(notesync, "databricks", "init-script", *options)
    assert refused.returncode == 2
    assert why in refused.stderr
    assert refused.stdout == ""
