from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
from tests.cli.conftest import County

from tocsin.calls import HEARTBEAT
from tocsin.cli.expecting import expected_arrivals, expected_failures, vantages_with
from tocsin.watch import Scope

MIDNIGHT = int(datetime(2021, 6, 2, tzinfo=UTC).timestamp())
HOURS = MIDNIGHT + 3600 * np.arange(24)


def quiet(county: County, counter: str) -> float:
    """The operators' sum of a counter over the fifteen quiet days before."""
    rows = county.quiet.to_frame().filter(pl.col("vantage") == "operator", pl.col("service").ne_missing(HEARTBEAT))
    return float(rows[counter].sum())


def test_what_is_expected_of_the_quiet_days_is_what_came(county: County) -> None:
    hours = MIDNIGHT - 3600 * np.arange(15 * 24, 0, -1)
    expected = expected_arrivals(county.baseline, county.territory, Scope(), "operator", hours, 3600)
    assert expected is not None
    assert 0.8 < quiet(county, "tries") / expected.best.sum() < 1.25  # bursts are left out as not normal


def test_the_band_holds_what_is_expected_and_is_narrower_where_more_is_counted(county: County) -> None:
    day, hour = (
        expected_arrivals(county.baseline, county.territory, Scope(), "operator", HOURS[:1], stretch)
        for stretch in (86_400, 3600)
    )
    assert day is not None
    assert hour is not None
    assert day.low[0] < day.best[0] < day.high[0]
    assert day.high[0] / day.low[0] < hour.high[0] / hour.low[0]


def test_townships_expect_together_what_the_county_expects(county: County) -> None:
    parts = [
        expected_arrivals(county.baseline, county.territory, Scope(area=f"C{n}"), "operator", HOURS, 3600)
        for n in range(1, 7)
    ]
    whole = expected_arrivals(county.baseline, county.territory, Scope(), "operator", HOURS, 3600)
    assert whole is not None
    total = sum(part.best.sum() for part in parts if part is not None)
    assert 0.85 < total / whole.best.sum() < 1.15


def test_as_many_fail_as_failed_on_quiet_days_and_many_calls_leave_less_room_for_chance(county: County) -> None:
    few, many = (
        expected_failures(county.baseline, Scope(), "operator", HOURS, np.full(24, known)) for known in (20.0, 2000.0)
    )
    assert few is not None
    assert many is not None
    assert 0.7 < many.best.mean() / (quiet(county, "failed") / quiet(county, "known")) < 1.4
    assert np.all(few.high - few.low > many.high - many.low)


def test_nothing_is_expected_where_nothing_was_learned(county: County) -> None:
    for scope in (Scope(area="elsewhere"), Scope(service="15")):
        assert expected_arrivals(county.baseline, county.territory, scope, "operator", HOURS, 3600) is None
    assert expected_arrivals(county.baseline, county.territory, Scope(), "probe", HOURS, 3600) is None


def test_it_knows_who_tells_outcomes(county: County) -> None:
    assert "operator" in vantages_with(county.baseline, "outcome")
    assert vantages_with(county.baseline, "tarot") == []
