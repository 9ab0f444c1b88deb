"""Spark Connect: the zip is an artifact of the session, under a name of its own per version.

Artifacts cannot be overwritten, and a reused worker ignores a newer one that it has imported
before: so the envelope chooses the version.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from . import texts
from .bundle import Bundle
from .engine import Engine
from .registered import Registered, register_again, remembering

_plan = threading.local()


def carrier() -> Callable[[Bundle], Any] | None:
    """How the Connect plan that this thread is building carries the zip; None outside of one."""
    found: Callable[[Bundle], Any] | None = getattr(_plan, "carrier", None)
    return found


class Connect(Engine):
    """UDFs of Spark Connect. `Spark` seals the pickles, this part knows the session."""

    name = "Spark Connect"
    module = "pyspark.sql.connect.udf"

    def install(self) -> None:
        self._sent: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()
        self._registered: Registered = {}
        expressions = sys.modules["pyspark.sql.connect.expressions"]
        plan = sys.modules["pyspark.sql.connect.plan"]
        self.replace(expressions.PythonUDF, "to_plan", self._to_plan)
        if hasattr(plan, "PythonUDTF"):
            self.replace(plan.PythonUDTF, "to_plan", self._to_plan)
        udf = sys.modules[self.module]
        self.replace(udf.UDFRegistration, "register", self._register)

    def changed(self) -> None:
        register_again(self, self._registered)

    def notes(self) -> list[str]:
        return [texts.CONNECT_STAYS]

    def _register(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return remembering(original, self._registered)

    def _to_plan(self, original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def to_plan(function: Any, session: Any) -> Any:
            before = carrier()
            _plan.carrier = lambda bundle: self._carrier(session, bundle)
            try:
                return original(function, session)
            finally:
                _plan.carrier = before

        return to_plan

    def _carrier(self, client: Any, bundle: Bundle) -> Any:
        """The artifact's name; the zip itself where the server takes no artifacts."""
        sent = self._sent.setdefault(client, {})
        if bundle.version not in sent:
            sent[bundle.version] = self._send(client, bundle)
        return sent[bundle.version]

    def _send(self, client: Any, bundle: Bundle) -> Any:
        name = f"notesync-{self.supply.project}-{bundle.version}.zip"
        with tempfile.TemporaryDirectory(prefix="notesync-") as folder:
            path = Path(folder) / name
            path.write_bytes(bundle.data)
            try:
                client.add_artifacts(str(path), pyfile=False, archive=False, file=True)
            except Exception as error:
                if "uplicate" not in str(error):
                    self.given.note(self.supply, bundle, texts.no_artifacts(error))
                    return bundle.packed
        self.given.note(self.supply, bundle, texts.AS_ARTIFACT)
        return name
