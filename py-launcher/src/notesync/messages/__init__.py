"""The words on the wire: the only place in this package that knows a field name of the protocol.

`laptop` are the HTTP calls, `agent` the ZeroMQ requests, `events` what the agent tells, `comm` the
messages of a page. Values are immutable and checked where they come in. No I/O, any thread.
"""

from . import agent, comm, events, laptop
from ._common import (
    CHUNK_BYTES,
    LARGEST_BODY,
    LARGEST_HEADER,
    PROTOCOL_VERSION,
    VERSION,
    Cursor,
    Descriptor,
    check_hello,
    hello,
    pack_envelope,
    unpack_envelope,
)
from ._fields import Json, dumps, loads

__all__ = [
    "CHUNK_BYTES",
    "LARGEST_BODY",
    "LARGEST_HEADER",
    "PROTOCOL_VERSION",
    "VERSION",
    "Cursor",
    "Descriptor",
    "Json",
    "agent",
    "check_hello",
    "comm",
    "dumps",
    "events",
    "hello",
    "laptop",
    "loads",
    "pack_envelope",
    "unpack_envelope",
]
