"""What connecting says: the address, the code, the page, the place. Pure, any thread."""

from __future__ import annotations

import ssl
from pathlib import Path

from .texts import Told

PAIRING_EXPIRED: Told = (
    "nobody typed the code on the laptop in time",
    "run `%notesync connect` again",
)
NO_PAGE: Told = (
    "there is no page to connect through in a terminal",
    "name the laptop server: `%notesync connect http://127.0.0.1:8765`",
)
WAITS_FOR_PAGE = "press Connect in the notesync panel of this page"


def bad_address(url: str) -> Told:
    return (
        f"{url!r} is not the address of a laptop server",
        "write it as http://127.0.0.1:8765",
    )


def laptop_unreachable(address: str, error: BaseException, here: bool) -> Told:
    """`here`: the address is one of the machine that the kernel runs on."""
    message = f"no laptop server answers at {address} ({_why_not(error)})"
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLCertVerificationError):
        return message, f"write {address.replace('https://', 'http://')}"
    if here:
        return message, (
            "to the kernel this is the notebook's own machine. Start `java -jar "
            "notesync-server.jar` or a tunnel there; or let the page look on your laptop: "
            f"`%notesync connect --page {address}`"
        )
    return message, (
        "is `java -jar notesync-server.jar` running there, and does the tunnel lead to it?"
    )


def _why_not(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted here: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "what answers there does not speak https"
    told = error.strerror if isinstance(error, OSError) else None
    return told or str(error) or type(error).__name__


def another_server(address: str, path: str) -> Told:
    remedy = "the laptop server prints its address when it starts"
    if path:
        remedy = f"leave out {path}, if that is not part of a tunnel's address; {remedy}"
    return f"what answers at {address} is not a notesync server", remedy


def show_code(code: str, address: str, seconds: int) -> str:
    return (
        f"pairing code {code}: type it in the terminal of the laptop server, or at "
        f"{address}/pair, within {seconds} s"
    )


def page_looks(address: str | None) -> str:
    at = "" if address is None else f" at {address}"
    return f"the page looks for the laptop server{at}: see the notesync panel"


def another_is_there(usual: Path, place: Path) -> str:
    return (
        f"{usual} holds a project of the same name from another laptop or folder, so this one is "
        f"in {place}. To have it there in the other's place: `%notesync connect --to {usual}`"
    )


def root_refused(root: Path, error: OSError) -> Told:
    return f"the folder {root} cannot be made ({error.strerror})", "choose another with --to PATH"
