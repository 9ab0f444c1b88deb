"""Nobody who was not let in gets a byte or a name, and the door says why."""

from __future__ import annotations

import hashlib
import secrets

import pytest

from tests.harness import wait
from tests.harness.http import Answer, ask
from tests.harness.stack import CODE, Stack
from tests.stories.conftest import MakeStack

REPLICA = "0" * 32
DOORS = [
    ("GET", "/v1/project"),
    ("PUT", f"/v1/replicas/{REPLICA}"),
    ("POST", f"/v1/replicas/{REPLICA}/next"),
    ("PUT", f"/v1/replicas/{REPLICA}/manifest"),
    ("POST", f"/v1/replicas/{REPLICA}/report"),
    ("POST", f"/v1/replicas/{REPLICA}/chunk"),
    ("DELETE", "/v1/token"),
]


def refused(answer: Answer, status: int, stack: Stack) -> str | None:
    """The code of a refusal, which names neither the project nor anything of the source."""
    assert answer.status == status, answer.body
    told = answer.body.decode("utf-8", "replace") + str(answer.headers)
    for secret in (str(stack.source), "cart", "README"):
        assert secret not in told
    return answer.code


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_call_needs_a_token(stack: Stack, method: str, path: str) -> None:
    body: dict[str, str] | None = None if method in ("GET", "DELETE") else {}
    assert refused(ask(stack.laptop.port, method, path, body=body), 401, stack) == "token_missing"
    guess = f"Bearer {secrets.token_hex(32)}"
    answer = ask(stack.laptop.port, method, path, body=body, Authorization=guess)
    assert refused(answer, 401, stack) == "token_unknown"


def test_hello_tells_neither_project_nor_path(stack: Stack) -> None:
    answer = ask(stack.laptop.port, "GET", "/v1/hello")
    assert answer.status == 200
    assert stack.project.encode() not in answer.body
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "192.168.0.1", ""])
def test_a_foreign_host_is_refused_before_anything_else(stack: Stack, host: str) -> None:
    """DNS rebinding: the browser of the laptop is led to 127.0.0.1 by a foreign name."""
    for path in ("/v1/hello", "/", "/bridge", "/v1/project"):
        answer = ask(stack.laptop.port, "GET", path, host=host or " ")
        assert answer.status in (400, 403), (path, answer.status)
        assert answer.code in ("host_refused", None)


def test_a_chunked_request_is_refused(stack: Stack) -> None:
    answer = ask(stack.laptop.port, "POST", "/v1/pairings", body=b"0\r\n\r\n", Transfer_Encoding="chunked")
    assert answer.status == 411


def test_a_page_cannot_be_navigated_into_a_call(stack: Stack) -> None:
    answer = ask(stack.laptop.port, "GET", "/v1/hello", Sec_Fetch_Mode="navigate", Sec_Fetch_Site="cross-site")
    assert refused(answer, 403, stack) == "navigation_refused"


def test_no_origin_but_the_paired_one_is_echoed(stack: Stack) -> None:
    answer = ask(stack.laptop.port, "GET", "/v1/project", Origin="https://evil.example")
    assert answer.headers.get("access-control-allow-origin") in (None, "")
    assert "*" not in ask(stack.laptop.port, "GET", "/v1/hello", Origin="https://evil.example").headers.get(
        "access-control-allow-origin", ""
    )


def test_a_wrong_code_does_not_pair_and_the_right_one_still_does(make_stack: MakeStack) -> None:
    stack = make_stack(connected=False)
    stack.notebook.run("%load_ext notesync")
    cell = stack.notebook.begin(f"%notesync connect {stack.laptop.url}")
    code = stack.notebook.until_output(cell, CODE).group(1)
    heard = len(stack.laptop.server.lines)
    stack.laptop.approve("000000" if code != "000000" else "111111")
    stack.laptop.server.until_line(r"(?i)wrong|not the code|no pairing", after=heard)
    assert not cell.over
    stack.laptop.approve(code)
    stack.notebook.finish(cell)
    assert stack.is_connected()


def test_three_wrong_codes_end_the_pairing(make_stack: MakeStack) -> None:
    stack = make_stack(connected=False)
    stack.notebook.run("%load_ext notesync")
    cell = stack.notebook.begin(f"%notesync connect {stack.laptop.url}")
    code = stack.notebook.until_output(cell, CODE).group(1)
    for wrong in ("AAAAAA", "BBBBBB", "CCCCCC"):
        heard = len(stack.laptop.server.lines)
        stack.laptop.approve(wrong)
        stack.laptop.server.until_line(r"(?i)wrong|not the code|refused|denied", after=heard)
    stack.notebook.finish(cell)
    assert "refused" in cell.text or "denied" in cell.text, cell.text
    assert not stack.replica.exists()
    assert code not in ("AAAAAA", "BBBBBB", "CCCCCC")
    stack.pair(stack.notebook.begin(f"%notesync connect {stack.laptop.url}"))


def test_a_claim_without_the_nonce_gets_nothing(stack: Stack) -> None:
    """Somebody who saw the commit, and the code on the screen, still has no token."""
    port = stack.laptop.port
    commit = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
    client = {"kind": "kernel", "label": "thief", "machine": "m"}
    asked = ask(port, "POST", "/v1/pairings", body={"commit": commit, "client": client})
    assert asked.status == 201, asked.body
    pairing = asked.body.decode().split('"pairing"')[1].split('"')[1]
    claim = {"nonce": secrets.token_hex(32), "wait_ms": 0}
    answer = ask(port, "POST", f"/v1/pairings/{pairing}/claim", body=claim)
    assert answer.status in (400, 403), answer.body
    assert b"token" not in answer.body.replace(b"token_", b"")


def test_what_was_allowed_is_taken_back_in_the_terminal_too(stack: Stack) -> None:
    stack.laptop.server.type("revoke all")
    stack.laptop.server.until_line("ended: '.*' may no longer read the project")
    stack.laptop.save("shop/cart.py", "def total():\n    return 'two'\n")
    wait.until(lambda: stack.state() == "stopped", "the notebook hears so")
    assert stack.notebook.run("import shop.cart; shop.cart.total()").value == "'one'"
    stack.pair(stack.notebook.begin(f"%notesync connect {stack.laptop.url}"))
