"""Silence: a feed that has stopped, told from calls that have stopped.

A feed that sends heartbeats is silent when neither heartbeat nor record has come for three of its intervals (three
minutes at least); its scopes then sleep until it is heard again. A feed that sends none can't be told from a total
loss: nothing sleeps, its missing arrivals page, and `blind_to` says so.

A large feed's missing calls would page before its silence is certain. So once a feed with heartbeats has been quiet for
longer than its calls and heartbeats leave gaps, the evidence of its scopes waits for the next sign of life: a heartbeat
in time lets it count, one that was missed makes it void.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.counts import STEP_S
from tocsin.watch.alarm import Alarm, Level, State, alarm_id
from tocsin.watch.baseline import Baseline, Feed
from tocsin.watch.blind import blind_to, unheard
from tocsin.watch.demand import at
from tocsin.watch.scope import Scope

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence

MISSED: Final = 3
LEAST_S: Final = 180

QUIET_CALLS: Final = 6
"""A feed is doubted after so many mean gaps between its calls: fewer nats than any page needs."""

OVERDUE: Final = 1.5
"""A heartbeat that hasn't come after so many of its intervals was missed."""


ASIDE_S: Final = 120
"""So long after a feed's records were last set aside steps lack some of its calls as well."""


@dataclass(frozen=True, kw_only=True)
class Aside:
    """Whoever reads the records sets those of a feed aside, from a second ``since`` on to ``until`` (None: still)."""

    vantage: str
    feed: str
    since: int
    until: int | None


@dataclass(kw_only=True)
class _Heard:
    feed: Feed
    last: int
    silent_since: int | None = None


class Silence:
    """When each feed of the baseline was last heard, and which are silent."""

    def __init__(self, baseline: Baseline, start: int, language: str) -> None:
        self._baseline = baseline
        self._language = language
        self._alarms: dict[tuple[str, str], Alarm] = {}  # by vantage and feed
        self._feeds = [_Heard(feed=feed, last=start) for feed in baseline.feeds if feed.heartbeat_s is not None]
        self._place = {(heard.feed.vantage, heard.feed.name): index for index, heard in enumerate(self._feeds)}
        self._of_cell = np.zeros(0, np.int32)
        self._last = np.full(len(self._feeds), start, np.int64)
        beat = np.array([heard.feed.heartbeat_s or 0.0 for heard in self._feeds])
        calls = np.array([QUIET_CALLS * 60 / max(heard.feed.per_minute, 1e-9) for heard in self._feeds])
        self._overdue = OVERDUE * beat
        self._patience = np.maximum(np.minimum(self._overdue, calls), STEP_S)
        self._doubted = np.zeros(len(self._feeds), bool)
        self._returned: set[int] = set()
        self._asides: list[Aside] = []  # those that are to come, the next one last
        self._begun: list[Aside] = []
        self._aside: dict[tuple[str, str], Aside] = {}

    def hear(
        self,
        step: int,
        cell: NDArray[np.int32],
        beats: NDArray[np.uint32],
        attempts: NDArray[np.uint32],
        cells: pl.DataFrame,
    ) -> None:
        """Note the feeds that spoke in a step."""
        if not len(self._feeds):
            return
        if len(self._of_cell) < cells.height:
            fresh = cells[len(self._of_cell) :].select("vantage", "feed").rows()
            more = np.array([self._place.get((vantage, feed), -1) for vantage, feed in fresh], np.int32)
            self._of_cell = np.concatenate([self._of_cell, more])
        spoke = self._of_cell[cell[(beats > 0) | (attempts > 0)]]
        spoke = np.unique(spoke[spoke >= 0])
        self._returned.update(spoke[step - self._last[spoke] > self._overdue[spoke]].tolist())
        self._last[spoke] = step

    def doubt(self, second: int, evidence: Evidence) -> None:
        """After a step: evidence of feeds that are quiet waits; that of feeds which missed a heartbeat is void."""
        if self._returned:
            evidence.forget([self._feeds[index].feed for index in sorted(self._returned)])
            self._returned.clear()
        self._set_aside(second, evidence)
        doubted = second - self._last > self._patience
        if (doubted != self._doubted).any():
            evidence.withhold([self._feeds[index].feed for index in np.flatnonzero(doubted)])
            self._doubted = doubted

    def know(self, asides: Sequence[Aside]) -> None:
        """Which feeds are set aside when, in place of what was known before; their scopes sleep."""
        self._asides = sorted(asides, key=lambda each: -each.since)
        self._begun = []

    def _set_aside(self, second: int, evidence: Evidence) -> None:
        while self._asides and self._asides[-1].since <= second:
            self._begun.append(self._asides.pop())
        self._begun = [each for each in self._begun if each.until is None or second < each.until + ASIDE_S]
        now = {(each.vantage, each.feed): each for each in self._begun}
        changed = now.keys() != self._aside.keys()
        self._aside = now
        if changed:
            self._sleep(second, evidence)

    def _sleep(self, second: int, evidence: Evidence) -> None:
        silent = {heard.feed: heard.silent_since for heard in self._feeds if heard.silent_since is not None}
        known = {(feed.vantage, feed.name): feed for feed in self._baseline.feeds}
        aside = {known[name]: each.since for name, each in self._aside.items() if name in known}
        evidence.sleep({**aside, **silent}, second)

    @property
    def aside(self) -> dict[str, int]:
        """The feeds whose records are set aside, by name, since when."""
        latest_first = sorted(self._aside.values(), key=lambda each: -each.since)
        return {each.feed: each.since for each in latest_first}  # of two vantages' feeds of one name the earlier

    @property
    def silent(self) -> list[str]:
        """The feeds that are silent, by name, in the order in which they fell silent."""
        return [alarm.scope.feed or "" for alarm in self._alarms.values()]

    def tell(self, second: int, evidence: Evidence) -> list[Alarm]:
        """At a minute's end: feeds gone silent or heard again, as alarms; the scopes they feed sleep and wake."""
        alarms: list[Alarm] = []
        changed = False
        for index, heard in enumerate(self._feeds):
            limit = max(MISSED * (heard.feed.heartbeat_s or 0), LEAST_S)
            last = int(self._last[index])
            if heard.silent_since is None and second - last > limit:
                heard.silent_since = last
                alarms.append(self._fell_silent(heard.feed, last, second, evidence))
                changed = True
            elif heard.silent_since is not None and second - last <= limit:
                alarms.append(self._spoke_again(heard.feed, last, second, evidence))
                heard.silent_since = None
                changed = True
        if changed:
            self._sleep(second, evidence)
        return alarms

    def _fell_silent(self, feed: Feed, last: int, second: int, evidence: Evidence) -> Alarm:
        """A feed with heartbeats has stopped speaking: a watch of its own."""
        scope = Scope(feed=feed.name)
        alarm = Alarm(
            alarm=alarm_id("silence", scope, last),
            state=State.OPEN,
            level=Level.WATCH,
            kind="silence",
            cause=None,
            at=at(second + self._baseline.hold_s),
            scope=scope,
            onset=(at(last), at(last), at(last + int(feed.heartbeat_s or 60))),
            closed_at=None,
            lost=None,
            lost_per_hour=None,
            e_ratio=1.0,
            evidence=(),
            blind_to=blind_to(self._baseline, [feed.name], self._language, unheard=unheard(evidence), aside=self.aside),
        )
        self._alarms[feed.vantage, feed.name] = alarm
        return alarm

    def _spoke_again(self, feed: Feed, last: int, second: int, evidence: Evidence) -> Alarm:
        """It speaks again: the watch of its silence closes."""
        alarm = self._alarms.pop((feed.vantage, feed.name))
        heard = at(second + self._baseline.hold_s)
        blind = blind_to(self._baseline, self.silent, self._language, unheard=unheard(evidence), aside=self.aside)
        return replace(alarm, state=State.CLOSED, at=heard, closed_at=at(last), blind_to=blind)
