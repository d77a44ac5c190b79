"""Counts of cells spread over the scopes they belong to: the one place where a call meets its scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.calls.record import VANTAGES
from tocsin.counts import COUNTERS, Tally
from tocsin.watch.crowd import Crowd, places
from tocsin.watch.lattice import Membership

USED: Final = (
    "tries", "known", "arrived", "dropped", "engaged", "callers", "redials", "answered", "short", "delivered", "unseen",
    "outcomes", "drops",
)  # fmt: skip
"""What the watch counts per scope, in the order of every array here that ends in counters.

`arrived` are tries that didn't fail: what failed is on record at once and what succeeds only later, so within a hold
only these show demand. `dropped` (of tries) and `drops` (of all attempts) are failures of the network: lost or
misrouted, neither busy nor refused.
"""

COLUMN: Final = {name: index for index, name in enumerate(USED)}
_DERIVED: Final = {"arrived": ("tries", "failed"), "dropped": ("failed", "engaged"), "drops": ("losses", "rejections")}


def used_counts(tally: Tally) -> NDArray[np.uint32]:
    """(N, len(USED)) the counters that the watch uses."""
    columns = []
    for name in USED:
        whole, without = _DERIVED.get(name, (name, None))
        column = tally.counts[:, COUNTERS.index(whole)]
        columns.append(column if without is None else column - tally.counts[:, COUNTERS.index(without)])
    return np.stack(columns, axis=1)


MARKS: Final = (COLUMN["redials"], COLUMN["short"])
"""The columns that a crowd fills."""


def _thinned(tally: Tally) -> NDArray[np.uint32]:
    """(N, USED) of a whole history, a crowd's marks counted once."""
    counts = used_counts(tally)
    number: dict[tuple[str | None, ...], int] = {}
    place = np.array([number.setdefault(key, len(number)) for key in places(tally.cells)], np.int64)
    Crowd(MARKS).thin(tally.step, place[tally.cell], counts)
    return counts


def vantage_of(tally: Tally) -> NDArray[np.int8]:
    """(cells,) index into `VANTAGES`; -1 where a cell has none."""
    place = {name: index for index, name in enumerate(VANTAGES)}
    return np.array([place.get(vantage, -1) for vantage in tally.cells["vantage"]], np.int8)


@njit(cache=True)
def spread(
    cell: NDArray[np.int32],
    counts: NDArray[np.uint32],
    start: NDArray[np.int64],
    scope: NDArray[np.int32],
    place: NDArray[np.int8],
    out: NDArray[np.int32],
) -> None:
    """Add rows of one step to ``out`` (vantages, scopes, counters); ``place`` (cells,) row of ``out``, -1 for none."""
    for row in range(len(cell)):
        c = cell[row]
        v = place[c]
        if v < 0:
            continue
        for at in range(start[c], start[c + 1]):
            s = scope[at]
            for i in range(counts.shape[1]):
                out[v, s, i] += counts[row, i]


@njit(cache=True)
def _spread_blocks(
    block: NDArray[np.int64],
    cell: NDArray[np.int32],
    counts: NDArray[np.uint32],
    start: NDArray[np.int64],
    scope: NDArray[np.int32],
    place: NDArray[np.int32],
    use: NDArray[np.bool_],
    out: NDArray[np.uint32],
) -> None:
    for row in range(len(cell)):
        c = cell[row]
        if not use[c]:
            continue
        b = block[row]
        if b < 0 or b >= out.shape[0]:
            continue
        for at in range(start[c], start[c + 1]):
            s = place[scope[at]]
            if s >= 0:
                for i in range(counts.shape[1]):
                    out[b, s, i] += counts[row, i]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A history's rows, ready to be spread: ``counts`` (N, USED), ``vantage`` (cells,) index into `VANTAGES`."""

    step: NDArray[np.int64]
    cell: NDArray[np.int32]
    counts: NDArray[np.uint32]
    vantage: NDArray[np.int8]
    membership: Membership
    scopes: int

    @classmethod
    def of(cls, tally: Tally, membership: Membership, scopes: int) -> Counted:
        return cls(
            step=tally.step,
            cell=tally.cell,
            counts=_thinned(tally),
            vantage=vantage_of(tally),
            membership=membership,
            scopes=scopes,
        )

    def by_block(
        self, vantage: str, *, start: int, seconds: int, blocks: int, chosen: NDArray[np.int64] | None = None
    ) -> NDArray[np.uint32]:
        """(blocks, scopes or chosen scopes, USED) counts of one vantage in blocks of ``seconds`` from ``start`` on."""
        place = np.arange(self.scopes, dtype=np.int32)
        if chosen is not None:
            place = np.full(self.scopes, -1, np.int32)
            place[chosen] = np.arange(len(chosen), dtype=np.int32)
        out = np.zeros((blocks, self.scopes if chosen is None else len(chosen), len(USED)), np.uint32)
        _spread_blocks(
            (self.step - start) // seconds,
            self.cell,
            self.counts,
            self.membership.start,
            self.membership.scope,
            place,
            self.vantage == VANTAGES.index(vantage),
            out,
        )
        return out
