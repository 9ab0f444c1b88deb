"""The widget managers with which hosts show ipywidgets 7 and 8, as Jupyter's authors published them."""

from __future__ import annotations

import hashlib
import tarfile

from tests.commands import parts, places, step

LIST = places.TESTS / "widget-managers.txt"
BUNDLE = "package/dist/libembed-amd.js"
# Which major version of ipywidgets a manager belongs to.
SERVES = {"0.20": 7, "1.0": 8}


def fetch() -> None:
    """Leaves each as `places.WIDGET_MANAGERS/html-manager-<7 or 8>.js`."""
    stamp = places.WIDGET_MANAGERS / ".notesync-list"
    if parts.stamped(stamp, [LIST]):
        return
    places.WIDGET_MANAGERS.mkdir(parents=True, exist_ok=True)
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, version, digest = line.split()
        command = ["npm", "pack", "--silent", f"{name}@{version}"]
        step.run(f"fetching {name} {version}", command, log="npm-pack", limit=300, cwd=places.WIDGET_MANAGERS)
        archive = places.WIDGET_MANAGERS / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
        if hashlib.sha512(archive.read_bytes()).hexdigest() != digest:
            raise step.StepFailed(f"{archive} is not the archive that {LIST} names: delete it and look at the registry")
        with tarfile.open(archive) as tar:
            bundle = tar.extractfile(BUNDLE)
            assert bundle is not None
            major = SERVES[version.rpartition(".")[0]]
            (places.WIDGET_MANAGERS / f"html-manager-{major}.js").write_bytes(bundle.read())
        archive.unlink()
    parts.put_stamp(stamp, [LIST])
