"""Lets these tests run alone: `pytest tests/reload` in py-launcher, without the rest installed."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for entry in (str(HERE), str(HERE.parents[1] / "src")):
    if entry not in sys.path:
        sys.path.insert(0, entry)
