"""Real series, through the front door: a county's dispatches with losses taken out, a bank that lost a trunk unit.

The whole of it, with every figure, is `python -m bench.real`; these are the shortest stretches that hold its claims.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bench.real import commands, series
from bench.real.series import BANK, COUNTY, Loss
from tests.calls.samples import shared

Alarms = list[dict[str, Any]]


def opened(alarms: Alarms, level: str) -> Alarms:
    return [alarm for alarm in alarms if alarm["state"] == "open" and alarm["level"] == level]


def minutes(alarm: dict[str, Any], since: str, zone: ZoneInfo) -> float:
    begun = series.utc(datetime.fromisoformat(since), zone)
    return (datetime.fromisoformat(alarm["at"]) - begun).total_seconds() / 60


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Alarms]:
    """The first half learned; two weeks of the second watched as they were, and with losses from 10 May at 10:00 on."""
    rows = series.read(shared("data/montgomery_911.csv.gz"))
    folder = tmp_path_factory.mktemp("montgomery")
    place = series.county(rows, folder / "county")
    first = series.write(series.between(rows, "2015-12-10", "2016-04-18"), folder / "first.csv")
    commands.learn(first, place)
    weeks = series.between(rows, "2016-04-29", "2016-05-12")
    told = {}
    for share in (0.0, 0.3, 1.0):
        loss = Loss(start=datetime.fromisoformat("2016-05-10 10:00"), hours=12, share=share)
        left = series.write(series.losing(weeks, [loss], seed=1), folder / f"{share}.csv")
        told[f"{share:.0%}"] = commands.watch(left, place, first)
    return told


def test_untouched_weeks_page_only_where_the_county_published_nothing_for_fourteen_hours(
    county: dict[str, Alarms],
) -> None:
    (page,) = opened(county["0%"], "page")
    assert minutes(page, "2016-05-01 12:57", COUNTY) < 300
    low, _, high = (datetime.fromisoformat(time) for time in page["onset"])
    assert low <= series.utc(datetime.fromisoformat("2016-05-01 12:58"), COUNTY) <= high
    assert len(opened(county["0%"], "watch")) == 1  # the same hours, two hours earlier


def test_a_total_loss_at_a_call_every_three_minutes_pages_within_the_afternoon(county: dict[str, Alarms]) -> None:
    natural, page = opened(county["100%"], "page")
    assert natural["onset"][1].startswith("2016-05-01")
    assert page["scope"] == {}
    assert 60 < minutes(page, "2016-05-10 10:00", COUNTY) < 300


def test_three_calls_in_ten_missing_are_inside_the_noise_and_the_alarms_say_so(county: dict[str, Alarms]) -> None:
    assert [alarm["alarm"] for alarm in opened(county["30%"], "page")] == [
        alarm["alarm"] for alarm in opened(county["0%"], "page")
    ]
    assert any("stays inside the noise of demand" in sentence for sentence in county["30%"][0]["blind_to"])


@pytest.fixture(scope="module")
def eighth(tmp_path_factory: pytest.TempPathFactory) -> Alarms:
    """The bank's first week learned, 8 and 9 February watched."""
    rows = series.read(shared("data/anonymous_bank_1999_02.csv.gz"))
    folder = tmp_path_factory.mktemp("bank")
    place = series.bank(folder / "bank")
    week = series.write(series.between(rows, "1999-02-01", "1999-02-08"), folder / "week.csv")
    commands.learn(week, place)
    return commands.watch(
        series.write(series.between(rows, "1999-02-08", "1999-02-10"), folder / "eighth.csv"), place, week
    )


def test_the_bank_loses_a_trunk_unit_and_the_page_names_it_by_contrast(eighth: Alarms) -> None:
    page = opened(eighth, "page")[0]
    assert page["scope"] == {"node": "AA02"}
    assert page["evidence"][0]["family"] == "contrast"
    assert 0 < minutes(page, "1999-02-08 13:08:44", BANK) <= 45


def test_it_closes_when_the_unit_takes_calls_again(eighth: Alarms) -> None:
    first = opened(eighth, "page")[0]["alarm"]
    (closed,) = (alarm for alarm in eighth if alarm["alarm"] == first and alarm["state"] == "closed")
    back = series.utc(datetime.fromisoformat("1999-02-08 17:48:07"), BANK)
    assert abs((datetime.fromisoformat(closed["closed_at"]) - back).total_seconds()) <= 300
    assert 0 < minutes(closed, "1999-02-08 17:48:07", BANK) <= 40


def test_its_second_silence_is_a_page_of_its_own_with_an_onset_of_its_own(eighth: Alarms) -> None:
    _, page = opened(eighth, "page")
    assert page["scope"] == {"node": "AA02"}
    low, best, high = (datetime.fromisoformat(time) for time in page["onset"])
    assert low <= best <= high
    assert abs((best - series.utc(datetime.fromisoformat("1999-02-08 20:42:44"), BANK)).total_seconds()) <= 600


def test_a_week_learned_says_what_it_cant_promise(eighth: Alarms) -> None:
    assert any("fewer than 14" in sentence for sentence in eighth[0]["blind_to"])
