"""Lateness: how long after an attempt began its record reached us, feed by feed.

Records of calls are written when the call ends: failures at once, successes minutes later. So no feed is ever on time
with everything, and what counts is the share that settles within the hold, and whether it changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tocsin.calls.record import HEARTBEAT
from tocsin.counts.spread import Spread


@dataclass(frozen=True, kw_only=True)
class FeedLateness:
    """Of one feed: ``records`` calls with a known `seen` and, in seconds, the lateness that half, nine tenths and
    ninety-nine hundredths of them don't exceed · ``settled`` how many of them settled within the hold · ``early`` how
    many were seen before they happened: a clock is ahead · ``untimed`` calls without `seen`, taken as at once."""

    vantage: str | None
    feed: str | None
    records: int
    settled: int
    early: int
    untimed: int
    half_s: float | None
    most_s: float | None
    nearly_all_s: float | None

    @property
    def share_settled(self) -> float | None:
        """``settled / records``; None where no record says when it was seen."""
        return self.settled / self.records if self.records else None


class Lateness:
    """Takes records as they come, in any order; memory is bounded by the feeds."""

    def __init__(self, *, hold_s: float) -> None:
        self._hold = hold_s
        self._feeds: dict[tuple[str | None, str | None], tuple[Spread, dict[str, int]]] = {}

    def push(self, records: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema; heartbeats are left out."""
        late = (pl.col("seen") - pl.col("time")).dt.total_microseconds() / 1e6
        calls = records.filter(pl.col("service").ne_missing(HEARTBEAT)).select(
            pl.col("vantage").cast(pl.String), "feed", late.alias("late")
        )
        for (vantage, feed), rows in calls.group_by("vantage", "feed"):
            key = (_word(vantage), _word(feed))
            spread, counts = self._feeds.setdefault(key, (Spread(), dict.fromkeys(("settled", "early", "untimed"), 0)))
            known = rows["late"].drop_nulls().to_numpy()
            spread.add(known)
            counts["settled"] += int(np.count_nonzero(known <= self._hold))
            counts["early"] += int(np.count_nonzero(known < 0))
            counts["untimed"] += len(rows) - len(known)

    def feeds(self) -> tuple[FeedLateness, ...]:
        """What is known of each feed so far, sorted by vantage and feed."""
        return tuple(
            FeedLateness(
                vantage=vantage,
                feed=feed,
                records=len(spread),
                half_s=spread.quantile(0.5),
                most_s=spread.quantile(0.9),
                nearly_all_s=spread.quantile(0.99),
                **counts,
            )
            for (vantage, feed), (spread, counts) in sorted(
                self._feeds.items(), key=lambda item: (item[0][0] or "", item[0][1] or "")
            )
        )


def _word(value: object) -> str | None:
    return None if value is None else str(value)
