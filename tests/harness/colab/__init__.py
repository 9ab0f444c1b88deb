"""An imitation of Colab: page, output frames and kernel class; the kernel behind it is a real one."""

from __future__ import annotations

from pathlib import Path

from tests.commands import places
from tests.harness.hosted import HostedPage

HERE = Path(__file__).parent
SITE = HERE / "site"


class Colab(HostedPage):
    """The kernel is of Colab's versions; each output has a frame of its own, with the API that Colab's have."""

    name = "colab"

    def __init__(self, place: Path, *cells: str) -> None:
        python = places.tool(places.OLD_KERNEL, "python")
        env = {"PYTHONPATH": str(SITE), "COLAB_RELEASE_TAG": "imitated"}
        super().__init__(place, HERE, (python, HERE / "kernel.py"), *cells, **env)
