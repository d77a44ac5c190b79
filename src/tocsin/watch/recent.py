"""The recent rows: what was counted in the last hours, kept sparse, so that any scope's past can be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.watch.counting import USED, spread
from tocsin.watch.lattice import Membership

KEPT_MINUTES: Final = 12 * 60
"""How far back single minutes are kept: an onset is looked for in half of it, and the end of a long event in all."""


@dataclass(kw_only=True)
class Total:
    """``counts`` (vantages, S, USED) of every scope from minute ``since`` on; ``added`` rows of all that ever came."""

    since: int
    counts: NDArray[np.int32]
    added: int


class Recent:
    """Rows (minute, cell, counts), in order of time; memory is bounded by the calls of `KEPT_MINUTES` (twice at most).

    What must be known of a longer time is a `Total`, carried on while its rows are here.
    """

    def __init__(self) -> None:
        self._minute = np.zeros(1024, np.int64)
        self._cell = np.zeros(1024, np.int32)
        self._counts = np.zeros((1024, len(USED)), np.uint32)
        self._rows = 0
        self._forgotten = 0
        self.first: int | None = None

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
        limit = minute - KEPT_MINUTES
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
        self._forgotten += old
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

    def total(self, since: int, vantages: int, scopes: int) -> Total:
        """A sum that begins at a minute and has nothing in it yet: see `carry_on`."""
        row = int(np.searchsorted(self._minute[: self._rows], since))
        empty = np.zeros((vantages, scopes, len(USED)), np.int32)
        return Total(since=since, counts=empty, added=self._forgotten + row)

    def carry_on(self, total: Total, membership: Membership, vantage: NDArray[np.int8]) -> None:
        """Add what has come since it was last carried on, which must be less than `KEPT_MINUTES` ago."""
        rows = slice(total.added - self._forgotten, self._rows)
        spread(self._cell[rows], self._counts[rows], membership.start, membership.scope, vantage, total.counts)
        total.added = self._forgotten + self._rows


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
