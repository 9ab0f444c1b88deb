"""Which texts keep their syntax trees, and which at least what follows from them."""

from __future__ import annotations

from notesync.reload.source import Source

_PARSED = 100  # trees kept between batches
_LEARNT = 6_000_000  # bytes of text of which is kept what follows from the trees


class Trees:
    """The sources of one project that have been read, those used last at the end.

    Under the lock of its reloader.
    """

    def __init__(self) -> None:
        self._learnt: dict[int, Source] = {}
        self._parsed: dict[int, Source] = {}
        self._bytes = 0

    def use(self, source: Source) -> None:
        """It was looked into: the oldest tree and the oldest facts may have to go for it."""
        self.lose(source)
        self._learnt[id(source)] = self._parsed[id(source)] = source
        self._bytes += len(source.data)

    def trim(self) -> None:
        """Keep to the limits."""
        while len(self._parsed) > _PARSED:
            self._parsed.pop(next(iter(self._parsed))).forget()
        while self._bytes > _LEARNT:
            source = self._learnt[next(iter(self._learnt))]
            self.lose(source)
            source.drop()

    def learn(self, source: Source) -> bool:
        """Keep what follows from a text that nobody has asked for yet. False: no room is left."""
        if id(source) not in self._learnt:
            self._learnt[id(source)] = source
            self._bytes += len(source.data)
        self._parsed.pop(id(source), None)
        source.forget()
        return self._bytes < _LEARNT

    def lose(self, source: Source) -> None:
        """No module is made of this text any more."""
        if self._learnt.pop(id(source), None) is not None:
            self._bytes -= len(source.data)
        self._parsed.pop(id(source), None)
