"""Reading JSON objects strictly: unknown fields are ignored, known ones have the right type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from notesync.errors import Malformed

Json = dict[str, Any]
_LARGEST = 2**53
_DEEPEST = 32


def dumps(value: Mapping[str, Any]) -> bytes:
    """JSON as it goes over every hop: UTF-8, no spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def loads(data: bytes) -> Json:
    """The JSON object in `data`: UTF-8, no field twice, not nested too deep. Raises Malformed."""
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except RecursionError:
        raise Malformed("JSON is nested too deep", "limit_exceeded") from None
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Malformed(f"not a JSON object but {type(value).__name__}")
    if _depth(value) > _DEEPEST:
        raise Malformed(f"JSON is nested more than {_DEEPEST} deep", "limit_exceeded")
    return value


def _once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is there twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _depth(value: Json) -> int:
    depth = 0
    level: list[Any] = [value]
    while level:
        depth += 1
        level = [
            child
            for one in level
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, (dict, list))
        ]
    return depth


def _wrong(name: str, wanted: str, value: object) -> Malformed:
    return Malformed(f"field {name!r} should be {wanted}, is {type(value).__name__}")


def text(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    if not isinstance(value, str):
        raise _wrong(name, "a string", value)
    return value


def optional_text(source: Mapping[str, Any], name: str) -> str | None:
    return None if source.get(name) is None else text(source, name)


def whole(source: Mapping[str, Any], name: str, default: int | None = None) -> int:
    value = source.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(name, "a whole number", value)
    if not 0 <= value < _LARGEST:
        raise Malformed(f"field {name!r} is out of range: {value}")
    return value


def flag(source: Mapping[str, Any], name: str, default: bool = False) -> bool:
    value = source.get(name, default)
    if not isinstance(value, bool):
        raise _wrong(name, "true or false", value)
    return value


def inner(source: Mapping[str, Any], name: str) -> Json:
    value = source.get(name)
    if not isinstance(value, dict):
        raise _wrong(name, "an object", value)
    return value


def optional_inner(source: Mapping[str, Any], name: str) -> Json | None:
    return None if source.get(name) is None else inner(source, name)


def objects(source: Mapping[str, Any], name: str) -> list[Json]:
    value = source.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _wrong(name, "a list of objects", value)
    return value


def texts(source: Mapping[str, Any], name: str) -> list[str]:
    value = source.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _wrong(name, "a list of strings", value)
    return value
