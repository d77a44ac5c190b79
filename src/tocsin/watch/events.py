"""The events of a running watch: opened by a page, explained first, followed, updated, closed. One event, one alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.alarm import Alarm, Interval, Level, State, alarm_id
from tocsin.watch.alarm import Evidence as Shown
from tocsin.watch.baseline import Feed
from tocsin.watch.blind import blind_to
from tocsin.watch.cells import Cells
from tocsin.watch.demand import at, local_bin
from tocsin.watch.estimate import Seen, fit
from tocsin.watch.event import SETTLE_MINUTES, UPDATE_MINUTES, Event
from tocsin.watch.evidence import DEEPEST, LEVEL_MINUTES, Evidence
from tocsin.watch.explain import explained_loss
from tocsin.watch.family import Law
from tocsin.watch.lost import Frozen, lost
from tocsin.watch.naming import name_scope
from tocsin.watch.recent import Recent
from tocsin.watch.scope import Scope

SEARCH_MINUTES: Final = 6 * 60
"""How long before a page its onset is looked for."""

SWITCH_NATS: Final = 3.0
"""An open event takes another scope's name only when that one explains the counts better by a factor of twenty."""


class Events:
    """Opens, follows and closes events. ``a`` is the threshold A in minutes, for pages and for watches alike."""

    def __init__(self, evidence: Evidence, cells: Cells, recent: Recent, a: float, language: str) -> None:
        self._evidence = evidence
        self._lattice = evidence.lattice
        self._cells = cells
        self._recent = recent
        self._a = a
        self._language = language
        self._now = 0
        self._open: list[Event] = []
        self._frozen: dict[str, Frozen] = {}
        self._silent: dict[tuple[str, str], Alarm] = {}  # by vantage and feed
        self._over = np.zeros(len(self._lattice), np.int64)  # (S,) minute at which the last event of a scope ended

    # -- opening ---------------------------------------------------------------------------------------------------

    def look(self, second: int) -> list[Alarm]:
        """After a step: does a mixture reach A? Then the scope that explains it best opens an event."""
        self._now = second
        alarms: list[Alarm] = []
        for pages in (True, False):
            m = self._evidence.mixture(pages, self._a)
            while m >= self._a:
                alarms += self._page(second, m, pages)
                m = self._evidence.mixture(pages, self._a)
        return alarms

    def _page(self, second: int, m: float, pages: bool) -> list[Alarm]:
        evidence = self._evidence
        scope = int(evidence.by_scope(pages).argmax())
        overlap = self._cells.overlap(scope)
        parts = evidence.by_component(overlap, pages)
        whole = sum(parts.values())
        shares = {index: part / whole for index, part in parts.items() if part > 0.001 * whole}
        # A page must use up evidence worth A, or its promise doesn't hold: what several places share is said once.
        evidence.zero(overlap if whole >= self._a else np.ones_like(overlap), pages)
        if not pages and any(self._touches(event, overlap) for event in self._open if event.level is Level.PAGE):
            return []  # what pages explains it
        main = max(shares, key=lambda index: shares[index])
        kind = evidence.components[main].family.kind
        minute = second // 60 - 1 if second % 60 == 0 else second // 60
        named = self._named(scope)
        event = Event(
            alarm=alarm_id(kind, named, second - 10),
            kind=kind,
            level=Level.PAGE if pages else Level.WATCH,
            scope=scope,
            named=named,
            opened=minute,
            first=self._earliest(scope, minute),
            e_ratio=m / self._a,
            shares=shares,
            surge=kind == "surge",
        )
        self._frozen[event.alarm] = Frozen(
            deviation={index: tracker.deviation() for index, tracker in enumerate(evidence.trackers)},
            sd={index: tracker.sd() for index, tracker in enumerate(evidence.trackers)},
        )
        self._follow(event, minute + 1)
        for other in self._open:
            alike = other.level is event.level and other.surge is event.surge
            if alike and self._wider(scope, other.scope) and not self._later(event, other):
                del self._frozen[event.alarm]
                return self._widen(other, scope, second)
        said = self._said_before(event)
        if said is not None:
            del self._frozen[event.alarm]
            return self._widen(*said, second)
        self._open.append(event)
        self._freeze()
        self._explain(minute + 1)
        event.last_update = minute
        alarm = self._alarm(event, State.OPEN, second)
        event.last_lost = alarm.lost.best if alarm.lost else 0.0
        return [alarm]

    def _earliest(self, scope: int, minute: int) -> int:
        """From when a scope's onset is looked for: since the records begin, and since an event that held most of it."""
        known = self._recent.first if self._recent.first is not None else minute
        return min(max(minute - SEARCH_MINUTES, known, int(self._over[scope])), minute)

    def _later(self, event: Event, other: Event) -> bool:
        """Whether an event in a wider scope began after the other had settled: a new one, not the same one grown."""
        return event.scope != other.scope and event.onset[0] > other.opened + SETTLE_MINUTES

    def _said_before(self, event: Event) -> tuple[Event, int] | None:
        """The open event that a page belongs to, and the scope that explains both: its own, or a wider one in time.

        One loss pages in several of its parts within a minute, before the first has found its whole.
        """
        others = [other for other in self._open if other.level is event.level is Level.PAGE]
        if not others:
            return None
        best = int(self._scores(event).argmax())
        for other in others:
            settles = event.opened - other.opened <= SETTLE_MINUTES
            if best == other.scope or (settles and self._wider(best, other.scope)):
                return other, best
        return None

    def _named(self, scope: int) -> Scope:
        return name_scope(self._lattice, scope, self._cells.table, self._cells.mass, self._cells.member(scope))

    def _touches(self, event: Event, overlap: NDArray[np.bool_]) -> bool:
        return bool(overlap[event.scope])

    def _wider(self, scope: int, than: int) -> bool:
        """Whether every cell of ``than`` is one of ``scope``'s: the same event, grown."""
        inside, outside = self._cells.member(than), self._cells.member(scope)
        return scope == than or bool((outside | ~inside).all())

    def _widen(self, event: Event, scope: int, second: int) -> list[Alarm]:
        """The same event holds more than was thought: it takes the wider scope."""
        if scope == event.scope:
            self._explain(second // 60)
            return []
        event.scope, event.named = scope, self._named(scope)
        self._freeze()
        self._follow(event, second // 60)
        self._explain(second // 60)
        event.last_update = second // 60
        return [self._alarm(event, State.UPDATE, second)]

    # -- following -------------------------------------------------------------------------------------------------

    def minute(self, second: int) -> list[Alarm]:
        """At a minute's end: every open event takes the minute in, and says what changed."""
        alarms: list[Alarm] = []
        minute = second // 60
        closed = False
        for event in list(self._open):
            if event.opened + 1 >= minute:
                continue
            self._follow(event, minute)
            if event.level is Level.PAGE and minute - event.opened <= SETTLE_MINUTES:
                alarms += self._rename(event, second)
            if event.close():
                alarms.append(self._close(event, second))
                closed = True
                continue
            if minute - event.last_update >= UPDATE_MINUTES:
                alarm = self._alarm(event, State.UPDATE, second)
                best = alarm.lost.best if alarm.lost else 0.0
                event.last_update = minute
                if abs(best - event.last_lost) > 0.1 * max(event.last_lost, 1.0):
                    event.last_lost = best
                    alarms.append(alarm)
        if self._open and (
            closed or minute % LEVEL_MINUTES == 0 or any(minute - event.opened <= 5 for event in self._open)
        ):
            self._explain(minute)
        return alarms

    def _close(self, event: Event, second: int) -> Alarm:
        alarm = self._alarm(event, State.CLOSED, second)
        self._open.remove(event)
        del self._frozen[event.alarm]
        overlap = self._cells.overlap(event.scope)
        if event.ended is not None:
            self._over[self._cells.share_inside(event.scope) > 0.5] = event.ended
        self._evidence.zero(overlap, event.level is Level.PAGE)
        self._freeze()
        self._explain(second // 60)
        return alarm

    def _freeze(self) -> None:
        frozen = np.zeros(len(self._lattice), bool)
        for event in self._open:
            frozen |= self._cells.overlap(event.scope)
        self._recent.keep_since = min((event.first for event in self._open), default=None)
        self._evidence.frozen = frozen

    def _follow(self, event: Event, until: int) -> None:
        """Count the event's minutes anew in its scope, for every component that looks at it."""
        own = self._series(event.scope, event.first, until)
        group = int(self._lattice.group[event.scope])
        shared = own if group == event.scope else self._series(group, event.first, until)
        seen = {}
        for index, component in enumerate(self._evidence.components):
            if component.family.pages is not (event.level is Level.PAGE) or component.family.weight == 0.0:
                continue
            if (component.family.law is Law.RISE) != event.surge or event.scope not in component.scope:
                continue
            of = shared if component.family.law is Law.SHARE else own
            seen[index] = self._seen(
                event, index, own[:, component.vantage, component.bad], of[:, component.vantage, component.of]
            )
        event.learn(seen)

    def _series(self, scope: int, since: int, until: int) -> NDArray[np.int64]:
        """(minutes, vantages, USED) what was counted in a scope, minute by minute."""
        vantages = len(self._evidence.baseline.vantages)
        return self._recent.series(since, until, self._cells.member(scope), self._cells.vantage, vantages)

    def _seen(self, event: Event, index: int, k: NDArray[np.int64], n: NDArray[np.int64]) -> Seen:
        component = self._evidence.components[index]
        frozen = self._frozen[event.alarm]
        reference = self._evidence.trackers[component.reference].reference
        theta = self._theta(component.reference, event.scope, event.first, len(k))
        theta = theta + frozen.deviation[component.reference][event.scope]
        arrivals = component.family.law in (Law.FALL, Law.RISE)
        return Seen(
            law=component.family.law,
            k=k.astype(float),
            n=n.astype(float),
            normal=np.exp(theta) * self._seconds(event.first, len(k)) if arrivals else 1 / (1 + np.exp(-theta)),
            sd=float(frozen.sd[component.reference][event.scope]),
            phi=float((reference.phi_up if event.surge else reference.phi)[self._lattice.level[event.scope]]),
        )

    def _seconds(self, first: int, minutes: int) -> NDArray[np.float64]:
        """(minutes,) how much of each minute has been decided: 60, and less of the one that a page came in."""
        return np.clip(self._now - (first + np.arange(minutes)) * 60, 0, 60).astype(float)

    def _theta(self, reference: int, scope: int, first: int, minutes: int) -> NDArray[np.float64]:
        """(minutes,) one scope's reference without drift, minute by minute."""
        tracker = self._evidence.trackers[reference]
        times = (first + np.arange(minutes)) * 60
        bins = local_bin(times, self._evidence.baseline.zone)
        theta = tracker.reference.base[scope] + tracker.reference.profile[tracker.group[scope], bins]
        if not tracker.arrivals:
            return np.asarray(theta)
        vantage, service = tracker.reference.vantage, int(self._lattice.service[scope])
        return np.asarray(theta + self._evidence.demand_series(vantage, service, first, minutes))

    def _rename(self, event: Event, second: int) -> list[Alarm]:
        """While the event settles: does another scope explain all that was counted since onset much better?"""
        scores = self._scores(event)
        best = int(scores.argmax())
        taken = any(other.scope == best for other in self._open if other.level is event.level)
        if taken or scores[best] - scores[event.scope] < SWITCH_NATS:
            return []
        event.scope, event.named = best, self._named(best)
        self._freeze()
        self._follow(event, second // 60)
        event.last_update = second // 60
        return [self._alarm(event, State.UPDATE, second)]

    def _scores(self, event: Event) -> NDArray[np.float64]:
        """(S,) log of prior weight times the best likelihood of each scope since onset, over the families that page.

        Only scopes that share calls with the event's: what explains another place better explains another event.
        """
        evidence = self._evidence
        since = event.onset[1]
        total = self._total(since)
        scores = np.full(len(self._lattice), -np.inf)
        for component in evidence.components:
            family = component.family
            if not family.pages or family.law is Law.FALL:
                continue
            rows = component.scope
            theta = evidence.centre(component.reference, since)[rows]
            theta = theta + self._frozen[event.alarm].deviation[component.reference][rows]
            k = total[component.vantage, rows, component.bad].astype(float)
            n = total[component.vantage, component.group, component.of].astype(float)
            phi = evidence.trackers[component.reference].reference.phi[self._lattice.level[rows]]
            nats = fit(family.law, k, n, n / (1 + np.exp(-theta)), phi).nats
            scores[rows] = np.where(np.isinf(scores[rows]), np.log(component.weight.sum(axis=1)), scores[rows]) + nats
        return np.where(self._cells.overlap(event.scope), scores, -np.inf)

    def _explain(self, minute: int) -> None:
        """Open events explain first: the nulls of all they overlap allow what was estimated there, and half more."""
        evidence = self._evidence
        lost: list[NDArray[np.float64] | None] = [None] * len(evidence.components)
        for event in self._open:
            total = self._total(event.onset[1])
            inside = self._cells.share_inside(event.scope)
            frozen = self._frozen[event.alarm]
            for index, component in enumerate(evidence.components):
                if component.family.pages is not (event.level is Level.PAGE) or component.family.law is Law.RISE:
                    continue
                deviation = frozen.deviation[component.reference]
                found = explained_loss(evidence, component, total, inside, event, minute, deviation)
                before = lost[index]
                lost[index] = np.minimum(found if before is None else np.maximum(before, found), DEEPEST)
        evidence.explained = lost
        evidence.set_nulls(minute * 60)

    def _total(self, since: int) -> NDArray[np.int32]:
        """(vantages, S, USED) everything counted since a minute."""
        vantages = len(self._evidence.baseline.vantages)
        return self._recent.total(since, self._cells.membership, self._cells.vantage, len(self._lattice), vantages)

    # -- saying ----------------------------------------------------------------------------------------------------

    def _alarm(self, event: Event, state: State, second: int) -> Alarm:
        until = event.ended if event.ended is not None else event.first + len(next(iter(event.seen.values())).k)
        low, best, high = event.onset
        recent = max(until - 10, best)
        lost_since = None if event.surge else self._lost(event, best, until)
        per_hour = None if event.surge else self._lost(event, recent, until)
        if per_hour is not None:
            scale = 60 / max(until - recent, 1)
            per_hour = Interval(low=per_hour.low * scale, best=per_hour.best * scale, high=per_hour.high * scale)
        return Alarm(
            alarm=event.alarm,
            state=state,
            level=event.level,
            kind=event.kind,
            at=at(second + self._evidence.baseline.hold_s),
            scope=event.named,
            onset=(at(low * 60), at(best * 60), at(high * 60)),
            closed_at=at(event.ended * 60) if event.ended is not None else None,
            lost=lost_since,
            lost_per_hour=per_hour,
            e_ratio=event.e_ratio,
            evidence=self._shown(event, best, until),
            blind_to=blind_to(
                self._evidence.baseline, [alarm.scope.feed or "" for alarm in self._silent.values()], self._language
            ),
        )

    def _shown(self, event: Event, since: int, until: int) -> tuple[Shown, ...]:
        rows = slice(event.row(since), event.row(until))
        shown = []
        for index, seen in event.seen.items():
            share = event.shares.get(index, 0.0)
            if share < 0.01 and event.nats(index) < 3.0:
                continue
            component = self._evidence.components[index]
            shown.append(
                Shown(
                    family=component.family.evidence,
                    vantage=self._evidence.baseline.vantages[component.vantage],
                    scope=event.named,
                    seen=float(seen.k[rows].sum()),
                    expected=float(seen.expected()[rows].sum()),
                    of=float(seen.n[rows].sum()),
                    share=share,
                )
            )
        return tuple(sorted(shown, key=lambda each: -each.share))

    def _lost(self, event: Event, since: int, until: int) -> Interval | None:
        """Attempts lost from ``since`` to ``until``."""
        counted = self._series(event.scope, since, max(until, since + 1))
        frozen = self._frozen[event.alarm]
        return lost(self._evidence, event, counted, frozen, since=since, until=until)

    # -- silent feeds ----------------------------------------------------------------------------------------------

    def fell_silent(self, feed: Feed, last: int, second: int) -> Alarm:
        """A feed with heartbeats has stopped speaking: a watch of its own."""
        scope = Scope(feed=feed.name)
        alarm = Alarm(
            alarm=alarm_id("silence", scope, last),
            state=State.OPEN,
            level=Level.WATCH,
            kind="silence",
            at=at(second + self._evidence.baseline.hold_s),
            scope=scope,
            onset=(at(last), at(last), at(last + int(feed.heartbeat_s or 60))),
            closed_at=None,
            lost=None,
            lost_per_hour=None,
            e_ratio=1.0,
            evidence=(),
            blind_to=blind_to(self._evidence.baseline, [feed.name], self._language),
        )
        self._silent[feed.vantage, feed.name] = alarm
        return alarm

    def spoke_again(self, feed: Feed, last: int, second: int) -> Alarm:
        """It speaks again: the watch of its silence closes."""
        alarm = self._silent.pop((feed.vantage, feed.name))
        heard = at(second + self._evidence.baseline.hold_s)
        return replace(alarm, state=State.CLOSED, at=heard, closed_at=at(last))
