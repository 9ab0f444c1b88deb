"""The test vectors of the protocol that are the kernel's concern."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from notesync import pairing, wire
from notesync.errors import NotesyncError
from notesync.messages import check_hello, pack_envelope, unpack_envelope

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
READ_HERE = {"hellos", "envelopes", "frames", "pairings"}
READ_BY_OTHERS = {
    "batches",
    "collisions",
    "cursors",
    "entries",
    "ignore",
    "journals",
    "manifests",
    "paths",
    "recipes",
    "symlink-targets",
    "trees",
}

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="an sdist has no vectors")


def cases(suite: str) -> list[Any]:
    path = VECTORS / f"{suite}.json"
    if not path.is_file():
        return []
    found = json.loads(path.read_text("utf-8"))
    return [pytest.param(one, id=f"{suite}-{one['id']}") for one in found["tests"]]


def data_of(parts: list[dict[str, Any]]) -> bytes:
    pieces = [
        (part["text"].encode() if "text" in part else bytes.fromhex(part["hex"]))
        * part.get("times", 1)
        for part in parts
    ]
    return b"".join(pieces)


def test_every_vector_file_is_known() -> None:
    found = {path.stem for path in VECTORS.glob("*.json")}
    assert found - READ_BY_OTHERS == READ_HERE, "say in this test who reads the new file"


@pytest.mark.parametrize("vector", cases("hellos"))
def test_hello(vector: dict[str, Any]) -> None:
    if vector["result"] == "valid":
        check_hello(vector["hello"], "kernel")
        return
    with pytest.raises(NotesyncError) as refused:
        check_hello(vector["hello"], "kernel")
    assert refused.value.code == vector["code"]


@pytest.mark.parametrize("vector", cases("envelopes"))
def test_envelope(vector: dict[str, Any]) -> None:
    data = data_of(vector["bytes"])
    if vector["result"] == "valid":
        header, body = unpack_envelope(data)
        assert header == vector["json"]
        assert body == data_of(vector["body"])
        assert unpack_envelope(pack_envelope(header, body)) == (header, body)
        return
    with pytest.raises(NotesyncError) as refused:
        unpack_envelope(data)
    assert refused.value.code == vector["code"]


@pytest.mark.parametrize("vector", cases("frames"))
def test_frame(vector: dict[str, Any]) -> None:
    made = wire.signature(
        bytes.fromhex(vector["key"]),
        vector["direction"].encode(),
        bytes.fromhex(vector["session"]),
        vector["number"],
        vector["header"].encode(),
        bytes.fromhex(vector["body"]),
    )
    assert (made.hex() == vector["signature"]) == (vector["result"] == "valid")


@pytest.mark.parametrize("vector", cases("pairings"))
def test_pairing(vector: dict[str, Any]) -> None:
    secret = pairing.Secret.of(bytes.fromhex(vector["nonce"]))
    same = secret.commit == vector["commit"]
    same = same and pairing.code(vector["commit"], vector["origin"]) == vector["code"]
    assert same == (vector["result"] == "valid")
