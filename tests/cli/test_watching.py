from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from tests.cli.conftest import County, Heard

from tocsin.cli.days import Days, by_day
from tocsin.cli.watching import HOLD_S, known_until, learn_days, watch_days
from tocsin.watch import Alarm, Level, Watch

BEGAN = datetime(2021, 6, 2, 10, tzinfo=UTC)


def pages_of(days: Days, county: County, heard: Heard | None = None) -> list[Alarm]:
    said = heard if heard is not None else Heard()
    changes = watch_days(
        days, county.baseline, lambda: Watch(county.baseline, county.territory), county.territory, said
    )
    return [alarm for alarm in changes if alarm.level is Level.PAGE]


def test_the_outage_pages_within_minutes_and_nothing_pages_before(county: County) -> None:
    with by_day([county.records]) as days:
        pages = pages_of(days, county)
    assert BEGAN < pages[0].at <= BEGAN + timedelta(minutes=20)
    assert pages[0].scope.area == "C1"


def test_the_hold_is_a_minute_where_records_say_when_they_came_and_none_where_they_do_not(county: County) -> None:
    with by_day([county.records]) as days:
        assert learn_days(days, county.territory).hold_s == HOLD_S
    with by_day([county.records.with_columns(seen=None).cast(county.records.schema)]) as days:
        assert learn_days(days, county.territory).hold_s == 0


def test_that_a_file_ends_is_no_sign_of_a_loss(county: County) -> None:
    busy = county.records.filter(pl.col("time") < BEGAN - timedelta(hours=1))
    with by_day([busy]) as days:
        assert pages_of(days, county) == []
    assert known_until(busy, 60) <= busy["time"][-1] + timedelta(seconds=60)


def test_what_could_still_be_on_its_way_is_not_decided(county: County) -> None:
    exported = county.records.filter(pl.coalesce("seen", "time") <= BEGAN)
    assert known_until(exported, 60) <= BEGAN
    assert known_until(exported.with_columns(seen=None).cast(exported.schema), 0) == exported["time"][-1]
