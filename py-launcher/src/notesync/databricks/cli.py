"""`notesync databricks init-script` and `notesync databricks doctor`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from notesync import __version__, display
from notesync.databricks import doctor, script


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what the arguments after `notesync databricks` name; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"notesync: {error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="notesync databricks", description="notesync on Databricks clusters"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    init = commands.add_parser(
        "init-script",
        help="print the init script that installs notesync on the driver of a cluster",
    )
    init.add_argument(
        "--volume",
        default="/Volumes/main/default/notesync",
        metavar="PATH",
        help="the volume folder that holds the wheel and the script",
    )
    init.add_argument(
        "--wheel",
        default=f"notesync-{__version__}-py3-none-any.whl",
        metavar="FILE",
        help="the wheel's file name in the volume; the SHA-256 of a file here goes into the script",
    )
    init.add_argument(
        "--strict", action="store_true", help="a failure stops the cluster, instead of being logged"
    )
    init.add_argument(
        "--autoload",
        action="store_true",
        help="every notebook of the cluster loads notesync by itself",
    )
    init.add_argument(
        "--agent-at-boot",
        action="store_true",
        help="start root's agent with the cluster (dedicated clusters only)",
    )
    init.set_defaults(run=_init_script)
    check = commands.add_parser(
        "doctor", help="say what is well, what is not, and what to do about it"
    )
    check.set_defaults(run=_doctor)
    return parser


def _init_script(options: argparse.Namespace) -> int:
    wheel = Path(options.wheel)
    is_here = wheel.is_file()
    settings = script.Settings(
        volume=options.volume,
        wheel=wheel.name if is_here else options.wheel,
        sha256=script.digest_of(wheel) if is_here else "",
        strict=options.strict,
        autoload=options.autoload,
        agent_at_boot=options.agent_at_boot,
    )
    sys.stdout.write(script.render(settings))
    return 0


def _doctor(_options: argparse.Namespace) -> int:
    findings = doctor.examine()
    for finding in findings:
        display.plain(finding.line())
    return 1 if any(finding.state == "bad" for finding in findings) else 0
