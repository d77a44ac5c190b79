"""Local time to UTC, both nights of the year included.

In spring an hour doesn't exist: a time within it is wrong, and null comes out. In autumn an hour comes twice: which of
the two a row means is seen from the order of the rows where they are in order, since time falls back once between the
two passes. Where the order doesn't show it, the earlier is taken and counted as a guess.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

FALL_S: Final = 600
"""Seconds by which local time must fall back to be the change of the clocks and not two rows out of order."""

UNORDERED: Final = 0.01
"""Share of the other rows that may fall back so before the file counts as unordered."""


class LocalClock:
    """Reads the local times of one file, in the order of its rows, batch after batch."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._guessed = 0
        self._highest: int | None = None  # latest local second seen in the doubled hour that the last batch ended in
        self._second_pass = False

    def take_guessed(self) -> int:
        """How many times were guesses since this was last asked."""
        guessed, self._guessed = self._guessed, 0
        return guessed

    def utc(self, local: pl.Series) -> pl.Series:
        """UTC of naive local times (`Datetime("us")`), null where the clocks skipped them."""
        early, late = (
            local.dt.replace_time_zone(self.zone, ambiguous=which, non_existent="null").dt.convert_time_zone("UTC")
            for which in ("earliest", "latest")
        )
        doubled = (early != late).fill_null(value=False).to_numpy()
        if not doubled.any():
            return early
        seconds = local.dt.epoch("s").fill_null(0).to_numpy()
        second_pass = np.zeros(len(seconds), dtype=np.bool_)
        if _in_order(seconds[local.is_not_null().to_numpy() & ~doubled]):
            days = early.dt.date()
            for day in days.filter(pl.Series(doubled)).unique().sort():
                rows = np.flatnonzero(doubled & (days == day).fill_null(value=False).to_numpy())
                second_pass[rows] = self._passes(seconds[rows])
        else:
            self._guessed += int(doubled.sum())
        return pl.select(pl.when(pl.Series(second_pass)).then(late).otherwise(early)).to_series().alias(local.name)

    def _passes(self, seconds: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows of one doubled hour are of its second pass."""
        same_night = self._highest is not None and abs(int(seconds[0]) - self._highest) < 7200
        before = self._highest if same_night and self._highest is not None else int(seconds[0])
        highest = np.maximum.accumulate(np.concatenate([[before], seconds]))[:-1]
        fallen = np.logical_or.accumulate(seconds < highest - FALL_S)
        if same_night and self._second_pass:
            fallen[:] = True
        self._highest, self._second_pass = int(max(before, seconds.max())), bool(fallen[-1])
        if not fallen.any():
            self._guessed += len(seconds)
        return fallen


def _in_order(seconds: NDArray[np.int64]) -> bool:
    return len(seconds) < 2 or float((np.diff(seconds) < -FALL_S).mean()) <= UNORDERED
