"""What happened, for `%notesync log`: the last lines of the `notesync` loggers, kept in memory."""

from __future__ import annotations

import collections
import logging
import time

_LINES = 500

# Where nobody installs a Log, or no longer, nothing is printed either.
logging.getLogger("notesync").addHandler(logging.NullHandler())


class Log(logging.Handler):
    """Keeps the last lines. Nothing of it is printed into a cell. Any thread."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._lines: collections.deque[str] = collections.deque(maxlen=_LINES)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record).replace("notesync: ", "", 1))

    def add(self, text: str) -> None:
        self._lines.append(f"{time.strftime('%H:%M:%S')} {text}")

    def lines(self, last: int = 40) -> list[str]:
        """The newest lines, oldest first."""
        return list(self._lines)[-last:]

    def install(self) -> None:
        logger = logging.getLogger("notesync")
        logger.propagate = False
        logger.setLevel(logging.INFO)
        if self not in logger.handlers:
            logger.addHandler(self)

    def remove(self) -> None:
        logging.getLogger("notesync").removeHandler(self)
