from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.simulate.rehearsal import FRANCE, county, played, written

from tocsin.counts import COUNTERS, Tally, tally
from tocsin.errors import TocsinError
from tocsin.simulate import history, load


def sums(tallied: Tally, *by: str) -> pl.DataFrame:
    """Counters by these keys (``hour`` of the day in UTC among them)."""
    frame = tallied.to_frame().with_columns(hour=pl.col("step") // 3600 % 24)
    return frame.group_by(*by).agg(pl.col(COUNTERS).cast(pl.Int64).sum()).sort(*by)


def test_history_is_the_tally_of_the_records_that_come_before_the_scenario() -> None:
    scenario = written('[[fault]]\nkind = "loss"\nfrom = "00:00"\nto = "24:00"\n')
    before = replace(written(""), day=scenario.day.replace(day=12), days=3)
    expected = tally([played(before, county(), vantage="both")[0]], territory=county(), hold_s=60)
    made = history(scenario, county(), seed=1, days=3, vantage="both")
    keys = ["vantage", "service", "access", "hour"]
    assert sums(made, *keys).equals(sums(expected, *keys))


def test_with_a_hold_only_what_settled_in_time_counts_and_the_rest_is_late() -> None:
    held, open_ended = (history(None, county(), seed=1, days=1, vantage="operator", hold_s=hold) for hold in (60, 1e6))
    attempts, late = (COUNTERS.index(name) for name in ("attempts", "late"))
    total = held.counts.sum(axis=0)
    assert open_ended.counts.sum(axis=0)[late] == 0
    assert total[attempts] + total[late] == open_ended.counts.sum(axis=0)[attempts]
    assert 0.1 < total[attempts] / (total[attempts] + total[late]) < 0.5  # most calls last longer than the hold


def test_quiet_days_agree_in_distribution_with_those_of_another_seed_in_the_same_country() -> None:
    """By service, access and hour, each counter's mean of a week against another week's.

    Attempts come in bursts, so a counter's variance is a few times its mean: 5 Poisson standard errors of the
    difference, some 300 comparisons. A fresh pair of seeds fails about once in a thousand.
    """
    country = load("quiet-month")
    one, other = (
        history(country, FRANCE, seed=seed, country_seed=1, days=2, vantage="operator", world="exact")
        for seed in (1, 2)
    )
    keys = ["service", "access", "hour"]
    pair = sums(one, *keys).join(sums(other, *keys), on=keys, suffix="_other", nulls_equal=True)
    assert pair.height > 200
    for name in COUNTERS:
        a, b = (pair[column].to_numpy().astype(float) for column in (name, f"{name}_other"))
        assert np.abs(a - b).max() <= 5 * np.sqrt((a + b).max()) if a.any() else not b.any(), name
        strays = np.abs(a - b) / np.sqrt(np.maximum(a + b, 9))
        assert strays.max() < 5, name


def test_history_needs_a_day() -> None:
    with pytest.raises(TocsinError) as caught:
        history(None, county(), seed=1, days=0)
    assert str(caught.value) == "history of 0 days is no history: ask for one day or more."
