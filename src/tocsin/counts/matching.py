"""Reconciliation: was a call that an operator says it delivered seen by the centre?

Both see the same call and neither sees the other. The operator's attempt and the centre's record are matched by
service, cell area and time, and by caller where both know one. What stays unmatched was lost between the two, so the
pair must be sure: whatever is doubtful is left out rather than counted as unseen.

An attempt is judged a minute after its start (or one hold, if that is longer), on nothing that reached us later. It is
left out, neither delivered nor unseen, where

* it reached us in the last 5 s before that: the centre's record, written at the same moment, may come just after;
* no centre feed has brought a call of this service and area before;
* one that has is **silent** (no sign of life in the two minutes before the attempt, or none after it) or **jumped**
  (its signs come from the future or more than a minute late, which leaves none in their place; or its last heartbeat
  took over 5 s longer to reach us than its quickest ever) or **late** (the last call that it brought within ten
  minutes had ended more than a minute before);
* more than 500 calls of its service and area stand within 10 s;
* the same caller stands in a free record of the centre within the minute, but not within 5 s: a clock has moved or the
  caller dialled again. The redial is counted as what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numba
import numpy as np
from numpy.typing import NDArray

from tocsin.counts.coded import BEAT, CENTRE, DELIVERED, OPERATOR, Cells, Coded, in_order

NEAR_US: Final = 5_000_000
"""Operator and centre stamp the same call at most so far apart, after the learned offset."""

WAIT_US: Final = 60_000_000
"""An attempt is judged so long after its start, or one hold after it if that is longer."""

QUIET_US: Final = 120_000_000
"""A centre feed without a record or heartbeat for so long is silent: its calls are not compared."""

LATE_US: Final = 600_000_000
"""How long one late record of a feed casts doubt on it, if no punctual one follows."""

CROWD: Final = 512
"""Records looked at for one attempt, at most: among more calls of one service and area in 10 s none is missed."""

_NEVER: Final = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Operator attempts that could be compared: ``time`` (µs) at which each counts, its ``cell``, ``unseen``.

    With a hold of a minute or more an attempt counts at its own start; with a shorter one it counts as much later as
    the wait is longer than the hold, so that no step is ever decided twice.
    """

    time: NDArray[np.int64]
    cell: NDArray[np.int32]
    unseen: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class _Cover:
    """Which feeds have brought calls of a pool (service and area), and since when.

    ``pool`` ascending; the feeds of pool i are at ``start[i]:start[i+1]`` of ``feed`` and ``since``.
    """

    pool: NDArray[np.int64]
    start: NDArray[np.int64]
    feed: NDArray[np.int64]
    since: NDArray[np.int64]

    def rows(self, pools: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Which of the pools are covered, and the rows of those."""
        row = np.searchsorted(self.pool, pools)
        known = row < len(self.pool)
        known[known] = self.pool[row[known]] == pools[known]
        return known, row[known]


class Matcher:
    """Holds the operators' delivered attempts until they can be judged, and what centres said in the last minutes."""

    def __init__(self, cells: Cells, *, hold: int, offsets: Mapping[str, float]) -> None:
        self._cells = cells
        self._wait = max(hold, WAIT_US)
        self._shift = self._wait - hold
        self._ahead = {cells.feed_code(feed): round(seconds * 1e6) for feed, seconds in offsets.items()}
        self.reach = self._wait + max(0, *self._ahead.values(), 0)
        """How far (µs) the records must have come beyond an attempt before it can be judged."""
        self._attempts: list[Coded] = []
        self._said: list[Coded] = []
        self._used = np.empty(0, dtype=np.bool_)
        self._since = np.empty(0, dtype=np.int64)
        self._quickest = np.empty(0, dtype=np.int64)  # by feed, of the heartbeats already forgotten
        self._cover: _Cover | None = None  # None: to be found from `_since` again

    def push(self, coded: Coded, settled: NDArray[np.bool_]) -> None:
        """Take records in any order; ``settled`` as in the tally."""
        vantage = self._cells.vantage[coded.cell]
        sure = settled & (coded.marks & DELIVERED != 0) & (coded.seen - coded.time <= self._wait - NEAR_US)
        attempts = coded[sure & (vantage == OPERATOR)]
        if len(attempts):
            self._attempts.append(attempts)
        centre = coded[vantage == CENTRE]
        if len(centre):
            centre = self._on_our_clock(centre)
            self._said.append(centre)
            self._note_cover(centre[(centre.marks & BEAT == 0) & self._punctual(centre)])

    def judge(self, upto: int) -> Judged:
        """Judge every attempt that counts before ``upto`` (µs), and forget what no later attempt can need."""
        waiting = Coded.stack(self._attempts) if self._attempts else None
        said = Coded.stack(self._said) if self._said else None
        none = np.empty(0, dtype=np.int64)
        judged = Judged(time=none, cell=none.astype(np.int32), unseen=none.astype(np.bool_))
        if waiting is not None:
            ready = waiting.time + self._shift < upto
            self._attempts = [waiting[~ready]]
            now = waiting[ready]
            if said is not None and len(now):
                judged = self._compare(now[in_order(now, self._cells.rank)], said)
        if said is not None:
            self._forget(said, upto - self._shift)
        return judged

    def _on_our_clock(self, centre: Coded) -> Coded:
        """The centre's records with its clock set right; one that was seen at once still is."""
        feed = self._cells.feed[centre.cell]
        ahead = np.zeros(len(centre), dtype=np.int64)
        for code, offset in self._ahead.items():
            ahead[feed == code] = offset
        time = centre.time - ahead
        return replace(centre, time=time, seen=np.where(centre.seen == centre.time, time, centre.seen))

    def _compare(self, attempts: Coded, said: Coded) -> Judged:
        """One to one, in order of time; see the top of the file for what is left out."""
        if self._cover is None:
            self._cover = _cover(self._cells, self._since)
        pool = _pool(self._cells)
        known, row = self._cover.rows(pool[attempts.cell])
        attempts = attempts[known]
        verdict = self._verdicts(attempts, row, said, self._cover)
        counted = (verdict != DOUBTFUL) & self._alive(attempts, row, said, self._cover)
        return Judged(
            time=attempts.time[counted] + self._shift,
            cell=attempts.cell[counted],
            unseen=verdict[counted] == UNSEEN,
        )

    def _verdicts(self, attempts: Coded, row: NDArray[np.int64], said: Coded, cover: _Cover) -> NDArray[np.int8]:
        """`SEEN`, `UNSEEN` or `DOUBTFUL` for each attempt, and the records that they took noted as used."""
        used = np.zeros(len(said), dtype=np.bool_)
        used[: len(self._used)] = self._used
        calls = np.flatnonzero((said.marks & BEAT == 0) & (said.seen - said.time <= self._wait + NEAR_US))
        calls = calls[in_order(said[calls], self._cells.rank)]
        known, place = cover.rows(_pool(self._cells)[said.cell[calls]])
        calls, start = _grouped(calls[known], place, len(cover.pool))
        met = used[calls]
        said = said[calls]
        verdict = _match(attempts.time, row, attempts.caller, self._wait, said.time, said.seen, said.caller, met, start)
        used[calls] = met
        self._used = used
        return np.asarray(verdict)

    def _alive(self, attempts: Coded, row: NDArray[np.int64], said: Coded, cover: _Cover) -> NDArray[np.bool_]:
        """For each attempt, whether every feed that covers its pool is neither silent nor jumped nor late."""
        feed = self._cells.feed[said.cell]
        quickest = self._quickest_of(said[:0])
        feeds = len(quickest)
        lag = said.seen - said.time
        beat, punctual, late = said.marks & BEAT != 0, self._punctual(said), lag - said.took > self._wait
        signs, sign_start = _in_time(np.flatnonzero(punctual), said.time, feed, feeds)
        news, news_start = _in_time(np.flatnonzero(~beat), 2 * said.seen + late, feed, feeds)
        beats, beat_start = _in_time(np.flatnonzero(beat & punctual), said.seen, feed, feeds)
        alive = _all_alive(
            attempts.time,
            row,
            self._wait,
            *(cover.start, cover.feed, cover.since),
            *(said.time[signs], said.seen[signs], sign_start),
            *(said.seen[news], late[news], news_start),
            *(said.seen[beats], lag[beats], beat_start, quickest),
        )
        return np.asarray(alive)

    def _quickest_of(self, said: Coded) -> NDArray[np.int64]:
        """By feed, the least time that a heartbeat took to reach us: of those forgotten and those of ``said``."""
        quickest = np.full(1 + int(self._cells.feed.max()), _NEVER)
        quickest[: len(self._quickest)] = self._quickest
        beats = said[(said.marks & BEAT != 0) & self._punctual(said)]
        np.minimum.at(quickest, self._cells.feed[beats.cell], beats.seen - beats.time)
        return quickest

    def _punctual(self, said: Coded) -> NDArray[np.bool_]:
        """Records that reached us neither before they happened nor too late to be judged by."""
        lag = said.seen - said.time
        return np.asarray((lag >= -NEAR_US) & (lag <= self._wait))

    def _note_cover(self, calls: Coded) -> None:
        """Remember when each cell of a centre brought its first call; what covers what is then found anew."""
        since = np.full(len(self._cells), _NEVER)
        since[: len(self._since)] = self._since
        known = since[calls.cell]
        np.minimum.at(since, calls.cell, calls.time)
        if (since[calls.cell] < known).any():
            self._cover = None
        self._since = since

    def _forget(self, said: Coded, horizon: int) -> None:
        """Drop what is older than any rule looks back from an attempt at ``horizon``."""
        used = np.zeros(len(said), dtype=np.bool_)
        used[: len(self._used)] = self._used
        keep = (said.time >= horizon - QUIET_US) | (said.seen >= horizon - LATE_US)
        self._quickest = self._quickest_of(said[~keep])
        self._said, self._used = [said[keep]], used[keep]


def _pool(cells: Cells) -> NDArray[np.int64]:
    return (cells.service << 32) | cells.area


def _cover(cells: Cells, since: NDArray[np.int64]) -> _Cover:
    """From the first call of each cell to the feeds that cover each pool."""
    rows = np.flatnonzero(since < _NEVER)
    pool, feed, since = _pool(cells)[rows], cells.feed[rows], since[rows]
    order = np.lexsort((since, feed, pool))
    pool, feed, since = pool[order], feed[order], since[order]
    first = np.flatnonzero((np.diff(pool, prepend=-1) != 0) | (np.diff(feed, prepend=-1) != 0))
    pools, start = np.unique(pool[first], return_index=True)
    return _Cover(pool=pools, start=np.append(start, len(first)), feed=feed[first], since=since[first])


def _grouped(
    rows: NDArray[np.int64], group: NDArray[np.int64], groups: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows by group, in their order within each; group i is at ``start[i]:start[i+1]``."""
    small = group.astype(np.int16) if groups < np.iinfo(np.int16).max else group  # 16 bits sort several times faster
    start = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))])
    return rows[np.argsort(small, kind="stable")], start


def _in_time(
    rows: NDArray[np.int64], key: NDArray[np.int64], feed: NDArray[np.int64], feeds: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows by feed, and within each feed by ``key``."""
    rows = rows[np.argsort(key[rows], kind="stable")]
    return _grouped(rows, feed[rows], feeds)


SEEN, UNSEEN, DOUBTFUL = range(3)
"""What matching says of one attempt."""


@numba.njit(cache=True)
def _match(
    time: NDArray[np.int64],
    pool: NDArray[np.int64],
    caller: NDArray[np.uint64],
    wait: int,
    said: NDArray[np.int64],
    seen: NDArray[np.int64],
    who: NDArray[np.uint64],
    used: NDArray[np.bool_],
    start: NDArray[np.int64],
) -> NDArray[np.int8]:
    """Greedy in order of time: each attempt takes, of the free records of its pool within 5 s, the nearest that names
    the same caller, else the nearest that could be the same. ``used`` is updated."""
    verdict = np.full(len(time), UNSEEN, dtype=np.int8)
    for i in range(len(time)):
        begin, end = start[pool[i]], start[pool[i] + 1]
        limit = time[i] + wait
        best, distance, alike, looked = -1, np.int64(0), False, 0
        j = begin + np.searchsorted(said[begin:end], time[i] - NEAR_US)
        while j < end and said[j] <= time[i] + NEAR_US and looked < CROWD:
            if seen[j] <= limit:
                looked += 1
                same = who[j] == caller[i]
                if not used[j] and (same or who[j] == 0 or caller[i] == 0):
                    apart = abs(said[j] - time[i])
                    if best < 0 or (same and not alike) or (same == alike and apart < distance):
                        best, distance, alike = j, apart, same
            j += 1
        if best >= 0:
            used[best] = True
            verdict[i] = SEEN
        elif looked == CROWD:
            verdict[i] = DOUBTFUL
        elif caller[i] != 0:
            looked = 0
            j = begin + np.searchsorted(said[begin:end], time[i] - WAIT_US)
            while j < end and said[j] <= time[i] + WAIT_US and looked < CROWD:
                if seen[j] <= limit:
                    looked += 1
                    if who[j] == caller[i] and not used[j]:
                        verdict[i] = DOUBTFUL
                        break
                j += 1
    return verdict


@numba.njit(cache=True)
def _all_alive(
    time: NDArray[np.int64],
    pool: NDArray[np.int64],
    wait: int,
    cover: NDArray[np.int64],
    feed: NDArray[np.int64],
    since: NDArray[np.int64],
    sign: NDArray[np.int64],
    sign_seen: NDArray[np.int64],
    sign_start: NDArray[np.int64],
    news: NDArray[np.int64],
    late: NDArray[np.bool_],
    news_start: NDArray[np.int64],
    beat: NDArray[np.int64],
    took: NDArray[np.int64],
    beat_start: NDArray[np.int64],
    quickest: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether, when the attempt is judged, a feed covers its pool and every one that does is alive.

    Attempts come in order of time, so one place per feed moves along its signs, its news and its heartbeats.
    """
    alive = np.zeros(len(time), dtype=np.bool_)
    at_sign, at_news, at_beat = sign_start[:-1].copy(), news_start[:-1].copy(), beat_start[:-1].copy()
    for i in range(len(time)):
        limit = time[i] + wait
        for k in range(cover[pool[i]], cover[pool[i] + 1]):
            if since[k] > time[i]:
                continue
            begin, end, j = sign_start[feed[k]], sign_start[feed[k] + 1], at_sign[feed[k]]
            while j < end and sign[j] < time[i]:
                j += 1
            at_sign[feed[k]] = j
            before = (j > begin and sign[j - 1] >= time[i] - QUIET_US) or (j < end and sign[j] == time[i])
            while j < end and sign[j] <= limit and sign_seen[j] > limit:
                j += 1
            after = j < end and sign[j] <= limit
            begin, end, j = news_start[feed[k]], news_start[feed[k] + 1], at_news[feed[k]]
            while j < end and news[j] <= limit:
                j += 1
            at_news[feed[k]] = j
            punctual = j == begin or not late[j - 1] or news[j - 1] < limit - LATE_US
            begin, end, j = beat_start[feed[k]], beat_start[feed[k] + 1], at_beat[feed[k]]
            while j < end and beat[j] <= limit:
                quickest[feed[k]] = min(quickest[feed[k]], took[j])
                j += 1
            at_beat[feed[k]] = j
            steady = j == begin or took[j - 1] <= quickest[feed[k]] + NEAR_US
            alive[i] = before and after and punctual and steady
            if not alive[i]:
                break
    return alive
