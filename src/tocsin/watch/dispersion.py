"""Dispersion: by how much counts vary more than independent attempts would, and how heavy their tail is."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch import drift
from tocsin.watch.counting import COLUMN
from tocsin.watch.drift import BLOCK_S
from tocsin.watch.family import Law
from tocsin.watch.fitted import Columns, Fitted
from tocsin.watch.history import History
from tocsin.watch.lattice import LEVELS_A_DEPTH
from tocsin.watch.nulls import Z
from tocsin.watch.ratio import RAREST

_RANKS: Final = (1, 2, 3, 5, 10, 20, 50)


def dispersion(fitted: Fitted, history: History, after: Columns | None) -> NDArray[np.float64]:
    """(levels,) upper bound of the dispersion phi: variance over what independent attempts would have, at least 1.

    From differences of residuals of successive minutes, in which slow drift cancels:
    phi = sum (r_t - r_{t-1})^2 / sum (I_t + I_{t-1}); two standard errors (over 24 stretches) are added. ``after`` is
    the drift, where it is known already.
    """
    lattice = history.lattice
    phi = np.ones(lattice.levels)
    sampled = np.flatnonzero(np.isin(fitted.scope, history.sample))
    block = np.arange(len(history.minutes)) * 60 // BLOCK_S
    for level in np.unique(fitted.level[sampled]):
        rows = sampled[fitted.level[sampled] == level]
        at = np.searchsorted(history.sample, fitted.scope[rows])
        shared = fitted.family.law is Law.SHARE
        group = np.searchsorted(history.sample, lattice.group[fitted.scope[rows]]) if shared else at
        k = history.minutes[:, at, COLUMN[fitted.family.bad]].astype(np.float64)
        n = history.minutes[:, group, COLUMN[fitted.family.of]].astype(np.float64)
        theta = fitted.theta(history, rows) + (after[rows] if after is not None else 0.0)
        per_minute = theta.T[block].astype(np.float64)
        if fitted.arrivals:
            expected = information = np.exp(per_minute) * 60 / BLOCK_S
        else:
            p = 1 / (1 + np.exp(-np.clip(per_minute, -60, 60)))
            expected, information = n * p, n * p * (1 - p)
        fine = fitted.use[rows].T[block]
        residual, information = np.where(fine, k - expected, 0), np.where(fine, information, 0)
        change = (np.diff(residual, axis=0) ** 2).sum(axis=1)
        usual = (information[1:] + information[:-1]).sum(axis=1)
        parts = zip(np.array_split(change, 24), np.array_split(usual, 24), strict=True)
        ratios = np.array([c.sum() / u.sum() for c, u in parts if u.sum() > 20])
        if len(ratios) >= 3:
            bound = change.sum() / usual.sum() + 2 * ratios.std(ddof=1) / np.sqrt(len(ratios))
            phi[level] = max(1.0, float(bound))
    return phi


def tail(
    fitted: Fitted, history: History, after: Columns, sigma: NDArray[np.float64], *, rise: bool
) -> NDArray[np.float64]:
    """(levels,) the power that gives the history's worst blocks the tail of an e-value, at least 1.

    Attempts aren't independent: an accident makes a crowd call, a handset redials. Under the null a block's best log
    ratio x exceeds y with probability e^-y at most, so of N blocks the r-th largest is below log(N / r) + 3 / r in 19
    histories of 20. Bursts make it larger; phi is the largest ratio over r in `_RANKS`. What was left out is left out
    here too.
    """
    phi = np.ones(len(sigma))
    wander = _wander(fitted, sigma)
    for level in np.unique(fitted.level):
        worst: list[NDArray[np.float64]] = []
        blocks = 0
        here = np.flatnonzero(fitted.level == level)
        for rows in np.array_split(here, max(len(here) // 500, 1)):
            lagged = np.roll(after[rows], drift.LAG, axis=1)
            lagged[:, : drift.LAG] = 0
            reach = (Z * np.sqrt(wander[rows] + fitted.error[rows]))[:, None]
            theta = fitted.theta(history, rows) + lagged
            nats = _block_nats(fitted, rows, theta + (reach if rise else -reach), rise=rise)
            nats = np.where(fitted.use[rows], nats, 0.0)
            blocks += int(fitted.use[rows].sum())
            worst.append(
                np.partition(nats, -_RANKS[-1], axis=None)[-_RANKS[-1] :] if nats.size > _RANKS[-1] else nats.ravel()
            )
        largest = np.sort(np.concatenate(worst))[::-1]
        ratios = [
            largest[r - 1] / (np.log(blocks / r) + 3 / r) for r in _RANKS if r <= len(largest) and blocks > 20 * r
        ]
        phi[level] = max(1.0, *ratios) if ratios else 1.0
    # A level alone may have too few blocks: the levels of a depth share the largest.
    return np.asarray(phi.reshape(-1, LEVELS_A_DEPTH).max(axis=1).repeat(LEVELS_A_DEPTH))


def _wander(fitted: Fitted, sigma: NDArray[np.float64]) -> NDArray[np.float64]:
    """(rows,) variance of drift, the wider scopes' included."""
    total = sigma[fitted.level] ** 2
    for level in np.unique(fitted.level):
        here = np.flatnonzero((fitted.level == level) & (fitted.above >= 0))
        total[here] += total[fitted.above[here]]
    return np.asarray(total)


def _block_nats(
    fitted: Fitted, rows: NDArray[np.int64], bound: NDArray[np.floating], *, rise: bool
) -> NDArray[np.float64]:
    """(rows, B) the best log ratio of each block beyond the margin's end, upwards or downwards."""
    k, n = fitted.k[rows].astype(np.float64), fitted.n[rows].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        if fitted.arrivals:
            mu = np.exp(bound.astype(np.float64))
            beyond = k > mu if rise else k < mu
            nats = np.where(k > 0, k * np.log(k / mu), 0.0) - k + mu
        else:
            q = np.clip(
                1 / (1 + np.exp(-np.clip(bound.astype(np.float64), -60, 60))), RAREST if rise else 1e-9, 1 - 1e-9
            )
            p = k / np.maximum(n, 1)
            beyond = (p > q) if rise else (p < q) & (n > 0)
            first = np.where(k > 0, k * np.log(p / q), 0.0)
            nats = first + np.where(n > k, (n - k) * np.log((1 - p) / (1 - q)), 0.0)
    return np.where(beyond, nats, 0.0)
