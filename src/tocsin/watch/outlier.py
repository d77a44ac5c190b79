"""Outliers: the stretches of a history that were not normal, found, left out and said."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.baseline import LeftOut
from tocsin.watch.drift import BLOCK_S
from tocsin.watch.fitted import LEVEL_SAMPLE, Columns, Fitted, largest
from tocsin.watch.history import History
from tocsin.watch.lattice import ALL

ODD: Final = 6.0
"""Standard deviations of a level's usual blocks beyond which a block of history is left out."""


def leave_out(fitted: Fitted, history: History) -> list[LeftOut]:
    """Find the blocks that aren't normal, leave them out, and say which.

    A block is odd when it lies `ODD` standard deviations off, sampling and usual drift together; the usual drift of a
    level is what its median absolute residual has beyond sampling (at least 10 %), which an outage doesn't move.
    """
    found: list[LeftOut] = []
    for level in np.unique(fitted.level):
        sample = largest(fitted, level, LEVEL_SAMPLE)
        expected, information = fitted.expected(history, sample)
        use = fitted.use[sample]
        standard = np.where(use, (fitted.k[sample] - expected) / np.sqrt(np.maximum(information, 1.0)), np.nan)
        scale = 1.4826 * np.nanmedian(np.abs(standard), axis=1)
        mean = np.maximum((information * use).sum(axis=1) / np.maximum(use.sum(axis=1), 1), 1e-9)
        usual = max(float(np.median((scale**2 - 1) / mean)), 0.1**2)
        here = np.flatnonzero(fitted.level == level)
        for part in np.array_split(here, max(len(here) // 500, 1)):
            expected, information = fitted.expected(history, part)
            spread = np.sqrt(np.maximum(information + usual * information**2, 1.0))
            odd = _lasting((np.abs(fitted.k[part] - expected) > ODD * spread) & fitted.use[part])
            fitted.use[part] &= ~odd
            for row in np.flatnonzero(odd.any(axis=1)):
                if history.lattice.klass[fitted.scope[part[row]]] == ALL:
                    found += _stretches(fitted, history, part[row], odd[row], expected[row])
    for level in np.unique(fitted.level):  # a place may be too small to show what the whole lost
        within = np.flatnonzero((fitted.level == level) & (fitted.above >= 0))
        fitted.use[within] &= fitted.use[fitted.above[within]]
    return found


def _lasting(odd: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only what lasts two blocks or more: half an hour alone may be a burst of calls, which is normal."""
    beside = np.zeros_like(odd)
    beside[:, 1:] |= odd[:, :-1]
    beside[:, :-1] |= odd[:, 1:]
    return odd & beside


def _stretches(
    fitted: Fitted, history: History, row: np.int64, odd: NDArray[np.bool_], expected: Columns
) -> list[LeftOut]:
    """Runs of odd blocks of one scope."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], odd, [False]]).astype(int)))
    scope = history.lattice.scope(int(fitted.scope[row])).as_json()
    return [
        LeftOut(
            scope={name: str(value) for name, value in scope.items()},
            start=int(history.times[begin]),
            end=int(history.times[end - 1]) + BLOCK_S,
            seen=float(fitted.k[row, begin:end].sum()),
            expected=float(expected[begin:end].sum()),
            family=fitted.family.evidence,
        )
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    ]
