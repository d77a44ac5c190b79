"""The lattice: every scope that the watch looks at, and which cells belong to it.

Geography (the whole, regions, cell areas) x class (none, an operator, an access, a node, a centre) x service (all,
one). A cell belongs to the scopes of its area and of every area above it, of each of its classes, of its service and of
all services; what a cell doesn't know is never a class, so a cell without an area counts in the whole alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls.record import HEARTBEAT
from tocsin.watch.scope import CLASS_DIMENSIONS, Scope

LEVELS_A_DEPTH: Final = 2 * (1 + len(CLASS_DIMENSIONS))
"""Levels of one depth: no class or a kind of class, all services or one."""

ALL: Final = 0
"""Index of "no class" among the classes and of "all services" among the services; the root among the areas."""


class Lineage(Protocol):
    """What the lattice must know of a territory."""

    def ancestors(self, code: str) -> Sequence[str]:
        """The areas above ``code``, nearest first, the root last."""
        ...


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Which scopes each cell of one table belongs to: cell i is in ``scope[start[i]:start[i + 1]]``."""

    start: NDArray[np.int64]
    scope: NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """All scopes, as columns of indices.

    ``areas`` codes, root first · ``above`` (areas,) index of the next area up, the root's own is itself ·
    ``depth`` (areas,) 0 at the root · ``classes`` (dimension, value), first the class of all · ``services`` codes,
    first the service of all · ``area``, ``klass``, ``service`` (S,) indices of each scope, in that order.
    """

    areas: tuple[str, ...]
    above: NDArray[np.int32]
    classes: tuple[tuple[str, str], ...]
    services: tuple[str, ...]
    area: NDArray[np.int32]
    klass: NDArray[np.int32]
    service: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.area)

    @cached_property
    def depth(self) -> NDArray[np.int32]:
        depth = np.zeros(len(self.areas), np.int32)
        for index in range(1, len(self.areas)):
            depth[index] = depth[self.above[index]] + 1
        return depth

    @cached_property
    def key(self) -> NDArray[np.int64]:
        """(S,) one ascending number per scope."""
        return self._key(self.area, self.klass, self.service)

    def _key(self, area: NDArray[np.int32], klass: NDArray[np.int32], service: NDArray[np.int32]) -> NDArray[np.int64]:
        return (area.astype(np.int64) * len(self.classes) + klass) * len(self.services) + service

    def find(self, area: NDArray[np.int32], klass: NDArray[np.int32], service: NDArray[np.int32]) -> NDArray[np.int32]:
        """The index of the scope with these parts, -1 where the lattice hasn't it."""
        wanted = self._key(area, klass, service)
        place = np.minimum(np.searchsorted(self.key, wanted), len(self) - 1)
        return np.where(self.key[place] == wanted, place, -1).astype(np.int32)

    @cached_property
    def group(self) -> NDArray[np.int32]:
        """(S,) the scope of the same area and service without the class: what shares a class's demand."""
        return self.find(self.area, np.zeros_like(self.klass), self.service)

    @cached_property
    def parent(self) -> NDArray[np.int32]:
        """(S,) the next wider scope: the area above, at the root all services, then all classes; -1 for everything."""
        wider = self.find(self.above[self.area], self.klass, self.service)
        at_root = self.area == 0
        wider = np.where(at_root, self.find(self.area, self.klass, np.zeros_like(self.service)), wider)
        wider = np.where(at_root & (self.service == ALL), self.group, wider)
        itself = np.arange(len(self))
        return np.where((wider == itself), -1, wider).astype(np.int32)

    @cached_property
    def level(self) -> NDArray[np.int32]:
        """(S,) what scopes pool their drift over: depth, kind of class, whether one service.

        Shares of operators wander as contracts change, those of accesses with habits: pooled, the restless kind would
        widen the other's margin. A scope's parent always stands in a lower level.
        """
        kinds = np.array([CLASS_DIMENSIONS.index(kind) + 1 if kind else 0 for kind, _ in self.classes])
        return np.asarray(
            LEVELS_A_DEPTH * self.depth[self.area] + 2 * kinds[self.klass] + (self.service != ALL), np.int32
        )

    @property
    def levels(self) -> int:
        """How many levels there are, with scopes or without."""
        return LEVELS_A_DEPTH * (int(self.depth.max()) + 1)

    def scope(self, index: int) -> Scope:
        """Scope number ``index``, by name."""
        named = Scope()
        if self.area[index] != 0:
            named = named.narrowed("area", self.areas[self.area[index]])
        if self.service[index] != ALL:
            named = named.narrowed("service", self.services[self.service[index]])
        if self.klass[index] != ALL:
            named = named.narrowed(*self.classes[self.klass[index]])
        return named

    def membership(self, cells: pl.DataFrame, territory: Lineage) -> Membership:
        """Which scopes each row of ``cells`` (columns `counts.KEY`) belongs to; heartbeats belong to none."""
        parts = _parts(cells, territory, self.areas, self.classes, self.services)
        keys, cell = _products(parts, len(self.classes), len(self.services))
        place = np.minimum(np.searchsorted(self.key, keys), len(self) - 1)
        known = self.key[place] == keys
        start = np.zeros(cells.height + 1, np.int64)
        np.cumsum(np.bincount(cell[known], minlength=cells.height), out=start[1:])
        return Membership(start=start, scope=place[known].astype(np.int32))

    @classmethod
    def of(cls, cells: pl.DataFrame, mass: NDArray[np.float64], territory: Lineage, *, least: float) -> Lattice:
        """The lattice of a history: everything, and scopes whose cells have ``least`` of ``mass`` (cells,) or more."""
        lineages = {area: (area, *territory.ancestors(area)) for area in cells["area"].drop_nulls().unique().sort()}
        areas, above = _tree(lineages)
        classes: list[tuple[str, str]] = [("", "")]
        for dimension in CLASS_DIMENSIONS:
            classes += [(dimension, value) for value in _values(cells, dimension)]
        services = ("", *(s for s in cells["service"].drop_nulls().unique().sort() if s != HEARTBEAT))
        parts = _parts(cells, territory, areas, tuple(classes), services)
        keys, cell = _products(parts, len(classes), len(services))
        unique, where = np.unique(keys, return_inverse=True)
        kept = np.union1d([ALL], unique[np.bincount(where, weights=mass[cell], minlength=len(unique)) >= least])
        rest, service = np.divmod(kept, len(services))
        area, klass = np.divmod(rest, len(classes))
        return cls(
            areas=areas,
            above=above,
            classes=tuple(classes),
            services=services,
            area=area.astype(np.int32),
            klass=klass.astype(np.int32),
            service=service.astype(np.int32),
        )


def _tree(lineages: dict[str, tuple[str, ...]]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Areas with every one above them, wider ones first, and the index of the next one up.

    Where no one area is above all (a territory in several parts), one without a name is.
    """
    depth: dict[str, int] = {}
    up: dict[str, str] = {}
    if len({lineage[-1] for lineage in lineages.values()}) > 1:
        lineages = {area: (*lineage, "") for area, lineage in lineages.items()}
    for lineage in lineages.values():
        depth.update({area: distance for distance, area in enumerate(reversed(lineage))})
        up.update(pairwise(lineage))
    areas = tuple(sorted(depth, key=lambda area: (depth[area], area))) or ("",)
    place = {area: index for index, area in enumerate(areas)}
    return areas, np.array([place[up.get(area, area)] for area in areas], np.int32)


def _values(cells: pl.DataFrame, dimension: str) -> list[str]:
    column = cells["path"].str.split(">").explode(empty_as_null=False) if dimension == "node" else cells[dimension]
    return [value for value in column.drop_nulls().unique().sort() if value]


def _parts(
    cells: pl.DataFrame,
    territory: Lineage,
    areas: tuple[str, ...],
    classes: tuple[tuple[str, str], ...],
    services: tuple[str, ...],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """The areas, classes and services of each cell as padded index tables, -1 where there is none."""
    area_of = {area: index for index, area in enumerate(areas)}
    class_of = {pair: index for index, pair in enumerate(classes)}
    service_of = {service: index for index, service in enumerate(services)}
    lineages: dict[str | None, list[int]] = {None: [0]}
    for area in cells["area"].drop_nulls().unique():
        known = [area_of[code] for code in (area, *territory.ancestors(area)) if code in area_of]
        lineages[area] = known if 0 in known else [*known, 0]
    heartbeat = cells["service"] == HEARTBEAT
    area_rows = [lineages[area] for area in cells["area"]]
    service_rows = [
        [] if beat else ([ALL, service_of[service]] if service in service_of else [ALL])
        for service, beat in zip(cells["service"], heartbeat, strict=True)
    ]
    singles = [
        [class_of.get((dimension, value)) for value in cells[dimension]]
        for dimension in ("operator", "access", "centre")
    ]
    nodes: dict[str | None, list[int]] = {None: []}
    for path in cells["path"].drop_nulls().unique():
        crossed = (class_of.get(("node", node)) for node in dict.fromkeys(path.split(">")))
        nodes[path] = [index for index in crossed if index is not None]
    class_rows = [
        [ALL, *(index for index in row if index is not None), *nodes[path]]
        for *row, path in zip(*singles, cells["path"], strict=True)
    ]
    return _padded(area_rows), _padded(class_rows), _padded(service_rows)


def _padded(rows: list[list[int]]) -> NDArray[np.int32]:
    width = max((len(row) for row in rows), default=1) or 1
    table = np.full((len(rows), width), -1, np.int32)
    for index, row in enumerate(rows):
        table[index, : len(row)] = row
    return table


def _products(
    parts: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]], classes: int, services: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The key of every (area, class, service) of every cell, and the cell it comes from; ordered by cell."""
    area, klass, service = (part.astype(np.int64) for part in parts)
    keys = (area[:, :, None, None] * classes + klass[:, None, :, None]) * services + service[:, None, None, :]
    real = (area >= 0)[:, :, None, None] & (klass >= 0)[:, None, :, None] & (service >= 0)[:, None, None, :]
    cell = np.broadcast_to(np.arange(len(area))[:, None, None, None], keys.shape)
    return keys[real], cell[real]
