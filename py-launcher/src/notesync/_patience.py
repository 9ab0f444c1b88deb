"""Waiting with an end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
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
