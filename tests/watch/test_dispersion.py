from __future__ import annotations

from functools import cache

import numpy as np
from tests.watch.island import baseline, bursting, history, island

from tocsin.watch import Baseline, learn
from tocsin.watch.baseline import Reference


@cache
def crowded() -> Baseline:
    return learn(bursting(history(), seed=2), island(), hold_s=0)


def reference(known: Baseline, family: str) -> Reference:
    return next(each for each in known.references if each.family_name == family)


def test_independent_calls_are_not_tempered() -> None:
    for family in ("outcome", "contrast", "level"):
        phi = reference(baseline(), family).phi
        assert (phi >= 1).all()
        assert phi.max() < 1.15


def test_bursts_are_tempered_in_every_family() -> None:
    """Every tenth row eight times: 10 % x 64 + 90 % of the variance over 10 % x 8 + 90 % of the mean is 4.3."""
    for family in ("outcome", "contrast", "level"):
        known = reference(crowded(), family)
        active = np.unique(crowded().lattice.level[known.active])
        assert (known.phi[active] > 2.5).all()


def test_bursts_are_not_mistaken_for_drift() -> None:
    for family in ("outcome", "contrast"):
        assert reference(crowded(), family).sigma.max() <= 0.1


def test_rises_and_falls_of_arrivals_are_tempered_each_by_its_own_tail() -> None:
    level = reference(crowded(), "level")
    assert (level.phi_up >= 1).all()
    assert level.phi_up.max() >= level.phi.max()
    outcome = reference(crowded(), "outcome")
    assert (outcome.phi_up == outcome.phi).all()
