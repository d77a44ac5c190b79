"""How far the records of files that grow have come: their clock, and how long to wait for those that don't say.

The machine's own clock only measures what passes between looks; the time of day is the records'. A replay of last June
runs as it would have run then.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls import HEARTBEAT
from tocsin.counts import STEP_S, Spread

CONFIRM: Final = 3
"""Records that must agree on a time for it to be believed: a wrong clock has written one or two."""

RECENT: Final = 50
"""The last records of a feed by which its clock is told."""

NEARLY_ALL: Final = 0.99
ENOUGH: Final = 100
"""Calls from which on their lengths tell how long to wait."""

UNKNOWN_S: Final = 600
"""The wait for records that don't say how long their calls took, or while they are few."""


GAPS: Final = 5
"""So many usual (median) gaps without a record are a silence: among calls at random that is one gap in thirty."""


class Pace:
    """The clock of one feed or file.

    ``ahead`` of the machine's by what the third most prompt of its last 50 records is, in seconds; None before three
    records. A record was written when it was `seen`, else when its call had rung and been talked. One that comes late
    doesn't set the clock back, and one or two from a clock that is hours ahead don't set it forward.
    """

    def __init__(self) -> None:
        self._each: NDArray[np.float64] = np.empty(0)
        self._written: NDArray[np.float64] = np.empty(0)
        self.ahead: float | None = None
        self.caught_up = False

    def meet(self, batch: pl.DataFrame, now: float) -> None:
        """Take what the feed gave at ``now``; nothing means that it is caught up with."""
        if batch.is_empty():
            self.caught_up = True
            return
        written = batch.tail(RECENT).select(_written().dt.epoch("us") / 1e6).to_series().to_numpy()
        self._written = np.concatenate([self._written, written])[-RECENT:]
        self._each = np.concatenate([self._each, written - now])[-RECENT:]
        if len(self._each) >= CONFIRM:
            self.ahead = float(np.partition(self._each, -CONFIRM)[-CONFIRM])

    def denies(self, ahead: float, far_s: float) -> bool:
        """Whether a time ahead of the machine's by that much can't be: it would have spoken since, by its rhythm."""
        if self.ahead is None:
            return False
        usual = float(np.median(np.diff(np.sort(self._written))))
        return ahead - self.ahead > max(far_s, GAPS * usual)


class Delay:
    """How long to wait, after a step and the hold, for records that don't say when they came.

    They are written when the call ends, so the wait is what 99 in 100 of the calls took to ring and be talked (ten
    minutes while under a hundred are known, or where they don't say it). Records that say when they came need none.
    """

    def __init__(self) -> None:
        self._lengths = Spread()
        self._untimed = 0

    def meet(self, batch: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema."""
        untimed = batch.filter(pl.col("seen").is_null() & pl.col("service").ne_missing(HEARTBEAT))
        known = untimed.filter(pl.col("ring_s").is_not_null() | pl.col("talk_s").is_not_null())
        self._untimed += untimed.height
        self._lengths.add(known.select(_length()).to_series().cast(pl.Float64).to_numpy())

    @property
    def seconds(self) -> int:
        """The wait, in whole steps."""
        if not self._untimed:
            return 0
        told = len(self._lengths) >= max(ENOUGH, self._untimed // 2)
        longest = (self._lengths.quantile(NEARLY_ALL) or 0.0) if told else UNKNOWN_S
        return math.ceil(longest / STEP_S) * STEP_S + STEP_S


def _length() -> pl.Expr:
    return pl.col("ring_s").fill_null(0.0) + pl.col("talk_s").fill_null(0.0)


def _written() -> pl.Expr:
    return pl.coalesce("seen", pl.col("time") + pl.duration(microseconds=(_length() * 1e6).cast(pl.Int64)))


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a time in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
