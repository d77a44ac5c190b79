"""Silence: a feed that stops speaking, told from calls that stop coming.

Both look alike: no records. A feed that sends heartbeats tells them apart, since heartbeats without calls are a living
feed. One that sends none can only be called quiet, and whoever watches must say so.

Calls have stopped when so long without one has a chance below `CHANCE`, were they to come at random as they do at that
hour of the day: n calls in T seconds of an hour, in all the days known, leave e seconds of it empty with the chance
(1 + e/T)^-n, which is exp(-n e/T), the Poisson's, with what is uncertain in n/T (Gamma-Poisson). Hours multiply. Of
under two days no hour is known: the mean rate counts then, and by night it tells too soon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls.record import HEARTBEAT
from tocsin.counts.spread import Spread

MISSED_BEATS: Final = 3
"""A feed is silent after so many of its usual heartbeat gaps."""

CHANCE: Final = 1e-4
"""The false-alarm chance: of so many files that end at random, of feeds that live, one is told to have stopped."""

KNOWN_S: Final = 2 * 86_400
"""Records of so long know how many calls each hour of the day brings."""

FURTHEST_S: Final = 7 * 86_400
"""No silence is judged further ahead; a feed whose calls are rarer is never told to be quiet."""

_SLOT_S: Final = 900  # every zone's hours begin at a multiple

SHORTEST_S: Final = 30.0
"""No feed is doubted sooner."""


class Life(StrEnum):
    """What the signs of a feed say of it."""

    ALIVE = "alive"  # its signs come as they use to
    NO_CALLS = "no calls"  # heartbeats come, calls don't: the feed lives, what it listens to doesn't
    SILENT = "silent"  # its heartbeats have stopped, and nothing else comes either
    QUIET = "quiet"  # it never sent heartbeats and no calls come: silent or without calls, nobody can tell
    AHEAD = "ahead"  # its last sign is of a time still to come: its clock is wrong, or ours
    NEW = "new"  # too few signs to know its rhythm


@dataclass(frozen=True, kw_only=True)
class FeedLife:
    """Of one feed: its state and what that rests on. Gaps in seconds, None where they can't be known yet.

    ``beats``, ``calls`` how many came · ``last_beat``, ``last_call`` when the last one reached us · ``beat_every_s``
    the median gap of its heartbeats, None for a feed that sends none · ``call_every_s`` the mean gap of its calls ·
    ``told_after_s`` how long after its last call, at that hour, it can be told that calls have stopped ·
    ``longest_s``, ``longest_from`` the longest time without either, and when it began; that since its last sign doesn't
    count.
    """

    vantage: str | None
    feed: str | None
    state: Life
    beats: int
    calls: int
    last_beat: datetime | None
    last_call: datetime | None
    beat_every_s: float | None
    call_every_s: float | None
    told_after_s: float | None
    longest_s: float | None
    longest_from: datetime | None


class _Rhythm:
    """The gaps between events of one kind."""

    def __init__(self) -> None:
        self.gaps = Spread()
        self.first: float | None = None
        self.last: float | None = None
        self.events = 0
        self.longest: float | None = None
        self.longest_from: float | None = None
        self.by_hour = np.zeros(24, np.int64)

    def add(self, signs: pl.DataFrame) -> None:
        if signs.is_empty():
            return
        at = signs["at"].to_numpy()
        self.by_hour += np.bincount(signs["hour"].to_numpy(), minlength=24)
        joined = at if self.last is None else np.concatenate([[self.last], at])
        gaps = np.diff(joined)
        self.gaps.add(gaps[gaps >= 0])
        if len(gaps) and gaps.max() > (self.longest or 0.0):
            self.longest, self.longest_from = float(gaps.max()), float(joined[gaps.argmax()])
        self.first = float(at[0]) if self.first is None else min(self.first, float(at[0]))
        self.last = float(at[-1]) if self.last is None else max(self.last, float(at[-1]))
        self.events += len(at)

    @property
    def mean_s(self) -> float | None:
        """Mean gap of all events so far."""
        if self.events < 2 or self.first is None or self.last is None:
            return None
        return (self.last - self.first) / (self.events - 1)

    def told_after_s(self, zone: str) -> float | None:
        """After so many seconds without another event they have stopped; None where that can't be told in a week."""
        if self.events < 2 or self.first is None or self.last is None or self.last == self.first:
            return None
        span = self.last - self.first
        if span < KNOWN_S:
            return float(span * np.expm1(-np.log(CHANCE) / (self.events - 1)))
        known = np.bincount(_hours(self.first, self.last, zone), minlength=24) * _SLOT_S
        ahead = _hours(self.last, self.last + FURTHEST_S, zone)
        empty = np.cumsum(ahead[:, None] == np.arange(24), axis=0) * _SLOT_S
        nats = (self.by_hour * np.log1p(empty / known)).sum(axis=1)
        if nats[-1] < -np.log(CHANCE):
            return None
        return float(np.interp(-np.log(CHANCE), [0.0, *nats], np.arange(len(nats) + 1) * _SLOT_S))


class Silence:
    """Takes records as they come and says of each feed whether it lives; memory is bounded by the feeds.

    Everything goes by the time at which a record reached us, so a record that is late is still a sign of life. The
    hours are those of ``zone``.
    """

    def __init__(self, zone: str = "UTC") -> None:
        self._zone = zone
        self._feeds: dict[tuple[str | None, str | None], tuple[_Rhythm, _Rhythm, _Rhythm]] = {}

    def push(self, records: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema, in any order; batches follow one another in time."""
        signs = records.select(
            pl.col("vantage").cast(pl.String),
            "feed",
            (pl.coalesce("seen", "time").dt.epoch("us") / 1e6).alias("at"),
            pl.coalesce("seen", "time").dt.convert_time_zone(self._zone).dt.hour().alias("hour"),
            pl.col("service").eq_missing(HEARTBEAT).alias("beat"),
        ).sort("at")
        for (vantage, feed), rows in signs.group_by("vantage", "feed", maintain_order=True):
            key = (None if vantage is None else str(vantage), None if feed is None else str(feed))
            beats, calls, either = self._feeds.setdefault(key, (_Rhythm(), _Rhythm(), _Rhythm()))
            either.add(rows)
            beats.add(rows.filter("beat"))
            calls.add(rows.filter(~pl.col("beat")))

    def last(self) -> datetime | None:
        """When the last sign of any feed reached us: now, for who reads a file; None before the first."""
        return _moment(max((either.last for _, _, either in self._feeds.values() if either.last), default=None))

    def feeds(self, now: datetime) -> tuple[FeedLife, ...]:
        """What each feed's signs say of it at ``now``, a time with its zone; sorted by vantage and feed."""
        ordered = sorted(self._feeds.items(), key=lambda item: (item[0][0] or "", item[0][1] or ""))
        lives = []
        for (vantage, feed), (beats, calls, either) in ordered:
            told_after_s = calls.told_after_s(self._zone)
            lives.append(
                FeedLife(
                    vantage=vantage,
                    feed=feed,
                    state=_state(beats, calls, told_after_s, now.timestamp()),
                    beats=beats.events,
                    calls=calls.events,
                    last_beat=_moment(beats.last),
                    last_call=_moment(calls.last),
                    beat_every_s=beats.gaps.quantile(0.5),
                    call_every_s=calls.mean_s,
                    told_after_s=told_after_s,
                    longest_s=either.longest,
                    longest_from=_moment(either.longest_from),
                )
            )
        return tuple(lives)


def _state(beats: _Rhythm, calls: _Rhythm, told_after_s: float | None, now: float) -> Life:
    """Guards one under another: the first that holds is the answer."""
    last = max(at for at in (beats.last, calls.last) if at is not None)
    if last > now + SHORTEST_S:
        return Life.AHEAD
    beat_s = beats.gaps.quantile(0.5)
    if beat_s is None and calls.mean_s is None:
        return Life.NEW
    if beat_s is not None and now - last > max(MISSED_BEATS * beat_s, SHORTEST_S):
        return Life.SILENT
    if told_after_s is not None and calls.last is not None and now - calls.last > max(told_after_s, SHORTEST_S):
        return Life.QUIET if beat_s is None else Life.NO_CALLS
    return Life.ALIVE


def _hours(since: float, until: float, zone: str) -> NDArray[np.int64]:
    """The hour of day, on the clocks of a zone, of each quarter of an hour between two times."""
    slots = np.arange(int(since) // _SLOT_S * _SLOT_S, until, _SLOT_S, dtype=np.int64)
    local = pl.Series(slots * 1_000_000).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)
    return local.dt.hour().to_numpy().astype(np.int64)


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
