"""The short form of `python -m bench.detection`: few cases and runs, with bounds that a worse detector would break."""

from __future__ import annotations

import numpy as np
import pytest
from bench.detection import delays, promise, year
from bench.detection.cases import CASES, Case
from bench.detection.oracle import Stream, exact_null
from bench.detection.runs import A, world_of

RUNS = 3
MOST_MINUTES = {
    ("nation loses 11 %", "outcome"): 4.0,
    ("median département loses everything", "outcome"): 7.0,
    ("fixed lines lose 44 %", "contrast"): 6.0,
}
"""Medians in the hard world at most; without any loss none of these would page in three hours."""


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.lorden_study], ids=lambda case: f"{case.name}, {case.family}"
)
def test_the_yardsticks_are_those_of_the_study(case: Case) -> None:
    assert case.lorden_study is not None
    stream = Stream.of(case, world_of("exact", case.outcomes))
    assert stream.yardstick(exact_null(case), A).lorden == pytest.approx(case.lorden_study, rel=0.07)


def test_an_oracle_waits_about_as_long_as_lorden_says() -> None:
    case = next(case for case in CASES if case.family == "contrast" and case.where.operator == "A")
    stream = Stream.of(case, world_of("exact", case.outcomes))
    assert stream.oracle(0.0, A, 1) == pytest.approx(stream.yardstick(0.0, A).lorden, rel=0.3)


def test_in_the_hard_world_losses_are_seen_as_soon_as_by_the_prototype_and_named() -> None:
    cases = [case for case in CASES if (case.name, case.family) in MOST_MINUTES]
    rows, early = delays.delays("hard", cases, range(RUNS))
    assert len(rows) == len(MOST_MINUTES)
    assert early == 0
    for row in rows:
        assert row.found.median <= MOST_MINUTES[row.case.name, row.case.family], row.case.name
        assert row.found.named >= 2 / 3, row.case.name
        assert np.median(row.found.nulls) > exact_null(row.case)


@pytest.mark.parametrize("outcomes", [True, False], ids=["outcomes", "arrivals only"])
def test_a_football_evening_in_the_hard_world_pages_nobody(outcomes: bool) -> None:
    quiet = year.evenings("hard", outcomes, range(RUNS))
    assert quiet.minutes == RUNS * 360
    assert quiet.pages.total() == 0
    assert 0 < quiet.largest < A


def test_false_pages_are_at_most_as_many_as_promised_and_the_detector_is_awake() -> None:
    kept = promise.count(150_000, seed=7)
    assert kept.promised / 4 < kept.alarms <= kept.most
