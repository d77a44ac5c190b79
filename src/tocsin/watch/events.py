"""The events of a running watch: opened by a page, explained first, followed, updated, closed. One event, one alarm."""

from __future__ import annotations

from typing import Final

import numpy as np

from tocsin.watch.again import lost_after_all, lost_since, missing, more_than_moved, seems_moved
from tocsin.watch.alarm import Alarm, Cause, Level, State, alarm_id
from tocsin.watch.beside import LIKELY, SURE
from tocsin.watch.cause import cause
from tocsin.watch.cells import Cells
from tocsin.watch.event import UPDATE_MINUTES, Event
from tocsin.watch.evidence import LEVEL_MINUTES, Evidence
from tocsin.watch.explain import explain
from tocsin.watch.follow import Follow
from tocsin.watch.naming import name_scope
from tocsin.watch.opening import claim, part_of
from tocsin.watch.posterior import better
from tocsin.watch.recent import Recent, Total
from tocsin.watch.said import said
from tocsin.watch.scope import Scope
from tocsin.watch.silence import Silence

SEARCH_MINUTES: Final = 6 * 60
"""How long before a page its onset is looked for."""

LATELY_MINUTES: Final = 15
"""Of so many last minutes it is asked whether calls that had moved, or were crowded out, are being lost."""

YOUNG_MINUTES: Final = 5
"""For how long after its opening an event explains anew each minute."""

TOLD: Final = 0.1
"""An update is told when the estimate of what is lost has changed by so much of itself."""

TAUGHT: Final = 0.02
"""A scope stops learning while an event holds more of its calls than this.

Less teaches it at most 2 % of failures, and stopping costs more: what isn't followed must be allowed to wander. In the
hard world (`bench/detection`; a place loses everything for eleven hours, then the nation 11 %; two runs each) the
nation's page comes, where its failure rate is learned through the event and where not, after 4.5 against 12 to 18
minutes with the event in the median département (0.8 % of calls), but after 18 to 23 against 6.5 with it in the
largest (3.8 %).
"""

ACCOUNTED: Final = 0.5
"""An event accounts for a watch that shares calls with it where it loses so much of what the watch lacks: what a page
of fixed lines in one place loses doesn't hide the fall of a country."""


class Events:
    """Opens, follows and closes events. ``a`` is the threshold A in minutes, for pages and for watches alike."""

    def __init__(
        self, evidence: Evidence, cells: Cells, recent: Recent, silence: Silence, a: float, language: str
    ) -> None:
        self._evidence = evidence
        self._lattice = evidence.lattice
        self._cells = cells
        self._recent = recent
        self._silence = silence
        self._follow = Follow(evidence, cells, recent)
        self._a = a
        self._language = language
        self._open: list[Event] = []
        self._over = np.zeros(len(self._lattice), np.int64)  # (S,) minute at which the last event of a scope ended

    # -- opening ---------------------------------------------------------------------------------------------------

    def look(self, second: int) -> list[Alarm]:
        """After a step: does a mixture reach A? Then the scope that explains it best opens an event."""
        self._follow.now = second
        alarms: list[Alarm] = []
        for pages in (True, False):
            m = self._evidence.mixture(pages, self._a)
            while m >= self._a:
                alarms += self._page(second, m, pages)
                m = self._evidence.mixture(pages, self._a)
        return alarms

    def _page(self, second: int, m: float, pages: bool) -> list[Alarm]:
        found = claim(self._evidence, self._cells, pages, self._a)
        minute = second // 60 - 1 if second % 60 == 0 else second // 60
        named = self._named(found.scope)
        event = Event(
            alarm=alarm_id(found.kind, named, second - 10),
            kind=found.kind,
            level=Level.PAGE if pages else Level.WATCH,
            scope=found.scope,
            named=named,
            opened=minute,
            first=self._earliest(found.scope, minute),
            e_ratio=m / self._a,
            shares=found.shares,
            surge=found.kind == "surge",
            frozen=self._follow.freeze(),
            last_update=minute,
        )
        self._follow.minute(event, minute + 1)
        event.cause, event.took = cause(self._evidence, self._cells, self._follow, event, self._follow.total(event))
        if event.cause is not Cause.LOST:
            event.level = Level.WATCH
            self._follow.minute(event, minute + 1)
            self._miss(event)
        if event.level is Level.WATCH and self._accounted(event):
            return []
        moved = next((each for each in self._open if each.scope == event.scope and each.cause is not Cause.LOST), None)
        if moved is not None and event.level is Level.PAGE:
            return self._lose(moved, second)
        grown = part_of(event, self._open, self._evidence, self._cells, self._follow)
        if grown is not None:
            if event.cause is not Cause.LOST:  # asked again in the scope that it takes
                grown[0].shares, grown[0].took = event.shares, event.took
            return self._widen(*grown, second)
        self._open.append(event)
        self._explain(minute + 1)
        alarm = self._said(event, State.OPEN, second)
        event.last_lost = alarm.lost.best if alarm.lost else 0.0
        return [alarm, *self._give_way(second)]

    def _earliest(self, scope: int, minute: int) -> int:
        """From when a scope's onset is looked for: since the records begin, and since an event that held most of it."""
        known = self._recent.first if self._recent.first is not None else minute
        return min(max(minute - SEARCH_MINUTES, known, int(self._over[scope])), minute)

    def _named(self, scope: int) -> Scope:
        return name_scope(self._lattice, scope, self._cells.table, self._cells.mass, self._cells.member(scope))

    def _widen(self, event: Event, scope: int, second: int) -> list[Alarm]:
        """The same event holds more than was thought: it takes the wider scope."""
        if scope == event.scope:
            self._explain(second // 60)
            return []
        return self._take(event, scope, second)

    def _take(self, event: Event, scope: int, second: int) -> list[Alarm]:
        """An event takes another scope, and its minutes are counted anew there."""
        event.scope, event.named = scope, self._named(scope)
        until = -(-second // 60)  # the minute that has begun included
        self._follow.anew(event, until)
        self._explain(until)
        event.last_update = second // 60
        return [self._said(event, State.UPDATE, second), *self._give_way(second)]

    def _ask_again(self, event: Event, second: int) -> list[Alarm]:
        """What seemed to have moved, or to be crowded out, and is lost after all: the watch becomes a page."""
        if self._lost_after_all(event, second // 60):
            return self._lose(event, second)
        if second // 60 % LEVEL_MINUTES == 0:
            self._miss(event)
        return []

    def _miss(self, event: Event) -> None:
        """What lacks among calls that have moved, and those that took them."""
        if event.cause is Cause.MOVED:
            event.missing = missing(self._evidence, self._cells, self._follow, event, event.took)

    def _lose(self, event: Event, second: int) -> list[Alarm]:
        """The watch closes, and a page of the same scope opens, with the onset of what is lost now."""
        minute = second // 60
        watch = self._said(event, State.CLOSED, second)
        first = max(minute - SEARCH_MINUTES, event.onset[1])
        event.began = lost_since(self._evidence, self._cells, self._follow, event, first, minute)
        event.alarm, event.level, event.cause = alarm_id(event.kind, event.named, second - 10), Level.PAGE, Cause.LOST
        event.opened, event.first, event.onset, event.closing = minute, event.began[1], event.began, 0.0
        event.missing = None
        self._follow.anew(event, minute)
        self._explain(minute)
        return [watch, self._said(event, State.OPEN, second), *self._give_way(second)]

    def _doubt(self, event: Event, second: int) -> list[Alarm]:
        """A page whose calls seem to go another way says so, and what lacks all the same, until they are lost there.

        Asked every minute while it settles, of all since the onset as well: its first minutes' chance may have hidden
        where calls went. Later every `LEVEL_MINUTES`: somebody has sent them round the fault.
        """
        minute = second // 60
        if not event.settling(minute) and minute % LEVEL_MINUTES:
            return []
        own = (self._evidence, self._cells, self._follow, event)
        lately = self._follow.lately(event, LATELY_MINUTES)
        before = event.missing
        if before is None:
            asked = [lately, self._follow.total(event)] if event.settling(minute) else [lately]
            told = (seems_moved(*own, total) for total in asked if self._told(event, total))
            event.took = next((scopes for scopes in told if scopes), frozenset())
        elif self._told(event, lately) and lost_after_all(*own, lately):
            event.took = frozenset()
        event.missing = missing(*own, event.took) if event.took else None
        if (before is None) is (event.missing is None):
            return []
        event.last_update = minute
        return [self._said(event, State.UPDATE, second)]

    def _lost_after_all(self, event: Event, minute: int) -> bool:
        """Asked since the onset while the event settles; then of the last minutes, and of a move's last hours too."""
        follow = self._follow
        own = (self._evidence, self._cells, follow, event)
        asked = [(follow.lately(event, LATELY_MINUTES), SURE)]
        if event.settling(minute):
            asked.append((follow.total(event), LIKELY))
            if self._told(event, follow.total(event)) and more_than_moved(*own, follow.total(event)):
                return True
        elif event.cause is Cause.MOVED and minute % LEVEL_MINUTES == 0:
            asked.append((follow.lately(event, SEARCH_MINUTES), SURE))
        return any(lost_after_all(*own, *each) for each in asked if self._told(event, each[0]))

    def _told(self, event: Event, total: Total) -> bool:
        """Whether every feed on which an event's scope hangs spoke in all that was counted."""
        mine = [event.scope, int(self._lattice.group[event.scope])]
        return not self._evidence.waits(event.scope) and self._evidence.told(mine, total.since)

    def _accounted(self, watch: Event) -> bool:
        """Whether open events account for what a watch shows: pages, and calls known to have moved or been crowded out.

        Marks count nobody: a page that stands on them accounts for all that lies in its scope.
        """
        until, lacking = watch.until, self._follow.lost(watch, watch.onset[1], watch.until)
        held = 0.0
        for other in self._open:
            if other is watch or not (other.level is Level.PAGE or other.cause is not Cause.LOST):
                continue
            if other.scope == watch.scope:
                return True
            if other.cause is not Cause.LOST and not self._cells.wider(other.scope, watch.scope):
                continue  # what moved, or is crowded out, arrives in any wider scope
            found = self._follow.lost(other, max(watch.onset[1], other.onset[1]), until)
            if lacking is None or found is None:
                if self._cells.wider(other.scope, watch.scope):
                    return True
            else:
                held += found.best * float(self._cells.share_inside(watch.scope)[other.scope])
        return lacking is not None and held >= ACCOUNTED * lacking.best > 0

    def _give_way(self, second: int) -> list[Alarm]:
        """One event is one alarm: a watch of what an open event accounts for closes. It has no end of its own."""
        watches = [each for each in self._open if each.level is Level.WATCH and each.cause is Cause.LOST]
        gone = [each for each in watches if not each.surge and self._accounted(each)]
        alarms = [self._said(each, State.CLOSED, second) for each in gone]
        if gone:
            self._open = [each for each in self._open if each not in gone]
            self._explain(second // 60)
        return alarms

    # -- following -------------------------------------------------------------------------------------------------

    def minute(self, second: int) -> list[Alarm]:
        """At a minute's end: every open event takes the minute in, and says what changed."""
        alarms: list[Alarm] = []
        minute = second // 60
        closed = False
        changed = self._evidence.slept.changed()
        if changed is not None:
            for event in self._open:
                self._follow.again(event, changed)
        for event in list(self._open):
            if event.opened + 1 >= minute or event not in self._open:
                continue
            self._follow.minute(event, minute)
            self._follow.total(event)
            if event.cause is not Cause.LOST:
                alarms += self._ask_again(event, second)
            elif event.level is Level.PAGE:
                alarms += self._doubt(event, second)
            if event.level is Level.PAGE and event.settling(minute):
                alarms += self._rename(event, second)
            if event.close():
                alarms.append(self._close(event, second))
                closed = True
            else:
                alarms += self._update(event, second)
        if minute % LEVEL_MINUTES == 0:
            alarms += self._give_way(second)
        young = any(minute - event.opened <= YOUNG_MINUTES for event in self._open)
        if closed or (self._open and (young or minute % LEVEL_MINUTES == 0)):
            self._explain(minute)
        return alarms

    def _update(self, event: Event, second: int) -> list[Alarm]:
        """Every `UPDATE_MINUTES`, if what is lost has become another number."""
        if second // 60 - event.last_update < UPDATE_MINUTES:
            return []
        alarm = self._said(event, State.UPDATE, second)
        best = alarm.lost.best if alarm.lost and (event.missing is None or alarm.lost.low > 0) else 0.0
        event.last_update = second // 60
        if abs(best - event.last_lost) <= TOLD * max(event.last_lost, 1.0):
            return []
        event.last_lost = best
        return [alarm]

    def _rename(self, event: Event, second: int) -> list[Alarm]:
        """While the event settles: does another scope explain all that was counted since onset much better?"""
        best = better(self._evidence, self._cells, event, self._follow)
        known = [each for each in self._open if each.level is event.level or each.cause is not Cause.LOST]
        taken = any(other.scope == best for other in known)
        return [] if best is None or taken else self._take(event, best, second)

    def _close(self, event: Event, second: int) -> Alarm:
        alarm = self._said(event, State.CLOSED, second)
        self._open.remove(event)
        if event.ended is not None:
            self._over[self._cells.share_inside(event.scope) > 0.5] = event.ended
        self._evidence.zero(self._cells.overlap(event.scope), event.level is Level.PAGE)
        return alarm

    def _explain(self, minute: int) -> None:
        """Open events explain first, and teach the references nothing.

        A move may be for good: once it has settled only its class, and those that took the calls, stop learning.
        """
        frozen = np.zeros(len(self._lattice), bool)
        for event in self._open:
            if event.cause is not Cause.MOVED or event.settling(minute):
                frozen |= self._cells.share_inside(event.scope) > TAUGHT
            frozen[[event.scope, *(event.took - {-1})]] = True
        self._evidence.frozen = frozen
        explain(self._evidence, self._cells, self._follow, self._open, minute)

    def _said(self, event: Event, state: State, second: int) -> Alarm:
        silent = self._silence.silent
        return said(self._evidence, self._follow, event, state, second, silent, self._language, self._silence.aside)
