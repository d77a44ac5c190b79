"""The detector: Shiryaev-Roberts e-detectors over every scope, size and family, mixed into one number M.

Each component follows ``R <- (R + dt) * LR`` with dt the step in minutes; under its whole null E[LR] <= 1, so
E[R] <= minutes, and with weights that sum to one E[M] <= minutes: paging at M >= A pages falsely at most minutes / A
times, in expectation, whatever demand does inside the margins (Shin, Ramdas, Rinaldo 2024, e-detectors). A page zeroes
what it used, which only lowers M.

R is held in 64-bit floats in the linear domain. A step's log ratio is cut at `STEP_NATS` and R at `CEILING`: cutting
downwards keeps every guarantee, and no loss, however total, overflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.watch.family import Family

STEP_NATS: Final = 300.0
CEILING: Final = 1e250


@dataclass(kw_only=True)
class Component:
    """One family at one vantage: its scopes, ratios and evidence.

    ``reference``, ``vantage`` places in the baseline · ``bad``, ``of`` columns of `counting.USED` ·
    ``scope`` (A,) scope of each row · ``group`` (A,) where n is counted · ``ratio`` (A, sizes, 2) the log ratio of a
    step is ``k * ratio[..., 0] + n * ratio[..., 1]`` · ``weight`` (A, sizes) of the mixture · ``evidence`` (A, sizes)
    R · ``asleep`` (A,) rows that a silent feed has frozen · ``guard``, ``guard_row`` (A,) the level that must fall as
    well, and its row of the same scope, -1 where it has none · ``withheld`` (A,) rows whose evidence waits for a feed's
    sign of life.
    """

    family: Family
    reference: int
    vantage: int
    bad: int
    of: int
    scope: NDArray[np.int32]
    group: NDArray[np.int32]
    ratio: NDArray[np.float64]
    weight: NDArray[np.float64]
    evidence: NDArray[np.float64]
    asleep: NDArray[np.bool_]
    withheld: NDArray[np.bool_]
    guard: Component | None = None
    guard_row: NDArray[np.int64] | None = None

    def parts(self) -> NDArray[np.float64]:
        """(A,) what each row gives to the mixture: weight times evidence over the sizes, none while it sleeps or waits.

        A guarded row gives the smaller of its own evidence and its guard's; where the guard hasn't the scope, none.
        """
        evidence = self.evidence
        if self.guard is not None and self.guard_row is not None:
            there = self.guard_row >= 0
            evidence = np.where(there[:, None], np.minimum(evidence, self.guard.evidence[self.guard_row]), 0.0)
        return np.where(self.asleep | self.withheld, 0.0, (self.weight * evidence).sum(axis=1))


@njit(cache=True)
def advance(
    evidence: NDArray[np.float64],
    ratio: NDArray[np.float64],
    weight: NDArray[np.float64],
    asleep: NDArray[np.bool_],
    scope: NDArray[np.int32],
    group: NDArray[np.int32],
    counts: NDArray[np.int32],
    bad: int,
    of: int,
    minutes: float,
) -> float:
    """One step of one component, in place; returns its part of the mixture.

    ``counts`` (S, USED) of the step, of which ``bad`` and ``of`` are the columns.

    The exponential is only taken where something was counted: most small scopes see nothing in most steps.
    """
    total = 0.0
    for row in range(evidence.shape[0]):
        if asleep[row]:
            continue
        k = counts[scope[row], bad]
        n = counts[group[row], of]
        for size in range(evidence.shape[1]):
            r = evidence[row, size] + minutes
            if k != 0 or n != 0:
                nats = k * ratio[row, size, 0] + n * ratio[row, size, 1]
                r = min(r * np.exp(min(nats, STEP_NATS)), CEILING)
            evidence[row, size] = r
            total += weight[row, size] * r
    return total


@njit(cache=True)
def advance_level(
    evidence: NDArray[np.float64],
    ratio: NDArray[np.float64],
    weight: NDArray[np.float64],
    asleep: NDArray[np.bool_],
    scope: NDArray[np.int32],
    counts: NDArray[np.int32],
    bad: int,
    minutes: float,
) -> float:
    """The same for a level: ``ratio[..., 1]`` holds (d - m) mu of this minute, so that silence speaks too."""
    total = 0.0
    for row in range(evidence.shape[0]):
        if asleep[row]:
            continue
        k = counts[scope[row], bad]
        for size in range(evidence.shape[1]):
            nats = k * ratio[row, size, 0] + ratio[row, size, 1]
            r = min((evidence[row, size] + minutes) * np.exp(min(nats, STEP_NATS)), CEILING)
            evidence[row, size] = r
            total += weight[row, size] * r
    return total
