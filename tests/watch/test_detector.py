from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import poisson

from tocsin.watch.counting import COLUMN, USED
from tocsin.watch.detector import CEILING, STEP_NATS, Component
from tocsin.watch.family import FAMILIES, SIZES
from tocsin.watch.ratio import fall_ratio, rate_ratio, share_ratio

BY_NAME = {family.name: family for family in FAMILIES}


def component(
    name: str, ratio: NDArray[np.float64], weight: float, group: NDArray[np.int32] | None = None
) -> Component:
    """Scopes 0, 1, ... in order, their weights equal and ``weight`` in all."""
    rows, sizes = ratio.shape[:2]
    family = BY_NAME[name]
    return Component(
        family=family,
        reference=0,
        vantage=0,
        bad=COLUMN[family.bad],
        of=COLUMN[family.of],
        scope=np.arange(rows, dtype=np.int32),
        group=np.arange(rows, dtype=np.int32) if group is None else group,
        ratio=ratio,
        weight=np.full((rows, sizes), weight / (rows * sizes)),
        evidence=np.zeros((rows, sizes)),
        asleep=np.zeros(rows, bool),
        withheld=np.zeros(rows, bool),
    )


def step(part: Component, counts: NDArray[np.int32], minutes: float = 1.0) -> float:
    return part.advance(counts, np.arange(len(counts), dtype=np.int32), minutes)


def counted(**columns: list[int]) -> NDArray[np.int32]:
    """(scopes, USED) of one step."""
    counts = np.zeros((len(next(iter(columns.values()))), len(USED)), np.int32)
    for name, values in columns.items():
        counts[:, COLUMN[name]] = values
    return counts


def test_false_pages_are_no_more_than_promised_at_the_margins_end() -> None:
    """Outcomes, a contrast and an empty level, each at the worst point of its null, 80,000 minutes at A = 200."""
    rng = np.random.default_rng(400)
    minutes, a, scopes, p0 = 80_000, 200.0, 4, 0.04
    ones = np.ones(scopes)
    share, margin = np.array([1e-3, 0.4, 0.3, 0.3]), 0.1
    group = np.zeros(scopes, np.int32)
    outcome = component("outcome", rate_ratio(p0 * ones, ones), 0.5)
    contrast = component("contrast", share_ratio(share, margin * ones, ones), 0.4, group)
    void = component("void", fall_ratio(5 * ones, 0.5 * ones, ones), 0.1)
    known = rng.poisson(8.0, (minutes, scopes))
    counts = np.zeros((minutes, scopes, len(USED)), np.int32)
    counts[:, :, COLUMN["known"]] = known
    counts[:, :, COLUMN["dropped"]] = rng.binomial(known, p0)
    group_arrived = rng.poisson(20.0, minutes)
    worst = share * (1 - margin) / (1 - share * margin)
    counts[:, 0, COLUMN["arrived"]] = group_arrived
    for klass in (1, 2, 3):
        counts[:, klass, COLUMN["arrived"]] = rng.binomial(group_arrived, worst[klass])
    lonely = rng.poisson(2.5, (minutes, scopes)).astype(np.int32)
    alone = np.zeros_like(counts)
    alone[:, :, COLUMN["arrived"]] = lonely
    pages = 0
    for minute in range(minutes):
        m = step(outcome, counts[minute]) + step(contrast, counts[minute])
        m += step(void, alone[minute])
        if m >= a:
            pages += 1
            for part in (outcome, contrast, void):
                part.evidence[:] = 0
    promised = minutes / a
    assert pages <= poisson.ppf(0.999, promised)
    assert pages > promised / 10  # the promise isn't kept by sleeping


def test_a_loss_pages_within_minutes() -> None:
    rng = np.random.default_rng(5)
    outcome = component("outcome", rate_ratio(np.array([0.04]), np.ones(1)), 1.0)
    m, minutes = 0.0, 0
    while m < 43_200:
        n, minutes = int(rng.poisson(40)), minutes + 1
        m = step(outcome, counted(known=[n], dropped=[int(rng.binomial(n, 0.3))]))
    assert minutes <= 3


def test_however_total_the_loss_no_evidence_overflows() -> None:
    outcome = component("outcome", rate_ratio(np.array([0.005]), np.ones(1)), 1.0)
    void = component("void", fall_ratio(np.array([5000.0]), np.array([0.5]), np.ones(1)), 1.0)
    all_lost, none_come = counted(known=[5000], dropped=[5000]), counted(arrived=[0])
    for _ in range(2000):
        m = step(outcome, all_lost)
        level = step(void, none_come)
    for part, total in ((outcome, m), (void, level)):
        assert np.isfinite(total)
        assert part.evidence.max() <= CEILING
        assert total > 43_200


def test_cutting_a_step_only_lowers_it() -> None:
    outcome = component("outcome", rate_ratio(np.array([0.005]), np.ones(1)), 1.0)
    step(outcome, counted(known=[1000], dropped=[1000]))
    nats = 1000 * outcome.ratio[0].sum(axis=1)
    uncut = np.log(1.0) + nats
    assert (np.log(outcome.evidence[0]) <= uncut + 1e-9).all()
    assert np.log(outcome.evidence[0]) == pytest.approx(np.minimum(nats, STEP_NATS))


def test_a_quiet_step_adds_its_minutes_and_nothing_else() -> None:
    outcome = component("outcome", rate_ratio(np.array([0.04]), np.ones(1)), 1.0)
    for _ in range(6):
        m = step(outcome, counted(known=[0], dropped=[0]), 1 / 6)
    assert outcome.evidence == pytest.approx(np.ones((1, len(SIZES))))
    assert m == pytest.approx(1.0)


def test_a_step_multiplies_what_was_there_and_the_minute_by_its_ratio() -> None:
    outcome = component("outcome", rate_ratio(np.array([0.04]), np.ones(1)), 1.0)
    outcome.evidence[:] = 7.0
    step(outcome, counted(known=[10], dropped=[3]))
    expected = 8.0 * np.exp(3 * outcome.ratio[0, :, 0] + 10 * outcome.ratio[0, :, 1])
    assert outcome.evidence[0] == pytest.approx(expected)


def test_a_sleeping_row_keeps_its_evidence_and_gives_none() -> None:
    outcome = component("outcome", rate_ratio(np.array([0.04, 0.04]), np.ones(2)), 1.0)
    outcome.evidence[:] = 7.0
    outcome.asleep[0] = True
    m = step(outcome, counted(known=[10, 0], dropped=[10, 0]))
    assert (outcome.evidence[0] == 7.0).all()
    assert m == pytest.approx(0.5 * 8.0)
    assert outcome.parts() == pytest.approx([0.0, 4.0])


def test_guarded_evidence_counts_no_further_than_its_guard_allows() -> None:
    engaged = component("engaged", rate_ratio(np.array([0.04, 0.04]), np.ones(2)), 1.0)
    level = component("fewer", fall_ratio(np.array([5.0]), np.array([0.1]), np.ones(1)), 1.0)
    engaged.guard, engaged.guard_row = level, np.array([0, -1])
    engaged.evidence[:] = 1000.0
    level.evidence[:] = 10.0
    assert engaged.parts() == pytest.approx([5.0, 0.0])  # the second scope has no level: nothing says calls are missing
    level.evidence[:] = 1e6
    assert engaged.parts() == pytest.approx([500.0, 0.0])


def test_many_counts_and_few_come_to_the_same() -> None:
    ratio = rate_ratio(np.array([0.04]), np.ones(1))
    once, often = component("outcome", ratio, 1.0), component("outcome", ratio, 1.0)
    step(once, counted(known=[30], dropped=[6]), 1.0)
    for _ in range(6):
        step(often, counted(known=[5], dropped=[1]), 0.0 if often.evidence.any() else 1.0)
    assert often.evidence == pytest.approx(once.evidence)


def test_only_what_was_touched_is_multiplied() -> None:
    outcome = component("outcome", rate_ratio(np.array([0.04, 0.04]), np.ones(2)), 1.0)
    everything = counted(known=[5, 5], dropped=[5, 5])
    outcome.advance(everything, np.array([1], np.int32), 1.0)
    assert outcome.evidence[0] == pytest.approx(np.ones(len(SIZES)))
    assert outcome.evidence[1] == pytest.approx(np.exp(5 * outcome.ratio[1].sum(axis=1)))


def test_a_class_is_multiplied_when_only_its_group_was_touched() -> None:
    group = np.zeros(3, np.int32)
    contrast = component("contrast", share_ratio(np.array([0.9, 0.3, 0.3]), np.zeros(3), np.ones(3)), 1.0, group)
    contrast.advance(counted(arrived=[4, 0, 4]), np.array([0, 2], np.int32), 1.0)
    missing, there = contrast.evidence[1], contrast.evidence[2]
    assert (missing > 1).all()
    assert missing[-1] > there[-1]


def test_demand_that_changes_rescales_a_level_and_leaves_its_margin() -> None:
    at_five = component("level", fall_ratio(np.array([5.0, 5.0]), np.array([0.1, 0.2]), np.ones(2)), 1.0)
    at_five.rescale(np.array([2.0, 1.0]))
    renewed = component("level", fall_ratio(np.array([10.0, 5.0]), np.array([0.1, 0.2]), np.ones(2)), 1.0)
    counts = counted(arrived=[3, 2])
    assert step(at_five, counts) == pytest.approx(step(renewed, counts))
    assert at_five.ratio == pytest.approx(renewed.ratio)
