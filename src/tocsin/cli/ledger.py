"""When which feeds are set aside: from records whose clock is wrong, or that count otherwise than the baseline's."""

from __future__ import annotations

from tocsin.watch import Aside

Name = tuple[str | None, str | None]


class Ledger:
    """Notes, record by record or batch by batch, whether what a feed gives is set aside."""

    def __init__(self) -> None:
        self._closed: list[Aside] = []
        self._open: dict[Name, int] = {}

    def note(self, name: Name, at: float, *, aside: bool) -> None:
        """From that second on a feed's records are set aside, or no longer."""
        if aside:
            self._open.setdefault(name, int(at))
        elif name in self._open:
            self._closed += self._asides(name, self._open.pop(name), int(at))

    def part(self, sound: set[Name], odd: set[Name], at: float) -> None:
        """Of some feeds all records that came are set aside, of others not all: one of a feed's is no reason."""
        for name in sorted(sound | odd, key=str):
            self.note(name, at, aside=name not in sound)

    @property
    def asides(self) -> list[Aside]:
        """All that was noted; a feed without a name is none that the baseline knows."""
        return [*self._closed, *(each for name, since in self._open.items() for each in self._asides(name, since))]

    def _asides(self, name: Name, since: int, until: int | None = None) -> list[Aside]:
        vantage, feed = name
        if vantage is None or feed is None:
            return []
        return [Aside(vantage=vantage, feed=feed, since=since, until=until)]
