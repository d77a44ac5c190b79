"""When which feeds are set aside: from records whose clock is wrong, or that count otherwise than the baseline's."""

from __future__ import annotations

from tocsin.watch import ASIDE_S, Aside

Name = tuple[str | None, str | None]


class Ledger:
    """Notes, record by record or batch by batch, whether what a feed gives is set aside.

    What lies no more than `ASIDE_S` apart is one: a watch sleeps through the time between.
    """

    def __init__(self) -> None:
        self._closed: dict[Name, list[tuple[int, int]]] = {}
        self._open: dict[Name, int] = {}

    def note(self, name: Name, at: float, *, aside: bool) -> None:
        """From that second on a feed's records are set aside, or no longer."""
        if aside and name not in self._open:
            self._open[name] = self._since(name, int(at))
        elif not aside and name in self._open:
            self._closed.setdefault(name, []).append((self._open.pop(name), int(at)))

    def part(self, sound: set[Name], odd: set[Name], at: float) -> None:
        """Of some feeds all records that came are set aside, of others not all: one of a feed's is no reason."""
        for name in sorted(sound | odd, key=str):
            self.note(name, at, aside=name not in sound)

    def forget(self, before: int) -> None:
        """Forget what was over for the watch before that second."""
        for name, closed in self._closed.items():
            self._closed[name] = [each for each in closed if each[1] + ASIDE_S > before]

    @property
    def asides(self) -> list[Aside]:
        """All that was noted; a feed without a name is none that the baseline knows."""
        known = [(name, *each) for name, closed in self._closed.items() for each in closed]
        noted = [*known, *((name, since, None) for name, since in self._open.items())]
        return [
            Aside(vantage=vantage, feed=feed, since=since, until=until)
            for (vantage, feed), since, until in noted
            if vantage is not None and feed is not None
        ]

    def _since(self, name: Name, at: int) -> int:
        """From when: the last time goes on if it was over only just now."""
        closed = self._closed.get(name)
        return closed.pop()[0] if closed and at - closed[-1][1] <= ASIDE_S else at
