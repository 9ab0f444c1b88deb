"""Handlers of loggers: a statement that adds one and runs again adds it in place of the former."""

from __future__ import annotations

import logging
import sys
from typing import Any

from notesync.reload.undo import Undo

Handlers = list[tuple[logging.Logger, list[logging.Handler]]]


def handlers() -> Handlers:
    """All loggers with the handlers that they have now."""
    named = list(logging.Logger.manager.loggerDict.values())
    loggers = [logging.getLogger(), *(each for each in named if isinstance(each, logging.Logger))]
    return [(logger, list(logger.handlers)) for logger in loggers]


def settle(before: Handlers, undo: Undo) -> None:
    """Take out one older handler for each new one that writes to the same place."""
    known = {id(logger): former for logger, former in before}
    for logger, now in handlers():
        former = known.get(id(logger), [])
        if now == former:
            continue
        undo.add(lambda logger=logger, former=former: _set(logger, former))  # type: ignore[misc]
        older = [each for each in former if each in now]
        for handler in now:
            twin = next(
                (each for each in older if handler not in former and _alike(each, handler)), None
            )
            if twin is not None:
                older.remove(twin)
                logger.removeHandler(twin)
                undo.later(twin.close)


def _set(logger: logging.Logger, content: list[logging.Handler]) -> None:
    logger.handlers[:] = content


def _alike(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    file = getattr(one, "baseFilename", None)
    if file is not None:
        return bool(file == other.baseFilename)
    streams = [getattr(each, "stream", None) for each in (one, other)]
    return streams[0] is streams[1] or all(stream in _standard() for stream in streams)


def _standard() -> list[Any]:
    return [sys.stderr, sys.stdout]
