"""The recent rows: what was counted in the last hours, kept sparse, so that any scope's past can be looked at."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.counting import USED, spread
from tocsin.watch.lattice import Membership

KEPT_MINUTES: Final = 12 * 60
"""How far back an onset is looked for, and how much of a long event can be counted anew for another scope."""


class Recent:
    """Rows (minute, cell, counts) of the last `KEPT_MINUTES`; memory is bounded by the calls of that time."""

    def __init__(self) -> None:
        self._minute: list[int] = []
        self._rows: list[tuple[NDArray[np.int32], NDArray[np.uint32]]] = []
        self._sum = np.zeros((0, 0, 0), np.int32)
        self._sum_since = self._summed_to = -1

    def add(self, minute: int, cell: NDArray[np.int32], counts: NDArray[np.uint32]) -> None:
        """Keep one minute's rows; cells are numbered by the watch's own growing table."""
        self._minute.append(minute)
        self._rows.append((cell, counts))
        if len(self._minute) > 2 * KEPT_MINUTES:
            self._minute, self._rows = self._minute[-KEPT_MINUTES:], self._rows[-KEPT_MINUTES:]

    @property
    def first(self) -> int:
        """The earliest minute that is still known."""
        return self._minute[max(len(self._minute) - KEPT_MINUTES, 0)]

    def series(
        self, since: int, until: int, member: NDArray[np.bool_], vantage: NDArray[np.int8], vantages: int
    ) -> NDArray[np.int64]:
        """(minutes, vantages, USED) counts of the cells in ``member`` from minute ``since`` to before ``until``."""
        out = np.zeros((until - since, vantages, len(USED)), np.int64)
        for minute, (cell, counts) in zip(self._minute, self._rows, strict=True):
            if since <= minute < until:
                inside = member[cell] & (vantage[cell] >= 0)
                np.add.at(out[minute - since], vantage[cell[inside]], counts[inside])
        return out

    def total(
        self, since: int, membership: Membership, vantage: NDArray[np.int8], scopes: int, vantages: int
    ) -> NDArray[np.int32]:
        """(vantages, scopes, USED) counts of every scope since a minute."""
        if self._sum_since != since:
            self._sum = np.zeros((vantages, scopes, len(USED)), np.int32)
            self._sum_since, self._summed_to = since, since
        for minute, (cell, counts) in zip(self._minute, self._rows, strict=True):
            if minute >= self._summed_to:
                spread(cell, counts, membership.start, membership.scope, vantage, self._sum)
        self._summed_to = self._minute[-1] + 1 if self._minute else since
        return self._sum
