"""The country that never was: who lives where, who carries whom, which equipment a call crosses, who answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.errors import InputError
from tocsin.simulate.centres import answering, positions
from tocsin.simulate.invented import Invented, invented
from tocsin.territory import Plan, Territory, demonstration_plan, france
from tocsin.words import Sentence

ACCESSES: Final = ("fixed", "mobile")
FIXED: Final = 0
MOBILE: Final = 1

COUNTRY_SEED: Final = 1
"""The country that is simulated unless another is asked for, whatever seed its days are drawn with."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Country:
    """A territory with its invented operators, network and centres. The same seed gives the same country.

    D cells (départements), R régions, M communes (grouped by cell), S services, O operators, K nodes that share a
    load, C centres.

    ``people`` (M,) inhabitants · ``cell_of`` (M,) · ``region_of`` (D,) · ``share`` (D, O) of callers by operator ·
    ``fixed`` (D,) share of callers on fixed lines · ``servers`` (R, K) shares of the call servers ·
    ``centre_of`` (S, M) who answers · ``positions`` (C,) · ``load`` (S,) callers an average day in the whole country ·
    ``operator_clock`` (O,), ``centre_clock`` (C,) seconds by which a clock is fast.
    """

    territory: Territory
    cells: tuple[str, ...]
    regions: tuple[str, ...]
    communes: tuple[str, ...]
    services: tuple[str, ...]
    operators: tuple[str, ...]
    centres: tuple[str, ...]
    people: NDArray[np.float64]
    cell_of: NDArray[np.int32]
    region_of: NDArray[np.int32]
    share: NDArray[np.float64]
    fixed: NDArray[np.float64]
    servers: NDArray[np.float64]
    centre_of: NDArray[np.int32]
    centre_region: NDArray[np.int32]
    positions: NDArray[np.int32]
    load: NDArray[np.float64]
    operator_clock: NDArray[np.float64]
    centre_clock: NDArray[np.float64]

    @property
    def weight(self) -> NDArray[np.float64]:
        """(D,) each cell's share of the population."""
        people = np.bincount(self.cell_of, weights=self.people, minlength=len(self.cells))
        return np.asarray(people / people.sum(), dtype=np.float64)

    def callers(self, access: Collection[str] = ()) -> NDArray[np.float64]:
        """(D,) each cell's share of all callers, counting only those of these accesses where any is named."""
        fixed = self.fixed if not access or "fixed" in access else np.zeros_like(self.fixed)
        mobile = 1 - self.fixed if not access or "mobile" in access else np.zeros_like(self.fixed)
        return np.asarray(self.weight * (fixed + mobile))

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The cells and every area above them."""
        return tuple(dict.fromkeys((*self.cells, *(a for cell in self.cells for a in self.territory.ancestors(cell)))))

    def inside(self, areas: Collection[str]) -> NDArray[np.bool_]:
        """(D,) the cells that lie in one of these areas (a cell, or anything above it); all where none is named."""
        named = set(areas)
        return np.array(
            [not named or not named.isdisjoint((cell, *self.territory.ancestors(cell))) for cell in self.cells]
        )

    def commune_in(self, cell: NDArray[np.int32], lot: NDArray[np.float64]) -> NDArray[np.int32]:
        """A commune of each cell, drawn by population with that lot from [0, 1)."""
        total = np.concatenate([[0.0], np.cumsum(self.people)])
        first = np.searchsorted(self.cell_of, np.arange(len(self.cells) + 1))
        low, high = total[first[cell]], total[first[cell + 1]]
        drawn = np.searchsorted(total, low + lot * (high - low), side="right") - 1
        return np.asarray(np.clip(drawn, first[cell], first[cell + 1] - 1), np.int32)

    def server(self, operator: int, access: int, k: int) -> str:
        """The name of the node that shares its load: a call server for fixed lines, an SBC for mobiles."""
        if access == FIXED:
            return f"{invented().network.call_servers_of}-CS-{k + 1}"
        return f"{self.operators[operator]}-SBC-{k + 1}"

    def gateway(self, operator: int, region: int) -> str:
        """The first node a call crosses: its operator's gateway in the caller's région."""
        return f"{self.operators[operator]}-GW-{self.regions[region]}"

    def trunk(self, centre: int) -> str:
        """The last node: the line into the centre."""
        return f"TR-{self.centres[centre]}"

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node, in the order that calls cross them: gateways, call servers and SBCs, trunks."""
        operators, (regions, many) = range(len(self.operators)), self.servers.shape
        gateways = [self.gateway(o, r) for o in operators for r in range(regions)]
        servers = [self.server(0, FIXED, k) for k in range(many)]
        sbcs = [self.server(o, MOBILE, k) for o in operators for k in range(invented().network.sbcs)]
        return (*gateways, *servers, *sbcs, *(self.trunk(c) for c in range(len(self.centres))))

    @property
    def feeds(self) -> tuple[str, ...]:
        """Every feed: the operators' first."""
        operators = [self.operator_feed(o) for o in range(len(self.operators))]
        return (*operators, *(self.centre_feed(r) for r in range(len(self.regions))))

    def operator_feed(self, operator: int) -> str:
        """The feed of an operator's records."""
        return f"operator-{self.operators[operator]}"

    def centre_feed(self, region: int) -> str:
        """The feed that collects the records of a région's centres."""
        return f"centres-{self.regions[region]}"


def build(territory: Territory, seed: int, plan: Plan | None = None) -> Country:
    """The country of this seed on this territory; its calls go where the plan says.

    Without a plan: France's demonstration plan in France, one centre per cell area elsewhere.
    """
    rules = invented()
    rng = np.random.default_rng([seed, 0])
    if plan is None and territory is france():
        plan = demonstration_plan()
    cells = tuple(territory.cell_areas)
    communes, cell_of, people = _communes(territory, cells)
    regions, region_of = _regions(territory, cells)
    weight = np.bincount(cell_of, weights=people, minlength=len(cells)) / people.sum()
    services = tuple(territory.services)
    rooms = answering(plan, cells, services, cell_of, people)
    load = (
        people.sum()
        / rules.demand.population
        * np.array([rules.demand.callers_a_day.get(service, rules.demand.other_service) for service in services])
    )
    lean = np.exp(rng.normal(0, rules.network.lean, (len(regions), rules.network.call_servers)))
    return Country(
        territory=territory,
        cells=cells,
        regions=regions,
        communes=communes,
        services=services,
        operators=tuple(rules.operators.share),
        centres=rooms.names,
        people=people,
        cell_of=cell_of,
        region_of=region_of,
        share=_operator_share(rules, len(cells), rng),
        fixed=_fixed_share(rules, weight, rng),
        servers=lean / lean.sum(axis=1, keepdims=True),
        centre_of=rooms.centre_of,
        centre_region=region_of[rooms.cell],
        positions=positions(rooms, services, people, load),
        load=load,
        operator_clock=rng.normal(0, rules.feeds.operator_clock_s, len(rules.operators.share)),
        centre_clock=np.clip(rng.normal(0, rules.feeds.centre_clock_s, len(rooms.names)), -2.5, 2.5),
    )


def _communes(
    territory: Territory, cells: tuple[str, ...]
) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.float64]]:
    """The deepest areas, grouped by cell: code, row of their cell, inhabitants."""
    row = {cell: i for i, cell in enumerate(cells)}
    parents = {area.parent for area in territory.areas.values()}
    leaves = [
        (row[cell], code, float(area.population))
        for code, area in territory.areas.items()
        if code not in parents
        and area.kind not in _BESIDE
        and area.population > 0
        and (cell := territory.cell_area(code)) in row
    ]
    if not leaves:
        raise InputError(Sentence("fault.nobody"), do=Sentence("repair.population"))
    leaves.sort()
    cell_of, codes, people = zip(*leaves, strict=True)
    return codes, np.array(cell_of, np.int32), np.array(people)


def _regions(territory: Territory, cells: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The level above the cells, and each cell's row in it."""
    above = [territory.parent(cell) or cell for cell in cells]
    regions = tuple(sorted(set(above)))
    row = {region: i for i, region in enumerate(regions)}
    return regions, np.array([row[region] for region in above], np.int32)


def _operator_share(rules: Invented, cells: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(D, O) shares that differ log-normally from cell to cell."""
    nation = np.array(list(rules.operators.share.values()))
    share = nation * np.exp(rng.normal(0, rules.operators.spread, (cells, len(nation))))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _fixed_share(rules: Invented, weight: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(D,) shares of fixed lines that differ from cell to cell and are exact in the nation."""
    share = np.exp(rng.normal(0, rules.operators.fixed_spread, len(weight)))
    return np.asarray(rules.operators.fixed * share / (weight @ share))


_BESIDE: Final = ("arrondissement",)
"""Kinds that lie beside the communes in the tree and not above them: their people are the communes' people."""
