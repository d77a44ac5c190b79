from __future__ import annotations

import numpy as np
import pytest
from tests.simulate.rehearsal import FRANCE

from tocsin.errors import InputError
from tocsin.simulate import build
from tocsin.simulate.invented import world
from tocsin.simulate.world import Weather, weather

COUNTRY = build(FRANCE, 1)


def day(name: str, ordinal: int = 738_000, *, seed: int = 1) -> Weather:
    return weather(world(name), COUNTRY, seed=seed, ordinal=ordinal, minutes=1440)


def test_the_exact_world_is_as_known() -> None:
    exact = day("exact")
    assert (exact.demand == 1).all()
    assert (exact.failure == 0.02).all()
    assert exact.share == pytest.approx(COUNTRY.share)


def test_the_swing_is_common_to_the_nation_and_never_beyond_16_per_cent() -> None:
    swings = np.log([day("swing", 738_000 + i).demand for i in range(40)])
    assert (swings == swings[:, :1, :]).all()
    assert np.abs(swings).max() == pytest.approx(0.16)
    # variance of a 6 % process, a 10 % sine (half its square) and a 5 % day, a little less for the clipping
    assert 0.07 < swings.std() < np.sqrt(0.06**2 + 0.10**2 / 2 + 0.05**2)


def test_the_hard_world_adds_swings_per_region_and_departement_and_wrong_shares() -> None:
    swing, hard = day("swing"), day("hard")
    own = np.log(hard.demand) - np.log(swing.demand)  # the same seed has the same common swing
    total = np.array([np.log(day("hard", 738_000 + i).demand / day("swing", 738_000 + i).demand) for i in range(20)])
    assert total.std() == pytest.approx(np.hypot(0.10, 0.06), rel=0.05)
    assert own.shape == (len(COUNTRY.cells), 1440)
    wrong = np.log(hard.share / COUNTRY.share)
    assert 0.02 < (wrong - wrong.mean(axis=1, keepdims=True)).std() < 0.05


def test_the_failure_rate_wanders_between_1_1_and_3_6_per_cent() -> None:
    failure = np.array([day("hard", 738_000 + i).failure for i in range(30)])
    assert 0.011 <= failure.min() < 0.015
    assert 0.032 < failure.max() <= 0.036


def test_swings_go_on_across_midnight() -> None:
    """All but the day effect: 6 % over three hours moves by about 0.6 % a minute, a jump would be tenfold."""
    for i in range(10):
        yesterday, today = day("ordinary", 738_000 + i), day("ordinary", 738_001 + i)
        step = np.log(today.demand[:, 0]) - np.log(yesterday.demand[:, -1])
        within = np.diff(np.log(today.demand), axis=1)
        assert step.std() < 1.5 * within.std()


def test_a_day_is_the_same_whatever_was_drawn_before() -> None:
    alone = day("hard", 738_005).demand
    day("hard", 738_004)
    assert np.array_equal(alone, day("hard", 738_005).demand)


def test_an_unknown_world_lists_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        world("soft")
    assert str(caught.value) == "there is no world 'soft': take one of exact, ordinary, swing, hard."
