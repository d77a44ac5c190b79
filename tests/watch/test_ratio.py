from __future__ import annotations

from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom, poisson

from tocsin.watch.family import SIZES
from tocsin.watch.ratio import fall_ratio, rate_ratio, rise_ratio, share_ratio

ROUNDING: Final = 1e-9
RATES = st.floats(0.005, 0.6)
MARGINS = st.floats(0.0, 0.97)
INSIDE = st.floats(0.0, 1.0)
PHIS = st.floats(1.0, 20.0)
MEANS = st.floats(0.01, 300.0)


def column(value: float) -> NDArray[np.float64]:
    return np.array([value])


def per_attempt(ratio: NDArray[np.float64], p: float) -> NDArray[np.float64]:
    """(sizes,) expectation of the ratio of one attempt that counts with probability ``p``; n of them are its power."""
    k, n = ratio[0, :, 0], ratio[0, :, 1]
    return np.asarray(p * np.exp(k + n) + (1 - p) * np.exp(n))


def of_poisson(ratio: NDArray[np.float64], mean: float) -> NDArray[np.float64]:
    """(sizes,) log of the expectation of the ratio of a step whose count is Poisson."""
    return np.asarray(mean * (np.exp(ratio[0, :, 0]) - 1) + ratio[0, :, 1])


@given(p0=RATES, inside=INSIDE, phi=PHIS)
def test_no_failure_rate_of_the_null_makes_evidence_grow(p0: float, inside: float, phi: float) -> None:
    for tempered in (1.0, phi):
        ratio = rate_ratio(column(p0), column(tempered))
        assert (per_attempt(ratio, p0 * inside) <= 1 + ROUNDING).all()
        assert (per_attempt(ratio, p0) <= 1 + ROUNDING).all()


@given(p=st.floats(0.02, 0.985), margin=MARGINS, inside=INSIDE, phi=PHIS)
def test_no_share_of_the_null_makes_evidence_grow(p: float, margin: float, inside: float, phi: float) -> None:
    worst = p * (1 - margin) / (1 - p * margin)
    for tempered in (1.0, phi):
        ratio = share_ratio(column(p), column(margin), column(tempered))
        assert (per_attempt(ratio, worst) <= 1 + ROUNDING).all()
        assert (per_attempt(ratio, worst + inside * (1 - worst)) <= 1 + ROUNDING).all()


@given(mu=MEANS, margin=MARGINS, inside=INSIDE, phi=PHIS)
def test_no_demand_above_the_margin_makes_a_fall_grow(mu: float, margin: float, inside: float, phi: float) -> None:
    worst = (1 - margin) * mu
    for tempered in (1.0, phi):
        ratio = fall_ratio(column(mu), column(margin), column(tempered))
        assert (of_poisson(ratio, worst) <= ROUNDING * mu).all()
        assert (of_poisson(ratio, worst + inside * 3 * mu) <= ROUNDING * mu).all()


@given(mu=MEANS, margin=st.floats(0.0, 20.0), inside=INSIDE, phi=PHIS)
def test_no_demand_below_the_margin_makes_a_rise_grow(mu: float, margin: float, inside: float, phi: float) -> None:
    worst = (1 + margin) * mu
    for tempered in (1.0, phi):
        ratio = rise_ratio(column(mu), column(margin), column(tempered))
        assert (of_poisson(ratio, worst) <= ROUNDING * worst * 50).all()
        assert (of_poisson(ratio, worst * inside) <= ROUNDING * worst * 50).all()


def test_at_the_margins_end_the_expectation_is_one_counted_out_case_by_case() -> None:
    k = np.arange(31)
    rate = rate_ratio(column(0.04), column(1.0))
    share = share_ratio(column(0.4), column(0.1), column(1.0))
    end = 0.4 * 0.9 / (1 - 0.4 * 0.1)
    for size in range(len(SIZES)):
        nats = k * rate[0, size, 0] + 30 * rate[0, size, 1]
        assert np.sum(binom.pmf(k, 30, 0.04) * np.exp(nats)) == pytest.approx(1)
        nats = k * share[0, size, 0] + 30 * share[0, size, 1]
        assert np.sum(binom.pmf(k, 30, end) * np.exp(nats)) == pytest.approx(1)
    many = np.arange(60)
    fall = fall_ratio(column(10.0), column(0.1), column(1.0))
    rise = rise_ratio(column(1.0), column(0.1), column(1.0))
    for size, lost in enumerate(SIZES):
        assert np.sum(poisson.pmf(many, 9.0) * np.exp(many * fall[0, size, 0] + fall[0, size, 1])) == pytest.approx(1)
        if lost < 0.9:  # a fiftyfold rise needs more than sixty calls
            nats = many * rise[0, size, 0] + rise[0, size, 1]
            assert np.sum(poisson.pmf(many, 1.1) * np.exp(nats)) == pytest.approx(1)


def test_a_rate_beyond_the_null_makes_evidence_grow() -> None:
    ratio = rate_ratio(column(0.04), column(1.0))
    assert (per_attempt(ratio, 0.05) > 1).all()


@given(margin=MARGINS)
def test_the_loss_sought_always_lies_beyond_the_margin(margin: float) -> None:
    beyond = fall_ratio(column(1.0), column(margin), column(1.0))[0, :, 1]  # d - m of a step that expects one call
    assert (beyond > 0).all()
    assert beyond == pytest.approx((1 - margin) * np.array(SIZES))


@given(margin=MARGINS, p=st.floats(0.02, 0.985))
def test_a_silent_class_speaks_for_a_loss_and_a_busy_one_against(margin: float, p: float) -> None:
    ratio = share_ratio(column(p), column(margin), column(1.0))[0]
    assert (ratio[:, 1] > 0).all()
    assert (ratio[:, 0] + ratio[:, 1] < 0).all()


def test_tempering_divides_the_nats() -> None:
    plain, tempered = rate_ratio(column(0.04), column(1.0)), rate_ratio(column(0.04), column(2.5))
    assert tempered * 2.5 == pytest.approx(plain)
