"""The promise, counted: margins zero, exact parameters, so that the null is met at its very end.

A small country of four areas and two operators, watched by the real ratios and kernels: outcome and contrast, every ten
seconds, all scopes and sizes, one page in at most A = 1,440 minutes. The expected number of pages in t minutes is at
most t / A.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.stats import poisson

from bench.detection.runs import SEED
from tocsin.watch.detector import advance, factors, rows_by_group
from tocsin.watch.family import SIZES
from tocsin.watch.ratio import rate_ratio, share_ratio

A: Final = 1440.0
AREAS: Final = 4
SHARE: Final[NDArray[np.float64]] = np.array([0.6, 0.4])
CALLS_A_MINUTE: Final = 15.0
"""In each area."""
FAILURE: Final = 0.02
STEP_MINUTES: Final = 1 / 6


@dataclass(frozen=True, kw_only=True)
class Kept:
    """``alarms`` in ``minutes``; ``most`` the 99.9 % point of a Poisson at the promised rate."""

    alarms: int
    minutes: int

    @property
    def promised(self) -> float:
        return self.minutes / A

    @property
    def most(self) -> int:
        return int(poisson.ppf(0.999, self.promised))


def count(minutes: int, seed: int = SEED) -> Kept:
    """Watch so many quiet minutes and count the pages; a page takes the scopes that overlap its own back to zero."""
    member = _scopes()
    scopes = len(member)
    group = np.repeat(np.arange(AREAS + 1) * 3, 3).astype(np.int32)
    classes = np.flatnonzero(np.arange(scopes) % 3 > 0).astype(np.int32)
    everything = np.arange(scopes, dtype=np.int32)
    one = np.ones(scopes)
    outcome = rate_ratio(FAILURE * one, one)
    contrast = share_ratio(SHARE[classes % 3 - 1], np.zeros(len(classes)), np.ones(len(classes)))
    weight = np.full((scopes, len(SIZES)), 0.5 / scopes / len(SIZES))
    class_weight = np.full((len(classes), len(SIZES)), 0.5 / len(classes) / len(SIZES))
    overlap = np.asarray((member[:, None, :] & member[None, :, :]).any(axis=2))
    alarms = _watch(
        minutes * 6, seed, member, overlap, everything, classes, outcome, contrast, factors(outcome), factors(contrast),
        weight, class_weight, *rows_by_group(everything), *rows_by_group(group[classes]),
    )  # fmt: skip
    return Kept(alarms=alarms, minutes=minutes)


def _scopes() -> NDArray[np.bool_]:
    """(scopes, cells) the whole and each area, with all calls and with each operator's; a cell is (area, operator)."""
    area, operator = np.divmod(np.arange(AREAS * 2), 2)
    places = [np.ones(AREAS * 2, bool), *(area == each for each in range(AREAS))]
    return np.stack([place & kind for place in places for kind in (place, operator == 0, operator == 1)])


@njit(cache=True)
def _watch(
    steps: int,
    seed: int,
    member: NDArray[np.bool_],
    overlap: NDArray[np.bool_],
    scope: NDArray[np.int32],
    classes: NDArray[np.int32],
    outcome: NDArray[np.float64],
    contrast: NDArray[np.float64],
    outcome_factor: NDArray[np.float64],
    contrast_factor: NDArray[np.float64],
    weight: NDArray[np.float64],
    class_weight: NDArray[np.float64],
    rows: NDArray[np.int64],
    start: NDArray[np.int64],
    class_rows: NDArray[np.int64],
    class_start: NDArray[np.int64],
) -> int:
    np.random.seed(seed)
    failed, shared = np.zeros(weight.shape), np.zeros(class_weight.shape)
    counts = np.zeros((len(scope), 2), np.int32)
    alarms = 0
    for _ in range(steps):
        counts[:] = 0
        for cell in range(member.shape[1]):
            n = np.random.poisson(CALLS_A_MINUTE * STEP_MINUTES * SHARE[cell % 2])
            k = np.random.binomial(n, FAILURE) if n > 0 else 0
            for s in range(len(scope)):
                if member[s, cell]:
                    counts[s, 0] += k
                    counts[s, 1] += n
        m = advance(
            failed, STEP_MINUTES, outcome, outcome_factor, weight, scope, rows, start, counts, scope, 0, 1, False
        )
        m += advance(
            shared, STEP_MINUTES, contrast, contrast_factor, class_weight, classes, class_rows, class_start,
            counts, scope, 1, 1, False,
        )  # fmt: skip
        while m >= A:
            alarms += 1
            parts = (failed * weight).sum(axis=1)
            for row in range(len(classes)):
                parts[classes[row]] += (shared[row] * class_weight[row]).sum()
            top = np.argmax(parts)
            for s in range(len(scope)):
                if overlap[top, s]:
                    failed[s] = 0.0
            for row in range(len(classes)):
                if overlap[top, classes[row]]:
                    shared[row] = 0.0
            m = (failed * weight).sum() + (shared * class_weight).sum()
    return alarms


def report(minutes: int = 1_500_000) -> None:
    """Print the count beside what was promised."""
    started = time.process_time()
    kept = count(minutes)
    print(
        f"\nThe promise: {kept.alarms} pages in {kept.minutes:,} minutes at A = {A:,.0f}, promised at most "
        f"{kept.promised:.0f}, 99.9 % point {kept.most}: {'kept' if kept.alarms <= kept.most else 'BROKEN'}\n"
        f"simulated; margins zero, parameters exact, seed {SEED}; {time.process_time() - started:.0f} s of a core",
        flush=True,
    )
