"""How far the clock of each centre feed is ahead of the operators': learned from the calls that both saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls.record import RECORD
from tocsin.counts.coded import BEAT, CENTRE, FAILED, OPERATOR, Areas, Cells, Coded

REACH_S: Final = 7_500
"""Clocks are looked for at most so far apart: a little over two hours, which two time zones are."""

WIDE_S: Final = 3
"""The same call's two times lie within so many seconds of each other, clocks set right."""

BIN_S: Final = 0.1
"""Votes are counted in bins of this width, so an offset is no finer."""

ENOUGH: Final = 2_000
"""No more records of a feed vote, spread evenly over its calls."""

FEWEST: Final = 10
"""No offset is learned from fewer matching calls."""

SURE: Final = 6.0
"""A peak must stand out by so many standard deviations of the chance pairs around it."""


def learn_offsets(batches: Iterable[pl.DataFrame], *, territory: Areas) -> dict[str, float]:
    """Seconds by which each centre feed's clock is ahead of the operators'; to be subtracted from its times.

    ``batches`` hold both vantages over the same hours; a day is plenty, and all of it is held in memory. Every pair of
    an operator's delivered attempt and a centre's record of the same service and cell area votes for its difference;
    callers that both know must be equal. Pairs of one call agree, chance pairs and redials spread, so the offset is
    the median of the votes around the highest peak. A feed whose peak isn't six standard deviations above chance, or
    has under ten votes, is left out: nothing is known of its clock.

    Cost: as many votes as there are such pairs within two hours of each other, of 2,000 records of each feed.
    """
    cells = Cells(territory)
    coded = Coded.stack([cells.code(pl.DataFrame(schema=RECORD)), *(cells.code(batch) for batch in batches)])
    vantage, pool = cells.vantage[coded.cell], (cells.service << 32 | cells.area)[coded.cell]
    order = np.lexsort((coded.time, pool))
    time, pool, caller = coded.time[order] / 1e6, pool[order], coded.caller[order]
    calls, vantage = coded.marks[order] & BEAT == 0, vantage[order]
    asked = calls & (vantage == OPERATOR) & (coded.marks[order] & FAILED == 0)
    learned = {}
    names = dict(zip(cells.feed.tolist(), cells.frame["feed"], strict=True))
    feed = cells.feed[coded.cell[order]]
    for code in np.unique(feed[calls & (vantage == CENTRE) & (feed > 0)]).tolist():
        said = np.flatnonzero(calls & (vantage == CENTRE) & (feed == code))
        said = said[:: 1 + len(said) // ENOUGH]
        offset = _peak(time[asked], pool[asked], caller[asked], time[said], pool[said], caller[said])
        if not np.isnan(offset):
            learned[str(names[code])] = offset
    return dict(sorted(learned.items()))


def _peak(
    time: NDArray[np.float64],
    pool: NDArray[np.int64],
    caller: NDArray[np.uint64],
    said: NDArray[np.float64],
    said_pool: NDArray[np.int64],
    who: NDArray[np.uint64],
) -> float:
    """The offset on which the pairs agree, in seconds; not a number where they don't."""
    votes = _votes(time, pool, caller, said, said_pool, who)
    width = round(2 * WIDE_S / BIN_S)
    reached = np.concatenate([[0], np.cumsum(votes)])
    near = reached[width:] - reached[:-width]
    chance = reached[-1] * width / len(votes)
    top = int(near.argmax())
    if near[top] < FEWEST or near[top] < chance + SURE * np.sqrt(chance):
        return float("nan")
    middle = np.searchsorted(reached, reached[top] + near[top] / 2) - 0.5
    return float(round(middle * BIN_S - REACH_S, 2))


@numba.njit(cache=True)
def _votes(
    time: NDArray[np.float64],
    pool: NDArray[np.int64],
    caller: NDArray[np.uint64],
    said: NDArray[np.float64],
    said_pool: NDArray[np.int64],
    who: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """Centre minus operator, binned, for every pair that could be one call. Both are in order of pool and time."""
    votes = np.zeros(int(2 * REACH_S / BIN_S) + 1, dtype=np.int64)
    begin = 0
    for i in range(len(said)):
        while begin < len(time) and (
            pool[begin] < said_pool[i] or (pool[begin] == said_pool[i] and time[begin] <= said[i] - REACH_S)
        ):
            begin += 1
        j = begin
        while j < len(time) and pool[j] == said_pool[i] and time[j] <= said[i] + REACH_S:
            if caller[j] == who[i] or caller[j] == 0 or who[i] == 0:
                votes[int((said[i] - time[j] + REACH_S) / BIN_S)] += 1
            j += 1
    return votes
