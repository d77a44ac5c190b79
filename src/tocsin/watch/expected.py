"""What a baseline expects: of every scope now, and of one area and service in the course of time, with its band.

The reference of a scope is, on its family's natural scale (see `baseline.Reference`),

    theta = base + profile of the hour [+ log of the calendar's demand, where arrivals are counted]

and `still` is the one place where that stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.territory import Territory
from tocsin.watch.baseline import Baseline, Reference
from tocsin.watch.demand import Calendar, local_bin
from tocsin.watch.history import profile_groups
from tocsin.watch.scope import Scope

SIGMAS: Final = 1.96
"""Half the width of a 95 % band, in standard deviations."""

Floats = NDArray[np.float64]
Integers = NDArray[np.integer]


class Course(Protocol):
    """What has a reference: ``base`` (S,) of each scope and ``profile`` (groups, 48) over the hours."""

    @property
    def base(self) -> Floats: ...

    @property
    def profile(self) -> Floats: ...


def still(
    course: Course,
    scope: Integers | int,
    group: Integers | int,
    bins: Integers | int,
    log_demand: Floats | float = 0.0,
) -> Floats:
    """Theta without drift of a ``scope`` of profile ``group`` in the hours ``bins`` (`demand.local_bin`).

    ``log_demand`` is the log of the calendar's arrivals in each time's stretch; 0 for a rate or a share. The four
    broadcast against one another: all scopes now, one scope over a day, or both, as (scopes, 1) against (times,).
    """
    return np.asarray(course.base[scope] + course.profile[group, bins] + log_demand)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """``best``, ``low``, ``high`` (N,): counts of each stretch of time, or shares of one."""

    best: Floats
    low: Floats
    high: Floats


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
    theta = _course(baseline, reference, at, times, rate[baseline.series.index((vantage, service))])
    best = np.exp(theta) * stretch_s
    level = lattice.level[at]
    spread = np.exp(SIGMAS * np.sqrt(reference.sigma[level] ** 2 + reference.phi[level] / np.maximum(best, 1e-9)))
    return Expected(best=best, low=best / spread, high=best * spread)


def expected_failures(
    baseline: Baseline, scope: Scope, vantage: str, times: NDArray[np.int64], known: Floats
) -> Expected | None:
    """The share of calls that fails, with the band for ``known`` (N,) calls; None where outcomes are unknown."""
    found = _of(baseline, scope, vantage, "outcome")
    if found is None:
        return None
    reference, at = found
    theta = _course(baseline, reference, at, times)
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


def _course(
    baseline: Baseline, reference: Reference, at: int, times: NDArray[np.int64], log_demand: Floats | float = 0.0
) -> Floats:
    group = int(profile_groups(baseline.lattice)[at])
    return still(reference, at, group, local_bin(times, baseline.zone), log_demand)
