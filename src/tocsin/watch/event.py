"""One event: from the page that opened it to its estimated end, with what is known of it at each minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tocsin.watch.alarm import Level
from tocsin.watch.estimate import Fit, Seen, closing_nats, credible_start, fit_starts
from tocsin.watch.family import Law
from tocsin.watch.scope import Scope

CLOSE_A: Final = 1440.0
"""Minutes: an alarm is closed wrongly, with half its loss still there, at most once a day of such loss."""

SETTLE_MINUTES: Final = 30
"""For how long after its opening an event's scope and onset are still looked for."""

UPDATE_MINUTES: Final = 10

SHOWN: Final = 3.0
"""Nats from which a component shows an event."""

_NO_SIGN: Final = 3.0
"""Closing evidence below which there is no sign yet that the loss is ending."""


@dataclass(kw_only=True)
class Event:
    """What is happening in one scope.

    ``scope`` index in the lattice, ``named`` the same by name · ``first`` minute (since 1970) of the series' first row
    · ``opened`` minute of the page · ``seen`` by component, minute series from ``first`` on · ``onset`` (low, best,
    high) minutes · ``loss`` by component, estimated since onset · ``shares`` parts of M at the opening, by component.
    """

    alarm: str
    kind: str
    level: Level
    scope: int
    named: Scope
    opened: int
    first: int
    e_ratio: float
    shares: dict[int, float]
    surge: bool
    seen: dict[int, Seen] = field(default_factory=dict)
    fits: dict[int, Fit] = field(default_factory=dict)
    onset: tuple[int, int, int] = (0, 0, 0)
    closing: float = 0.0
    size: float = 0.02
    ended: int | None = None
    last_update: int = 0
    last_lost: float = 0.0

    def learn(self, seen: dict[int, Seen]) -> None:
        """Take the series up to now; the onset is looked for anew until the event has settled."""
        self.seen = seen
        self.fits = {component: fit_starts(each) for component, each in seen.items()}
        now = self.first + max((len(each.k) for each in seen.values()), default=0)
        if now - self.opened <= SETTLE_MINUTES or self.onset == (0, 0, 0):
            main = self.main()
            latest = min(self.opened - self.first, len(self.fits[main].nats) - 1)
            low, best, high = credible_start(self.fits[main], latest)
            self.onset = (self.first + low, self.first + best, self.first + high + 1)

    def main(self) -> int:
        """The component that shows the event most clearly, by the time of its page; see `ranked`."""
        latest = self.opened - self.first
        return self.ranked({each: float(fit.nats[: latest + 1].max(initial=0.0)) for each, fit in self.fits.items()})[0]

    def ranked(self, nats: dict[int, float]) -> list[int]:
        """Components in the order in which they are believed: those that show the event, the clearest first.

        Arrivals against the calendar come behind any other that shows it: their ratio leaves out how wrong the calendar
        may be.
        """
        levels = (Law.FALL, Law.RISE)
        return sorted(
            nats, key=lambda each: (nats[each] > SHOWN and self.seen[each].law not in levels, nats[each]), reverse=True
        )

    def row(self, minute: int) -> int:
        """The row of a minute in the series."""
        return max(minute - self.first, 0)

    def nats(self, component: int) -> float:
        """How clearly a component shows the event since its onset."""
        return float(self.fits[component].nats[self.row(self.onset[1])])

    def loss(self, component: int) -> float:
        """The loss since onset as a component shows it, 0 to 1."""
        return float(self.fits[component].loss[self.row(self.onset[1])])

    def close(self) -> bool:
        """Advance the closing detector by the newest minute; True when the event is over (`ended` is then set).

        Shiryaev-Roberts again, of "at least half of the estimated loss remains" against "nothing remains", on the
        component that shows the event most clearly: others may be misled, as arrivals are by redials. The loss is what
        was estimated before any sign of its end. A minute in which nothing could be seen counts for nothing: a night
        without calls closes no alarm.
        """
        main = self.main()
        if self.closing < _NO_SIGN:
            self.size = min(max(self.loss(main), 0.02), 0.98)
        tail = _tail(self.seen[main])
        newest = float(closing_nats(tail, self.size)[-1])
        self.closing = min((self.closing + _heard(tail)) * float(np.exp(min(newest, 300.0))), 1e250)
        if self.closing < CLOSE_A:
            return False
        self.ended = self._end(main)
        return True

    def _end(self, component: int) -> int:
        """The minute from which the loss is gone: where the sum of closing ratios was lowest."""
        start = self.row(self.onset[1])
        nats = closing_nats(self.seen[component], self.size)[start:]
        return self.first + start + int(np.argmin(np.cumsum(nats))) + 1


def _tail(seen: Seen) -> Seen:
    """The newest minute alone."""
    return Seen(law=seen.law, k=seen.k[-1:], n=seen.n[-1:], normal=seen.normal[-1:], sd=seen.sd, phi=seen.phi)


def _heard(newest: Seen) -> float:
    """Whether the newest minute could show anything: arrivals always can, a share or a rate only where calls came."""
    return 1.0 if newest.law in (Law.FALL, Law.RISE) else float(newest.n[-1] > 0)
