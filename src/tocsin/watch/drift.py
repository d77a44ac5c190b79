"""Drift: how far the rates of the past can be trusted now, learned from how wrong they were before.

Every rate of the baseline (a failure rate, a class's share, arrivals against the calendar) is tracked on its natural
scale x (log odds; log rate for arrivals) as an Ornstein-Uhlenbeck deviation with standard deviation sigma and a memory
of tau blocks, by a Kalman filter with Fisher information: after a block with k of n at predicted p,

    I = n p (1 - p)      S = 1/P + I      x <- x + (k - n p) / S      P <- 1 / S

Scopes form a tree (`Lattice.parent`); each tracks its own deviation beyond its parent's, so that a common wander is
learned once, from the nation, and a département's margin holds only what is its own. sigma and tau of each level are those
that predicted the history best (prequential likelihood), *at the same lag at which the live watch predicts*, so a margin
of z standard deviations is what the past's own errors ask for. A block further than `GATE` standard deviations off is not
learned from: an outage isn't drift. What it gets wrong: a loss that grows more slowly than tau is followed, up to
`CLIP` sigma and no further.
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
        mu = np.exp(theta)
        return mu, mu
    p = 1.0 / (1.0 + np.exp(-theta))
    return n * p, n * p * (1.0 - p)


@njit(cache=True)
def absorb(
    x: float, variance: float, k: float, expected: float, information: float, sigma: float
) -> tuple[float, float]:
    """The deviation and its variance after one block; a block beyond the gate teaches nothing."""
    spread = information + information * information * variance
    residual = k - expected
    if information <= 0.0 or residual * residual > GATE * GATE * max(spread, 1.0):
        return x, variance
    precision = 1.0 / variance + information
    x = x + residual / precision
    limit = CLIP * sigma
    return min(max(x, -limit), limit), 1.0 / precision


@njit(cache=True)
def counted(k: float, mean: float, relative: float) -> float:
    """Log probability of a count whose mean varies with relative variance ``relative``: negative binomial."""
    mean = max(mean, 1e-9)
    if relative * mean < 1e-4:
        return k * np.log(mean) - mean - math.lgamma(k + 1.0)
    shape = 1.0 / relative
    return (
        math.lgamma(k + shape) - math.lgamma(shape) - math.lgamma(k + 1.0)
        + shape * np.log(shape / (shape + mean)) + k * np.log(mean / (shape + mean))
    )  # fmt: skip


@njit(cache=True)
def follow(
    k: NDArray[np.float64],
    n: NDArray[np.float64],
    theta: NDArray[np.float64],
    sigma: float,
    keep: float,
    phi: float,
    arrivals: bool,
    rare: bool,
    lag: int,
) -> tuple[NDArray[np.float64], float, float]:
    """Track one scope through its history.

    ``k``, ``n``, ``theta`` (blocks,) counts and the reference, parent's deviation included. Returns the deviation after
    each block, the log likelihood of the blocks as predicted ``lag`` blocks before (negative binomial where the
    count is ``rare``, Gaussian otherwise and beyond the gate, where it stays at the gate), and the last variance.
    """
    blocks = len(k)
    after = np.zeros(blocks)
    spread = np.zeros(blocks)
    x = 0.0
    variance = max(sigma * sigma, 1e-12)
    fit = 0.0
    for block in range(blocks):
        old = block - lag
        ahead = after[old] * keep**lag if old >= 0 else 0.0
        unsure = spread[old] if old >= 0 else variance
        fade = keep ** (2 * lag)
        unsure = fade * unsure + (1.0 - fade) * sigma * sigma
        expected, information = predicted(theta[block] + ahead, n[block], arrivals)
        information /= phi
        total = information + information * information * unsure
        if n[block] > 0.0 or arrivals:
            residual = (k[block] - expected) / phi
            if rare and residual * residual < GATE * GATE * max(total, 1.0):
                fit += counted(k[block] / phi, expected / phi, unsure)
            else:
                fit -= 0.5 * (min(residual * residual / max(total, 0.5), GATE * GATE) + np.log(max(total, 0.5)))
        if sigma > 0.0:
            x *= keep
            variance = keep * keep * variance + (1.0 - keep * keep) * sigma * sigma
            expected, information = predicted(theta[block] + x, n[block], arrivals)
            x, variance = absorb(x, variance, k[block] / phi, expected / phi, information / phi, sigma)
        after[block] = x
        spread[block] = variance
    return after, fit, variance if sigma > 0.0 else 0.0


def learn(
    k: NDArray[np.float64],
    n: NDArray[np.float64],
    theta: NDArray[np.float64],
    *,
    phi: float,
    arrivals: bool,
    rare: bool,
) -> Drift:
    """The drift that predicted these scopes best; arrays (scopes, blocks)."""
    best, most = Drift(sigma=0.0, tau=_TAUS[0]), -np.inf
    for sigma in _SIGMAS:
        for tau in _TAUS if sigma else _TAUS[:1]:
            drift = Drift(sigma=sigma, tau=tau)
            fit = sum(
                follow(k[s], n[s], theta[s], sigma, drift.keep, phi, arrivals, rare, LAG)[1] for s in range(len(k))
            )
            if fit > most:
                best, most = drift, fit
    return best
