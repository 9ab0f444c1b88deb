"""A thread with an asyncio loop of its own, and work on daemon threads.

The kernel's own loop is never used: a cell that runs would stop it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

_T = TypeVar("_T")


class LoopThread:
    """Runs coroutines beside the kernel. Any thread may call; daemon, so it never holds an exit."""

    def __init__(self, name: str) -> None:
        # Explicitly the selector loop: the host may have installed another policy.
        self._loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        """Run a coroutine; its result comes as a Future."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def post(self, work: Callable[..., object], *args: object) -> None:
        """Call a function on the loop, soon. Does nothing once the loop is closed."""
        try:
            self._loop.call_soon_threadsafe(work, *args)
        except RuntimeError:
            pass

    def close(self) -> None:
        """End the loop; what runs on it is cancelled."""
        self.post(self._loop.stop)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=2.0)


def in_background(work: Callable[[], _T], name: str) -> Future[_T]:
    """Run a blocking function on a daemon thread (an executor's thread would hold an exit)."""
    future: Future[_T] = Future()

    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = work()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
