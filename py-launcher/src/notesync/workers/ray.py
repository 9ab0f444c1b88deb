"""Ray: exported functions and actor classes are envelopes with the zip inside.

A remote function is exported once; made before a batch, it is exported again at its next use.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from typing import Any

from . import texts
from .bundle import Bundle
from .engine import Engine


class Ray(Engine):
    """Tasks and new actors of Ray."""

    name = "Ray"
    module = "ray.actor"

    def install(self) -> None:
        remote = sys.modules["ray.remote_function"]
        actor = sys.modules["ray.actor"]
        manager = sys.modules["ray._private.function_manager"]
        self.replace(remote, "pickle_dumps", self._pickle_dumps)
        self.replace(manager, "pickle_dumps", self._pickle_dumps)
        self.replace(remote.RemoteFunction, "_remote", self._function)
        self.replace(actor.ActorClass, "_remote", self._actor)

    def notes(self) -> list[str]:
        return [texts.RAY_STAYS]

    def _pickle_dumps(self, original: Callable[..., bytes]) -> Callable[..., bytes]:
        def pickle_dumps(obj: Any, *arguments: Any, **named: Any) -> bytes:
            blob = original(obj, *arguments, **named)
            sealed: bytes = self.guarded(lambda: self.supply.seal(blob, self._carrier), blob)
            return sealed

        return pickle_dumps

    def _function(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _remote(function: Any, *arguments: Any, **named: Any) -> Any:
            self.guarded(lambda: self._export_again(function))
            return original(function, *arguments, **named)

        return _remote

    def _export_again(self, function: Any) -> None:
        if getattr(function, "_notesync_serial", None) == self.supply.serial:
            return
        if function._last_export_cluster_and_job is not None:
            # Workers remember a function by its descriptor, which is made of this.
            function._uuid = uuid.uuid4()
            function._last_export_cluster_and_job = None
        function._notesync_serial = self.supply.serial

    def _actor(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _remote(actor: Any, *arguments: Any, **named: Any) -> Any:
            self.guarded(lambda: self._export_class_again(actor))
            return original(actor, *arguments, **named)

        return _remote

    def _export_class_again(self, actor: Any) -> None:
        meta = actor.__ray_metadata__
        if getattr(meta, "_notesync_serial", None) != self.supply.serial:
            meta.last_export_cluster_and_job = None
            meta._notesync_serial = self.supply.serial

    def _carrier(self, bundle: Bundle) -> bytes:
        self.given.note(self.supply, bundle, texts.INSIDE)
        return bundle.packed
