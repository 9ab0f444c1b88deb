"""Dask: a worker plugin brings the zip to every worker, to those that start later as well.

Sent at most once per version, right before the first graph that may need it. Keys of the project's
functions take the version in, since equal keys mean an earlier result to Dask.
"""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from . import texts
from .bundle import Bundle
from .engine import Engine
from .envelope import ByValue


class Dask(Engine):
    """Tasks of dask.distributed clients."""

    name = "Dask"
    module = "distributed.client"

    def install(self) -> None:
        self._sent: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        self._going: set[asyncio.Future[None]] = set()
        client = sys.modules[self.module].Client
        self.replace(client, "_graph_to_futures", self._graph_to_futures)
        normalize = sys.modules["dask.base"].normalize_token
        for kind in (types.FunctionType, types.MethodType, type):
            self._normalize(normalize, kind)

    def notes(self) -> list[str]:
        return [texts.DASK_STAYS]

    def _normalize(self, normalize: Any, kind: type) -> None:
        plain = normalize.dispatch(kind)

        def with_version(obj: Any) -> Any:
            version = self.guarded(lambda: self._version_of(obj))
            return plain(obj) if version is None else ("notesync", version, plain(obj))

        normalize.register(kind, with_version)
        self._undo.append(lambda: normalize.register(kind, plain))

    def _version_of(self, obj: Any) -> str | None:
        return self.supply.bundle().version if self.supply.owns(obj) else None

    def _graph_to_futures(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _graph_to_futures(client: Any, *arguments: Any, **named: Any) -> Any:
            self.guarded(lambda: self._send(client))
            return original(client, *arguments, **named)

        return _graph_to_futures

    def _send(self, client: Any) -> None:
        bundle = self.supply.bundle()
        if self._sent.get(client) == bundle.version:
            return
        plugin = _plugin(self.supply.project, bundle)
        name = f"notesync-{self.supply.project}"
        arguments = (self.supply.project, bundle.version, bundle.packed)
        if client.asynchronous:
            # Nothing can be waited for here; it goes first, and mostly arrives first.
            self._going.add(asyncio.ensure_future(_sent(client, plugin, name, arguments)))
            how = texts.WITHOUT_WAITING
        else:
            client.run_on_scheduler(ByValue("use"), *arguments)
            client.register_plugin(plugin, name=name)
            how = texts.AS_PLUGIN
        self._sent[client] = bundle.version
        self.given.note(self.supply, bundle, how)


async def _sent(client: Any, plugin: Any, name: str, arguments: tuple[Any, ...]) -> None:
    await client.run_on_scheduler(ByValue("use"), *arguments)
    await client.register_plugin(plugin, name=name)


def _plugin(project: str, bundle: Bundle) -> Any:
    """A WorkerPlugin that pickles by value: workers do not have notesync."""
    base: Any = sys.modules["distributed.diagnostics.plugin"].WorkerPlugin

    class Code(base):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:
            self.use(*self.arguments, worker.local_directory)

    # Without a module of its own, and without a name from here: cloudpickle takes all of it along.
    Code.__module__ = Code.setup.__module__ = "__main__"
    code = Code()
    code.use = ByValue("use")
    code.arguments = (project, bundle.version, bundle.packed)
    return code
