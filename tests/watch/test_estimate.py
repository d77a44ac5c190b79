from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from tocsin.watch import Interval
from tocsin.watch.estimate import (
    Seen,
    closing_nats,
    credible_start,
    fit_starts,
    lost_of_level,
    lost_of_outcomes,
    lost_of_rate,
    lost_of_share,
    of_all,
)
from tocsin.watch.family import Law

MINUTES, START, LOSS = 90, 60, 0.3
TRIALS = 200
ENOUGH = binom.ppf(0.001, TRIALS, 0.95)
"""Of 200 intervals that hold the truth in 95 %, so many hold it but once in a thousand tests."""


def drawn(law: Law, rng: np.random.Generator) -> Seen:
    """Ninety minutes of which the last thirty lose three in ten."""
    lost = np.where(np.arange(MINUTES) >= START, LOSS, 0.0)
    if law is Law.RATE:
        n = rng.poisson(12.0, MINUTES).astype(float)
        return Seen(
            law=law, k=rng.binomial(n.astype(int), 1 - 0.98 * (1 - lost)).astype(float), n=n,
            normal=np.full(MINUTES, 0.02), sd=0.0, phi=1.0,
        )  # fmt: skip
    if law is Law.SHARE:
        mine = rng.poisson(20.0 * (1 - lost)).astype(float)
        rest = rng.poisson(30.0, MINUTES)
        return Seen(law=law, k=mine, n=mine + rest, normal=np.full(MINUTES, 0.4), sd=0.0, phi=1.0)
    k = rng.poisson(40.0 * (1 - lost)).astype(float)
    return Seen(law=law, k=k, n=k, normal=np.full(MINUTES, 40.0), sd=0.0, phi=1.0)


@pytest.mark.parametrize("law", [Law.RATE, Law.SHARE, Law.FALL])
def test_the_onset_lies_in_its_interval_as_often_as_said(law: Law) -> None:
    rng = np.random.default_rng(12)
    held, widths = 0, []
    for _ in range(TRIALS):
        low, best, high = credible_start(fit_starts(drawn(law, rng)), MINUTES - 1)
        assert low <= best <= high
        held += low <= START <= high
        widths.append(high - low)
    assert held >= ENOUGH
    assert np.median(widths) <= 12


@pytest.mark.parametrize("law", [Law.RATE, Law.SHARE, Law.FALL])
def test_the_loss_is_what_was_lost(law: Law) -> None:
    rng = np.random.default_rng(13)
    fits = [fit_starts(drawn(law, rng)) for _ in range(60)]
    assert np.mean([fit.loss[START] for fit in fits]) == pytest.approx(LOSS, abs=0.02)
    assert all(fit.nats[START] > 5 for fit in fits)


def test_a_surge_is_the_same_upwards() -> None:
    k = np.full(10, 60.0)
    fit = fit_starts(Seen(law=Law.RISE, k=k, n=k, normal=np.full(10, 40.0), sd=0.0, phi=1.0))
    assert fit.loss == pytest.approx(1 - 40 / 60)
    assert fit.nats[0] > fit.nats[-1] > 0


def test_what_goes_the_other_way_is_no_loss() -> None:
    many = np.full(10, 60.0)
    fit = fit_starts(Seen(law=Law.FALL, k=many, n=many, normal=np.full(10, 40.0), sd=0.0, phi=1.0))
    assert (fit.nats == 0).all()
    assert (fit.loss == 0).all()


@pytest.mark.parametrize("law", list(Law))
def test_minutes_without_a_call_are_no_error(law: Law) -> None:
    none = np.zeros(5)
    fit = fit_starts(Seen(law=law, k=none, n=none, normal=np.full(5, 0.02), sd=0.1, phi=1.0))
    assert np.isfinite(fit.nats).all()
    assert np.isfinite(fit.loss).all()
    assert credible_start(fit, 4)[1] in range(5)


def holds(interval: Interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


def test_the_number_lost_lies_in_its_interval_as_often_as_said() -> None:
    rng = np.random.default_rng(14)
    held = {"outcomes": 0, "share": 0, "level": 0, "rate": 0}
    for _ in range(TRIALS):
        total = int(rng.poisson(600))
        lost, failed = int(rng.binomial(total, LOSS)), 0
        failed = int(rng.binomial(total - lost, 0.02))
        held["outcomes"] += holds(lost_of_outcomes(lost + failed, total - lost - failed, 0.02 / 0.98, 0.0, 1.0), lost)
        rest = int(rng.poisson(900))
        held["share"] += holds(lost_of_share(total - lost, total - lost + rest, 0.4, 0.0), lost)
        held["level"] += holds(lost_of_level(total - lost, 600.0, 0.0), lost)
        unseen = int(rng.binomial(total - lost, 0.01))
        held["rate"] += holds(lost_of_rate(lost + unseen, total, 0.01, 0.0, total), lost)
    for name in ("outcomes", "share", "level"):
        assert held[name] >= ENOUGH, name
    assert held["rate"] >= binom.ppf(0.001, TRIALS, 0.9)  # the usual ones are taken of all, the lost among them


def test_an_unsure_reference_widens_the_interval() -> None:
    sure, unsure = lost_of_level(400.0, 600.0, 0.01), lost_of_level(400.0, 600.0, 0.1)
    assert sure.best == unsure.best == 200
    assert unsure.low < sure.low
    assert unsure.high > sure.high


@pytest.mark.parametrize(
    "interval",
    [lost_of_outcomes(0, 500, 0.02, 0.1, 1.0), lost_of_share(50, 100, 0.5, 0.1), lost_of_level(50, 20.0, 0.1)],
)
def test_nobody_is_lost_where_nobody_is_missing(interval: Interval) -> None:
    assert interval.low == interval.best == 0


def test_more_may_be_lost_than_failed_in_the_minutes_counted() -> None:
    """When it began and ended is an estimate: a call or two of the true loss lie outside."""
    found = lost_of_outcomes(587, 9, 0.02, 0.0, 1.0)
    assert found.low < 587 < found.high < 590
    assert lost_of_outcomes(0, 9, 0.02, 0.0, 1.0).high == 0
    assert lost_of_rate(7, 9, 0.02, 0.0, 9).high == 7


@pytest.mark.parametrize("law", [Law.RATE, Law.SHARE, Law.FALL, Law.RISE])
def test_closing_does_not_grow_while_half_the_loss_remains(law: Law) -> None:
    """The expectation of a minute's closing ratio is at most one where exactly half of the loss is still there."""
    rng = np.random.default_rng(15)
    many, loss = 40_000, 0.2
    half = loss / 2
    if law is Law.RATE:
        n, normal = np.full(many, 8.0), np.full(many, 0.02)
        k = rng.binomial(8, 1 - 0.98 * (1 - half), many).astype(float)
    elif law is Law.SHARE:
        n, normal = np.full(many, 8.0), np.full(many, 0.4)
        k = rng.binomial(8, 0.4 * (1 - half) / (1 - 0.4 * half), many).astype(float)
    else:
        normal = np.full(many, 8.0)
        k = n = rng.poisson(8.0 * (1 - half) if law is Law.FALL else 8.0 / (1 - half), many).astype(float)
    ratios = np.exp(closing_nats(Seen(law=law, k=k, n=n, normal=normal, sd=0.0, phi=1.0), loss))
    assert ratios.mean() == pytest.approx(1, abs=4 * ratios.std() / np.sqrt(many))


def test_calls_that_could_not_be_compared_fare_like_those_that_could() -> None:
    """Of 400 delivered 300 never arrive, and a third of all can be judged: 19 intervals in 20 hold the 300."""
    rng = np.random.default_rng(17)
    held = 0
    for _ in range(400):
        gone = rng.permutation(np.arange(400) < 300)[:133]
        found = lost_of_rate(float(gone.sum()), 133, 0.01, 0.0, 400)
        held += holds(found, 299)
        assert found.high - found.low < 110
    assert held >= 370
    assert lost_of_rate(63, 63, 0.0, 0.0, 95).best == 95


def test_what_came_in_time_stands_for_all() -> None:
    found = Interval(low=90.0, best=100.0, high=110.0)
    assert of_all(found, 1.0, 0.25) == found
    fifth = of_all(found, 0.2, 0.25)
    assert fifth.best == 500
    assert fifth.low == pytest.approx(500 - np.hypot(50, 1.96 * 0.25 * 400), abs=0.1)
    assert fifth.high == pytest.approx(500 + np.hypot(50, 1.96 * 0.25 * 400), abs=0.1)
    assert of_all(Interval(low=99.0, best=100.0, high=101.0), 0.5, 0.25).low == pytest.approx(151, abs=0.1)


def test_outcomes_that_come_in_bursts_widen_the_interval() -> None:
    narrow, wide = (lost_of_outcomes(100, 5000, 0.01, 0.0, phi) for phi in (1.0, 4.0))
    assert wide.best == narrow.best
    assert wide.high - wide.low == pytest.approx(2 * (narrow.high - narrow.low), rel=0.02)
