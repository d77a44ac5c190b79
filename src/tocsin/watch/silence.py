"""Silence: a feed that has stopped, told from calls that have stopped.

A feed that sends heartbeats is silent when neither heartbeat nor record has come for three of its intervals (three
minutes at least); its scopes then sleep until it is heard again. A feed that sends none can't be told from a total
loss: nothing sleeps, its missing arrivals page, and `blind_to` says so.

A large feed's missing calls would page before its silence is certain. So once a feed with heartbeats has been quiet for
longer than its calls and heartbeats leave gaps, the evidence of its scopes waits for the next sign of life: a heartbeat
in time lets it count, one that was missed makes it void.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.counts import STEP_S
from tocsin.watch.alarm import Alarm
from tocsin.watch.baseline import Baseline, Feed

if TYPE_CHECKING:
    from tocsin.watch.events import Events
    from tocsin.watch.evidence import Evidence

MISSED: Final = 3
LEAST_S: Final = 180

QUIET_CALLS: Final = 6
"""A feed is doubted after so many mean gaps between its calls: fewer nats than any page needs."""

OVERDUE: Final = 1.5
"""A heartbeat that hasn't come after so many of its intervals was missed."""


@dataclass(kw_only=True)
class _Heard:
    feed: Feed
    last: int
    silent_since: int | None = None


class Silence:
    """When each feed of the baseline was last heard, and which are silent."""

    def __init__(self, baseline: Baseline, start: int) -> None:
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
        doubted = second - self._last > self._patience
        if (doubted != self._doubted).any():
            evidence.withhold([self._feeds[index].feed for index in np.flatnonzero(doubted)])
            self._doubted = doubted

    def tell(self, second: int, evidence: Evidence, events: Events) -> list[Alarm]:
        """At a minute's end: feeds gone silent or heard again, as alarms; the scopes they feed sleep and wake."""
        alarms: list[Alarm] = []
        changed = False
        for index, heard in enumerate(self._feeds):
            limit = max(MISSED * (heard.feed.heartbeat_s or 0), LEAST_S)
            last = int(self._last[index])
            if heard.silent_since is None and second - last > limit:
                heard.silent_since = last
                alarms.append(events.fell_silent(heard.feed, last, second))
                changed = True
            elif heard.silent_since is not None and second - last <= limit:
                alarms.append(events.spoke_again(heard.feed, last, second))
                heard.silent_since = None
                changed = True
        if changed:
            evidence.sleep([heard.feed for heard in self._feeds if heard.silent_since is not None])
        return alarms
