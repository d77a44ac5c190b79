"""The detector: Shiryaev-Roberts e-detectors over every scope, size and family, mixed into one number M.

Each component follows ``R <- (R + dt) * LR`` with dt the step in minutes; under its whole null E[LR] <= 1, so
E[R] <= minutes, and with weights that sum to one E[M] <= minutes: paging at M >= A pages falsely at most minutes / A
times, in expectation, whatever demand does inside the margins (Shin, Ramdas, Rinaldo 2024, e-detectors). A page zeroes
what it used, which only lowers M.

R is held in 64-bit floats in the linear domain. A step's log ratio is cut at `STEP_NATS` and R at `CEILING`: cutting
downwards keeps every guarantee, and no loss, however total, overflows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.watch.family import Family

STEP_NATS: Final = 300.0
CEILING: Final = 1e250

_FEW: Final = 8
"""Counts up to which a power is multiplied out; its nats stay far below `STEP_NATS`."""


@dataclass(kw_only=True)
class Component:
    """One family at one vantage: its scopes, ratios and evidence.

    ``reference``, ``vantage`` places in the baseline · ``bad``, ``of`` columns of `counting.USED` ·
    ``scope`` (A,) scope of each row · ``group`` (A,) where n is counted · ``ratio`` (A, sizes, 2) the log ratio of a
    step is ``k * ratio[..., 0] + n * ratio[..., 1]``, for a level ``k * ratio[..., 0] + ratio[..., 1]``; set by `renew`
    · ``weight`` (A, sizes) of the mixture · ``evidence`` (A, sizes) R · ``asleep`` (A,) rows that a silent feed has
    frozen · ``guard``, ``guard_row`` (A,) the level that must fall as well, and its row of the same scope, -1 where it
    has none · ``withheld`` (A,) rows whose evidence waits for a feed's sign of life.
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
    _factor: NDArray[np.float64] = field(init=False)
    _rows: NDArray[np.int64] = field(init=False)
    _start: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.renew(self.ratio)
        self._rows, self._start = rows_by_group(self.group)

    def renew(self, ratio: NDArray[np.float64]) -> None:
        """Take other ratios from now on."""
        self.ratio = ratio
        self._factor = factors(ratio)

    def rescale(self, by: NDArray[np.float64]) -> None:
        """A level's demand has changed by a factor (A,): the margin and so all else stays."""
        self.ratio[..., 1] *= by[:, None]
        self._factor[1] = np.exp(np.minimum(self.ratio[..., 1], STEP_NATS))

    def parts(self) -> NDArray[np.float64]:
        """(A,) what each row gives to the mixture: weight times evidence over the sizes, none while it sleeps or waits.

        A guarded row gives the smaller of its own evidence and its guard's; where the guard hasn't the scope, none.
        """
        evidence = self.evidence
        if self.guard is not None and self.guard_row is not None:
            there = self.guard_row >= 0
            evidence = np.where(there[:, None], np.minimum(evidence, self.guard.evidence[self.guard_row]), 0.0)
        return np.where(self.asleep | self.withheld, 0.0, (self.weight * evidence).sum(axis=1))

    def advance(self, counts: NDArray[np.int32], touched: NDArray[np.int32], minutes: float) -> float:
        """One step; returns its part of the mixture, guards and what is withheld left aside.

        ``counts`` (S, USED) of the step · ``touched`` the scopes in which anything was counted: most small scopes see
        nothing in most steps, and theirs costs an addition.
        """
        before = self.evidence[self.asleep]
        total = advance(
            self.evidence, minutes, self.ratio, self._factor, self.weight, self.scope, self._rows, self._start,
            counts, touched, self.bad, self.of, self.family.law.by_calendar,
        )  # fmt: skip
        if not len(before):
            return float(total)
        self.evidence[self.asleep] = before
        return float((self.weight[~self.asleep] * self.evidence[~self.asleep]).sum())


def rows_by_group(group: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows in the order of their groups, and where each begins: those of g are ``rows[start[g]:start[g + 1]]``."""
    rows = np.argsort(group, kind="stable")
    return rows, np.searchsorted(group[rows], np.arange(int(group.max(initial=-1)) + 2))


def factors(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, A, sizes) what one bad count and one count multiply by, of ``ratio`` (A, sizes, 2)."""
    return np.exp(np.minimum(np.stack([ratio[..., 0], ratio[..., 1]]), STEP_NATS))


@njit(cache=True)
def advance(
    evidence: NDArray[np.float64],
    minutes: float,
    ratio: NDArray[np.float64],
    factor: NDArray[np.float64],
    weight: NDArray[np.float64],
    scope: NDArray[np.int32],
    rows: NDArray[np.int64],
    start: NDArray[np.int64],
    counts: NDArray[np.int32],
    touched: NDArray[np.int32],
    bad: int,
    of: int,
    level: bool,
) -> float:
    """Time passes for all rows; those whose group was touched take the ratio of what was counted. Returns w . R."""
    if level:
        _wait_for(evidence.ravel(), minutes, factor[1].ravel())
    else:
        _wait(evidence.ravel(), minutes)
    for group in touched:
        if group >= len(start) - 1:
            continue
        n = 0 if level else counts[group, of]
        for at in range(start[group], start[group + 1]):
            row = rows[at]
            k = counts[scope[row], bad]
            if k + n > _FEW:
                for size in range(evidence.shape[1]):
                    nats = min(k * ratio[row, size, 0] + n * ratio[row, size, 1], STEP_NATS)
                    evidence[row, size] = min(evidence[row, size] * np.exp(nats), CEILING)
                continue
            for size in range(evidence.shape[1]):
                r = evidence[row, size]
                for _ in range(k):
                    r *= factor[0, row, size]
                for _ in range(n):
                    r *= factor[1, row, size]
                evidence[row, size] = min(r, CEILING)
    return _product(weight.ravel(), evidence.ravel())


@njit(cache=True)
def _wait(evidence: NDArray[np.float64], minutes: float) -> None:
    for at in range(len(evidence)):
        evidence[at] += minutes


@njit(cache=True)
def _wait_for(evidence: NDArray[np.float64], minutes: float, factor: NDArray[np.float64]) -> None:
    """What a level's step does where no call came: silence speaks too."""
    for at in range(len(evidence)):
        evidence[at] = min((evidence[at] + minutes) * factor[at], CEILING)


@njit(cache=True, fastmath={"reassoc"})
def _product(weight: NDArray[np.float64], evidence: NDArray[np.float64]) -> float:
    total = 0.0
    for at in range(len(weight)):
        total += weight[at] * evidence[at]
    return total
