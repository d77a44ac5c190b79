from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.cli.conftest import County

from tocsin import territory
from tocsin.cli.days import by_day
from tocsin.cli.watching import HOLD_S, check_fit, known_until, learn_days, watch_days
from tocsin.errors import InputError
from tocsin.watch import Level, Watch

BEGAN = datetime(2021, 6, 2, 10, tzinfo=UTC)


def test_the_outage_pages_within_minutes_and_nothing_pages_before(county: County) -> None:
    watching = Watch(county.baseline, county.territory)
    with by_day([county.records]) as days:
        pages = [alarm for alarm in watch_days(days, watching, county.territory) if alarm.level is Level.PAGE]
    assert BEGAN < pages[0].at <= BEGAN + timedelta(minutes=20)
    assert pages[0].scope.area == "C1"


def test_the_hold_is_a_minute_where_records_say_when_they_came_and_none_where_they_do_not(county: County) -> None:
    with by_day([county.records]) as days:
        assert learn_days(days, county.territory).hold_s == HOLD_S
    with by_day([county.records.with_columns(seen=None).cast(county.records.schema)]) as days:
        assert learn_days(days, county.territory).hold_s == 0


def test_that_a_file_ends_is_no_sign_of_a_loss(county: County) -> None:
    busy = county.records.filter(pl.col("time") < BEGAN - timedelta(hours=1))
    watching = Watch(county.baseline, county.territory)
    with by_day([busy]) as days:
        assert [alarm for alarm in watch_days(days, watching, county.territory) if alarm.level is Level.PAGE] == []
    assert known_until(busy, 60) <= busy["time"][-1] + timedelta(seconds=60)


def test_what_could_still_be_on_its_way_is_not_decided(county: County) -> None:
    exported = county.records.filter(pl.coalesce("seen", "time") <= BEGAN)
    assert known_until(exported, 60) <= BEGAN
    assert known_until(exported.with_columns(seen=None).cast(exported.schema), 0) == exported["time"][-1]


def test_a_baseline_of_another_territory_is_refused(county: County) -> None:
    with pytest.raises(InputError) as error:
        check_fit(county.baseline, with_seen=True, territory=territory.france())
    assert str(error.value) == (
        f"the baseline was learned for {county.territory.name}, the records are read for France: "
        "give both commands the same --territory."
    )


def test_a_baseline_that_could_not_know_lateness_is_refused_for_records_that_have_it(county: County) -> None:
    with pytest.raises(InputError) as error:
        check_fit(replace(county.baseline, hold_s=0), with_seen=True, territory=county.territory)
    assert str(error.value) == (
        "these records say when they were seen, those of the baseline didn't: "
        "learn the baseline from records of the same feeds."
    )
