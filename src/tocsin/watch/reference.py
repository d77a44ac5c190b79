"""One family's reference at one vantage: the rate of every scope, its hours, its errors, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.watch import drift
from tocsin.watch.baseline import LeftOut, Reference
from tocsin.watch.dispersion import dispersion, tail
from tocsin.watch.drift import BLOCK_S
from tocsin.watch.family import Family, Law
from tocsin.watch.fitted import LEVEL_SAMPLE, Columns, Fitted, fit, largest, rows_of
from tocsin.watch.history import History
from tocsin.watch.lattice import Lattice
from tocsin.watch.outlier import leave_out


@dataclass(frozen=True, kw_only=True)
class Learned:
    """A reference, the stretches that were left out, and ``use`` (rows, B) the blocks of ``scope`` (rows,) kept."""

    reference: Reference
    left_out: list[LeftOut]
    scope: NDArray[np.int64]
    use: NDArray[np.bool_]


def refer(history: History, family: Family) -> Learned | None:
    """Learn one family's reference from one vantage's history; None where the vantage can't know of it."""
    fitted = rows_of(history, family)
    if fitted is None:
        return None
    fit(fitted, history)
    left_out = leave_out(fitted, history)
    if left_out:
        fit(fitted, history)
    phi = dispersion(fitted, history, None)
    sigma, tau, after, unsure = _drift(fitted, history, phi)
    minutes = dispersion(fitted, history, after)
    phi = np.maximum(minutes, tail(fitted, history, after, sigma, rise=family.law is Law.RATE))
    phi_up = np.maximum(minutes, tail(fitted, history, after, sigma, rise=True)) if fitted.arrivals else phi
    lattice = history.lattice
    active = np.zeros(len(lattice), bool)
    active[fitted.scope] = True
    return Learned(
        reference=Reference(
            vantage=history.vantage,
            family_name=family.name,
            active=active,
            base=_whole(lattice, fitted.scope, fitted.base, -30.0),
            error=_whole(lattice, fitted.scope, fitted.error, 0.0),
            profile=fitted.profile,
            sigma=sigma,
            tau=tau,
            phi=phi,
            phi_up=phi_up,
            deviation=_whole(lattice, fitted.scope, after[:, -1] - _common(after, fitted.above)[:, -1], 0.0),
            unsure=_whole(lattice, fitted.scope, unsure, 0.0),
            per_minute=_whole(lattice, fitted.scope, _per_minute(fitted, history), 0.0),
        ),
        left_out=left_out,
        scope=fitted.scope,
        use=fitted.use,
    )


def _whole(lattice: Lattice, rows: NDArray[np.int64], values: NDArray[np.floating], rest: float) -> NDArray[np.float64]:
    out = np.full(len(lattice), rest)
    out[rows] = values
    return out


def _common(after: Columns, above: NDArray[np.int64]) -> Columns:
    return np.where((above >= 0)[:, None], after[above], np.float32(0))


def _drift(
    fitted: Fitted, history: History, phi: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], Columns, NDArray[np.float64]]:
    """Drift of each level, wider levels first; each row's deviation after each block (its wider scopes' included)."""
    sigma, tau = np.zeros(len(phi)), np.full(len(phi), 24.0)
    after = np.zeros_like(fitted.k)
    unsure = np.zeros(len(fitted.scope))
    rare = fitted.family.law is not Law.SHARE
    for level in np.unique(fitted.level):
        sample = largest(fitted, level, LEVEL_SAMPLE)
        theta = fitted.theta(history, sample) + _common(after, fitted.above[sample])
        found = drift.learn(
            fitted.k[sample],
            fitted.n[sample],
            fitted.use[sample],
            theta,
            phi=float(phi[level]),
            arrivals=fitted.arrivals,
            rare=rare,
        )
        sigma[level], tau[level] = found.sigma, found.tau
        here = np.flatnonzero(fitted.level == level)
        common = _common(after, fitted.above[here])
        if found.sigma == 0.0:
            after[here] = common
            continue
        own = np.zeros((len(here), after.shape[1]), np.float32)
        _, unsure[here] = drift.follow(
            fitted.k[here],
            fitted.n[here],
            fitted.use[here],
            fitted.theta(history, here) + common,
            found.sigma,
            found.keep,
            float(phi[level]),
            fitted.arrivals,
            rare,
            drift.LAG,
            own,
        )
        after[here] = own + common
    return sigma, tau, after, unsure


def _per_minute(fitted: Fitted, history: History) -> NDArray[np.float64]:
    counted = (fitted.k if fitted.arrivals else fitted.n)[:, history.whole].sum(axis=1)
    return np.asarray(counted / max(history.whole.sum() * BLOCK_S / 60, 1), np.float64)
