"""Which scopes are looked at: each set of calls once, and a class only beside calls that share its demand."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tocsin.watch.lattice import ALL, Lattice, Membership

ALIKE: Final = 0.5
"""How much of a class's calls must lie, by place and service, as those of its group do. Less, and it is a place rather
than a class: a centre in its région loses share whenever another place has an accident."""


def distinct(
    lattice: Lattice, membership: Membership, mass: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """(S,) one scope of each set of cells with calls: the one of the narrowest area, and every scope without a class.

    A centre, its trunk and "this service in this area" are often the same calls: looking thrice costs thrice. ``mass``
    (cells,) calls; where areas are the same, the scope of the largest ``weight`` (S,) stands for all.
    """
    signature = _signature(len(lattice), membership, mass)
    order = np.lexsort((-weight, -lattice.depth[lattice.area], lattice.klass != ALL))
    chosen = np.asarray(lattice.klass == ALL)
    chosen[order[np.unique(signature[order], return_index=True)[1]]] = True
    return chosen


def compared(
    lattice: Lattice, membership: Membership, mass: NDArray[np.float64], cells: pl.DataFrame
) -> NDArray[np.bool_]:
    """(S,) one class of each set of cells in a group, of those whose calls lie as the group's do: see `ALIKE`."""
    signature = _signature(len(lattice), membership, mass)
    order = np.lexsort((lattice.klass, -lattice.depth[lattice.area]))
    pairs = np.stack([signature, signature[lattice.group]], axis=1)[order]
    chosen = np.zeros(len(lattice), bool)
    chosen[order[np.unique(pairs, axis=0, return_index=True)[1]]] = True
    return np.asarray(chosen & (lattice.klass != ALL) & (_alike(lattice, membership, mass, cells) >= ALIKE))


def _signature(scopes: int, membership: Membership, mass: NDArray[np.float64]) -> NDArray[np.uint64]:
    """(S,) the same number for the same cells with calls: the sum of a 64-bit number drawn for each.

    Seeded: the same history gives the same baseline.
    """
    drawn = np.random.default_rng(5031).integers(1, 2**63, len(mass), dtype=np.uint64)
    drawn[mass == 0] = 0
    signature = np.zeros(scopes, np.uint64)
    np.add.at(signature, membership.scope, drawn[_cell(membership)])
    return signature


def _alike(
    lattice: Lattice, membership: Membership, mass: NDArray[np.float64], cells: pl.DataFrame
) -> NDArray[np.float64]:
    """(S,) the overlap of a scope's calls with its group's, by place and service: the sum of the smaller shares."""
    where = cells.select(pl.struct(pl.col("area", "service")).rank("dense") - 1).to_series().to_numpy()
    cell = _cell(membership)
    shape = (len(lattice), int(where.max(initial=0)) + 1)
    calls = sparse.coo_array(
        (mass[cell], (membership.scope, where[cell])), shape
    ).tocsr()  # most scopes are in one place
    whole = np.maximum(calls.sum(axis=1), 1e-9)
    calls = sparse.diags_array(1 / whole).tocsr() @ calls
    return np.asarray(calls.minimum(calls[lattice.group]).sum(axis=1))


def _cell(membership: Membership) -> NDArray[np.int64]:
    """The cell of each membership."""
    return np.repeat(np.arange(len(membership.start) - 1), np.diff(membership.start))
