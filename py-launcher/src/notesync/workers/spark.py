"""Classic Spark: every pickled function goes in an envelope, and the zip goes as a broadcast.

A broadcast reaches each executor once, is deleted by Spark when no plan holds it, and leaves
`sys.path` and the files of the session alone (`addPyFile` has no way back, and reused workers
ignore what they have imported already).
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from . import connect, texts
from .bundle import Bundle
from .engine import Engine
from .registered import Registered, register_again, remembering

_KEPT = 2


class Spark(Engine):
    """Functions, UDFs (also those made and registered before a batch) and classes for Spark."""

    name = "Spark"
    module = "pyspark.sql.udf"

    def install(self) -> None:
        serializer = sys.modules["pyspark.serializers"].CloudPickleSerializer
        udf = sys.modules["pyspark.sql.udf"]
        self._broadcasts: OrderedDict[tuple[int, str], Any] = OrderedDict()
        self._registered: Registered = {}
        self.replace(serializer, "dumps", self._dumps)
        self.replace(udf.UserDefinedFunction, "_judf", self._judf)
        self.replace(udf.UDFRegistration, "register", self._register)

    def changed(self) -> None:
        """Functions that SQL knows by name are pickled already: register them again."""
        register_again(self, self._registered)

    def notes(self) -> list[str]:
        on_databricks = "DATABRICKS_RUNTIME_VERSION" in os.environ
        return [texts.SPARK_STAYS, *([texts.DATABRICKS] if on_databricks else [])]

    # -- hooks

    def _dumps(self, original: Callable[[Any, Any], bytes]) -> Callable[[Any, Any], bytes]:
        def dumps(serializer: Any, obj: Any) -> bytes:
            blob = original(serializer, obj)
            if not _is_code(obj):
                return blob
            sealed: bytes = self.guarded(lambda: self.supply.seal(blob, self._carrier), blob)
            return sealed

        return dumps

    def _judf(self, original: property) -> property:
        """A UDF object keeps what it pickled first; here, only until the next version."""
        assert original.fget is not None
        get = original.fget

        def judf(udf: Any) -> Any:
            if udf.__dict__.get("_notesync_serial") != self.supply.serial:
                udf._judf_placeholder = None
                udf._notesync_serial = self.supply.serial
            return get(udf)

        return property(judf)

    def _register(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return remembering(original, self._registered)

    # -- carriage

    def _carrier(self, bundle: Bundle) -> Any:
        by_plan = connect.carrier()
        if by_plan is not None:
            return by_plan(bundle)
        # Installations with Connect alone have no such class.
        kind = getattr(sys.modules["pyspark"], "SparkContext", None)
        context = kind._active_spark_context if kind is not None else None
        if context is None:
            self.given.note(self.supply, bundle, texts.INSIDE)
            return bundle.packed
        key = (id(context), bundle.version)
        if key not in self._broadcasts:
            self._broadcasts[key] = context.broadcast(bundle.packed)
            self.given.note(self.supply, bundle, texts.AS_BROADCAST)
            while len(self._broadcasts) > _KEPT:
                self._broadcasts.popitem(last=False)
        return self._broadcasts[key]


def _is_code(obj: Any) -> bool:
    """Whether a worker will run it. Data must stay plain: the JVM reads some of it, too."""
    if isinstance(obj, tuple):
        return bool(obj) and callable(obj[0])
    return isinstance(obj, type)
