"""Waiting with an end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

Result = TypeVar("Result")


async def within(seconds: float, awaitable: Awaitable[Result]) -> Result:
    """The result, or asyncio.TimeoutError after so many seconds; what was waited for is cancelled.

    `asyncio.wait_for`, without its fault before Python 3.12: there a cancel that comes together
    with the result is lost (bpo-37658), and the receiver that was to end goes on.
    """
    task = asyncio.ensure_future(awaitable)
    try:
        await asyncio.wait({task}, timeout=seconds)
        if task.done():
            return task.result()
        raise asyncio.TimeoutError
    finally:
        task.cancel()


async def first_of(*awaitables: Awaitable[object]) -> None:
    """Until one of them is done; the others are cancelled."""
    waited = [asyncio.ensure_future(one) for one in awaitables]
    try:
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waited:
            one.cancel()


class Moved(asyncio.Event):
    """Set whenever anything may have changed that somebody waits for."""

    async def until(self, there: Callable[[], bool]) -> None:
        while not there():
            self.clear()
            await self.wait()

    async def within(self, seconds: float, reached: Callable[[], bool]) -> bool:
        """Whether it is there, after so many seconds at the latest."""
        with contextlib.suppress(asyncio.TimeoutError):
            await within(seconds, self.until(reached))
        return reached()
