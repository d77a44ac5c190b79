from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from tests.simulate.rehearsal import FRANCE, calls, county, evening, played, quiet_day, written

from tocsin.simulate import build, load
from tocsin.simulate.demand import Day, level


def on(day: date) -> float:
    """Callers of that day in France, as a multiple of the average day."""
    country = build(FRANCE, 1)
    return float((country.weight @ level(Day.of(day, FRANCE.zone), country)).mean())


def test_an_average_day_has_85_000_attempts_to_15_36_000_to_17_and_50_000_to_18_and_112() -> None:
    day = calls(quiet_day())
    scale = on(date(2021, 6, 2))  # of that Wednesday
    number = dict(day.group_by("service").len().iter_rows())
    # bursts, redials and the world's swings come on top of Poisson's 0.4 to 0.6 %: 4 % is over three standard errors
    assert number["15"] / scale == pytest.approx(85_000, rel=0.04)
    assert number["17"] / scale == pytest.approx(36_000, rel=0.04)
    assert (number["18"] + number["112"]) / scale == pytest.approx(50_000, rel=0.04)
    assert 0.3 < number["112"] / (number["18"] + number["112"]) < 0.4
    assert sum(number[small] for small in ("114", "115", "116000", "116117", "119", "191", "196")) < 5_000


def test_the_hours_of_a_day_follow_the_study_s_factors() -> None:
    wall = calls(quiet_day())["time"].dt.convert_time_zone("Europe/Paris").dt.hour()
    number = np.bincount(wall.to_numpy(), minlength=24)
    assert number.argmin() == 4
    assert number.argmax() == 18
    # 1.42 against 0.34 at the full hours; each hour's mean lies a little inside
    assert number[18] / number[4] == pytest.approx(1.42 / 0.34, rel=0.08)


def test_a_saturday_is_busier_than_a_wednesday_and_a_public_holiday_than_either_its_weekday() -> None:
    assert on(date(2022, 3, 19)) > 1.08 * on(date(2022, 3, 16))
    assert on(date(2022, 7, 14)) > 1.05 * on(date(2022, 7, 7))  # a Thursday, 14 July


def test_where_the_schools_are_closed_demand_is_lower_and_only_there() -> None:
    country = build(FRANCE, 1)
    curve = level(Day.of(date(2022, 2, 16), FRANCE.zone), country).mean(axis=1)  # zones B and (from 19 February) C, A
    paris, lille = (curve[country.cells.index(cell)] for cell in ("75", "59"))
    assert lille == pytest.approx(0.98 * paris)


def test_after_midnight_on_new_year_s_day_three_times_as_many_call() -> None:
    country = build(county(), 1)
    new_year, ordinary = (
        level(Day.of(day, "Europe/Paris"), country)[0] for day in (date(2022, 1, 1), date(2022, 1, 8))
    )
    assert new_year[30] / ordinary[30] == pytest.approx(3.4)
    assert new_year[12 * 60] == ordinary[12 * 60]
    eve = level(Day.of(date(2021, 12, 31), "Europe/Paris"), country)[0]
    assert eve[23 * 60 + 30] > 1.5 * level(Day.of(date(2021, 12, 17), "Europe/Paris"), country)[0][23 * 60 + 30]


@pytest.mark.parametrize(
    ("day", "hours", "start"),
    [
        (date(2022, 3, 26), 24, datetime(2022, 3, 25, 23, tzinfo=UTC)),
        (date(2022, 3, 27), 23, datetime(2022, 3, 26, 23, tzinfo=UTC)),  # clocks go forward
        (date(2022, 10, 30), 25, datetime(2022, 10, 29, 22, tzinfo=UTC)),  # and back
    ],
)
def test_a_day_lasts_as_long_as_clocks_on_the_wall_say(day: date, hours: int, start: datetime) -> None:
    made = Day.of(day, "Europe/Paris")
    assert (made.start, made.minutes) == (start, hours * 60)
    wall = np.floor(made.local_hour()[::60]).astype(int).tolist()
    assert wall == {24: [*range(24)], 23: [0, 1, *range(3, 24)], 25: [0, 1, 2, *range(2, 24)]}[hours]


def test_a_football_evening_takes_16_per_cent_within_ten_minutes() -> None:
    scenario = load("football-evening")
    match = calls(played(scenario, FRANCE, seed=3)[0])
    without = calls(played(replace(scenario, surges=()), FRANCE, seed=3)[0])
    before, during = between("18:00", "19:55"), between("20:05", "21:50")
    # each count is near 18,000: a ratio's standard error is about 0.011; 0.033 is three of them (once in 370 seeds)
    assert match.filter(before).height / without.filter(before).height == pytest.approx(1, abs=0.033)
    assert match.filter(during).height / without.filter(during).height == pytest.approx(0.84, abs=0.033)


def between(start: str, end: str) -> pl.Expr:
    """Wall clock in Paris."""
    wall = pl.col("time").dt.convert_time_zone("Europe/Paris").dt.strftime("%H:%M")
    return (wall >= start) & (wall < end)


def test_once_the_news_is_out_demand_is_sixteen_tenths_of_ordinary() -> None:
    lost, truth = evening()
    hours = pl.col("time").is_between(truth.onset, truth.end)
    ordinary = calls(quiet_day()).filter(hours).height
    assert ordinary == pytest.approx(62_000, rel=0.05)
    assert truth.attempts / ordinary == pytest.approx(1.68, abs=0.06)  # 1.57 of demand, the rest redials
    assert calls(lost).filter(hours).height == pytest.approx(truth.attempts, abs=20)  # clocks differ at the edges


def test_a_storm_touches_its_regions_and_services_alone() -> None:
    storm = written('[[demand]]\nat = ["08:00", "20:00"]\nfactor = [3.0, 3.0]\nareas = ["T01"]\n')
    with_it, without = (calls(played(s, county(), seed=5, world="exact")[0]) for s in (storm, written("")))
    noon = pl.col("time").dt.hour() == 12

    def number(frame: pl.DataFrame, area: str) -> int:
        return frame.filter(noon & (pl.col("area") == area)).height

    # about 120 calls of T01 without and 360 with: the ratio's standard error is 0.3; 1.9 to 4.5 are over three
    assert 1.9 < number(with_it, "T01") / number(without, "T01") < 4.5
    assert number(with_it, "T03") / number(without, "T03") == pytest.approx(1, abs=0.32)


def test_in_a_storm_firemen_are_called_five_times_as_often_and_only_where_it_blows() -> None:
    storm = load("storm")
    with_it, without = (
        calls(played(scenario, FRANCE, seed=4)[0]).filter(between("04:00", "07:00"))
        for scenario in (storm, replace(storm, surges=()))
    )
    brittany = pl.col("path").str.contains("GW-R53>", literal=True)
    blows, calm = (
        with_it.filter(where, service="18").height / without.filter(where, service="18").height
        for where in (brittany, ~brittany & ~pl.col("path").str.contains("GW-R(28|52)>"))
    )
    assert blows == pytest.approx(5, abs=2)  # 80 calls without the storm: the ratio's standard error is 0.6
    assert calm == pytest.approx(1, abs=0.15)  # 1,000 calls: 0.045
