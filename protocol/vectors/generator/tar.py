"""Tar archives byte by byte, good and bad: Python's tarfile would refuse to write most of them."""

from __future__ import annotations

BLOCK = 512
END = bytes(2 * BLOCK)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)


def header(
    name: bytes,
    size: int = 0,
    kind: bytes = b"0",
    *,
    mode: int = 0,
    link: bytes = b"",
    magic: bytes = b"ustar\x0000",
    prefix: bytes = b"",
    size_field: bytes | None = None,
    time_field: bytes = b"00000000000\x00",
    checksum: bytes | None = None,
) -> bytes:
    """One header block; the keyword arguments put malformed bytes into single fields."""
    block = bytearray(BLOCK)

    def write(at: int, field: bytes) -> None:
        block[at : at + len(field)] = field

    write(0, name[:100])
    write(100, b"%07o\0" % mode)
    write(108, b"0000000\0" * 2)
    write(124, b"%011o\0" % size if size_field is None else size_field)
    write(136, time_field)
    write(156, kind)
    write(157, link)
    write(257, magic)
    write(329, b"0000000\0" * 2)
    write(345, prefix)
    write(148, b" " * 8)
    write(148, b"%06o\0 " % sum(block) if checksum is None else checksum)
    return bytes(block)


def entry(name: str, data: bytes, **fields: object) -> bytes:
    return header(name.encode(), len(data), **fields) + padded(data)  # type: ignore[arg-type]


def record(key: str, value: bytes) -> bytes:
    """One PAX record; its length counts itself."""
    rest = b" " + key.encode() + b"=" + value + b"\n"
    length = len(rest) + 1
    while len(str(length)) + len(rest) != length:
        length += 1
    return str(length).encode() + rest


def pax(data: bytes, kind: bytes = b"x") -> bytes:
    return header(b"./PaxHeaders/x", len(data), kind) + padded(data)
