from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

from tocsin.calls import RECORD
from tocsin.cli.days import by_day

MIDNIGHT = datetime(2021, 6, 2, tzinfo=UTC)


def records(*minutes: int, vantage: str = "centre", service: str = "15", seen: bool = False) -> pl.DataFrame:
    times = [MIDNIGHT + timedelta(minutes=minute) for minute in minutes]
    rows = [
        {"time": at, "seen": at if seen else None, "vantage": vantage, "service": service, "id": str(minute)}
        for at, minute in zip(times, minutes, strict=True)
    ]
    return pl.DataFrame([{name: row.get(name) for name in RECORD} for row in rows], schema=RECORD)


def ids(batch: pl.DataFrame) -> list[str]:
    return batch["id"].to_list()


def test_whatever_order_they_came_in_records_stand_side_by_side_in_time() -> None:
    operators_first = [records(5, 1500, 1, vantage="operator"), records(3, 2, 1441)]
    with by_day(operators_first) as days:
        assert [ids(day) for day in days] == [["1", "2", "3", "5"], ["1441", "1500"]]


def test_what_was_laid_down_is_taken_up_as_it_was() -> None:
    batch = records(1, 2, 3, seen=True)
    with by_day([batch]) as days:
        (day,) = days
        assert day.schema == RECORD
        assert day.equals(batch)


def test_it_knows_what_it_was_given() -> None:
    with by_day([records(1, vantage="operator"), records(1500, 1501, seen=True)]) as days:
        assert (days.met.records, days.met.with_seen, days.met.vantages) == (3, True, {"operator", "centre"})
        assert days.fullest == date(2021, 6, 3)


def test_heartbeats_do_not_make_a_day_full() -> None:
    with by_day([records(1), records(1500, 1501, 1502, service="heartbeat")]) as days:
        assert days.fullest == date(2021, 6, 2)
    with by_day([]) as nothing:
        assert (nothing.fullest, list(nothing)) == (None, [])


def test_nothing_is_left_on_the_disk() -> None:
    with by_day([records(1)]) as days:
        folder = days.folder
        assert list(folder.iterdir())
    assert not folder.exists()


def test_days_of_a_clock_that_was_reset_are_left_out_and_said() -> None:
    reset = records(*range(-11_000_000, -11_000_000 + 5))
    with by_day([reset, records(*range(400)), records(*range(40 * 1440, 40 * 1440 + 3))]) as days:
        (apart,) = days.leave_out()
        assert (apart.records, apart.since, apart.until) == (5, reset["time"][0], reset["time"][-1])
        assert [day.height for day in days] == [400, 3]


def test_old_days_that_hold_their_share_of_the_records_are_kept() -> None:
    with by_day([records(*range(-200 * 1440, -200 * 1440 + 9)), records(*range(400))]) as days:
        assert days.leave_out() == []
        assert [day.height for day in days] == [9, 400]


def test_a_day_ends_a_stretch_where_nothing_follows_for_a_day() -> None:
    with by_day([records(0, 1439, 1441, 2 * 1440 + 1441)]) as days:
        assert days.ends(86_400) == [False, True, True]
