"""Waiting with an end."""

from __future__ import annotations

import asyncio

import pytest

from notesync._patience import within


def test_a_cancel_that_comes_together_with_the_result_is_not_lost() -> None:
    async def test() -> None:
        future = asyncio.get_running_loop().create_future()
        waits = asyncio.ensure_future(within(60, future))
        await asyncio.sleep(0)
        future.set_result("came")
        await asyncio.sleep(0)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits

    asyncio.run(test())


def test_a_result_in_time_is_given() -> None:
    async def test() -> None:
        assert await within(60, asyncio.sleep(0, "came")) == "came"

    asyncio.run(test())


def test_what_takes_too_long_is_cancelled() -> None:
    async def test() -> None:
        future = asyncio.get_running_loop().create_future()
        with pytest.raises(asyncio.TimeoutError):
            await within(0.001, future)
        await asyncio.sleep(0)
        assert future.cancelled()

    asyncio.run(test())
