"""Which way the bytes take and why, and what a slow way means for a cell. Pure, any thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._status import Status

_LAPTOP_LEGS = {
    "kernel-direct": "the kernel reaches the laptop itself",
    "direct": "the page reaches the laptop itself",
    "popup": "the notesync window reaches the laptop",
}
_KERNEL_LEGS = {
    "websocket": "the page's own connection to the kernel",
    "host": "the notebook's connection to the kernel",
    "widget": "messages of a widget",
    "base64": "messages of a widget, as text",
}
_WHY = {
    "told": "you named its address",
    "near": "the page comes from your own network",
    "granted": "the browser allows it",
    "prompt": "the browser asks before a page may",
    "unknown": "the browser may ask before a page does",
    "denied": "the browser does not let the site do it",
    "frame": "the output may not do it",
    "insecure": "the page is not https",
}


def way(status: Status) -> str:
    """Which pair of legs is in use, and why."""
    laptop, kernel = status.legs.get("laptop", ""), status.legs.get("kernel", "")
    told = _LAPTOP_LEGS.get(laptop, "")
    if told and status.why in _WHY:
        told += f" ({_WHY[status.why]})"
    over = _KERNEL_LEGS.get(kernel)
    pair = " + ".join(leg for leg in status.legs.values() if leg != "none")
    told = f"{told}, over {over}" if over else told
    return f"{pair}: {told}" if told else pair
