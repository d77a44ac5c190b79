from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.watch.island import MONDAY, PER_MINUTE, baseline, history, island, second, shape

from tocsin.counts import COUNTERS
from tocsin.territory import france
from tocsin.watch.demand import HOUR_S, Calendar, Demand, at, kind_of_day, local_bin

HOURS = int(MONDAY.timestamp()) + np.arange(0, 28 * 24) * HOUR_S


def weekly(hours: NDArray[np.int64]) -> NDArray[np.float64]:
    """A hundred calls an hour on working days, half as many again at weekends, by the hour of the day."""
    weekend = (hours // 86_400 + 3) % 7 >= 5
    return np.asarray(100 * shape(hours) * np.where(weekend, 1.5, 1.0))


def fitted(counts: NDArray[np.float64], kept: NDArray[np.bool_] | None = None) -> Demand:
    use = np.ones_like(counts, bool) if kept is None else kept
    return Demand.fit(HOURS, counts, use, Calendar(island()))


def test_a_week_is_learned_to_a_few_percent() -> None:
    truth = weekly(HOURS)
    demand = fitted(np.random.default_rng(1).poisson(truth)[None].astype(float))
    expected = np.exp(demand.log_hourly(HOURS, Calendar(island()))[0])
    assert np.median(np.abs(expected / truth - 1)) < 0.04
    assert expected.sum() == pytest.approx(truth.sum(), rel=0.01)


def test_hours_that_are_left_out_teach_nothing() -> None:
    counts = weekly(HOURS)[None]
    spoilt, kept = counts.copy(), np.ones_like(counts, bool)
    spoilt[0, 100:130] = 5000.0
    kept[0, 100:130] = False
    calendar = Calendar(island())
    clean = fitted(counts).log_hourly(HOURS, calendar)
    assert fitted(spoilt, kept).log_hourly(HOURS, calendar) == pytest.approx(clean, abs=0.05)
    assert abs(fitted(spoilt).log_hourly(HOURS, calendar) - clean).max() > 0.1


def test_a_service_that_nobody_called_is_expected_to_get_next_to_nothing() -> None:
    demand = fitted(np.stack([weekly(HOURS), np.zeros(len(HOURS))]))
    hourly = np.exp(demand.log_hourly(HOURS[:24], Calendar(island())))
    assert (hourly[1] < 1e-6).all()
    assert (hourly[0] > 10).all()


def test_hours_that_are_all_alike_are_expected_to_go_on_so() -> None:
    demand = fitted(np.full((1, len(HOURS)), 7.0))
    assert np.exp(demand.log_hourly(HOURS, Calendar(island()))) == pytest.approx(np.full((1, len(HOURS)), 7.0))


def test_the_trend_is_not_carried_beyond_the_history() -> None:
    growing = weekly(HOURS) * np.linspace(0.8, 1.2, len(HOURS))
    demand = fitted(growing[None])
    calendar = Calendar(island())
    week_after, year_after = (demand.log_hourly(HOURS[-168:] + 7 * 86_400 * weeks, calendar) for weeks in (1, 52))
    assert year_after == pytest.approx(week_after)


def test_the_rate_of_an_hour_stands_at_its_middle() -> None:
    calendar = Calendar(island())
    demand = fitted(weekly(HOURS)[None])
    hourly = demand.log_hourly(HOURS[:2], calendar)[0] - np.log(HOUR_S)
    between = demand.log_rate(HOURS[:1] + np.array([1800, 3600, 5400]), calendar)[0]
    assert between == pytest.approx([hourly[0], hourly.mean(), hourly[1]])


def test_the_islands_demand_is_what_the_island_draws() -> None:
    known = baseline()
    row = known.series.index(("operator", ""))
    times = second("00:00") + np.arange(0, 86_400, 3600)
    rates = np.exp(known.demand.log_rate(times, Calendar(island()))[row]) * 60
    truth = PER_MINUTE * shape(times) * (1 - 0.02)
    assert rates == pytest.approx(truth, rel=0.06)
    tries = history().counts[:, COUNTERS.index("tries")].sum()
    assert tries / (15 * 1440) == pytest.approx(PER_MINUTE, rel=0.01)


def test_a_public_holiday_is_a_sunday_and_a_saturday_is_itself() -> None:
    france_keeps = france().holidays
    assert kind_of_day(date(2021, 6, 2), france_keeps) == 0  # a Wednesday
    assert kind_of_day(date(2021, 6, 5), france_keeps) == 1
    assert kind_of_day(date(2021, 6, 6), france_keeps) == 2
    assert kind_of_day(date(2021, 7, 14), france_keeps) == 2


def test_school_holidays_count_by_the_share_of_areas_that_keep_them() -> None:
    calendar = Calendar(france())
    assert calendar.school_share(date(2022, 8, 1)) > 0.8  # not in every collectivity overseas
    assert calendar.school_share(date(2022, 6, 8)) < 0.1
    assert 0.1 < calendar.school_share(date(2022, 2, 10)) < 0.8  # winter, when three zones take turns
    assert Calendar(island()).school_share(date(2022, 8, 1)) == 0


def test_the_hour_of_the_day_is_the_local_one_also_on_the_night_the_clocks_change() -> None:
    def seconds(*moments: datetime) -> NDArray[np.int64]:
        return np.array([int(moment.timestamp()) for moment in moments])

    saturday_evening = datetime(2022, 3, 26, 22, 30, tzinfo=UTC)  # 23:30 in Paris, still winter time
    sunday_night = datetime(2022, 3, 27, 0, 30, tzinfo=UTC)  # 01:30
    sunday_later = datetime(2022, 3, 27, 1, 30, tzinfo=UTC)  # 03:30: 02:30 never was
    monday = datetime(2022, 3, 28, 15, 0, tzinfo=UTC)  # 17:00
    bins = local_bin(seconds(saturday_evening, sunday_night, sunday_later, monday), "Europe/Paris")
    assert bins.tolist() == [24 + 23, 24 + 1, 24 + 3, 17]


def test_seconds_are_counted_from_1970_in_utc() -> None:
    assert at(0) == datetime(1970, 1, 1, tzinfo=UTC)


def test_no_time_has_no_hour_and_points_to_nothing() -> None:
    bins = local_bin(np.zeros(0, np.int64), "Europe/Paris")
    assert np.zeros(48)[bins].shape == (0,)
