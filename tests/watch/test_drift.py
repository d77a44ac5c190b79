from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tocsin.watch.drift import CLIP, LAG, Drift, counted, follow, learn, predicted

ROWS, BLOCKS = 8, 1000


def wandering(sigma: float, tau: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """(rows, blocks) stationary Ornstein-Uhlenbeck of standard deviation ``sigma`` and a memory of ``tau`` blocks."""
    keep = np.exp(-1 / tau)
    x = np.zeros((ROWS, BLOCKS))
    x[:, 0] = sigma * rng.standard_normal(ROWS)
    for block in range(1, BLOCKS):
        x[:, block] = keep * x[:, block - 1] + sigma * np.sqrt(1 - keep**2) * rng.standard_normal(ROWS)
    return x


def arrivals(x: NDArray[np.float64], mu: float, rng: np.random.Generator) -> tuple[NDArray[np.float32], ...]:
    """k, n and theta of arrivals whose rate wanders by ``x`` about ``mu`` a block."""
    k = rng.poisson(mu * np.exp(x)).astype(np.float32)
    return k, k.copy(), np.full(k.shape, np.log(mu), np.float32)


EVERY = np.ones((ROWS, BLOCKS), bool)


@pytest.mark.parametrize("sigma", [0.05, 0.12, 0.3])
def test_the_wander_of_arrivals_is_recovered(sigma: float) -> None:
    rng = np.random.default_rng(3)
    k, n, theta = arrivals(wandering(sigma, 24.0, rng), 2000.0, rng)
    found = learn(k, n, EVERY, theta, phi=1.0, arrivals=True, rare=True)
    assert sigma / 1.7 <= found.sigma <= sigma * 1.7
    assert 8 <= found.tau <= 96


def test_the_wander_of_a_failure_rate_is_recovered() -> None:
    rng = np.random.default_rng(4)
    x = wandering(0.3, 24.0, rng)
    n = np.full(x.shape, 3000.0, np.float32)
    theta = np.full(x.shape, np.log(0.02 / 0.98), np.float32)
    k = rng.binomial(3000, 1 / (1 + np.exp(-(theta + x)))).astype(np.float32)
    found = learn(k, n, EVERY, theta, phi=1.0, arrivals=False, rare=True)
    assert 0.2 <= found.sigma <= 0.5


def test_what_does_not_wander_has_no_drift() -> None:
    rng = np.random.default_rng(5)
    k, n, theta = arrivals(np.zeros((ROWS, BLOCKS)), 200.0, rng)
    assert learn(k, n, EVERY, theta, phi=1.0, arrivals=True, rare=True).sigma <= 0.01


def test_an_outage_in_the_history_is_not_learned_as_drift() -> None:
    rng = np.random.default_rng(6)
    k, n, theta = arrivals(wandering(0.05, 24.0, rng), 2000.0, rng)
    struck = k.copy()
    struck[:, 500:514] *= 0.3
    calm, shaken = (learn(each, n, EVERY, theta, phi=1.0, arrivals=True, rare=True) for each in (k, struck))
    assert shaken.sigma <= 2 * calm.sigma
    after = np.zeros_like(struck)
    follow(struck, n, EVERY, theta, 0.05, Drift(sigma=0.05, tau=24.0).keep, 1.0, True, True, LAG, after)
    assert np.abs(after[:, 500:514]).max() < 0.15  # of log 0.3 = -1.2
    assert after[:, 520:].mean() == pytest.approx(0, abs=0.05)


def test_a_block_that_is_left_out_teaches_nothing() -> None:
    rng = np.random.default_rng(7)
    k, n, theta = arrivals(np.zeros((ROWS, BLOCKS)), 500.0, rng)
    spoilt, use = k.copy(), EVERY.copy()
    spoilt[:, 300:310] *= 1.2
    use[:, 300:310] = False
    after, clean = np.zeros_like(k), np.zeros_like(k)
    keep = Drift(sigma=0.05, tau=24.0).keep
    follow(spoilt, n, use, theta, 0.05, keep, 1.0, True, True, LAG, after)
    follow(k, n, use, theta, 0.05, keep, 1.0, True, True, LAG, clean)
    assert (after == clean).all()


def test_a_deviation_is_followed_no_further_than_its_clip() -> None:
    k = np.full((1, 400), 1250.0, np.float32)
    theta = np.full((1, 400), np.log(1000.0), np.float32)
    after = np.zeros_like(k)
    follow(k, k, np.ones((1, 400), bool), theta, 0.05, 0.96, 1.0, True, True, LAG, after)
    assert after.max() == pytest.approx(CLIP * 0.05)


def test_expectations_of_arrivals_and_of_rates() -> None:
    assert predicted(np.log(30.0), 0.0, True) == pytest.approx((30.0, 30.0))
    assert predicted(0.0, 10.0, False) == pytest.approx((5.0, 2.5))


@pytest.mark.parametrize("relative", [0.0, 1e-6, 0.01, 0.3])
def test_a_counts_probabilities_add_up_to_one(relative: float) -> None:
    assert sum(np.exp(counted(k, 12.0, relative)) for k in range(200)) == pytest.approx(1, abs=1e-3)
