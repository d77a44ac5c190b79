from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.watch.island import baseline

from tocsin.watch import Scope
from tocsin.watch.drift import CLIP, LAG
from tocsin.watch.history import profile_groups
from tocsin.watch.nulls import Tracker

LATTICE = baseline().lattice
GROUP = profile_groups(LATTICE)
EVERY = np.ones(len(LATTICE), bool)
CALM, TAU = 0.2, 24.0


def place(scope: Scope) -> int:
    return next(index for index in range(len(LATTICE)) if LATTICE.scope(index) == scope)


def tracker(family: str = "outcome", *, sigma: float = CALM, blocks_since: float = 0.0) -> Tracker:
    """A tracker of rates that are known exactly and drift by ``sigma`` at every level."""
    known = next(each for each in baseline().references if each.family_name == family)
    levels = np.ones(LATTICE.levels)
    rate = np.full(len(LATTICE), np.log(0.02 / 0.98) if family == "outcome" else 0.0)
    zero = np.zeros(len(LATTICE))
    return Tracker(
        replace(
            known,
            base=rate,
            error=zero,
            profile=np.zeros_like(known.profile),
            sigma=sigma * levels,
            tau=TAU * levels,
            phi=levels,
            phi_up=levels,
            deviation=zero,
            unsure=zero,
        ),
        LATTICE,
        GROUP,
        blocks_since,
    )


def calls(rate: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """k of n in every scope; as many calls in each as make their number no matter."""
    n = np.full(len(LATTICE), 20_000.0)
    return n * rate, n


def still(here: Tracker) -> NDArray[np.float64]:
    return here.still(17, np.zeros(len(LATTICE.services)))


def test_a_rate_that_stays_as_it_was_moves_nothing() -> None:
    here = tracker()
    for _ in range(20):
        here.learn(*calls(0.02), still(here), EVERY)
    assert here.deviation()[here.reference.active] == pytest.approx(0, abs=1e-3)


def test_a_common_wander_is_the_wholes_and_no_parishs_own() -> None:
    here = tracker()
    for _ in range(20):
        here.learn(*calls(0.026), still(here), EVERY)
    keep = np.exp(-LAG / TAU)
    expected = np.log(0.026 / 0.974) - np.log(0.02 / 0.98)
    assert here.deviation()[0] == pytest.approx(expected * keep, rel=0.03)
    assert here.deviation()[place(Scope(area="N1"))] == pytest.approx(expected * keep, rel=0.03)
    assert here._x[place(Scope(area="N1"))] == pytest.approx(0, abs=0.01)


def test_an_outage_is_not_learned() -> None:
    here = tracker(sigma=0.05)
    for _ in range(20):
        here.learn(*calls(0.3), still(here), EVERY)
    assert here.deviation() == pytest.approx(0)


def test_a_slow_growth_is_followed_no_further_than_the_clip() -> None:
    here = tracker(sigma=0.1)
    for block in range(200):
        here.learn(*calls(0.02 * np.exp(0.005 * block)), still(here), EVERY)
    assert here._x.max() <= CLIP * 0.1 + 1e-12


def test_while_an_event_is_open_its_scopes_learn_nothing_and_only_fade() -> None:
    here = tracker()
    for _ in range(20):
        here.learn(*calls(0.026), still(here), EVERY)
    before = here.deviation()[0]
    for _ in range(10):
        here.learn(*calls(0.04), still(here), ~EVERY)
    assert here.deviation()[0] == pytest.approx(before * np.exp(-10 / TAU))


def test_what_is_known_grows_old() -> None:
    fresh, old = tracker(), tracker(blocks_since=1000.0)
    fresh.learn(*calls(0.02), still(fresh), EVERY)
    assert fresh.sd()[0] < old.sd()[0]
    assert old.sd()[0] == pytest.approx(CALM)
    deep = place(Scope(area="N1"))
    above = LATTICE.parent[deep], LATTICE.parent[LATTICE.parent[deep]]
    assert above[1] == 0
    assert old.sd()[deep] == pytest.approx(CALM * np.sqrt(3))  # its own wander, its region's and the whole's


def test_what_has_never_drifted_has_the_errors_of_the_baseline_alone() -> None:
    here = tracker(sigma=0.0)
    assert (here.sd() == 0).all()
    error = np.full(len(LATTICE), 0.01)
    sure = Tracker(replace(here.reference, error=error), LATTICE, GROUP, 0.0)
    assert sure.sd() == pytest.approx(0.1)


def test_arrivals_stand_on_the_calendars_demand() -> None:
    here = tracker("level")
    demand = np.log([2.0, 1.2, 0.8])
    expected = here.still(17, demand)
    assert expected[0] == pytest.approx(np.log(2.0))
    assert expected[place(Scope(service="18"))] == pytest.approx(np.log(0.8))
    assert tracker().still(17, demand)[0] == pytest.approx(np.log(0.02 / 0.98))
