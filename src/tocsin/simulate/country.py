"""The country that never was: who lives where, who carries whom, which equipment a call crosses, who answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.errors import InputError
from tocsin.simulate.invented import Invented, invented
from tocsin.territory import Territory

ACCESSES: Final = ("fixed", "mobile")
FIXED: Final = 0
MOBILE: Final = 1


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

    def inside(self, areas: Collection[str]) -> NDArray[np.bool_]:
        """(D,) the cells that lie in one of these areas (a cell, or anything above it); all where none is named."""
        if not areas:
            return np.ones(len(self.cells), np.bool_)
        within = [{cell, *self.territory.ancestors(cell)} for cell in self.cells]
        strangers = set(areas) - set().union(*within)
        if strangers:
            raise InputError(
                f"the territory has no area {min(strangers)!r} at or above its cells",
                field="areas",
                do="write a code of areas.csv, such as a département",
            )
        return np.array([not lies.isdisjoint(areas) for lies in within])

    def commune_in(self, cell: NDArray[np.int32], lot: NDArray[np.float64]) -> NDArray[np.int32]:
        """A commune of each cell, drawn by population with that lot from [0, 1)."""
        total = np.concatenate([[0.0], np.cumsum(self.people)])
        first = np.searchsorted(self.cell_of, np.arange(len(self.cells) + 1))
        low, high = total[first[cell]], total[first[cell + 1]]
        drawn = np.searchsorted(total, low + lot * (high - low), side="right") - 1
        return np.clip(drawn, first[cell], first[cell + 1] - 1).astype(np.int32)

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

    def path(self, operator: int, access: int, region: int, k: int, centre: int) -> str:
        """The nodes that a call crosses, in order, joined by ``>``."""
        return ">".join((self.gateway(operator, region), self.server(operator, access, k), self.trunk(centre)))

    def operator_feed(self, operator: int) -> str:
        """The feed of an operator's records."""
        return f"operator-{self.operators[operator]}"

    def centre_feed(self, region: int) -> str:
        """The feed that collects the records of a région's centres."""
        return f"centres-{self.regions[region]}"


def build(territory: Territory, seed: int) -> Country:
    """The country of this seed on this territory."""
    rules = invented()
    rng = np.random.default_rng([seed, 0])
    cells = tuple(territory.cell_areas)
    communes, cell_of, people = _communes(territory, cells)
    regions, region_of = _regions(territory, cells)
    weight = np.bincount(cell_of, weights=people, minlength=len(cells)) / people.sum()
    services = tuple(territory.services)
    centres, centre_of, centre_cell = _centres(territory, cells, communes, cell_of, people, services)
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
        centres=centres,
        people=people,
        cell_of=cell_of,
        region_of=region_of,
        share=_operator_share(rules, len(cells), rng),
        fixed=_fixed_share(rules, weight, rng),
        servers=lean / lean.sum(axis=1, keepdims=True),
        centre_of=centre_of,
        centre_region=region_of[centre_cell],
        positions=_positions(rules, services, centre_of, len(centres), people, load),
        load=load,
        operator_clock=rng.normal(0, rules.feeds.operator_clock_s, len(rules.operators.share)),
        centre_clock=np.clip(rng.normal(0, rules.feeds.centre_clock_s, len(centres)), -2.5, 2.5),
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
        raise InputError("no area has any inhabitants, so nobody calls", do="give areas.csv a population column")
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


def _centres(
    territory: Territory,
    cells: tuple[str, ...],
    communes: tuple[str, ...],
    cell_of: NDArray[np.int32],
    people: NDArray[np.float64],
    services: tuple[str, ...],
) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.int32]]:
    """Names of the centres, who answers whom (S, M), and the cell each stands in."""
    town = people >= TOWN
    names: list[str] = []
    row: dict[str, int] = {}
    stands: list[int] = []

    def centre(name: str, cell: int) -> int:
        if name not in row:
            row[name] = len(names)
            names.append(name)
            stands.append(cell)
        return row[name]

    answers = np.zeros((len(services), len(communes)), np.int32)
    for s, service in enumerate(services):
        local = _LOCAL.get(service)
        for d, cell in enumerate(cells):
            here = cell_of == d
            if local is None:
                answers[s, here] = centre(f"NATIONAL-{service}", 0)
                continue
            answers[s, here & ~town] = centre(f"{local[0]}-{cell}", d)
            if (here & town).any():
                answers[s, here & town] = centre(f"{local[1]}-{cell}", d)
    return tuple(names), answers, np.array(stands, np.int32)


_BESIDE: Final = ("arrondissement",)
"""Kinds that lie beside the communes in the tree and not above them: their people are the communes' people."""

TOWN: Final = 20_000
"""Inhabitants from which the national police answers 17, and below which the gendarmerie does; invented."""

_LOCAL: Final[Mapping[str, tuple[str, str]]] = {
    "15": ("CRRA-SAMU", "CRRA-SAMU"),
    "17": ("CORG", "CIC"),
    "18": ("CTA-CODIS", "CTA-CODIS"),
    "112": ("CTA-CODIS", "CTA-CODIS"),
}


def _positions(
    rules: Invented,
    services: tuple[str, ...],
    centre_of: NDArray[np.int32],
    centres: int,
    people: NDArray[np.float64],
    load: NDArray[np.float64],
) -> NDArray[np.int32]:
    """(C,) positions: enough for the evening's peak and a margin that grows with the square root of the load."""
    talk = rules.centres.talk_s
    busy_s = [
        talk.get(service, talk["other"]) * np.exp(rules.centres.talk_spread**2 / 2) + rules.centres.wrap_s
        for service in services
    ]
    peak = max(rules.demand.hour) / (sum(rules.demand.hour) / 24)
    erlangs = np.zeros(centres)
    for s, seconds in enumerate(busy_s):
        callers = load[s] * people / people.sum()
        erlangs += np.bincount(centre_of[s], weights=callers * peak / 86400 * seconds, minlength=centres)
    return np.ceil(erlangs + rules.centres.safety * np.sqrt(erlangs) + 1).astype(np.int32)
