"""Silence: a feed that stops speaking, told from calls that stop coming.

Both look alike: no records. A feed that sends heartbeats tells them apart, since heartbeats without calls are a living
feed. One that sends none can only be called quiet, and whoever watches must say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
import polars as pl

from tocsin.calls.record import HEARTBEAT
from tocsin.counts.spread import Spread

MISSED_BEATS: Final = 3
"""A feed is silent after so many of its usual heartbeat gaps."""

MISSED_CALLS: Final = 14
"""Calls have stopped after so many mean gaps: calls at random leave so long a gap once in a million (exp(-14))."""

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

    def add(self, times: pl.Series) -> None:
        if times.is_empty():
            return
        at = times.to_numpy()
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


class Silence:
    """Takes records as they come and says of each feed whether it lives; memory is bounded by the feeds.

    Everything goes by the time at which a record reached us, so a record that is late is still a sign of life.
    """

    def __init__(self) -> None:
        self._feeds: dict[tuple[str | None, str | None], tuple[_Rhythm, _Rhythm, _Rhythm]] = {}

    def push(self, records: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema, in any order; batches follow one another in time."""
        signs = records.select(
            pl.col("vantage").cast(pl.String),
            "feed",
            (pl.coalesce("seen", "time").dt.epoch("us") / 1e6).alias("at"),
            pl.col("service").eq_missing(HEARTBEAT).alias("beat"),
        ).sort("at")
        for (vantage, feed), rows in signs.group_by("vantage", "feed", maintain_order=True):
            key = (None if vantage is None else str(vantage), None if feed is None else str(feed))
            beats, calls, either = self._feeds.setdefault(key, (_Rhythm(), _Rhythm(), _Rhythm()))
            either.add(rows["at"])
            beats.add(rows.filter("beat")["at"])
            calls.add(rows.filter(~pl.col("beat"))["at"])

    def last(self) -> datetime | None:
        """When the last sign of any feed reached us: now, for who reads a file; None before the first."""
        return _moment(max((either.last for _, _, either in self._feeds.values() if either.last), default=None))

    def feeds(self, now: datetime) -> tuple[FeedLife, ...]:
        """What each feed's signs say of it at ``now``, a time with its zone; sorted by vantage and feed."""
        return tuple(
            FeedLife(
                vantage=vantage,
                feed=feed,
                state=_state(beats, calls, now.timestamp()),
                beats=beats.events,
                calls=calls.events,
                last_beat=_moment(beats.last),
                last_call=_moment(calls.last),
                beat_every_s=beats.gaps.quantile(0.5),
                call_every_s=calls.mean_s,
                longest_s=either.longest,
                longest_from=_moment(either.longest_from),
            )
            for (vantage, feed), (beats, calls, either) in sorted(
                self._feeds.items(), key=lambda item: (item[0][0] or "", item[0][1] or "")
            )
        )


def _state(beats: _Rhythm, calls: _Rhythm, now: float) -> Life:
    """Guards one under another: the first that holds is the answer."""
    last = max(at for at in (beats.last, calls.last) if at is not None)
    if last > now + SHORTEST_S:
        return Life.AHEAD
    beat_s, call_s = beats.gaps.quantile(0.5), calls.mean_s
    if beat_s is None and call_s is None:
        return Life.NEW
    if beat_s is not None and now - last > max(MISSED_BEATS * beat_s, SHORTEST_S):
        return Life.SILENT
    if call_s is not None and calls.last is not None and now - calls.last > max(MISSED_CALLS * call_s, SHORTEST_S):
        return Life.QUIET if beat_s is None else Life.NO_CALLS
    return Life.ALIVE


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
