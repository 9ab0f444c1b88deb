"""One server, several notebooks: each at its own place, none delayed by another, the same work done once."""

from __future__ import annotations

import os

from tests.harness.follower import EMPTY_TREE, Follower
from tests.harness.laptop import Laptop


def test_each_has_its_own_cursor_and_a_slow_one_delays_nobody(laptop: Laptop) -> None:
    fast, slow, away = (Follower(laptop, name) for name in ("fast", "slow", "away"))
    at = fast.place_of(fast.next(None, EMPTY_TREE))
    old = slow.place_of(slow.next(None, EMPTY_TREE))
    gone = away.place_of(away.next(None, EMPTY_TREE))
    laptop.save_bytes("big.bin", bytes(range(256)) * 20_000)
    begun = slow.next(*old, fresh=True, encodings=["identity"], inline=1000)
    for number in range(1, 6):
        laptop.save("cart.py", f"TOTAL = {number}\n")
        offer = fast.next(*at, fresh=True)
        at = fast.place_of(offer)
        assert offer.head["batch"]["to"]["sequence"] == number + 2
    # The slow one reads what it was offered to its end, and then follows in one step.
    assert len(slow.stream(begun)) > 5_000_000
    last = slow.next(*slow.place_of(begun), fresh=True)
    assert last.head["batch"]["to"] == at[0]
    assert last.head["batch"]["changes"] == 1
    # The one that was away gets in one step what differs now, not what happened.
    back = away.next(*gone, fresh=True)
    assert back.head["batch"]["to"] == at[0]
    assert back.head["batch"]["changes"] == 2


def test_those_at_one_place_share_one_batch(laptop: Laptop) -> None:
    one, other = Follower(laptop, "one"), Follower(laptop, "other")
    first = [each.next(None, EMPTY_TREE) for each in (one, other)]
    assert first[0].head["batch"]["batch"] == first[1].head["batch"]["batch"]
    at = one.place_of(first[0])
    laptop.save("cart.py", "TOTAL = 1\n")
    second = [each.next(*at, fresh=True) for each in (one, other)]
    assert second[0].head["batch"]["batch"] == second[1].head["batch"]["batch"]
    assert second[0].body == second[1].body


def test_what_is_compressed_already_is_not_compressed_again(laptop: Laptop) -> None:
    """An archive travels as it is, at the speed of a copy; the rest is compressed as ever."""
    follower = Follower(laptop)
    at = follower.place_of(follower.next(None, EMPTY_TREE))
    archive = os.urandom(2_000_000)
    laptop.save_bytes("model.zip", archive)
    offer = follower.next(*at, fresh=True)
    stream = follower.stream(offer)
    # Deflate with stored blocks leaves long runs of the content as they are.
    assert archive[1_000_000:1_010_000] in stream
    laptop.save_bytes("table.csv", b"1,2,3\n" * 300_000)
    text = follower.stream(follower.next(*follower.place_of(offer), fresh=True))
    assert len(text) < 50_000
