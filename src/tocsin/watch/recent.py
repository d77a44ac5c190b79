"""The recent rows: what was counted in the last hours, kept sparse, so that any scope's past can be looked at."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.watch.counting import USED, spread
from tocsin.watch.lattice import Membership

KEPT_MINUTES: Final = 12 * 60
"""How far back an onset is looked for, and how much of a long event can be counted anew for another scope."""


class Recent:
    """Rows (minute, cell, counts), in order of time; memory is bounded by the calls of `KEPT_MINUTES` (twice at most).

    While an event is open nothing is forgotten: `keep_since` says from which minute on.
    """

    def __init__(self) -> None:
        self._minute = np.zeros(1024, np.int64)
        self._cell = np.zeros(1024, np.int32)
        self._counts = np.zeros((1024, len(USED)), np.uint32)
        self._rows = 0
        self._sum = np.zeros((0, 0, 0), np.int32)
        self._sum_since = -1
        self._summed = 0
        self.first: int | None = None
        self.keep_since: int | None = None

    def add(self, minute: int, cell: NDArray[np.int32], counts: NDArray[np.uint32]) -> None:
        """Keep one step's rows; cells are numbered by the watch's own growing table."""
        self.first = minute if self.first is None else self.first
        if self._rows + len(cell) > len(self._minute):
            self._make_room(minute, len(cell))
        rows = slice(self._rows, self._rows + len(cell))
        self._minute[rows], self._cell[rows], self._counts[rows] = minute, cell, counts
        self._rows += len(cell)

    def _make_room(self, minute: int, more: int) -> None:
        """Forget what is too old; where that isn't half of it, take twice the room."""
        limit = minute - KEPT_MINUTES if self.keep_since is None else min(minute - KEPT_MINUTES, self.keep_since)
        old = int(np.searchsorted(self._minute[: self._rows], limit))
        kept = self._rows - old
        size = len(self._minute)
        while 2 * (kept + more) > size:
            size *= 2
        for name in ("_minute", "_cell", "_counts"):
            before = getattr(self, name)
            after = np.zeros((size, *before.shape[1:]), before.dtype)
            after[:kept] = before[old : self._rows]
            setattr(self, name, after)
        self._rows = kept
        self._summed = max(self._summed - old, 0)
        self.first = max(self.first or limit, limit) if old else self.first

    def series(
        self, since: int, until: int, member: NDArray[np.bool_], vantage: NDArray[np.int8], vantages: int
    ) -> NDArray[np.int64]:
        """(minutes, vantages, USED) counts of the cells in ``member`` from minute ``since`` to before ``until``."""
        out = np.zeros((max(until - since, 0), vantages, len(USED)), np.int64)
        low, high = np.searchsorted(self._minute[: self._rows], [since, until])
        rows = slice(low, high)
        _gather(self._minute[rows] - since, self._cell[rows], self._counts[rows], member, vantage, out)
        return out

    def total(
        self, since: int, membership: Membership, vantage: NDArray[np.int8], scopes: int, vantages: int
    ) -> NDArray[np.int32]:
        """(vantages, scopes, USED) counts of every scope since a minute; the sum is carried on from call to call."""
        if self._sum_since != since:
            self._sum = np.zeros((vantages, scopes, len(USED)), np.int32)
            self._sum_since = since
            self._summed = int(np.searchsorted(self._minute[: self._rows], since))
        rows = slice(self._summed, self._rows)
        spread(self._cell[rows], self._counts[rows], membership.start, membership.scope, vantage, self._sum)
        self._summed = self._rows
        return self._sum


@njit(cache=True)
def _gather(
    minute: NDArray[np.int64],
    cell: NDArray[np.int32],
    counts: NDArray[np.uint32],
    member: NDArray[np.bool_],
    vantage: NDArray[np.int8],
    out: NDArray[np.int64],
) -> None:
    for row in range(len(cell)):
        c = cell[row]
        if member[c] and vantage[c] >= 0:
            for i in range(counts.shape[1]):
                out[minute[row], vantage[c], i] += counts[row, i]
