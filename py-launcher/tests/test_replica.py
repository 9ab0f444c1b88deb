"""What the kernel takes a replica for: there, on its way there, or neither."""

from __future__ import annotations

import pytest

from notesync._replica import Parked, Replica
from notesync.messages import Cursor

EPOCH = "c0" * 16
AT_7, AT_8 = Cursor(EPOCH, 7), Cursor(EPOCH, 8)


@pytest.mark.parametrize(
    ("cursor", "wanted", "is_at"),
    [
        (AT_7, AT_7, True),
        (AT_8, AT_7, True),
        (AT_7, AT_8, False),
        (None, AT_7, False),
        (Cursor("e0" * 16, 9), AT_7, False),
    ],
)
def test_a_replica_is_where_it_has_reached(
    cursor: Cursor | None, wanted: Cursor, is_at: bool
) -> None:
    assert Replica("r", cursor, "t", carrier=True).is_at(wanted) is is_at
    assert not Replica("r", cursor, "t").is_at(wanted), "another kernel brings the bytes"


@pytest.mark.parametrize(
    ("why", "to", "staged"),
    [("waiting", AT_8, True), ("waiting", AT_7, False), ("halted", AT_8, False)],
)
def test_what_waits_for_a_cell_is_staged(why: str, to: Cursor, staged: bool) -> None:
    replica = Replica("r", AT_7, "t", carrier=True, parked=Parked("b", to, why))
    assert replica.has_staged(AT_8) is staged
    assert not replica.is_at(AT_7)
