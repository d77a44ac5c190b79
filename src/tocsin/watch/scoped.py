"""What was counted in every scope over one step or minute, and which scopes that touched: few are, at any one time."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.watch.counting import USED
from tocsin.watch.lattice import Membership


class Scoped:
    """``counts`` (vantages, S, USED), all nought until calls are added; cleared at the cost of what was touched."""

    def __init__(self, vantages: int, scopes: int) -> None:
        self.counts = np.zeros((vantages, scopes, len(USED)), np.int32)
        self._touched = np.zeros((vantages, scopes), np.int32)
        self._number = np.zeros(vantages, np.int64)
        self._marked = np.zeros((vantages, scopes), bool)

    def add(
        self,
        cell: NDArray[np.int32],
        counts: NDArray[np.uint32],
        membership: Membership,
        vantage: NDArray[np.int8],
    ) -> None:
        """Add rows of one step to the scopes of their cells; ``vantage`` (cells,) -1 for none."""
        _add(
            cell, counts, membership.start, membership.scope, vantage,
            self.counts, self._touched, self._number, self._marked,
        )  # fmt: skip

    def take(self, other: Scoped) -> None:
        """Add what another has."""
        _take(
            other.counts, other._touched, other._number, self.counts, self._touched, self._number, self._marked
        )  # fmt: skip

    def touched(self, vantage: int) -> NDArray[np.int32]:
        """The scopes in which anything was counted at a vantage, each once."""
        return self._touched[vantage, : self._number[vantage]]

    def clear(self) -> None:
        """Back to nothing."""
        _clear(self.counts, self._touched, self._number, self._marked)


@njit(cache=True, inline="always")
def _touch(v: int, s: int, touched: NDArray[np.int32], number: NDArray[np.int64], marked: NDArray[np.bool_]) -> None:
    if not marked[v, s]:
        marked[v, s] = True
        touched[v, number[v]] = s
        number[v] += 1


@njit(cache=True)
def _add(
    cell: NDArray[np.int32],
    counts: NDArray[np.uint32],
    start: NDArray[np.int64],
    scope: NDArray[np.int32],
    vantage: NDArray[np.int8],
    out: NDArray[np.int32],
    touched: NDArray[np.int32],
    number: NDArray[np.int64],
    marked: NDArray[np.bool_],
) -> None:
    for row in range(len(cell)):
        c = cell[row]
        v = vantage[c]
        if v < 0:
            continue
        for at in range(start[c], start[c + 1]):
            s = scope[at]
            _touch(v, s, touched, number, marked)
            for i in range(counts.shape[1]):
                out[v, s, i] += counts[row, i]


@njit(cache=True)
def _take(
    counts: NDArray[np.int32],
    of: NDArray[np.int32],
    many: NDArray[np.int64],
    out: NDArray[np.int32],
    touched: NDArray[np.int32],
    number: NDArray[np.int64],
    marked: NDArray[np.bool_],
) -> None:
    for v in range(len(many)):
        for at in range(many[v]):
            s = of[v, at]
            _touch(v, s, touched, number, marked)
            for i in range(counts.shape[2]):
                out[v, s, i] += counts[v, s, i]


@njit(cache=True)
def _clear(
    counts: NDArray[np.int32],
    touched: NDArray[np.int32],
    number: NDArray[np.int64],
    marked: NDArray[np.bool_],
) -> None:
    for v in range(len(number)):
        for at in range(number[v]):
            s = touched[v, at]
            counts[v, s, :] = 0
            marked[v, s] = False
        number[v] = 0
