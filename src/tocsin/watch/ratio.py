"""Likelihood ratios of a step, as two numbers a scope and size: the formulas of `family.Law`, tempered by phi.

All take the *nearest* point of the null (its margin) and return (rows, sizes, 2): the coefficient of k and that of n
(of 1 for a level). Sizes are the losses d' sought beyond the margin, so d = 1 - (1 - m)(1 - d') > m always.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.family import SIZES

_KEPT = 1.0 - np.array(SIZES)[None, :]

Column = NDArray[np.float64]


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
