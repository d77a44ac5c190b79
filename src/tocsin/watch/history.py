"""A history: one vantage's past in blocks and minutes, as every reference is learned from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.lattice import Lattice

DISPERSION_SAMPLE: Final = 6
"""Scopes of a level, the largest, whose minutes tell the dispersion."""


@dataclass(frozen=True, kw_only=True)
class History:
    """One vantage's past.

    ``counts`` (blocks, S, USED) · ``minutes`` (minutes, sample, USED) of the scopes in ``sample``, ascending ·
    ``times`` (blocks,) start of each, seconds since 1970 · ``whole`` (blocks,) blocks that the history covers ·
    ``bins`` (blocks,) hour of the local day · ``log_demand`` (blocks, services) log of the arrivals that the calendar
    expects · ``distinct`` (S,) one scope of each set of calls · ``compared`` (S,) one of each set in a group.
    """

    vantage: str
    lattice: Lattice
    counts: NDArray[np.uint32]
    minutes: NDArray[np.uint32]
    sample: NDArray[np.int64]
    times: NDArray[np.int64]
    whole: NDArray[np.bool_]
    bins: NDArray[np.int64]
    log_demand: NDArray[np.float64]
    distinct: NDArray[np.bool_]
    compared: NDArray[np.bool_]


def dispersion_sample(lattice: Lattice, size: NDArray[np.float64]) -> NDArray[np.int64]:
    """The scopes whose minutes `History` must hold: the largest of each level by ``size`` (S,), and their groups."""
    chosen = [
        here[np.argsort(-size[here], kind="stable")[:DISPERSION_SAMPLE]]
        for level in np.unique(lattice.level)
        if len(here := np.flatnonzero(lattice.level == level))
    ]
    scopes = np.concatenate(chosen)
    return np.unique(np.concatenate([scopes, lattice.group[scopes]])).astype(np.int64)


def profile_groups(lattice: Lattice) -> NDArray[np.int32]:
    """(S,) number of the (class, service) that a scope shares its hours with, over all areas."""
    pair = lattice.klass.astype(np.int64) * len(lattice.services) + lattice.service
    return np.asarray(np.unique(pair, return_inverse=True)[1], np.int32)
