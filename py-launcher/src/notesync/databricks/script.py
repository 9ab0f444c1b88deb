"""Writes the init script: the template with an administrator's settings in its first lines."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath

_PLAIN = re.compile(r"[A-Za-z0-9._/+@%=:, -]+")


@dataclass(frozen=True)
class Settings:
    """What the first lines of the script say; refuses what a shell would not take literally."""

    volume: str
    wheel: str
    sha256: str = ""
    strict: bool = False
    autoload: bool = False
    agent_at_boot: bool = False

    def __post_init__(self) -> None:
        for name, value in (("--volume", self.volume), ("--wheel", self.wheel)):
            if not _PLAIN.fullmatch(value):
                raise ValueError(
                    f"{name} {value!r} holds characters that do not belong into a shell script: "
                    "use letters, digits and . _ - / only"
                )
        if not PurePosixPath(self.volume).is_absolute():
            raise ValueError(
                f"--volume {self.volume!r} is not absolute: "
                "it looks like /Volumes/<catalog>/<schema>/<volume>"
            )
        if "/" in self.wheel or not self.wheel.endswith(".whl"):
            raise ValueError(f"--wheel {self.wheel!r} is not the file name of a wheel")


def digest_of(wheel: Path) -> str:
    """What the driver's copy of the wheel is compared with."""
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def render(settings: Settings) -> str:
    """The whole script as text, with a line break at the end."""
    text = (resources.files(__package__) / "init_script.sh").read_text(encoding="utf-8")
    values = {
        "VOLUME": settings.volume,
        "WHEEL": settings.wheel,
        "WHEEL_SHA256": settings.sha256,
        "STRICT": _switch(settings.strict),
        "AUTOLOAD": _switch(settings.autoload),
        "AGENT_AT_BOOT": _switch(settings.agent_at_boot),
    }
    for name, value in values.items():
        setting = re.compile(rf'^{name}="[^"$]*"', re.MULTILINE)
        text, count = setting.subn(f'{name}="{value}"', text, count=1)
        if count != 1:
            raise AssertionError(f"the template has no setting {name}")
    return text


def _switch(on: bool) -> str:
    return "1" if on else "0"
