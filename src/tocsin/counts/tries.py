"""Tries and redials: what one caller does, told apart from what many callers do.

One handset dials eight times and an auto-dialler bursts, so attempts aren't independent. A caller's *first try in ten
minutes* nearly is, and that is what outcome and contrast count. The *redial* is the caller's own verdict on the call
before it, and counts once however often the caller insists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
from numpy.typing import NDArray

from tocsin.counts.coded import BEAT, Cells, Coded

TRY_US: Final = 600_000_000
"""Ten minutes: an attempt is a try if its caller made none at this vantage for at least so long, to any service."""

REDIAL_US: Final = 120_000_000
"""Two minutes, inclusive: within it a later attempt of one caller to one service is a redial of the one before."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What is remembered of callers: their last attempt to each service at each vantage, in order of time.

    ``who`` names caller and vantage, ``line`` caller, vantage and service · ``opens`` the attempt began a series:
    the next one within two minutes is a redial.
    """

    time: NDArray[np.int64]
    who: NDArray[np.uint64]
    line: NDArray[np.uint64]
    vantage: NDArray[np.int64]
    opens: NDArray[np.bool_]

    @classmethod
    def empty(cls) -> Memory:
        """Nobody has called yet."""
        numbers = np.empty(0, dtype=np.int64)
        keys = np.empty(0, dtype=np.uint64)
        return cls(time=numbers, who=keys, line=keys, vantage=numbers, opens=np.empty(0, dtype=np.bool_))

    def since(self, horizon: NDArray[np.int64]) -> Memory:
        """Only what is later than ten minutes before the horizon of its vantage (`1 + place in VANTAGES`)."""
        keep = self.time > horizon[self.vantage] - TRY_US
        return Memory(**{name: array[keep] for name, array in vars(self).items()})


def mark_tries(
    coded: Coded, settled: NDArray[np.bool_], cells: Cells, memory: Memory
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Memory]:
    """Which rows are tries, which are redials, and what to remember. ``coded`` is in order of time.

    Try: settled, no heartbeat, and no settled attempt of the same caller at the same vantage, to any service, in the
    600 s before it (one 600 s ago exactly is long enough ago); an unknown caller's every attempt is a try.

    Redial: the second attempt of a *series*. A series is a run of settled attempts of one caller to one service at
    one vantage, each at most 120 s after the one before it; so eight dials in a minute are one redial, and a further
    dial three minutes later opens a new series. The law: redials <= series <= attempts with a caller.
    """
    counts = settled & (coded.marks & BEAT == 0)
    tries = counts & (coded.caller == 0)
    redials = np.zeros(len(coded), dtype=np.bool_)
    rows = np.flatnonzero(counts & (coded.caller != 0))
    cell = coded.cell[rows]
    who = _mixed(coded.caller[rows], cells.vantage[cell])
    fresh = Memory(
        time=coded.time[rows],
        who=who,
        line=_mixed(who, cells.service[cell]),
        vantage=cells.vantage[cell],
        opens=np.zeros(len(rows), dtype=np.bool_),
    )
    both = Memory(**{name: np.concatenate([array, vars(fresh)[name]]) for name, array in vars(memory).items()})
    order = np.argsort(both.time, kind="stable")
    both = Memory(**{name: array[order] for name, array in vars(both).items()})
    old = order < len(memory.time)
    first, again, last = _scan(both.time, both.who, both.line, both.opens, old)
    back = rows[order[~old] - len(memory.time)]
    tries[back] = first[~old]
    redials[back] = again[~old]
    return tries, redials, Memory(**{name: array[last] for name, array in vars(both).items()})


def _mixed(key: NDArray[np.uint64], part: NDArray[np.int64]) -> NDArray[np.uint64]:
    return (key ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)


@numba.njit(cache=True)
def _scan(
    time: NDArray[np.int64],
    who: NDArray[np.uint64],
    line: NDArray[np.uint64],
    opens: NDArray[np.bool_],
    old: NDArray[np.bool_],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """One pass in order of time, with two throw-away tables: the last attempt of each caller, and on each line.

    Fills ``opens`` of the new rows; returns which are tries, which redials, and which rows are the last of their line.
    """
    size = 4
    while size < 2 * len(time):
        size *= 2
    of_who = np.full(size, -1, dtype=np.int32)
    of_line = np.full(size, -1, dtype=np.int32)
    first = np.zeros(len(time), dtype=np.bool_)
    again = np.zeros(len(time), dtype=np.bool_)
    last = np.zeros(len(time), dtype=np.bool_)
    for row in range(len(time)):
        place = _find(of_who, who, who[row])
        before = of_who[place]
        of_who[place] = row
        first[row] = before < 0 or time[row] - time[before] >= TRY_US
        place = _find(of_line, line, line[row])
        before = of_line[place]
        of_line[place] = row
        last[row] = True
        if before >= 0:
            last[before] = False
        if old[row]:
            continue
        near = before >= 0 and time[row] - time[before] <= REDIAL_US
        opens[row] = not near
        again[row] = near and opens[before]
    return first, again, last


@numba.njit(cache=True)
def _find(slots: NDArray[np.int32], keys: NDArray[np.uint64], key: np.uint64) -> np.int64:
    mask = len(slots) - 1
    place = np.int64((key >> np.uint64(20)) & np.uint64(mask))
    while slots[place] >= 0 and keys[slots[place]] != key:
        place = (place + 1) & mask
    return place
