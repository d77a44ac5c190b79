"""The nulls: what each reference expects now, how far it may be wrong, and how it follows the slow drift."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.watch.baseline import Reference
from tocsin.watch.drift import CLIP, GATE, LAG
from tocsin.watch.expected import still
from tocsin.watch.family import Law
from tocsin.watch.lattice import Lattice

Z: Final = 3.0
"""Standard deviations of the margin. A true rate a little beyond it still drifts downwards in the detector: the
smallest loss sought lies another 6 % off."""


SHARE_SD: Final = (0.005, 0.01, 0.02)
"""No share of a class is taken to be steadier than this, in log odds: in the whole, between, in the cell areas. A
fortnight can't show how shares change over a year. In a simulated year whose shares of fixed and mobile never change
at all, margins that were learned to be nought paged three times."""


def least_sd(reference: Reference, lattice: Lattice) -> NDArray[np.float64]:
    """(S,) the standard deviation below which none is believed."""
    if reference.family.law is not Law.SHARE:
        return np.zeros(len(lattice))
    depth = lattice.depth[lattice.area]
    return np.where(depth == 0, SHARE_SD[0], np.where(depth == lattice.depth.max(), SHARE_SD[2], SHARE_SD[1]))


def usual_sd(reference: Reference, lattice: Lattice) -> NDArray[np.float64]:
    """(S,) standard deviation by which a reference is wrong on any day: its drift, the wider scopes' included."""
    variance = reference.sigma[lattice.level] ** 2
    above = np.where((lattice.parent >= 0) & reference.active[lattice.parent], lattice.parent, -1)
    for level in np.unique(lattice.level):
        within = np.flatnonzero((lattice.level == level) & (above >= 0))
        variance[within] += variance[above[within]]
    return np.asarray(np.maximum(np.sqrt(variance + reference.error), least_sd(reference, lattice)))


class Tracker:
    """Follows one reference: `learn` a block, `expect` a time. See `drift` for the filter."""

    def __init__(self, reference: Reference, lattice: Lattice, group: NDArray[np.int32], blocks_since: float) -> None:
        self.reference = reference
        self.arrivals = reference.family.law is not Law.RATE and reference.family.law is not Law.SHARE
        self._lattice = lattice
        self.group = group
        level = lattice.level
        self._sigma = reference.sigma[level]
        self._keep = np.exp(-1.0 / reference.tau[level])
        self._phi = reference.phi[level]
        self._least = least_sd(reference, lattice)
        above = lattice.parent
        self._above = np.where((above >= 0) & reference.active[above], above, -1)
        self._levels = [
            here
            for each in range(int(level.max()) + 1)
            if len(here := np.flatnonzero((level == each) & reference.active))
        ]
        self._x = reference.deviation.copy()
        self._variance = np.maximum(reference.unsure, 0.0)
        self._fade(blocks_since)
        self._look_ahead()

    def _fade(self, blocks: float) -> None:
        keep = self._keep**blocks
        self._x *= keep
        self._variance = keep**2 * self._variance + (1 - keep**2) * self._sigma**2

    def _summed(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """Each scope's own part plus those of all scopes above it."""
        total = own.copy()
        for here in self._levels:
            above = self._above[here]
            total[here] += np.where(above >= 0, total[above], 0.0)
        return total

    def still(self, bin_: int, log_demand: NDArray[np.float64]) -> NDArray[np.float64]:
        """(S,) the reference without drift in an hour's ``bin_``; ``log_demand`` (services,) log arrivals a second."""
        demand = log_demand[self._lattice.service] if self.arrivals else 0.0
        return still(self.reference, np.arange(len(self.group)), self.group, bin_, demand)

    def _look_ahead(self) -> None:
        """What `deviation` and `sd` tell until the next block."""
        fade = self._keep ** (2 * LAG)
        own = fade * self._variance + (1 - fade) * self._sigma**2
        self._deviation = self._summed(self._x * self._keep**LAG)
        self._sd = np.maximum(np.sqrt(self._summed(own) + self.reference.error), self._least)

    def deviation(self) -> NDArray[np.float64]:
        """(S,) the tracked deviation, the wider scopes' included, as it is carried to the block being watched."""
        return self._deviation

    def sd(self) -> NDArray[np.float64]:
        """(S,) standard deviation of the deviation carried to now, the baseline's own error included."""
        return self._sd

    def learn(
        self, k: NDArray[np.float64], n: NDArray[np.float64], theta: NDArray[np.float64], use: NDArray[np.bool_]
    ) -> None:
        """Follow one whole block with ``k`` of ``n`` (S,) at the still reference ``theta`` (per block for arrivals).

        Scopes not in ``use`` only fade: an open event or a silent feed teaches nothing.
        """
        self._fade(1.0)
        deviation = np.zeros(len(theta))
        for here in self._levels:
            above = self._above[here]
            common = np.where(above >= 0, deviation[above], 0.0)
            at = theta[here] + common + self._x[here]
            if self.arrivals:
                expected = information = np.exp(at)
            else:
                p = expit(at)
                expected, information = n[here] * p, n[here] * p * (1 - p)
            phi, variance = self._phi[here], np.maximum(self._variance[here], 1e-12)
            information = information / phi
            residual = (k[here] - expected) / phi
            spread = information + information**2 * variance
            fine = use[here] & (information > 0) & (residual**2 <= GATE**2 * np.maximum(spread, 1.0))
            precision = 1 / variance + information
            limit = CLIP * self._sigma[here]
            moved = np.clip(self._x[here] + residual / precision, -limit, limit)
            self._x[here] = np.where(fine, moved, self._x[here])
            self._variance[here] = np.where(fine, 1 / precision, self._variance[here])
            deviation[here] = common + self._x[here]
        self._look_ahead()
