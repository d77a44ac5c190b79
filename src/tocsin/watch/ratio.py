"""Likelihood ratios of a step, as two numbers a scope and size: the formulas of `family.Law`, tempered by phi.

All take the *nearest* point of the null (its margin) and return (rows, sizes, 2): the coefficient of k and that of n
(of 1 for a level). Sizes are the losses d' sought beyond the margin, so d = 1 - (1 - m)(1 - d') > m always.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.watch.family import SIZES, Family, Law

RAREST: Final = 0.005
"""No null of a rate is below this: a feed that has hardly ever failed may fail once."""

DEEPEST: Final = 0.97
"""No margin explains more than this loss away."""

_MOST_RISEN: Final = 20.0
_KEPT: Final = 1.0 - np.array(SIZES)[None, :]

Column = NDArray[np.float64]


def step_ratio(family: Family, theta: Column, reach: Column, phi: Column, kept: Column | float) -> NDArray[np.float64]:
    """(rows, sizes, 2) the log ratio of a family's step where its reference is ``theta`` and may be off by ``reach``.

    ``theta``, ``reach`` (rows,) on the reference's natural scale (arrivals: log per second) · ``kept`` what an open
    event leaves of the calls.
    """
    if family.law is Law.RATE:
        p0 = expit(theta + reach)
        return rate_ratio(np.clip(1 - (1 - p0) * kept, RAREST, 0.999), phi)
    if family.law is Law.RISE:
        return rise_ratio(np.exp(theta) * family.step_s, np.minimum(np.exp(reach) - 1, _MOST_RISEN), phi)
    margin = np.minimum(1 - np.exp(-reach) * (1 - family.margin) * kept, DEEPEST)
    if family.law is Law.SHARE:
        return share_ratio(expit(theta), margin, phi)
    return fall_ratio(np.exp(theta) * family.step_s, margin, phi)


def visible_nats(family: Family, theta: Column, reach: Column, phi: Column, per_minute: Column) -> NDArray[np.float64]:
    """(rows, sizes) the nats a minute that a loss of each size beyond the margin shows, all above nought.

    ``per_minute`` (rows,) what comes in an average minute: attempts for a rate, the group's calls for a share, the
    scope's own for a level.
    """
    if family.law.by_calendar:
        theta = np.log(per_minute / 60)
    ratio = step_ratio(family, theta, reach, phi, 1.0)
    n = per_minute[:, None]
    if family.law is Law.RATE:
        p = np.maximum(expit(theta + reach), RAREST)[:, None]
        return np.asarray(n * ((1 - (1 - p) * _KEPT) * ratio[..., 0] + ratio[..., 1]))
    if family.law is Law.RISE:
        risen = np.minimum(np.exp(reach), _MOST_RISEN + 1)[:, None] / _KEPT
        return np.asarray(n * risen * ratio[..., 0] + 60 / family.step_s * ratio[..., 1])
    left = np.maximum(np.exp(-reach) * (1 - family.margin), 1 - DEEPEST)[:, None] * _KEPT
    if family.law is Law.FALL:
        return np.asarray(n * left * ratio[..., 0] + 60 / family.step_s * ratio[..., 1])
    p = expit(theta[:, None])
    return np.asarray(n * (p * left * ratio[..., 0] + (1 - p * (1 - left)) * ratio[..., 1]))


def rate_ratio(p0: Column, phi: Column) -> NDArray[np.float64]:
    """Failures above ``p0`` (rows,): (p1/p0)^k ((1-p1)/(1-p0))^(n-k) with 1 - p1 = (1 - p0)(1 - d')."""
    null = p0[:, None]
    other = 1 - (1 - null) * _KEPT
    good = np.log(_KEPT) + np.zeros_like(null)
    return np.stack([np.log(other / null) - good, good], axis=2) / phi[:, None, None]


def share_ratio(p: Column, margin: Column, phi: Column) -> NDArray[np.float64]:
    """A class below its share ``p``: ((1-d)/(1-m))^k ((1-pm)/(1-pd))^n."""
    m = margin[:, None]
    d = 1 - (1 - m) * _KEPT
    share = p[:, None]
    bad = np.log(_KEPT) + np.zeros_like(m)
    return np.stack([bad, np.log((1 - share * m) / (1 - share * d))], axis=2) / phi[:, None, None]


def fall_ratio(mu: Column, margin: Column, phi: Column) -> NDArray[np.float64]:
    """Arrivals below ``mu`` a step: ((1-d)/(1-m))^k exp((d-m) mu)."""
    m = margin[:, None]
    d = 1 - (1 - m) * _KEPT
    return np.stack([np.log(_KEPT) + np.zeros_like(m), (d - m) * mu[:, None]], axis=2) / phi[:, None, None]


def rise_ratio(mu: Column, margin: Column, phi: Column) -> NDArray[np.float64]:
    """Arrivals above ``mu (1 + m)`` a step, by the factors 1/(1-d'): (1-d')^-k exp(-(1+m)(1/(1-d') - 1) mu)."""
    grown = (1 / _KEPT - 1) * (1 + margin[:, None])
    return np.stack([-np.log(_KEPT) + np.zeros_like(grown), -grown * mu[:, None]], axis=2) / phi[:, None, None]
