"""Random numbers: what is drawn depends on the seed and on all that was drawn before."""

from __future__ import annotations

import sys
from typing import Any

from notesync.reload.names import Ref
from notesync.reload.source import Source
from notesync.reload.unit import index_of

CHANCE = "@chance"  # stands for the one generator that `random`, or NumPy, has for all
_GENERATORS = frozenset({"random", "numpy.random._generator", "numpy.random.mtrand"})
_MAKERS = frozenset(
    {"Random", "SystemRandom", "default_rng", "Generator", "RandomState", "SeedSequence", "PCG64"}
)


def drawn_from(module: str, source: Source, ref: Ref) -> str | None:
    """The name from which a reference in a module draws: of a generator, or CHANCE."""
    root = ref[0]
    alias = (root,) if root.startswith("@") else index_of(source).aliases.get(root, (root,))
    full = (*alias, *ref[1:])
    for shared in (("@random",), ("@numpy", "random")):
        rest = full[len(shared) :]
        if full[: len(shared)] == shared and rest and rest[0] not in _MAKERS:
            return CHANCE
    value: Any = getattr(sys.modules.get(module), "__dict__", {}).get(root)
    return root if type(value).__module__ in _GENERATORS and type(value) is not type else None
