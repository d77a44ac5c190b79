"""From records to tallies: live, as they come in and step by step, or in bulk, from history.

Both use the same arithmetic; they differ in what they wait for. A live step is decided once, when its hold is over, so
a record that comes later can only be counted as late. History has no clock: what settled within the hold is counted
whenever its row turns up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls.record import RECORD, VANTAGES
from tocsin.counts.coded import BEAT, ENGAGED, FAILED, KNOWN, SHORT, TALKED, Areas, Cells, Coded, in_order
from tocsin.counts.matching import Judged, Matcher
from tocsin.counts.tally import COUNTERS, STEP_S, Tally
from tocsin.counts.tries import Memory, mark_tries

_STEP_US: Final = STEP_S * 1_000_000
_EVER: Final = np.iinfo(np.int64).max // 4
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_AT: Final = {name: column for column, name in enumerate(COUNTERS)}


class Tallier:
    """Counts attempts per step and cell as records arrive.

    ``territory`` rolls areas up to their cell area · ``hold_s`` a record is settled if it was
    seen at most so many seconds after its time (a null `seen` counts as at once) · ``offsets`` seconds by which the
    clock of a centre feed is ahead of the operators' (`learn_offsets`); a feed that isn't named is taken as right.

    Guarantees. A record counts exactly once: in `attempts` or `heartbeats` of its step where it is settled, else in
    `late`. The sum of all tallies doesn't depend on the order of arrival or on how often `decide` is called, provided
    that a settled record is pushed before the step it belongs to is decided; one that isn't is counted as `late`.
    Memory: the cells, the records of steps not yet decided, and the callers and centre records of ten minutes.
    """

    def __init__(self, *, territory: Areas, hold_s: float, offsets: Mapping[str, float] | None = None) -> None:
        self._hold = round(hold_s * 1e6)
        self._cells = Cells(territory)
        self._matcher = Matcher(self._cells, hold=self._hold, offsets=offsets or {})
        self._pending = self._cells.code(pl.DataFrame(schema=RECORD))
        self._settled = np.empty(0, dtype=np.bool_)
        self._new: list[tuple[Coded, NDArray[np.bool_]]] = []
        self._memory = Memory.empty()
        self._decided = -_EVER

    def push(self, records: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema, in any order, duplicates removed before."""
        coded = self._cells.code(records)
        if len(coded) == 0:
            return
        settled = (coded.seen - coded.time <= self._hold) & (coded.time >= self._decided)
        self._new.append((coded, settled))
        self._matcher.push(coded, settled)

    def decide(self, upto: datetime) -> Tally:
        """All steps that end at least one hold before ``upto`` and weren't decided before, and late records of any.

        ``upto`` is a time on the records' clock and carries its zone; one before an earlier ``upto`` decides nothing
        new. ``cells`` of the tally holds every cell met so far: later tallies only add rows to it.
        """
        limit = _microseconds(upto) - self._hold
        self._decided = max(self._decided, limit - limit % _STEP_US)
        self._settle()
        ready = int(np.searchsorted(self._pending.time, self._decided))
        now, settled = self._pending[:ready], self._settled[:ready]
        self._pending, self._settled = self._pending[ready:], self._settled[ready:]
        tries, redials, self._memory = mark_tries(now, settled, self._cells, self._memory)
        self._memory = self._memory.since(np.full(1 + len(VANTAGES), self._decided))
        judged = self._matcher.judge(self._decided)
        return _tally(self._cells, now, settled, tries, redials, judged)

    def _settle(self) -> None:
        """Put what was pushed since the last time in its place among what waits, in order of time."""
        if not self._new:
            return
        waiting = Coded.stack([self._pending, *(coded for coded, _ in self._new)])
        settled = np.concatenate([self._settled, *(settled for _, settled in self._new)])
        order = in_order(waiting, self._cells.rank)
        self._pending, self._settled, self._new = waiting[order], settled[order], []


def tallies(
    batches: Iterable[pl.DataFrame], *, territory: Areas, hold_s: float, offsets: Mapping[str, float] | None = None
) -> Iterator[Tally]:
    """History as it streams by: a tally for each batch (and one more at the end), to be added up by the taker.

    The same counts as a `Tallier`'s where the batches follow one another in time. Rows may be out of order: within a
    batch they are sorted; across batches callers are remembered for ten minutes per vantage, so files of several
    vantages may follow one another whole, and only a caller's attempts that stand in batches out of order are told
    apart less well. Operators and centres are matched only where both are read side by side in time; where they
    aren't, nothing counts as `delivered`. Memory is bounded by the cells and the largest batch, never by the records.
    """
    hold = round(hold_s * 1e6)
    cells = Cells(territory)
    matcher = Matcher(cells, hold=hold, offsets=offsets or {})
    memory = Memory.empty()
    for batch in batches:
        coded = cells.code(batch)
        if len(coded) == 0:
            continue
        coded = coded[in_order(coded, cells.rank)]
        settled = coded.seen - coded.time <= hold
        tries, redials, memory = mark_tries(coded, settled, cells, memory)
        memory = memory.since(_ends(coded, cells))
        matcher.push(coded, settled)
        judged = matcher.judge(int(coded.time[-1]) - matcher.reach)
        yield _tally(cells, coded, settled, tries, redials, judged)
    none = np.empty(0, dtype=np.bool_)
    yield _tally(cells, cells.code(pl.DataFrame(schema=RECORD)), none, none, none, matcher.judge(_EVER))


def tally(
    batches: Iterable[pl.DataFrame], *, territory: Areas, hold_s: float, offsets: Mapping[str, float] | None = None
) -> Tally:
    """All of `tallies` as one: memory grows with the steps and cells that were met, not with the records in them."""
    parts = list(tallies(batches, territory=territory, hold_s=hold_s, offsets=offsets))
    return _summed(
        parts[-1].cells,
        np.concatenate([part.step for part in parts]),
        np.concatenate([part.cell for part in parts]),
        np.concatenate([part.counts for part in parts]),
    )


def _microseconds(at: datetime) -> int:
    between = at - _EPOCH
    return (between.days * 86_400 + between.seconds) * 1_000_000 + between.microseconds


def _ends(coded: Coded, cells: Cells) -> NDArray[np.int64]:
    """The last time of each vantage in this batch; a vantage without a row forgets nothing."""
    ends = np.full(1 + len(VANTAGES), -_EVER)
    np.maximum.at(ends, cells.vantage[coded.cell], coded.time)
    return ends


def _tally(
    cells: Cells,
    coded: Coded,
    settled: NDArray[np.bool_],
    tries: NDArray[np.bool_],
    redials: NDArray[np.bool_],
    judged: Judged,
) -> Tally:
    """Add up marked rows, and what the matcher judged, per step and cell. Both are in order of time."""
    step, cell, counts = _count(
        *(coded.time, coded.cell, coded.caller, coded.marks, settled, tries, redials),
        *(judged.time, judged.cell, judged.unseen),
        len(cells),
        len(COUNTERS),
    )
    return Tally(cells=cells.frame, step=step, cell=cell, counts=counts)


def _summed(cells: pl.DataFrame, step: NDArray[np.int64], cell: NDArray[np.int32], counts: NDArray[np.uint32]) -> Tally:
    """Rows in order of step and cell, those of the same step and cell added."""
    order = np.lexsort((cell, step))
    step, cell, counts = step[order], cell[order], counts[order]
    first = np.flatnonzero((np.diff(step, prepend=-1) != 0) | (np.diff(cell, prepend=-1) != 0))
    if len(first) < len(step):
        step, cell, counts = step[first], cell[first], np.add.reduceat(counts, first, axis=0, dtype=np.uint32)
    return Tally(cells=cells, step=step, cell=cell, counts=counts)


_ATTEMPTS: Final = _AT["attempts"]
_TRIES: Final = _AT["tries"]
_KNOWN: Final = _AT["known"]
_FAILED: Final = _AT["failed"]
_ENGAGED: Final = _AT["engaged"]
_CALLERS: Final = _AT["callers"]
_REDIALS: Final = _AT["redials"]
_ANSWERED: Final = _AT["answered"]
_SHORT: Final = _AT["short"]
_DELIVERED: Final = _AT["delivered"]
_UNSEEN: Final = _AT["unseen"]
_HEARTBEATS: Final = _AT["heartbeats"]
_OUTCOMES: Final = _AT["outcomes"]
_LOSSES: Final = _AT["losses"]
_REJECTIONS: Final = _AT["rejections"]
_LATE: Final = _AT["late"]


@numba.njit(cache=True)
def _count(
    time: NDArray[np.int64],
    cell: NDArray[np.int32],
    caller: NDArray[np.uint64],
    marks: NDArray[np.uint8],
    settled: NDArray[np.bool_],
    tries: NDArray[np.bool_],
    redials: NDArray[np.bool_],
    judged: NDArray[np.int64],
    judged_cell: NDArray[np.int32],
    unseen: NDArray[np.bool_],
    cells: int,
    counters: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint32]]:
    """One row per step and cell, in order of step: ``row_of`` is where each cell stands in the step at hand."""
    row_of = np.full(cells, -1, dtype=np.int64)
    size = len(time) + len(judged)
    step = np.empty(size, dtype=np.int64)
    of_cell = np.empty(size, dtype=np.int32)
    counts = np.zeros((size, counters), dtype=np.uint32)
    rows, begun, i, j = 0, 0, 0, 0
    while i < len(time) or j < len(judged):
        record = j == len(judged) or (i < len(time) and time[i] <= judged[j])
        now = (time[i] if record else judged[j]) // _STEP_US * STEP_S
        here = cell[i] if record else judged_cell[j]
        if rows and now != step[rows - 1]:
            begun = rows
        row = row_of[here]
        if row < begun:
            row = rows
            rows += 1
            row_of[here] = row
            step[row] = now
            of_cell[row] = here
        if not record:
            counts[row, _DELIVERED] += 1
            counts[row, _UNSEEN] += unseen[j]
            j += 1
            continue
        mark = marks[i]
        if not settled[i]:
            counts[row, _LATE] += 1
        elif mark & BEAT:
            counts[row, _HEARTBEATS] += 1
        else:
            known = mark & KNOWN != 0
            failed = mark & FAILED != 0
            counts[row, _ATTEMPTS] += 1
            counts[row, _TRIES] += tries[i]
            counts[row, _KNOWN] += tries[i] and known
            counts[row, _FAILED] += tries[i] and failed
            counts[row, _ENGAGED] += tries[i] and mark & ENGAGED != 0
            counts[row, _CALLERS] += caller[i] != 0
            counts[row, _REDIALS] += redials[i]
            counts[row, _ANSWERED] += mark & TALKED != 0
            counts[row, _SHORT] += mark & SHORT != 0
            counts[row, _OUTCOMES] += known
            counts[row, _LOSSES] += failed
            counts[row, _REJECTIONS] += mark & ENGAGED != 0
        i += 1
    return step[:rows], of_cell[:rows], counts[:rows]
