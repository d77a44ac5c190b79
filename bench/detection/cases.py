"""The cases of the study's table: what is lost at 17:00, from what it can be seen, and what the prototype reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.detection.worlds import FIXED, OPERATORS, Calls, Lost, World
from tocsin.watch import Scope

ONSET_S: Final = 17 * 3600
REGION: Final = "R53"
"""Bretagne: a twentieth of the people, the median of the régions."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """A scope of the study's country: ``place`` nation, région, largest or median (département); one class or all."""

    place: str = "nation"
    operator: str | None = None
    access: str | None = None

    def area(self, world: World) -> str | None:
        """The code of the place, None for the nation."""
        order = np.argsort(world.shares)
        areas: dict[str, str | None] = {
            "nation": None,
            "région": REGION,
            "largest": world.areas[order[-1]],
            "median": world.areas[order[len(order) // 2]],
        }
        return areas[self.place]

    def scope(self, world: World) -> Scope:
        """As the watch names it."""
        node = self.operator if world.nodes else None
        operator = None if world.nodes else self.operator
        return Scope(area=self.area(world), operator=operator, access=self.access, node=node)

    def inside(self, world: World, calls: Calls) -> NDArray[np.bool_]:
        """(calls,) which calls belong to it."""
        inside = self._areas(world)[calls["area"]]
        if self.operator:
            inside &= calls["operator"] == OPERATORS.index(self.operator)
        if self.access:
            inside &= calls["access"] == ("fixed", "mobile").index(self.access)
        return inside

    def weight(self, world: World) -> float:
        """Its share of all calls."""
        inside = self._areas(world)
        by_area = world.shares[inside]
        if self.operator:
            by_area = by_area * world.operators[inside, OPERATORS.index(self.operator)]
        part = {None: 1.0, "fixed": FIXED, "mobile": 1 - FIXED}[self.access]
        return float(by_area.sum() * part)

    def group(self) -> Where:
        """The same place without the class: what shares its demand."""
        return Where(place=self.place)

    def _areas(self, world: World) -> NDArray[np.bool_]:
        code = self.area(world)
        if code is None:
            return np.ones(len(world.areas), bool)
        return np.array([code == area or code == world.territory.ancestors(area)[0] for area in world.areas])


@dataclass(frozen=True, kw_only=True)
class Case:
    """``loss`` the share of the calls in ``where`` that is lost; ``siblings`` scopes of its kind in the study.

    ``family`` what sees it: outcome, contrast or level · ``prototype`` the study's median minutes in the hard world,
    None where it saw nothing · ``lorden_study`` the yardstick that the study gives, if any.
    """

    name: str
    where: Where
    loss: float
    family: str
    siblings: int
    lorden_study: float | None
    prototype: float | None

    @property
    def outcomes(self) -> bool:
        """Whether it is watched in an operator's records, or in arrivals only."""
        return self.family == "outcome"

    def lost(self, world: World) -> Lost:
        """The loss as the world draws it, from 17:00 on."""
        return losing(world, self.where, self.loss)


def losing(
    world: World, where: Where, loss: float, *, since: int = ONSET_S, until: int = 86_400, ramp_s: int = 0
) -> Lost:
    """A loss between two seconds of the day, growing over ``ramp_s`` seconds."""

    def gone(calls: Calls, second: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
        grown = np.clip((second - since) / ramp_s, 0, 1) if ramp_s else 1.0
        during = (second >= since) & (second < until)
        return during & where.inside(world, calls) & (rng.random(len(second)) < loss * grown)

    return gone


NATION: Final = Where()
OPERATOR: Final = Where(operator="A")
FIXED_LINES: Final = Where(access="fixed")
REGION_ALL: Final = Where(place="région")
LARGEST: Final = Where(place="largest")
MEDIAN: Final = Where(place="median")
OPERATOR_IN_LARGEST: Final = Where(place="largest", operator="A")

CASES: Final = tuple(
    Case(name=name, where=where, loss=loss, family=family, siblings=siblings, lorden_study=study, prototype=prototype)
    for name, where, loss, family, siblings, study, prototype in (
        ("nation loses 11 %", NATION, 0.11, "outcome", 1, 0.45, 2),
        ("nation loses 11 %", NATION, 0.11, "level", 1, 9.9, None),
        ("a 40 % operator loses 27.5 %", OPERATOR, 0.275, "contrast", 4, 6.0, 10),
        ("fixed lines lose 44 %", FIXED_LINES, 0.44, "contrast", 2, 2.8, 4),
        ("fixed lines lose 44 %", FIXED_LINES, 0.44, "outcome", 2, None, 1),
        ("a région loses 30 %", REGION_ALL, 0.30, "outcome", 18, 2.0, 6),
        ("largest département loses 30 %", LARGEST, 0.30, "outcome", 101, 2.6, 10),
        ("median département loses everything", MEDIAN, 1.0, "outcome", 101, 2.0, 7),
        ("operator in largest, everything", OPERATOR_IN_LARGEST, 1.0, "outcome", 404, 0.9, 3),
        ("operator in largest, everything", OPERATOR_IN_LARGEST, 1.0, "contrast", 404, 4.8, 11),
    )
)
