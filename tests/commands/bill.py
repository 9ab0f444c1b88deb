"""The bill of materials of a release, CycloneDX JSON: what is in the jars, the browser code and the Java runtime."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.commands import parts, places, step

MAVEN_PLUGIN = "org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeAggregateBom"
NPM_TOOL = "@cyclonedx/cyclonedx-npm@6.0.1"
SPECIFICATION = "1.6"
_VALID = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(str(error) if error else 0)
"""


def write(target: Path, jdks: Sequence[Path], tools: Path) -> None:
    """Writes the bill, and has it checked against the specification's schema."""
    version = re.findall(r"notesync-(.+)\.cdx\.json", target.name)[0]
    components = [*java(), *browser(), *python(), *runtimes(jdks)]
    unique = {component["bom-ref"]: component for component in components}
    own: dict[str, Any] = {"type": "application", "name": "notesync", "version": version}
    own |= {"bom-ref": f"pkg:generic/notesync@{version}", "licenses": [{"license": {"id": "Apache-2.0"}}]}
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {"component": own},
        "components": [unique[ref] for ref in sorted(unique)],
        "dependencies": [{"ref": own["bom-ref"], "dependsOn": sorted(unique)}],
    }
    target.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    command: step.Command = [places.tool(tools, "python"), "-c", _VALID, target]
    step.run("checking the bill of materials", command, log="bill", limit=120)


def java() -> list[dict[str, Any]]:
    """What Maven puts into the two jars."""
    options = [f"-DschemaVersion={SPECIFICATION}", "-DoutputFormat=json", "-DincludeTestScope=false"]
    command: step.Command = ["mvn", "-B", "-ntp", "-q", MAVEN_PLUGIN, *options, "-DoutputName=notesync-bill"]
    step.run("asking Maven for the bill of materials", command, log="bill-maven", limit=600)
    told = json.loads((places.ROOT / "target" / "notesync-bill.json").read_text(encoding="utf-8"))
    return list(told["components"])


def browser() -> list[dict[str, Any]]:
    """What npm puts into the browser code."""
    target = places.BUILD / "bill-npm.json"
    tool = ["npx", "--yes", NPM_TOOL, "--package-lock-only", "--omit", "dev", "--output-format", "JSON"]
    options = ["--spec-version", SPECIFICATION, "--output-file", str(target)]
    env = {"PATH": parts.path_with(places.ENVIRONMENT)}
    command: step.Command = [*tool, *options, "package.json"]
    step.run("asking npm for the bill of materials", command, log="bill-npm", limit=600, cwd=places.EXTENSION, env=env)
    return list(json.loads(target.read_text(encoding="utf-8")).get("components", []))


def python() -> list[dict[str, Any]]:
    """What the wheel asks for and does not hold; no version, since every hosted notebook brings its own."""
    told = tomllib.loads((places.LAUNCHER / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [(name, "required") for name in told["dependencies"]]
    needed += [(name, "optional") for names in told["optional-dependencies"].values() for name in names]
    found = []
    for requirement, scope in needed:
        name = re.split(r"[^A-Za-z0-9._-]", requirement)[0]
        found.append({"type": "library", "name": name, "scope": scope, "purl": f"pkg:pypi/{name}"})
        found[-1]["bom-ref"] = found[-1]["purl"]
    return found


def runtimes(jdks: Sequence[Path]) -> list[dict[str, Any]]:
    """The Java runtimes that the platform wheels carry."""
    found = []
    for jdk in jdks:
        told = dict(re.findall(r'^(\w+)="?(.*?)"?$', (jdk / "release").read_text(encoding="utf-8"), re.MULTILINE))
        version = told.get("JAVA_RUNTIME_VERSION", told["JAVA_VERSION"])
        purl = f"pkg:generic/openjdk@{version}?arch={told['OS_ARCH']}&vendor={told['IMPLEMENTOR'].replace(' ', '%20')}"
        licence = [{"license": {"name": "GPL-2.0-only WITH Classpath-exception-2.0"}}]
        found.append({"type": "platform", "name": "openjdk", "version": version, "purl": purl, "licenses": licence})
        found[-1]["bom-ref"] = purl
    return found
