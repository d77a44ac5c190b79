"""What a baseline expects of one area and service in the course of time, with the band that it calls ordinary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.territory import Territory
from tocsin.watch import Baseline, Scope
from tocsin.watch.baseline import Reference
from tocsin.watch.demand import Calendar, local_bin
from tocsin.watch.history import profile_groups

SIGMAS = 1.96
"""Half the width of a 95 % band, in standard deviations."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """``best``, ``low``, ``high`` (N,): counts of each stretch of time, or shares of one."""

    best: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def vantages_with(baseline: Baseline, family: str) -> list[str]:
    """The vantages at which the baseline knows a family."""
    return [each.vantage for each in baseline.references if each.family_name == family]


def expected_arrivals(
    baseline: Baseline, territory: Territory, scope: Scope, vantage: str, times: NDArray[np.int64], stretch_s: int
) -> Expected | None:
    """Calls (a caller's first try in ten minutes) in each stretch that starts at ``times``; None where unknown."""
    found = _of(baseline, scope, vantage, "level")
    if found is None:
        return None
    reference, at = found
    lattice = baseline.lattice
    service = lattice.services[lattice.service[at]]
    rate = baseline.demand.log_rate(times + stretch_s // 2, Calendar(territory))
    theta = _still(baseline, reference, at, times) + rate[baseline.series.index((vantage, service))]
    best = np.exp(theta) * stretch_s
    level = lattice.level[at]
    spread = np.exp(SIGMAS * np.sqrt(reference.sigma[level] ** 2 + reference.phi[level] / np.maximum(best, 1e-9)))
    return Expected(best=best, low=best / spread, high=best * spread)


def expected_failures(
    baseline: Baseline, scope: Scope, vantage: str, times: NDArray[np.int64], known: NDArray[np.float64]
) -> Expected | None:
    """The share of calls that fails, with the band for ``known`` (N,) calls; None where outcomes are unknown."""
    found = _of(baseline, scope, vantage, "outcome")
    if found is None:
        return None
    reference, at = found
    theta = _still(baseline, reference, at, times)
    best = expit(theta)
    level = baseline.lattice.level[at]
    information = known * best * (1 - best) / reference.phi[level]
    wide = SIGMAS * np.sqrt(reference.sigma[level] ** 2 + 1 / np.maximum(information, 1e-9))
    return Expected(best=best, low=expit(theta - wide), high=expit(theta + wide))


def _of(baseline: Baseline, scope: Scope, vantage: str, family: str) -> tuple[Reference, int] | None:
    """The reference of a family at a vantage and the scope's place in the lattice, the area and service of it alone."""
    reference = next(
        (each for each in baseline.references if (each.vantage, each.family_name) == (vantage, family)), None
    )
    lattice = baseline.lattice
    if reference is None or (scope.area and scope.area not in lattice.areas):
        return None
    if scope.service and scope.service not in lattice.services:
        return None
    area = lattice.areas.index(scope.area) if scope.area else 0
    service = lattice.services.index(scope.service) if scope.service else 0
    at = int(lattice.find(*(np.array([part], np.int32) for part in (area, 0, service)))[0])
    return (reference, at) if at >= 0 and reference.active[at] else None


def _still(baseline: Baseline, reference: Reference, at: int, times: NDArray[np.int64]) -> NDArray[np.float64]:
    group = profile_groups(baseline.lattice)[at]
    return np.asarray(reference.base[at] + reference.profile[group, local_bin(times, baseline.zone)])
