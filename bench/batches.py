"""Batches made without a laptop server, so that the agent is measured alone (PROTOCOL.md 2.4 and 2.5)."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

_BLOCK = 512


@dataclass
class Batch:
    """What is offered, and the bytes behind it."""

    descriptor: dict[str, Any]
    stream: bytes


class Project:
    """A tree of small files in one epoch; each `batch` moves it on."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(16)
        self.sequence = 0
        self.files: dict[str, tuple[str, int]] = {}
        self._tree = 0

    def batch(self, contents: dict[str, bytes], folders: list[str]) -> Batch:
        """Puts of all `contents`; `folders` are new."""
        base = self._hex()
        before = self._cursor() if self.sequence else None
        changes: list[dict[str, Any]] = [{"op": "mkdir", "path": path, "expect": "absent"} for path in sorted(folders)]
        for path in folders:
            self._add(f"d {path}\n")
        payload = []
        for path in sorted(contents):
            changes.append(self._put(path, contents[path]))
            payload.append(_entry(path, contents[path]))
        self.sequence += 1
        tar = b"".join(payload) + bytes(2 * _BLOCK)
        manifest = json.dumps(self._manifest(before, base, changes, contents)).encode()
        descriptor = {
            "batch": secrets.token_hex(16),
            "from": before,
            "to": self._cursor(),
            "encoding": "identity",
            "manifest_size": len(manifest),
            "manifest_digest": hashlib.sha256(manifest).hexdigest(),
            "payload_size": len(tar),
            "stream_size": len(manifest) + len(tar),
            "changes": len(changes),
        }
        return Batch(descriptor, manifest + tar)

    def _manifest(
        self,
        before: dict[str, Any] | None,
        base: str,
        changes: list[dict[str, Any]],
        contents: dict[str, bytes],
    ) -> dict[str, Any]:
        return {
            "notesync": "manifest",
            "protocol": 1,
            "project": "bench",
            "kind": "delta" if before else "full",
            "from": before,
            "base_tree": base,
            "to": self._cursor(),
            "tree": self._hex(),
            "created": 0,
            "git": None,
            "payload_entries": len(contents),
            "payload_bytes": sum(map(len, contents.values())),
            "changes": changes,
        }

    def _put(self, path: str, content: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        old = self.files.get(path)
        if old is not None:
            self._add(f"f {old[0]} 0 {old[1]} {path}\n", -1)
        self._add(f"f {digest} 0 {len(content)} {path}\n")
        self.files[path] = (digest, len(content))
        expect = "absent" if old is None else f"file:{old[0]}"
        put = {"op": "put", "path": path, "size": len(content), "digest": digest, "executable": False}
        return {**put, "expect": expect, "source": "payload"}

    def _add(self, line: str, sign: int = 1) -> None:
        self._tree = (self._tree + sign * int(hashlib.sha256(line.encode()).hexdigest(), 16)) % 2**256

    def _hex(self) -> str:
        return f"{self._tree:064x}"

    def _cursor(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "sequence": self.sequence}


def _entry(path: str, content: bytes) -> bytes:
    """A plain ustar entry; the paths are short."""
    header = bytearray(_BLOCK)
    for at, field in [
        (0, path.encode()),
        (100, b"0000000\0" * 3),
        (124, f"{len(content):011o}\0".encode() + b"00000000000\0" + b" " * 8 + b"0"),
        (257, b"ustar\00000"),
        (329, b"0000000\0" * 2),
    ]:
        header[at : at + len(field)] = field
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header) + content + bytes(-len(content) % _BLOCK)
