from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tocsin.watch import Level, Scope
from tocsin.watch.estimate import Seen, fit_starts
from tocsin.watch.event import SETTLE_MINUTES, TAIL_MINUTES, Event, Frozen
from tocsin.watch.family import Law

FIRST, ONSET, END = 1000, 1060, 1120
"""Minutes: the series begins, three calls in ten are lost, nothing is lost any more."""


def event(opened: int) -> Event:
    return Event(
        alarm="a",
        kind="failure",
        level=Level.PAGE,
        scope=0,
        named=Scope(),
        opened=opened,
        first=FIRST,
        e_ratio=1.0,
        shares={0: 1.0},
        surge=False,
        frozen=Frozen(deviation={}, sd={}),
    )


def outcomes(until: int, *, seed: int = 3, loss: float = 0.3) -> Seen:
    minutes = FIRST + np.arange(200)
    rng = np.random.default_rng(seed)
    n = rng.poisson(20.0, 200)
    lost = np.where((minutes >= ONSET) & (minutes < END), loss, 0.0)
    k = rng.binomial(n, 1 - 0.98 * (1 - lost))
    rows = slice(0, until - FIRST)
    return Seen(law=Law.RATE, k=k[rows].astype(float), n=n[rows].astype(float), normal=usual(until), sd=0.0, phi=1.0)


def usual(until: int) -> NDArray[np.float64]:
    return np.full(until - FIRST, 0.02)


def arrivals(until: int) -> Seen:
    """As many calls as ever: redials make up for the lost."""
    k = np.random.default_rng(4).poisson(20.0, 200)[: until - FIRST].astype(float)
    return Seen(law=Law.FALL, k=k, n=k, normal=np.full(until - FIRST, 20.0), sd=0.0, phi=1.0)


def followed(until: int, *, opened: int = ONSET + 2) -> Event:
    """An event followed minute by minute."""
    what = event(opened)
    for minute in range(opened + 1, until + 1):
        what.learn({0: outcomes(minute), 1: arrivals(minute)})
    return what


def test_the_onset_is_found_when_it_opens_and_stays_once_it_has_settled() -> None:
    what = followed(ONSET + 3)
    assert what.onset[0] <= ONSET <= what.onset[2]
    settled = followed(ONSET + 2 + SETTLE_MINUTES)
    assert abs(settled.onset[1] - ONSET) <= 1
    assert followed(END).onset == settled.onset


def test_the_component_that_shows_it_most_clearly_leads() -> None:
    what = followed(ONSET + 20)
    assert what.main() == 0
    assert what.nats(0) > 10 > what.nats(1)
    assert what.loss(0) == pytest.approx(0.3, abs=0.08)


@pytest.mark.parametrize("seed", range(20))
def test_it_closes_after_its_end_and_says_when_that_was(seed: int) -> None:
    what = event(ONSET + 2)
    for minute in range(ONSET + 3, FIRST + 200):
        what.learn({0: outcomes(minute, seed=seed)})
        if what.close():
            break
    assert what.ended is not None
    assert minute > END
    assert abs(what.ended - END) <= 3
    assert minute <= END + 10


def test_a_deep_loss_leaves_no_doubt_when_it_ends() -> None:
    what = event(ONSET + 2)
    for minute in range(ONSET + 3, FIRST + 200):
        what.learn({0: outcomes(minute, loss=1.0)})
        if what.close():
            break
    assert what.ended == END
    assert minute <= END + 3


def test_while_half_of_it_lasts_it_hardly_ever_closes() -> None:
    """A day of twenty losses that have shrunk to a half: at most one wrong closing a day of loss is promised."""
    closed = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        n = rng.poisson(20.0, 300)
        loss = np.where(np.arange(300) < 60, 0.3, 0.15)
        k = rng.binomial(n, 1 - 0.98 * (1 - loss)).astype(float)
        what = event(FIRST + 2)
        for minute in range(3, 300):
            rows = slice(0, minute)
            seen = Seen(law=Law.RATE, k=k[rows], n=n[rows].astype(float), normal=np.full(minute, 0.02), sd=0.0, phi=1.0)
            what.learn({0: seen})
            if what.close():
                closed += 1
                break
    assert closed <= 12  # 20 x 240 minutes / 1440 = 3.3: the 99.9 % point of a Poisson is 10, the size is an estimate


def long_outcomes(minutes: int) -> Seen:
    """From its first minute on three calls in ten are lost, and nothing ever ends it."""
    rng = np.random.default_rng(8)
    n = rng.poisson(20.0, minutes)
    k = rng.binomial(n, 1 - 0.98 * 0.7)
    return Seen(law=Law.RATE, k=k.astype(float), n=n.astype(float), normal=np.full(minutes, 0.02), sd=0.0, phi=1.0)


def stretch(whole: Seen, since: int, until: int) -> Seen:
    return whole.cut(slice(since, until), whole.before)


def test_an_event_of_three_days_keeps_half_a_day_of_minutes_and_the_sums_of_all() -> None:
    """The same numbers as if every minute had been kept, at a cost that doesn't grow."""
    days = 3 * 1440
    whole = long_outcomes(days)
    what = event(FIRST + 2)
    for minute in range(3, SETTLE_MINUTES + 3):
        what.learn({0: stretch(whole, 0, minute)})
    for minute in range(SETTLE_MINUTES + 2, days):
        what.extend({0: stretch(whole, minute, minute + 1)})
        assert len(what.seen[0].k) <= TAIL_MINUTES
        assert not what.close()
    assert what.until == FIRST + days
    onset = what.onset[1] - FIRST
    kept = fit_starts(whole)
    assert what.nats(0) == pytest.approx(kept.nats[onset])
    assert what.loss(0) == pytest.approx(kept.loss[onset])
    sums = what.sums(0, what.onset[1], what.until)
    assert (sums.k, sums.n) == (whole.k[onset:].sum(), whole.n[onset:].sum())
    assert sums.expected == pytest.approx(whole.expected()[onset:].sum())
    assert what.sums(0, what.until - 10, what.until).k == whole.k[-10:].sum()


def test_the_end_of_a_long_event_is_found_in_what_is_kept() -> None:
    days = 3 * 1440
    lost, fine = long_outcomes(days), outcomes(FIRST + 50)
    whole = lost.then(fine)
    what = event(FIRST + 2)
    what.learn({0: stretch(whole, 0, 3)})
    for minute in range(3, days + 50):
        what.extend({0: stretch(whole, minute, minute + 1)})
        if what.close():
            break
    assert what.ended is not None
    assert abs(what.ended - (FIRST + days)) <= 2
