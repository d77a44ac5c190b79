from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.conftest import County, Heard
from tests.cli.test_watching import BEGAN, pages_of

from tocsin.calls import HEARTBEAT
from tocsin.cli.days import by_day
from tocsin.cli.stretches import last_known

MIDNIGHT = datetime(2021, 6, 2, tzinfo=UTC)
MORNING = pl.col("time") < BEGAN - timedelta(hours=1)


@pytest.fixture(scope="module", name="county")
def without_heartbeats(county: County) -> County:
    """The county with feeds that can't say that they live: that nothing comes is a total loss to them."""
    feeds = tuple(replace(feed, heartbeat_s=None) for feed in county.baseline.feeds)
    calls = county.records.filter(pl.col("service") != HEARTBEAT)
    return replace(county, baseline=replace(county.baseline, feeds=feeds), records=calls)


def later(records: pl.DataFrame, by: timedelta) -> pl.DataFrame:
    return records.with_columns(pl.col("time", "seen") + by)


def test_days_without_any_record_between_two_files_page_nobody_and_are_said_once(county: County) -> None:
    monday = county.records.filter(MORNING)
    thursday = later(monday, timedelta(days=3))
    heard = Heard()
    with by_day([thursday, monday]) as days:
        assert pages_of(days, county, heard) == []
    ((name, times),) = heard.texts
    assert name == "watch.no_records"
    since, until = times["since"], times["until"]
    assert isinstance(since, datetime)
    assert isinstance(until, datetime)
    assert abs(since - monday["time"].sort()[-1]) < timedelta(minutes=2)
    assert abs(until - thursday["time"].sort()[0]) < timedelta(minutes=2)


def test_what_fails_when_records_begin_again_pages_within_minutes(county: County) -> None:
    monday = later(county.records.filter(MORNING), timedelta(days=-4))
    with by_day([monday, county.records]) as days:
        pages = pages_of(days, county)
    with by_day([county.records]) as days:
        alone = pages_of(days, county)
    assert BEGAN < pages[0].at <= BEGAN + timedelta(minutes=20)
    assert [(page.at, page.scope) for page in pages] == [(page.at, page.scope) for page in alone]


def test_an_alarm_that_is_open_when_the_records_end_stays_open_and_a_new_one_opens_after_days(county: County) -> None:
    broken = county.records.filter(pl.col("time") < BEGAN + timedelta(hours=2))
    friday = later(broken, timedelta(days=2))
    with by_day([broken, friday]) as days:
        pages = pages_of(days, county)
    assert {page.state.value for page in pages} == {"open", "update"}
    first, second = dict.fromkeys(page.alarm for page in pages)
    assert {page.at > MIDNIGHT + timedelta(days=2) for page in pages if page.alarm == first} == {False}
    assert {page.at > MIDNIGHT + timedelta(days=2) for page in pages if page.alarm == second} == {True}


def test_less_than_a_day_without_a_record_is_a_total_loss(county: County) -> None:
    morning = county.records.filter(MORNING)
    heard = Heard()
    with by_day([morning, later(morning, timedelta(hours=20))]) as days:
        assert pages_of(days, county, heard) != []
    assert heard.texts == []


@pytest.mark.parametrize("ahead_h", [3, 9, 20])
@pytest.mark.parametrize("wrong", [1, 2])
def test_a_row_or_two_hours_behind_all_others_are_no_sign_of_a_loss_and_are_said(
    county: County, ahead_h: int, wrong: int
) -> None:
    morning = county.records.filter(MORNING)
    ahead = later(morning.head(wrong), timedelta(hours=8 + ahead_h))
    heard = Heard()
    with by_day([morning, ahead]) as days:
        assert pages_of(days, county, heard) == []
    last = morning.sort("time")["time"][-1]
    assert heard.texts == [("watch.not_known", {"records": wrong, "until": last})]


def test_nor_are_they_where_another_stretch_follows(county: County) -> None:
    morning = county.records.filter(MORNING)
    ahead = later(morning.head(1), timedelta(hours=17))
    heard = Heard()
    with by_day([morning, ahead, later(morning, timedelta(days=5))]) as days:
        assert pages_of(days, county, heard) == []
    assert heard.names == ["watch.not_known", "watch.no_records"]


@given(st.lists(st.integers(1, 600), min_size=10, max_size=50), st.lists(st.integers(14_000, 80_000), max_size=2))
def test_all_of_a_busy_stretch_is_known_and_nothing_that_lies_alone_behind_it(
    gaps: list[int], wrong: list[int]
) -> None:
    times = np.cumsum(gaps)
    behind = np.concatenate([times, times[-1] + np.cumsum(np.array(wrong, np.int64))])
    assert last_known(behind) == len(times) - 1


def test_rare_calls_are_believed() -> None:
    assert last_known(np.array([0, 90_000, 200_000])) == 2
    assert last_known(np.array([0, 90_000])) == 1
    assert last_known(np.arange(40) * 20_000) == 39
