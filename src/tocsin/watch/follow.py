"""Following: what is counted in an open event's scope, beside what was expected there when it opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.watch.alarm import Interval
from tocsin.watch.cells import Cells
from tocsin.watch.demand import local_bin
from tocsin.watch.estimate import Seen, Sums
from tocsin.watch.event import Event, Frozen
from tocsin.watch.expected import still
from tocsin.watch.family import Law
from tocsin.watch.lost import lost
from tocsin.watch.recent import Recent, Total
from tocsin.watch.usual import Usual

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence

TOLD_PART = 0.2
"""Minutes in which feeds of less than this of a scope's calls spoke say nothing of it."""

Counts = NDArray[np.int64]


class Follow:
    """Counts for events; ``now`` is the second up to which steps have been decided."""

    def __init__(self, evidence: Evidence, cells: Cells, recent: Recent) -> None:
        self._evidence = evidence
        self._lattice = evidence.lattice
        self._cells = cells
        self._recent = recent
        self.now = 0

    def freeze(self) -> Frozen:
        """What the references expect now, before an event can teach them."""
        trackers = list(enumerate(self._evidence.trackers))
        return Frozen(
            deviation={index: tracker.deviation() for index, tracker in trackers},
            sd={index: tracker.sd() for index, tracker in trackers},
        )

    def minute(self, event: Event, until: int) -> None:
        """Take the minutes up to ``until`` in; all are counted anew until the event has settled."""
        if event.settling(until):
            event.learn(self.seen(event, event.first, until))
        elif event.until < until:
            event.extend(self.seen(event, event.until, until))

    def anew(self, event: Event, until: int) -> None:
        """Count an event's minutes anew, in a scope that it has just taken."""
        kept = self._recent.first if self._recent.first is not None else event.first
        first = max(event.first, kept)
        seen = self.seen(event, first, until)
        if event.onset != (0, 0, 0) and event.onset[1] < first:
            seen = {index: each.cut(slice(None), self._before(event, index, first)) for index, each in seen.items()}
        event.first = first
        event.learn(seen)

    def again(self, event: Event, since: int) -> None:
        """Count an event's newest minutes anew, from ``since`` on: a feed turned out to have told nothing."""
        kept = self._recent.first if self._recent.first is not None else event.first
        since = max(since, event.first, kept)
        if since >= event.until:
            return
        fresh = self.seen(event, since, event.until)
        old = slice(since - event.first)
        event.seen = {index: each.cut(old, each.before).then(fresh[index]) for index, each in event.seen.items()}

    def total(self, event: Event) -> Total:
        """Everything counted since an event's onset, in every scope."""
        since = event.onset[1]
        if event.total is None or event.total.since != since:
            event.total = self._recent.total(since, len(self._evidence.baseline.vantages), len(self._lattice))
        self._recent.carry_on(event.total, self._cells.membership, self._cells.vantage)
        return event.total

    def usual(self, event: Event) -> Usual:
        """Arrivals expected since an event's onset, in every scope, in the minutes that have been decided whole."""
        if event.usual is None or event.usual.since != event.onset[1]:
            event.usual = Usual(self._evidence, event.onset[1])
        event.usual.carry_on(self._evidence, self.now // 60)
        return event.usual

    def counted(self, event: Event, since: int, until: int) -> Counts:
        """(vantages, USED) what was counted in an event's scope from its onset, or a recent minute, to ``until``."""
        if since != event.onset[1]:
            return np.asarray(self._series(event.scope, since, until).sum(axis=0))
        after = self._series(event.scope, until, self.now // 60 + 1).sum(axis=0)
        return np.asarray(self.total(event).counts[:, event.scope] - after)

    def lost(self, event: Event, since: int, until: int) -> Interval | None:
        """Attempts that don't get through in an event's scope, from its onset or a recent minute to ``until``.

        Of calls that had moved before, or were crowded out, as many were missing before the onset as after it: when it
        was counts for how many are lost.
        """
        found = self._lost(event, since, until)
        if found is None or event.began is None or since != event.onset[1]:
            return found
        if event.slack is None:  # once, while single minutes are kept
            late, early = (self._lost(event, each, until) or found for each in (event.onset[2], event.onset[0]))
            event.slack = max(found.low - late.low, 0.0), max(early.high - found.high, 0.0)
        below, above = event.slack
        return Interval(low=max(found.low - below, 0.0), best=found.best, high=found.high + above)

    def _lost(self, event: Event, since: int, until: int) -> Interval | None:
        counted = self.counted(event, since, max(until, since + 1))
        return lost(self._evidence, event, counted, since=since, until=until)

    def seen(self, event: Event, since: int, until: int) -> dict[int, Seen]:
        """The minutes from ``since`` to before ``until``, for every component that looks at the event's scope."""
        own = self._series(event.scope, since, until)
        group = int(self._lattice.group[event.scope])
        shared = own if group == event.scope else self._series(group, since, until)
        seen = {}
        for index, component in enumerate(self._evidence.components):
            family = component.family
            if not event.shown_by(family) or family.weight == 0.0:
                continue
            if (family.law is Law.RISE) != event.surge or event.scope not in component.scope:
                continue
            of = shared if family.law is Law.SHARE else own
            reference = self._evidence.trackers[component.reference].reference
            phi = (reference.phi_up if event.surge else reference.phi)[self._lattice.level[event.scope]]
            part = self._told_part(component.vantage, event.scope, since, until)
            normal = self._normal(event, index, since, until - since)
            if family.law is Law.SHARE:
                rest = self._told_rest(component.vantage, event.scope, group, since, until)
                odds = normal / (1 - normal) * np.minimum(part / np.maximum(rest, 1e-9), 1e9)
                normal = odds / (1 + odds)
            told = part > TOLD_PART
            seen[index] = Seen(
                law=family.law,
                k=np.where(told, own[:, component.vantage, component.bad], 0.0),
                n=np.where(told, of[:, component.vantage, component.of], 0.0),
                normal=np.where(told, normal * part, 0.0) if family.law.by_calendar else normal,
                sd=float(event.frozen.sd[component.reference][event.scope]),
                phi=float(phi),
            )
        return seen

    def told(self, event: Event, since: int, until: int) -> int:
        """In how many of the minutes from ``since`` to before ``until`` an event's scope was told of."""
        vantage = self._evidence.components[event.main()].vantage
        return int((self._told_part(vantage, event.scope, since, until) > TOLD_PART).sum())

    def _told_part(self, vantage: int, scope: int, since: int, until: int) -> NDArray[np.float64]:
        """(minutes,) the part of a scope's calls whose feeds spoke."""
        return self._part_of(vantage, self._cells.member(scope), since, until)

    def _told_rest(self, vantage: int, scope: int, group: int, since: int, until: int) -> NDArray[np.float64]:
        """(minutes,) the same of the rest of its group."""
        return self._part_of(vantage, self._cells.member(group) & ~self._cells.member(scope), since, until)

    def _part_of(self, vantage: int, chosen: NDArray[np.bool_], since: int, until: int) -> NDArray[np.float64]:
        told = np.ones(max(until - since, 0))
        name = self._evidence.baseline.vantages[vantage]
        mine = chosen & (self._cells.vantage == vantage)
        whole = max(float(self._cells.mass[mine].sum()), 1e-9)
        for feed, minutes in self._evidence.slept.minutes(name, since, until - since):
            of_feed = (self._cells.table["feed"] == feed).fill_null(value=False).to_numpy()
            told[minutes] -= float(self._cells.mass[mine & of_feed].sum()) / whole
        return np.clip(told, 0.0, 1.0)

    def _before(self, event: Event, index: int, first: int) -> Sums:
        """What a component saw from the onset to minute ``first``, of which only totals are kept.

        The usual rate of minutes whose calls are forgotten is the mean over them.
        """
        component = self._evidence.components[index]
        onset, end = event.onset[1], self.now // 60 + 1
        total = self.total(event).counts[component.vantage]
        group = int(self._lattice.group[event.scope]) if component.family.law is Law.SHARE else event.scope
        k = int(total[event.scope, component.bad])
        k -= int(self._series(event.scope, first, end)[:, component.vantage, component.bad].sum())
        n = int(total[group, component.of])
        n -= int(self._series(group, first, end)[:, component.vantage, component.of].sum())
        normal = self._normal(event, index, onset, first - onset)
        arrivals = component.family.law.by_calendar
        return Sums(k=k, n=n, expected=float(normal.sum() if arrivals else n * normal.mean()))

    def lately(self, event: Event, minutes: int) -> Total:
        """What was counted in every scope in the last ``minutes``, since the event's onset at most."""
        since = max(self.now // 60 - minutes, event.onset[1])
        total = self._recent.total(since, len(self._evidence.baseline.vantages), len(self._lattice))
        self._recent.carry_on(total, self._cells.membership, self._cells.vantage)
        return total

    def arrivals(self, event: Event, reference: int, scope: int, first: int, minutes: int) -> NDArray[np.float64]:
        """(minutes,) what a reference of arrivals expects in a scope, in what has been decided of each minute."""
        theta = self._theta(reference, scope, first, minutes) + event.frozen.deviation[reference][scope]
        return np.asarray(np.exp(theta) * self._seconds(first, minutes))

    def series_of(self, chosen: NDArray[np.bool_], since: int, until: int) -> Counts:
        """(minutes, vantages, USED) what was counted in ``chosen`` (cells,), minute by minute."""
        vantages = len(self._evidence.baseline.vantages)
        return self._recent.series(since, until, chosen, self._cells.vantage, vantages)

    def of_cells(self, since: int, chosen: NDArray[np.bool_]) -> Counts:
        """(vantages, USED) what was counted in ``chosen`` (cells,) from a recent minute on."""
        return np.asarray(self.series_of(chosen, since, self.now // 60 + 1).sum(axis=0))

    def usual_share(self, event: Event, reference: int, scope: int, first: int, minutes: int) -> NDArray[np.float64]:
        """(minutes,) the usual share, or rate, that a reference expects in a scope."""
        theta = self._theta(reference, scope, first, minutes) + event.frozen.deviation[reference][scope]
        return np.asarray(expit(theta))

    def _series(self, scope: int, since: int, until: int) -> Counts:
        return self.series_of(self._cells.member(scope), since, until)

    def _normal(self, event: Event, index: int, first: int, minutes: int) -> NDArray[np.float64]:
        """(minutes,) the usual rate or share in an event's scope; for arrivals, how many in what has been decided."""
        component = self._evidence.components[index]
        usual = self.arrivals if component.family.law.by_calendar else self.usual_share
        return usual(event, component.reference, event.scope, first, minutes)

    def _seconds(self, first: int, minutes: int) -> NDArray[np.float64]:
        """(minutes,) how much of each minute has been decided: a page may come within one."""
        return np.clip(self.now - (first + np.arange(minutes)) * 60, 0, 60).astype(float)

    def _theta(self, reference: int, scope: int, first: int, minutes: int) -> NDArray[np.float64]:
        """(minutes,) one scope's reference without drift, minute by minute."""
        tracker = self._evidence.trackers[reference]
        bins = local_bin((first + np.arange(minutes)) * 60, self._evidence.baseline.zone)
        demand: NDArray[np.float64] | float = 0.0
        if tracker.arrivals:
            service = int(self._lattice.service[scope])
            demand = self._evidence.demand_series(tracker.reference.vantage, service, first, minutes)
        return still(tracker.reference, scope, int(tracker.group[scope]), bins, demand)
