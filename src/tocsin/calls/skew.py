"""Clocks that are wrong, told from the records alone: the machine that reads them may have the wrong clock itself.

A record is *ahead*, and set aside, if

* it began over an hour after it was `seen`; or
* it lies over a day after the median of the 50 records before it *and* of the 50 behind it in the file, over five times
  their usual spread, farther than those two medians lie from each other, and over a day after every such median that
  the file has shown before. A record behind a gap (a weekend, a silent feed) is at one with those behind it; where one
  feed's records end and another's begin, the medians lie apart; in a file in order of line or feed, a time that stood
  in it already is no future; late records are behind the others, never ahead. A last record, which nothing follows, is
  ahead beyond 30 days.

A record is *behind*, and set aside, if it lies as far on the other side of both, and over sixty days: records that come
days late are good, those of a clock that was reset to its first day aren't. Where fewer than ten stand on one side (a
file begins with a reset clock, or ends with it), beyond 400 days of the other.

A clock that jumps for longer than that can't be told from one that was right: its records count, and each time that the
median of 32 records falls back by over half an hour is counted and said.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.words import Sentence

SEEN_BEFORE_S: Final = 3600
FAR_S: Final = 86_400
SPREADS: Final = 5
AROUND: Final = 50
"""Records on either side that one is judged by."""

DECIDED: Final = 10
"""Records that must follow before one counts as uncontradicted; until then it's held."""

LAST_FAR_S: Final = 30 * 86_400

BEHIND_S: Final = 60 * 86_400
"""No record comes so late."""

EDGE_BEHIND_S: Final = 400 * 86_400

BLOCK: Final = 32
FALL_S: Final = 1800
DISORDER: Final = 0.01
"""Share of blocks that fall back beyond which the file isn't in order of time at all."""

AHEAD: Final = "time is in the future of the other records"
BEHIND: Final = "time is months before the other records"
JUMPS: Final = Sentence("remark.jumps")
UNORDERED: Final = Sentence("remark.unordered")

_Seconds = NDArray[np.int64]
_Span = NDArray[np.float64]


class Skew:
    """Judges the records of one file in the order in which they arrive."""

    def __init__(self) -> None:
        self._held: pl.DataFrame | None = None
        self._before: _Seconds = np.empty(0, np.int64)
        self._block: _Seconds = np.empty(0, np.int64)
        self._median: float | None = None
        self._lowest, self._highest = np.inf, -np.inf  # of the medians of 50 records that this file has shown
        self._blocks = self._falls = 0

    def step(self, records: pl.DataFrame, *, last: bool = False) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """The records that are good by now (in order), those ahead and those behind. `last`: nothing follows."""
        if self._held is not None:
            records = self._held.vstack(records)
            self._held = None
        seconds = records["time"].dt.epoch("s").to_numpy()
        ahead, behind = _before_seen(records), np.zeros(records.height, np.bool_)
        steps = np.diff(seconds, prepend=self._before[-1:])
        if steps.size and np.abs(steps).max() > FAR_S:
            far, behind, held = self._far(seconds, last=last)
            ahead |= far
            if held < len(seconds):
                self._held = records[held:]
                records, seconds, ahead, behind = records[:held], seconds[:held], ahead[:held], behind[:held]
        good, parted = records, (records.clear(), records.clear())
        wrong = ahead | behind
        if wrong.any():
            good, parted = records.filter(~wrong), (records.filter(ahead), records.filter(behind & ~ahead))
            seconds = seconds[~wrong]
        self._before = np.concatenate([self._before, seconds])[-AROUND:]
        if len(self._before) == AROUND:
            median = float(np.median(self._before))
            self._lowest, self._highest = min(self._lowest, median), max(self._highest, median)
        self._count_falls(seconds)
        return good, *parted

    def _far(self, seconds: _Seconds, *, last: bool) -> tuple[NDArray[np.bool_], NDArray[np.bool_], int]:
        """Which records are ahead, which behind; and the first that must be held, as what follows isn't known yet."""
        skip = len(self._before)
        times = np.concatenate([self._before, seconds]).astype(np.float64)
        before, after = _medians(times, "higher")
        followers = np.arange(len(times))[::-1]
        far_s = SPREADS * _rolling_median(np.abs(times - _rolling_median(times)))
        parted = np.nan_to_num(np.abs(before - after))
        over = times - np.fmax(before, after)
        highest = np.maximum.accumulate(np.fmax(before, self._highest))
        ahead = (over > np.maximum(FAR_S, far_s)) & (over > parted) & ~(times < highest + FAR_S)
        behind = self._behind(times, far_s)
        if last:
            known = followers[::-1] >= DECIDED  # by how many came before
            ahead &= (followers > 0) | ((over > LAST_FAR_S) & known)
            return ahead[skip:], behind[skip:], len(seconds)
        jumps = (times - before > FAR_S) | (before - times > BEHIND_S)
        undecided = np.flatnonzero(jumps[skip:] & (followers[skip:] < DECIDED))
        return ahead[skip:], behind[skip:], int(undecided[0]) if undecided.size else len(seconds)

    def _behind(self, times: NDArray[np.float64], far_s: _Span) -> NDArray[np.bool_]:
        before, after = _medians(times, "lower")
        place = np.arange(len(times))
        first, last = place < DECIDED, place[::-1] < DECIDED
        before, after = np.where(first, np.nan, before), np.where(last, np.nan, after)
        under = np.fmin(before, after) - times
        parted = np.nan_to_num(np.abs(before - after))
        lowest = np.minimum.accumulate(np.fmin(before, self._lowest))
        least = np.maximum(np.where(first | last, EDGE_BEHIND_S, BEHIND_S), np.maximum(far_s, parted))
        return np.asarray((under > least) & (times <= lowest - BEHIND_S))

    def _count_falls(self, seconds: _Seconds) -> None:
        pending = np.concatenate([self._block, seconds])
        whole = len(pending) // BLOCK * BLOCK
        self._block = pending[whole:]
        if not whole:
            return
        medians = np.median(pending[:whole].reshape(-1, BLOCK), axis=1)
        before = medians[:1] if self._median is None else np.array([self._median])
        self._falls += int((np.diff(medians, prepend=before) < -FALL_S).sum())
        self._blocks += len(medians)
        self._median = float(medians[-1])

    @property
    def remarks(self) -> dict[Sentence, int]:
        """What is to be said of the whole file, at its end."""
        if self._falls > max(3, DISORDER * self._blocks):
            return {UNORDERED: 1}
        return {JUMPS: self._falls} if self._falls else {}


def _before_seen(records: pl.DataFrame) -> NDArray[np.bool_]:
    if records["seen"].null_count() == records.height:
        return np.zeros(records.height, np.bool_)
    late = (records["time"] - records["seen"]).dt.total_seconds() > SEEN_BEFORE_S
    return late.fill_null(value=False).to_numpy().copy()


def _rolling_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    window = 2 * AROUND + 1
    return pl.Series(values).rolling_median(window, min_samples=1, center=True).to_numpy()


def _medians(times: NDArray[np.float64], of_two: Literal["higher", "lower"]) -> tuple[_Span, _Span]:
    """The median of the 50 records before each and of the 50 behind it; NaN where there is none.

    Between two middle ones it is that which speaks for the record: their mean would be a time at which nothing came.
    """
    before = _median_of_previous(times, of_two)
    return before, _median_of_previous(times[::-1], of_two)[::-1]


def _median_of_previous(times: NDArray[np.float64], of_two: Literal["higher", "lower"]) -> _Span:
    shifted = pl.Series(times).shift(1)
    middle = shifted.rolling_quantile(0.5, of_two, window_size=AROUND, min_samples=1)
    return middle.cast(pl.Float64).fill_null(np.nan).to_numpy()
