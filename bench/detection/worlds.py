"""The worlds of the detection study, drawn call by call: what the detector is measured in.

171,000 calls a day, France's départements by population, four operators (40/25/20/15 %, varying log-normally by 25 %
per département), three services (50/21/29 %), fixed lines 25 %, base failure 2 %. All of it is simulated.

exact  demand, shares and failure rate as in the history.
swing  common Ornstein-Uhlenbeck 6 % over 3 h, a 10 % sine of 7.3 h, a 5 % day effect, clipped at +-16 %; failure rate
       wandering between 1.1 and 3.6 %.
hard   swing, and 10 % over 2 h per département, 6 % over 3 h per région, operator shares wrong by 3 % per département
       and 1 % in the nation, drawn anew each day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.counts import COUNTERS, Tally
from tocsin.territory import Territory

DAY_CALLS: Final = 171_000
HOURLY: Final = np.array(
    [.52, .45, .40, .36, .34, .36, .45, .62, .88, 1.08, 1.20, 1.24, 1.22, 1.20, 1.20, 1.22, 1.28, 1.36, 1.42, 1.40,
     1.30, 1.12, .90, .68]
)  # fmt: skip
OPERATORS: Final = ("A", "B", "C", "D")
OPERATOR_SHARES: Final = np.array([0.40, 0.25, 0.20, 0.15])
SERVICES: Final = ("15", "17", "18")
SERVICE_SHARES: Final = np.array([0.50, 0.21, 0.29])
ACCESSES: Final = ("fixed", "mobile")
FIXED: Final = 0.25
BASE_FAILURE: Final = 0.02
MONDAY: Final = 1_622_419_200  # 31 May 2021, 00:00 UTC, in seconds since 1970
DAY_S: Final = 86_400

Calls = dict[str, NDArray[np.int64]]
Lost = Callable[[Calls, NDArray[np.int64], np.random.Generator], NDArray[np.bool_]]
"""Given calls (indices of area, service, operator, access) and their seconds: which of them are lost."""
Altered = Callable[[Calls, NDArray[np.int64], np.random.Generator], tuple[Calls, NDArray[np.int64]]]
"""The same, to other calls and seconds: some more of them, or over other routes. Nothing is lost."""


@dataclass(frozen=True, kw_only=True)
class World:
    """A country at the granularity of the study; `day` draws one day of it as a tally.

    ``demand`` factor of all demand · ``nodes`` the four operators are four nodes that a call crosses instead ·
    ``accesses`` whether fixed and mobile are told apart (without them the lattice is the study's, of 2,400 scopes).
    """

    territory: Territory
    kind: str  # exact, swing or hard
    seed: int
    outcomes: bool  # an operator's records, outcomes known; else a centre's, arrivals only
    demand: float = 1.0
    nodes: bool = False
    accesses: bool = True
    areas: tuple[str, ...] = field(init=False)
    cells: pl.DataFrame = field(init=False)
    shares: NDArray[np.float64] = field(init=False)
    operators: NDArray[np.float64] = field(init=False)
    region: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        areas = tuple(a for a in self.territory.cell_areas if self.territory.areas[a].kind == "departement")
        people = np.array([self.territory.areas[a].population for a in areas], float)
        country = np.random.default_rng(113)  # operator A has 49 % of the largest département, as in the study
        shares = OPERATOR_SHARES * np.exp(0.25 * country.standard_normal((len(areas), 4)))
        regions = sorted({self.territory.ancestors(a)[0] for a in areas})
        vantage = "operator" if self.outcomes else "centre"
        accesses = ACCESSES if self.accesses else (None,)
        rows = [
            {
                "vantage": vantage, "feed": None, "area": area, "service": service,
                "operator": None if self.nodes else operator, "access": access,
                "path": operator if self.nodes else None, "centre": None,
            }
            for area in areas for service in SERVICES for operator in OPERATORS for access in accesses
        ]  # fmt: skip
        set_ = object.__setattr__
        set_(self, "areas", areas)
        set_(self, "shares", people / people.sum())
        set_(self, "operators", shares / shares.sum(axis=1, keepdims=True))
        set_(self, "region", np.array([regions.index(self.territory.ancestors(a)[0]) for a in areas]))
        set_(self, "cells", pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)))

    def day(
        self, number: int, lost: Lost | None = None, football: int | None = None, altered: Altered | None = None
    ) -> Tally:
        """Day ``number`` (0 is a Monday), reproducible by (seed, number).

        ``football`` a second of the day at which 15 % of demand falls away within ten minutes, for two hours.
        """
        rng = np.random.default_rng((self.seed, number))
        minutes = np.arange(1440)
        common, failure = self._common(number)
        rate = usual_minutes() * self.demand * common
        if football is not None:
            since = (minutes * 60 - football) / 600
            rate = rate * (1 - 0.15 * np.clip(since, 0, 1) * (minutes * 60 < football + 7200))
        places = self.shares[:, None] * rate
        if self.kind == "hard":
            places = places * np.exp(_wander(rng, len(self.areas), 1440, 0.10, 120.0))
            places = places * np.exp(_wander(rng, self.region.max() + 1, 1440, 0.06, 180.0))[self.region]
        number_of = rng.poisson(places)
        area = np.repeat(np.arange(len(self.areas)), number_of.sum(axis=1))
        minute = np.repeat(np.tile(minutes, len(self.areas)), number_of.ravel())
        second = minute * 60 + rng.integers(0, 60, len(minute))
        operators = self.operators
        if self.kind == "hard":
            wrong = 1 + 0.03 * rng.standard_normal(operators.shape) + 0.01 * rng.standard_normal(4)
            operators = operators * wrong
            operators = operators / operators.sum(axis=1, keepdims=True)
        cumulated = np.cumsum(operators, axis=1)
        calls: Calls = {
            "area": area,
            "service": np.searchsorted(np.cumsum(SERVICE_SHARES)[:-1], rng.random(len(area))),
            "operator": (rng.random(len(area))[:, None] > cumulated[area, :-1]).sum(axis=1),
            "access": (rng.random(len(area)) > FIXED).astype(np.int64),
        }
        failed = rng.random(len(area)) < failure[minute]
        if altered:
            calls, second = altered(calls, second, rng)
            failed = rng.random(len(second)) < failure[second // 60]
        gone = lost(calls, second, rng) if lost else np.zeros(len(second), bool)
        if not self.outcomes:
            keep = ~gone
            calls = {name: values[keep] for name, values in calls.items()}
            second, failed = second[keep], failed[keep]
        else:
            failed = failed | gone
        return self._tally(number, calls, second, failed)

    def history(self, first: int, days: int) -> Tally:
        """Several quiet days as one tally."""
        parts = [self.day(first + each) for each in range(days)]
        return joined(parts)

    def _common(self, number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(1440,) common demand factor and failure rate of a day."""
        if self.kind == "exact":
            return np.ones(1440), np.full(1440, BASE_FAILURE)
        rng = np.random.default_rng((self.seed, number, 7))
        hours = number * 24 + np.arange(1440) / 60
        swing = (
            _wander(rng, 1, 1440, 0.06, 180.0)[0]
            + 0.10 * np.sin(2 * np.pi * hours / 7.3)
            + 0.05 * rng.standard_normal()
        )
        low, high = np.log(0.011), np.log(0.036)
        failure = np.exp(np.clip((low + high) / 2 + _wander(rng, 1, 1440, (high - low) / 3, 240.0)[0], low, high))
        return np.clip(1 + swing, 0.84, 1.16), failure

    def _tally(self, number: int, calls: Calls, second: NDArray[np.int64], failed: NDArray[np.bool_]) -> Tally:
        cell = (calls["area"] * 3 + calls["service"]) * 4 + calls["operator"]
        if self.accesses:
            cell = cell * 2 + calls["access"]
        key = (second // 10) * self.cells.height + cell
        unique, inverse = np.unique(key, return_inverse=True)
        n = np.bincount(inverse).astype(np.uint32)
        counts = np.zeros((len(unique), len(COUNTERS)), np.uint32)
        for name in ("attempts", "tries"):
            counts[:, COUNTERS.index(name)] = n
        if self.outcomes:
            bad = np.bincount(inverse, weights=failed).astype(np.uint32)
            for name in ("known", "outcomes"):
                counts[:, COUNTERS.index(name)] = n
            for name in ("failed", "losses"):
                counts[:, COUNTERS.index(name)] = bad
        step, place = np.divmod(unique, self.cells.height)
        return Tally(
            cells=self.cells,
            step=MONDAY + number * DAY_S + step * 10,
            cell=place.astype(np.int32),
            counts=counts,
        )


def usual_minutes() -> NDArray[np.float64]:
    """(1440,) the country's expected calls in each minute of a day."""
    minutes = np.arange(1440)
    rate = np.interp((minutes + 0.5) / 60, np.arange(-1, 25) + 0.5, np.r_[HOURLY[-1], HOURLY, HOURLY[0]])
    return np.asarray(rate / rate.sum() * DAY_CALLS)


def joined(parts: list[Tally]) -> Tally:
    """Tallies of successive times over the same cells as one."""
    return Tally(
        cells=parts[0].cells,
        step=np.concatenate([part.step for part in parts]),
        cell=np.concatenate([part.cell for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
    )


def _wander(rng: np.random.Generator, series: int, minutes: int, sd: float, memory: float) -> NDArray[np.float64]:
    """(series, minutes) stationary Ornstein-Uhlenbeck of standard deviation ``sd`` and ``memory`` minutes."""
    keep = np.exp(-1 / memory)
    x = np.empty((series, minutes))
    x[:, 0] = sd * rng.standard_normal(series)
    noise = sd * np.sqrt(1 - keep**2) * rng.standard_normal((series, minutes))
    for minute in range(1, minutes):
        x[:, minute] = keep * x[:, minute - 1] + noise[:, minute]
    return x
