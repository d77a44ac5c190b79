"""The same record again: same feed and id within 48 hours counts once.

Held are 64-bit hashes and times, in windows of one day of the records' time: 16 bytes a record of the last days, never
the records. Windows stay while they're within reach of the day being read, and beyond it while all of them hold at
most `KEPT` hashes, so that a copy of a small feed elsewhere in a folder is found as well, whatever its days. Two
records fall together by chance with a probability of about n / 2^64: never, in practice.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

WITHIN_S: Final = 48 * 3600
DAY_S: Final = 86_400
KEPT: Final = 2_000_000
_REACH: Final = 2  # days: a window two days away may hold a record 48 hours away


class Repeats:
    """Finds records seen before. Feed it every batch, in the order of arrival."""

    def __init__(self) -> None:
        self._windows: dict[int, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}  # day -> sorted hashes, their times

    @property
    def held(self) -> int:
        """Records that are remembered."""
        return sum(len(hashes) for hashes, _ in self._windows.values())

    def find(self, records: pl.DataFrame, file: str) -> NDArray[np.bool_]:
        """Which rows of a batch repeat an earlier record; rows without id never do.

        Without a feed, the file stands in for it: two files that don't say whose they are may use the same ids.
        """
        again = np.zeros(records.height, dtype=np.bool_)
        has_id = records["id"].is_not_null()
        if not has_id.any():
            return again
        rows = np.flatnonzero(has_id.to_numpy())
        key = records.select(pl.struct(pl.col("feed").fill_null(f"\0{file}"), "id").hash(seed=5031)).to_series()
        hashes = key.to_numpy()[rows].astype(np.uint64)
        seconds = records["time"].dt.epoch("s").to_numpy()[rows]
        days = seconds // DAY_S
        changes = np.diff(days, prepend=-1) != 0  # few, and so soon sorted
        for day in np.unique(days[changes]).tolist():
            here = np.flatnonzero(days == day)
            again[rows[here]] = self._find_in_day(day, hashes[here], seconds[here])
        return again

    def _find_in_day(self, day: int, hashes: NDArray[np.uint64], seconds: NDArray[np.int64]) -> NDArray[np.bool_]:
        order = np.argsort(hashes)
        if (np.diff(hashes[order]) == 0).any():
            order = np.argsort(hashes, kind="stable")  # slower, but the first of equal ones stays the first
        hashes, seconds = hashes[order], seconds[order]  # in order, a search stays near its last place
        known_again = np.zeros(len(hashes), dtype=np.bool_)
        for other in range(day - _REACH, day + _REACH + 1):
            known, times = self._windows.get(other, _EMPTY)
            if len(known):
                at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
                known_again |= (known[at] == hashes) & (np.abs(times[at] - seconds) < WITHIN_S)
        new = np.flatnonzero(~known_again)
        known_again[new[1:]] = hashes[new[1:]] == hashes[new[:-1]]
        self._keep(day, hashes[~known_again], seconds[~known_again])
        again = np.empty(len(hashes), dtype=np.bool_)
        again[order] = known_again
        return again

    def _keep(self, day: int, hashes: NDArray[np.uint64], seconds: NDArray[np.int64]) -> None:
        known, times = self._windows.pop(day, _EMPTY)
        hashes, seconds = np.concatenate([known, hashes]), np.concatenate([times, seconds])
        order = np.argsort(hashes, kind="stable")  # merges the two, each of which is in order
        self._windows[day] = hashes[order], seconds[order]
        held = self.held
        for old in [old for old in self._windows if abs(old - day) > _REACH]:  # least recently used first
            if held <= KEPT:
                break
            held -= len(self._windows.pop(old)[0])


_EMPTY: Final = (np.empty(0, np.uint64), np.empty(0, np.int64))
