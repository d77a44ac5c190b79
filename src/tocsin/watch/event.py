"""One event: from the page that opened it to its estimated end, with what is known of it at each minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.alarm import Cause, Interval, Level
from tocsin.watch.estimate import Seen, Sums, closing_nats, credible_start, fit_starts, fit_sums
from tocsin.watch.family import Family
from tocsin.watch.recent import Total
from tocsin.watch.scope import Scope
from tocsin.watch.usual import Usual

CLOSE_A: Final = 1440.0
"""Minutes: an alarm is closed wrongly, with half its loss still there, at most once a day of such loss."""

SETTLE_MINUTES: Final = 30
"""For how long after its opening an event's scope and onset are still looked for."""

UPDATE_MINUTES: Final = 10

SHOWN: Final = 3.0
"""Nats from which a component shows an event."""

TAIL_MINUTES: Final = 12 * 60
"""Of an event that lasts longer only the newest minutes stay apart; those before are sums. In them its end is found."""

_NO_SIGN: Final = 3.0
"""Closing evidence below which there is no sign yet that the loss is ending."""


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What references expected when an event opened: drift and its error, (S,) each by reference.

    The event can't teach them.
    """

    deviation: dict[int, NDArray[np.float64]]
    sd: dict[int, NDArray[np.float64]]


@dataclass(kw_only=True, eq=False)
class Event:
    """What is happening in one scope.

    ``scope`` index in the lattice, ``named`` the same by name · ``first`` minute (since 1970) of the series' first row
    · ``opened`` minute of the page · ``seen`` by component, minute series from ``first`` on · ``onset`` (low, best,
    high) minutes · ``loss`` by component, estimated since onset · ``shares`` parts of M at the opening, by component ·
    ``cause`` why fewer arrive; where that is no loss, a watch, which explains arrivals · ``took`` the scopes to which
    calls moved · ``began`` the onset, where it was found otherwise than in the series ·
    ``missing`` how many lack all the same of calls that seem to have gone another way, or of a watch's that have ·
    ``slack`` by how much more may be lost, below and above, because that onset is uncertain ·
    ``total``, ``usual`` what was counted and expected in every scope since the onset.
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
    frozen: Frozen
    cause: Cause = Cause.LOST
    took: frozenset[int] = frozenset()
    began: tuple[int, int, int] | None = None
    slack: tuple[float, float] | None = None
    missing: Interval | None = None
    seen: dict[int, Seen] = field(default_factory=dict)
    onset: tuple[int, int, int] = (0, 0, 0)
    total: Total | None = None
    usual: Usual | None = None
    closing: float = 0.0
    size: float = 0.02
    ended: int | None = None
    last_update: int = 0
    last_lost: float = 0.0

    def shown_by(self, family: Family) -> bool:
        """Whether a family's evidence is the event's: that of its level, or arrivals where these alone have changed."""
        if self.cause is not Cause.LOST:
            return family.law.of_absence
        return family.pages is (self.level is Level.PAGE)

    @property
    def until(self) -> int:
        """The minute after the newest of the series."""
        return self.first + max((len(each.k) for each in self.seen.values()), default=0)

    def settling(self, minute: int) -> bool:
        """Whether scope and onset are still looked for at a minute."""
        return minute - self.opened <= SETTLE_MINUTES

    def learn(self, seen: dict[int, Seen]) -> None:
        """Take the series up to now; the onset is looked for anew until the event has settled."""
        self.seen = seen
        if self.began is not None:
            self.onset = self.began
        if self.began is not None or (not self.settling(self.until) and self.onset != (0, 0, 0)):
            return
        fits = {component: fit_starts(each) for component, each in seen.items()}
        latest = self.opened - self.first
        nats = {each: float(fit.nats[: latest + 1].max(initial=0.0)) for each, fit in fits.items()}
        main = fits[self.ranked(nats)[0]]
        low, best, high = credible_start(main, min(latest, len(main.nats) - 1))
        self.onset = (self.first + low, self.first + best, self.first + high + 1)

    def extend(self, newest: dict[int, Seen]) -> None:
        """Take the newest minutes of an event that has settled; what is older than `TAIL_MINUTES` becomes sums."""
        self.seen = {component: each.then(newest[component]) for component, each in self.seen.items()}
        old = self.until - self.first - TAIL_MINUTES
        if old <= 0:
            return
        since = slice(self.row(self.onset[1]), old)
        self.seen = {
            component: each.cut(slice(old, None), each.since_onset(since)) for component, each in self.seen.items()
        }
        self.first += old

    def main(self) -> int:
        """The component that shows the event most clearly since its onset; see `ranked`."""
        return self.ranked({component: self.nats(component) for component in self.seen})[0]

    def ranked(self, nats: dict[int, float]) -> list[int]:
        """Components in the order in which they are believed: those that show the event, the clearest first.

        Arrivals against the calendar come behind any other that shows it: their ratio leaves out how wrong the calendar
        may be.
        """
        return sorted(
            nats,
            key=lambda each: (nats[each] > SHOWN and not self.seen[each].law.by_calendar, nats[each]),
            reverse=True,
        )

    def row(self, minute: int) -> int:
        """The row of a minute in the series."""
        return max(minute - self.first, 0)

    def sums(self, component: int, since: int, until: int) -> Sums:
        """What a component saw from minute ``since`` to before ``until``: since the onset, or within the series."""
        rows = slice(self.row(since), self.row(until))
        seen = self.seen[component]
        return seen.since_onset(rows) if since == self.onset[1] else seen.sums(rows)

    def nats(self, component: int) -> float:
        """How clearly a component shows the event since its onset."""
        return fit_sums(self.seen[component], self.sums(component, self.onset[1], self.until))[0]

    def loss(self, component: int) -> float:
        """The loss since onset as a component shows it, 0 to 1."""
        return fit_sums(self.seen[component], self.sums(component, self.onset[1], self.until))[1]

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
    """Whether the newest minute could show anything: arrivals where any are expected, a share or a rate where calls
    came."""
    return float((newest.normal if newest.law.by_calendar else newest.n)[-1] > 0)
