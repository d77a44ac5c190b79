"""All evidence of a running watch: components, the references they stand on, and the mixtures M they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.territory import Territory
from tocsin.watch.baseline import Baseline, Feed
from tocsin.watch.counting import COLUMN
from tocsin.watch.demand import Calendar, local_bin
from tocsin.watch.detector import Component
from tocsin.watch.drift import BLOCK_S, LAG
from tocsin.watch.family import Law
from tocsin.watch.history import profile_groups
from tocsin.watch.mixture import components
from tocsin.watch.nulls import Tracker, Z
from tocsin.watch.ratio import step_ratio
from tocsin.watch.scoped import Scoped
from tocsin.watch.slept import Slept

LEVEL_MINUTES: Final = 5
"""How often the expected arrivals of a minute are renewed."""


class Evidence:
    """The state of every e-detector, and how a step moves it."""

    def __init__(self, baseline: Baseline, territory: Territory, start: int) -> None:
        self.baseline = baseline
        self.lattice = baseline.lattice
        self.components = components(baseline)
        self._calendar = Calendar(territory)
        self._group = profile_groups(self.lattice)
        blocks_since = max(start - baseline.learned_to, 0) / BLOCK_S
        self.trackers = [
            Tracker(reference, self.lattice, self._group, blocks_since) for reference in baseline.references
        ]
        self._block = start // BLOCK_S
        self._counting = Scoped(len(baseline.vantages), len(self.lattice))
        self._waiting: list[tuple[int, NDArray[np.int32]]] = []
        self._partial = start % BLOCK_S != 0
        self._part = np.zeros(len(self.components))
        self._days: dict[int, NDArray[np.float64]] = {}
        self._series = {
            vantage: np.array([baseline.series.index((vantage, service)) for service in self.lattice.services])
            for vantage in baseline.vantages
        }
        self.explained: list[NDArray[np.float64] | None] = [None] * len(self.components)
        self.heard = np.ones(len(baseline.vantages), bool)
        self.frozen = np.zeros(len(self.lattice), bool)
        self.slept = Slept()
        self._mine = {
            pages: [index for index, component in enumerate(self.components) if component.family.pages is pages]
            for pages in (True, False)
        }
        self._level: list[NDArray[np.float64]]
        self.set_nulls(start)

    # -- steps -----------------------------------------------------------------------------------------------------

    def step(self, counted: Scoped, seconds: int) -> None:
        """Advance the components whose step is ``seconds`` long by what was counted in it."""
        for index, component in enumerate(self.components):
            place = component.vantage
            if component.family.step_s == seconds and self.heard[place]:
                self._part[index] = component.advance(counted.counts[place], counted.touched(place), seconds / 60)

    def mixture(self, pages: bool, enough: float = 0.0) -> float:
        """M of the paging families, or of those that only watch.

        Steps add up evidence without its guards and what is withheld, which is never less; only where that reaches
        ``enough`` are they looked at.
        """
        mine = self._mine[pages]
        rough = float(self._part[mine].sum())
        if rough < enough:
            return rough
        return float(
            sum(
                self.components[index].parts().sum()
                if self.components[index].guard is not None or self.components[index].withheld.any()
                else self._part[index]
                for index in mine
            )
        )

    def by_scope(self, pages: bool) -> NDArray[np.float64]:
        """(S,) how M is made up: the posterior of the scope, unnormalised."""
        total = np.zeros(len(self.lattice))
        for component in self.components:
            if component.family.pages is pages:
                np.add.at(total, component.scope, component.parts())
        return total

    def by_component(self, scope: NDArray[np.bool_], pages: bool) -> dict[int, float]:
        """What each component gives to M in the scopes chosen."""
        return {
            index: float(component.parts()[scope[component.scope]].sum())
            for index, component in enumerate(self.components)
            if component.family.pages is pages
        }

    def zero(self, scope: NDArray[np.bool_], pages: bool) -> None:
        """Take the evidence of the scopes chosen back to nothing: it has been said."""
        for index, component in enumerate(self.components):
            if component.family.pages is pages:
                component.evidence[scope[component.scope]] = 0.0
                self._part[index] = float(component.parts().sum())

    def sleep(self, feeds: Mapping[Feed, int], second: int) -> None:
        """Freeze the scopes that hang on these feeds, which tell nothing since their own second; all others wake."""
        self.slept.now(feeds, second)
        for index, component in enumerate(self.components):
            component.asleep = self._hanging(component, feeds)
            self._part[index] = float(component.parts().sum())

    def withhold(self, feeds: Iterable[Feed]) -> None:
        """Let the evidence of the scopes that hang on these feeds wait: it grows, but pages nobody yet."""
        for component in self.components:
            component.withheld = self._hanging(component, feeds)

    def waits(self, scope: int) -> bool:
        """Whether a scope's evidence waits for a feed's next sign of life."""
        return any(bool(each.withheld[each.scope == scope].any()) for each in self.components)

    def told(self, scopes: list[int], since: int) -> bool:
        """Whether every feed on which one of these scopes hangs spoke from minute ``since`` on."""
        return not any(
            self.slept.any_since(since, vantage, len(self.lattice))[scopes].any() for vantage in self.baseline.vantages
        )

    def forget(self, feeds: Iterable[Feed]) -> None:
        """Take the evidence of the scopes that hang on these feeds back to nothing: their silence made it."""
        for index, component in enumerate(self.components):
            component.evidence[self._hanging(component, feeds)] = 0.0
            self._part[index] = float(component.parts().sum())

    def _hanging(self, component: Component, feeds: Iterable[Feed]) -> NDArray[np.bool_]:
        """(A,) which rows of a component hang on one of these feeds, by themselves or by their group."""
        vantage = self.baseline.vantages[component.vantage]
        hanging = np.zeros(len(self.lattice), bool)
        for feed in feeds:
            if feed.vantage == vantage:
                hanging[list(feed.scopes)] = True
        return np.asarray(hanging[component.scope] | hanging[component.group])

    # -- references ------------------------------------------------------------------------------------------------

    def demand_of(self, vantage: str, minute: int) -> NDArray[np.float64]:
        """(services,) log arrivals per second at one vantage, at a minute since 1970."""
        day, at = divmod(minute * 60, 86_400)
        return np.asarray(self._demand_day(day)[self._series[vantage], at // (LEVEL_MINUTES * 60)])

    def demand_series(self, vantage: str, service: int, first: int, minutes: int) -> NDArray[np.float64]:
        """(minutes,) the same for one service, minute by minute from ``first`` on."""
        if minutes <= 0:
            return np.zeros(0)
        second = (first + np.arange(minutes)) * 60
        day, at = np.divmod(second, 86_400)
        row = self._series[vantage][service]
        table = np.stack([self._demand_day(int(each))[row] for each in np.unique(day)])
        return np.asarray(table[day - day[0], at // (LEVEL_MINUTES * 60)])

    def _demand_day(self, day: int) -> NDArray[np.float64]:
        """(series, slots of `LEVEL_MINUTES`) log arrivals per second on one UTC day; the last few are remembered."""
        if day not in self._days:
            if len(self._days) > 3:
                self._days.pop(min(self._days))
            slot = LEVEL_MINUTES * 60
            times = day * 86_400 + np.arange(0, 86_400, slot) + slot // 2
            self._days[day] = self.baseline.demand.log_rate(times, self._calendar)
        return self._days[day]

    def centre(self, reference: int, minute: int) -> NDArray[np.float64]:
        """(S,) what a reference expects at a minute, on its natural scale (arrivals: log per second), no drift."""
        tracker = self.trackers[reference]
        bin_ = int(local_bin(np.array([minute * 60]), self.baseline.zone)[0])
        return tracker.still(bin_, self.demand_of(tracker.reference.vantage, minute))

    def set_nulls(self, second: int) -> None:
        """Renew every ratio for the time that begins now."""
        self._level = [self.centre(reference, second // 60) for reference in range(len(self.trackers))]
        for index in range(len(self.components)):
            self._set_null(index)

    def set_levels(self, second: int) -> None:
        """Renew the ratios that stand on expected arrivals."""
        for reference, tracker in enumerate(self.trackers):
            if not tracker.arrivals:
                continue
            centre = self.centre(reference, second // 60)
            by = np.exp(centre - self._level[reference])
            self._level[reference] = centre
            for component in self.components:
                if component.reference == reference:
                    component.rescale(by[component.scope])

    def _set_null(self, index: int) -> None:
        component = self.components[index]
        tracker = self.trackers[component.reference]
        rows = component.scope
        theta = (self._level[component.reference] + tracker.deviation())[rows]
        reach = Z * tracker.sd()[rows]
        up = component.family.law is Law.RISE
        phi = (tracker.reference.phi_up if up else tracker.reference.phi)[self.lattice.level[rows]]
        lost = self.explained[index]
        kept = 1.0 if lost is None else 1.0 - lost
        component.renew(step_ratio(component.family, theta, reach, phi, kept))

    # -- learning --------------------------------------------------------------------------------------------------

    def count(self, minute: int, counted: Scoped) -> None:
        """Take one decided minute; at a block's end the trackers learn, `LAG` blocks late, and nulls are renewed."""
        self._counting.take(counted)
        if (minute + 1) * 60 % BLOCK_S:
            if (minute + 1) % LEVEL_MINUTES == 0:
                self.set_levels((minute + 1) * 60)
            return
        if not self._partial:
            self._waiting.append((self._block, self._counting.counts.copy()))
        self._partial = False
        self._counting.clear()
        self._block += 1
        if len(self._waiting) >= LAG:
            self._learn(*self._waiting.pop(0))
        self.set_nulls((minute + 1) * 60)

    def _learn(self, block: int, counts: NDArray[np.int32]) -> None:
        middle = (block * BLOCK_S + BLOCK_S // 2) // 60
        for index, tracker in enumerate(self.trackers):
            use = ~self.frozen
            for component in self.components:
                if component.reference == index:
                    use[component.scope[component.asleep]] = False
            reference = tracker.reference
            where = counts[self.baseline.vantages.index(reference.vantage)].astype(np.float64)
            family = reference.family
            k = where[:, COLUMN[family.bad]]
            n = k[self.lattice.group] if family.law is Law.SHARE else where[:, COLUMN[family.of]]
            theta = self.centre(index, middle)
            tracker.learn(k, n, theta + np.log(BLOCK_S) if tracker.arrivals else theta, use)
