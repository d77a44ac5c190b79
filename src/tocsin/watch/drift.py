"""Drift: how far the rates of the past can be trusted now, learned from how wrong they were before.

Every rate of the baseline (a failure rate, a class's share, arrivals against the calendar) is tracked on its natural
scale x (log odds; log rate for arrivals) as an Ornstein-Uhlenbeck deviation with standard deviation sigma and a memory
of tau blocks, by a Kalman filter with Fisher information: after a block with k of n at predicted p,

    I = n p (1 - p)      S = 1/P + I      x <- x + (k - n p) / S      P <- 1 / S

Scopes form a tree (`Lattice.parent`); each tracks its own deviation beyond its parent's, so that a common wander is
learned once, from the nation, and a département's margin holds only what is its own. sigma and tau of each level are
those that predicted the history best (prequential likelihood), *at the same lag at which the live watch predicts*, so
a margin of z standard deviations is what the past's own errors ask for. A block further than `GATE` standard deviations
off is not learned from: an outage isn't drift. What it gets wrong: a loss that grows more slowly than tau is followed,
up to `CLIP` sigma and no further.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLOCK_S: Final = 1800
"""Seconds of a block: how often the reference is learned anew."""

LAG: Final = 2
"""Blocks between the last one learned from and the one predicted: a loss seen within the half hour never teaches."""

GATE: Final = 5.0
CLIP: Final = 3.0

_SIGMAS: Final = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5)
_TAUS: Final = (3.0, 8.0, 24.0, 96.0)
_MIDDLE_TAU: Final = 24.0

Rows = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Drift:
    """sigma and tau (blocks) of one level."""

    sigma: float
    tau: float

    @property
    def keep(self) -> float:
        """What a deviation keeps of itself after one block."""
        return float(np.exp(-1.0 / self.tau))


@njit(cache=True)
def predicted(theta: float, n: float, arrivals: bool) -> tuple[float, float]:
    """Expected count and its Fisher information at ``theta``."""
    if arrivals:
        mu = math.exp(theta)
        return mu, mu
    p = 1.0 / (1.0 + math.exp(-theta))
    return n * p, n * p * (1.0 - p)


@njit(cache=True)
def counted(k: float, mean: float, relative: float) -> float:
    """Log probability of a count whose mean varies with relative variance ``relative``: negative binomial."""
    mean = max(mean, 1e-9)
    if relative * mean < 1e-4:
        return k * math.log(mean) - mean - math.lgamma(k + 1.0)
    shape = 1.0 / relative
    return (
        math.lgamma(k + shape) - math.lgamma(shape) - math.lgamma(k + 1.0)
        + shape * math.log(shape / (shape + mean)) + k * math.log(mean / (shape + mean))
    )  # fmt: skip


@njit(cache=True)
def follow(
    k: Rows,
    n: Rows,
    use: NDArray[np.bool_],
    theta: Rows,
    sigma: float,
    keep: float,
    phi: float,
    arrivals: bool,
    rare: bool,
    lag: int,
    after: Rows,
) -> tuple[float, NDArray[np.float64]]:
    """Track every row through its history.

    ``k``, ``n``, ``use``, ``theta`` (rows, blocks): counts, blocks to learn from, the reference with the parent's
    deviation. Writes the deviation after each block to ``after``. Returns the log likelihood of the blocks as predicted
    ``lag`` blocks before (negative binomial where the count is ``rare``, Gaussian otherwise and beyond the gate, where
    it stays at the gate), and (rows,) the last variance.
    """
    rows, blocks = k.shape
    last = np.zeros(rows)
    spread = np.zeros(blocks)
    fit = 0.0
    fade = keep ** (2 * lag)
    for row in range(rows):
        x = 0.0
        variance = sigma * sigma
        for block in range(blocks):
            old = block - lag
            ahead = after[row, old] * keep**lag if old >= 0 else 0.0
            unsure = fade * spread[old] + (1.0 - fade) * sigma * sigma if old >= 0 else sigma * sigma
            if use[row, block] and (arrivals or n[row, block] > 0.0):
                expected, information = predicted(theta[row, block] + ahead, n[row, block], arrivals)
                information /= phi
                total = information + information * information * unsure
                residual = (k[row, block] - expected) / phi
                if rare and residual * residual < GATE * GATE * max(total, 1.0):
                    fit += counted(k[row, block] / phi, expected / phi, unsure)
                else:
                    fit -= 0.5 * (min(residual * residual / max(total, 0.5), GATE * GATE) + math.log(max(total, 0.5)))
            if sigma > 0.0:
                x *= keep
                variance = keep * keep * variance + (1.0 - keep * keep) * sigma * sigma
                if use[row, block]:
                    expected, information = predicted(theta[row, block] + x, n[row, block], arrivals)
                    information /= phi
                    residual = (k[row, block] - expected) / phi
                    total = information + information * information * variance
                    if information > 0.0 and residual * residual <= GATE * GATE * max(total, 1.0):
                        precision = 1.0 / variance + information
                        x = min(max(x + residual / precision, -CLIP * sigma), CLIP * sigma)
                        variance = 1.0 / precision
            after[row, block] = x
            spread[block] = variance
        last[row] = variance
    return fit, last


def learn(k: Rows, n: Rows, use: NDArray[np.bool_], theta: Rows, *, phi: float, arrivals: bool, rare: bool) -> Drift:
    """The drift that predicted these rows best: sigma at a middling tau, tau at that sigma, sigma once more."""
    after = np.zeros_like(k)

    def fit(sigma: float, tau: float) -> float:
        keep = Drift(sigma=sigma, tau=tau).keep
        return follow(k, n, use, theta, sigma, keep, phi, arrivals, rare, LAG, after)[0]

    sigma = max(_SIGMAS, key=lambda each: fit(each, _MIDDLE_TAU))
    if sigma == 0.0:
        return Drift(sigma=0.0, tau=_MIDDLE_TAU)
    tau = max(_TAUS, key=lambda each: fit(sigma, each))
    sigma = max(_SIGMAS[1:], key=lambda each: fit(each, tau))
    return Drift(sigma=sigma, tau=tau)
