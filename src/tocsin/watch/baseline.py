"""The baseline: what is normal, with its errors, as learned from a history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.demand import Demand
from tocsin.watch.family import FAMILIES, Family
from tocsin.watch.lattice import Lattice


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What one family expects at one vantage, per scope, on its natural scale (log odds; log of a share of demand).

    ``active`` (S,) which scopes have enough history · ``base``, ``error`` (S,) reference and the variance of its
    estimate · ``profile`` (groups, 48) by `demand.local_bin` · ``sigma``, ``tau`` (levels,) drift, see `drift` ·
    ``phi``, ``phi_up`` (levels,) dispersion in the direction that is bad, and for a level's rises · ``deviation``,
    ``unsure`` (S,) where the tracked deviation stood when the history ended · ``per_minute`` (S,) mean count n of a
    minute (arrivals for a level).
    """

    vantage: str
    family_name: str
    active: NDArray[np.bool_]
    base: NDArray[np.float64]
    error: NDArray[np.float64]
    profile: NDArray[np.float64]
    sigma: NDArray[np.float64]
    tau: NDArray[np.float64]
    phi: NDArray[np.float64]
    phi_up: NDArray[np.float64]
    deviation: NDArray[np.float64]
    unsure: NDArray[np.float64]
    per_minute: NDArray[np.float64]

    @property
    def family(self) -> Family:
        return next(family for family in FAMILIES if family.name == self.family_name)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """How a feed lived: ``vantage``, mean records a minute, seconds between heartbeats (None: it sends none).

    ``scopes`` the scopes of which it carries more than `learn.FED` of the vantage's calls.
    """

    name: str
    vantage: str
    per_minute: float
    heartbeat_s: float | None
    scopes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An hour of history that wasn't learned as normal: where, when (seconds since 1970), seen against expected."""

    scope: Mapping[str, str]
    start: int
    end: int
    seen: float
    expected: float
    family: str


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Everything that `Watch` needs to know of the past.

    ``learned_from``, ``learned_to`` seconds since 1970 · ``hold_s`` the common hold · ``offsets`` seconds by which
    a centre feed's clock is ahead · ``loss_base`` (vantages, S) network losses per other attempt on a
    normal day · ``settled`` (vantages, S) the share of attempts whose records come within the hold · ``with_callers``
    the vantages at which most attempts name their caller.
    """

    learned_from: int
    learned_to: int
    hold_s: int
    territory: str
    zone: str
    lattice: Lattice
    demand: Demand
    series: tuple[tuple[str, str], ...]  # (vantage, service) of each demand series; service "" is all of them
    references: tuple[Reference, ...]
    loss_base: NDArray[np.float64]
    settled: NDArray[np.float64]
    vantages: tuple[str, ...]
    with_callers: tuple[str, ...]
    feeds: tuple[Feed, ...]
    offsets: Mapping[str, float]
    left_out: tuple[LeftOut, ...]
    cautions: tuple[str, ...]
