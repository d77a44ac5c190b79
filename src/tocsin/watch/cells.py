"""The cells a running watch has met: one growing table, so that every tally speaks of the same numbers.

Cells are numbered in the order in which they first come, those of one step in the order of their keys, and count as met
from their first step on. So a day handed over at once is watched as it would have been minute by minute.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.counts import KEY, Tally
from tocsin.territory import Territory
from tocsin.watch.crowd import places
from tocsin.watch.lattice import Lattice, Membership


class Cells:
    """Cells by number, with the scopes and the vantage of each; memory is bounded by the cells that exist."""

    def __init__(self, lattice: Lattice, territory: Territory, vantages: tuple[str, ...]) -> None:
        self._lattice = lattice
        self._territory = territory
        self._vantages = vantages
        self._number: dict[tuple[str | None, ...], int] = {}
        self.table = pl.DataFrame(schema=dict.fromkeys(KEY, pl.String))
        self.membership = Membership(start=np.zeros(1, np.int64), scope=np.zeros(0, np.int32))
        self.vantage = np.zeros(0, np.int8)
        self.mass = np.zeros(0)
        self.place = np.zeros(0, np.int64)
        self._places: dict[tuple[str | None, ...], int] = {}
        self._met = 0  # numbered cells that have come: the first so many
        self._cell_of = np.zeros(0, np.int64)  # the cell of each membership
        self._members: dict[int, NDArray[np.bool_]] = {}

    def numbers(self, tally: Tally, rows: slice) -> NDArray[np.int32]:
        """(rows,) this watch's number of the cell of each of ``rows``; cells not numbered before are added."""
        used, first, place = np.unique(tally.cell[rows], return_index=True, return_inverse=True)
        cells = tally.cells[used]
        fresh = np.array([key not in self._number for key in cells.rows()], bool)
        if fresh.any():
            came = cells.with_columns(step=pl.Series(tally.step[rows][first]))
            self._add(came.filter(pl.Series(fresh)).sort("step", *KEY, nulls_last=False).select(KEY))
        return np.array([self._number[key] for key in cells.rows()], np.int32)[place]

    def meet(self, number: NDArray[np.int32]) -> None:
        """A step's cells have come: they, and all that came before them, are met."""
        self._met = max(self._met, int(number.max(initial=-1)) + 1)

    def _add(self, fresh: pl.DataFrame) -> None:
        for key in fresh.rows():
            self._number[key] = len(self._number)
        self.table = pl.concat([self.table, fresh])
        more = self._lattice.membership(fresh, self._territory)
        self.membership = Membership(
            start=np.concatenate([self.membership.start, self.membership.start[-1] + more.start[1:]]),
            scope=np.concatenate([self.membership.scope, more.scope]),
        )
        place = {name: index for index, name in enumerate(self._vantages)}
        added = np.array([place.get(vantage, -1) for vantage in fresh["vantage"]], np.int8)
        self.vantage = np.concatenate([self.vantage, added])
        self.mass = np.concatenate([self.mass, np.zeros(fresh.height)])
        where = [self._places.setdefault(key, len(self._places)) for key in places(fresh)]
        self.place = np.concatenate([self.place, np.array(where, np.int64)])
        self._cell_of = np.repeat(np.arange(len(self.vantage)), np.diff(self.membership.start))

    def member(self, scope: int) -> NDArray[np.bool_]:
        """(cells,) which cells belong to a scope."""
        known = self._members.get(scope)
        if known is None or len(known) < len(self.vantage):
            known = np.zeros(len(self.vantage), bool)
            known[self._cell_of[self.membership.scope == scope]] = True
            self._members[scope] = known
        return known

    def overlap(self, scope: int) -> NDArray[np.bool_]:
        """(S,) which scopes share a cell met so far with this one, itself included."""
        shared = np.zeros(len(self._lattice), bool)
        where, cell = self._meetings()
        shared[where[self.member(scope)[cell]]] = True
        shared[scope] = True
        return shared

    def share_inside(self, scope: int) -> NDArray[np.float64]:
        """(S,) the share of each scope's calls that lie in this one, by the calls met so far."""
        where, cell = self._meetings()
        inside, mass = self.member(scope)[cell], np.maximum(self.mass, 1e-3)[cell]
        whole = np.bincount(where, weights=mass, minlength=len(self._lattice))
        part = np.bincount(where, weights=np.where(inside, mass, 0), minlength=len(self._lattice))
        return np.asarray(part / np.maximum(whole, 1e-12))

    def wider(self, scope: int, than: int) -> bool:
        """Whether every cell of ``than`` met so far is one of ``scope``'s."""
        inside, outside = self.member(than)[: self._met], self.member(scope)[: self._met]
        return scope == than or bool((outside | ~inside).all())

    def _meetings(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The scope and the cell of each membership of the cells met so far."""
        known = slice(0, int(self.membership.start[self._met]))
        return self.membership.scope[known], self._cell_of[known]
