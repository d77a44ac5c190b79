"""The two nights on which the clocks change."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from tocsin.calls.zone import LocalClock


def local(*clock: str, day: str) -> pl.Series:
    return pl.Series([datetime.fromisoformat(f"{day} {time}") for time in clock], dtype=pl.Datetime("us"))


def utc(clock: LocalClock, times: pl.Series) -> list[str | None]:
    return [None if time is None else f"{time:%H:%M}" for time in clock.utc(times)]


AUTUMN = "2021-10-31"  # 03:00 summer time becomes 02:00
SPRING = "2021-03-28"  # 02:00 becomes 03:00


def test_in_autumn_the_order_of_the_rows_tells_the_passes_apart() -> None:
    clock = LocalClock("Europe/Paris")
    times = local("01:50", "02:10", "02:50", "02:05", "02:40", "03:10", day=AUTUMN)
    assert utc(clock, times) == ["23:50", "00:10", "00:50", "01:05", "01:40", "02:10"]
    assert clock.take_guessed() == 0


def test_in_autumn_the_passes_are_told_apart_across_batches() -> None:
    clock = LocalClock("Europe/Paris")
    found = [utc(clock, local(time, day=AUTUMN))[0] for time in ("02:10", "02:50", "02:05", "02:40", "02:55")]
    assert found == ["00:10", "00:50", "01:05", "01:40", "01:55"]


def test_in_autumn_rows_a_little_out_of_order_are_no_change_of_the_clocks() -> None:
    clock = LocalClock("Europe/Paris")
    assert utc(clock, local("02:10", "02:12", "02:11", "02:09", day=AUTUMN)) == ["00:10", "00:12", "00:11", "00:09"]


def test_in_autumn_a_guess_is_the_earlier_and_counted() -> None:
    clock = LocalClock("Europe/Paris")
    assert utc(clock, local("01:00", "02:30", "03:30", day=AUTUMN)) == ["23:00", "00:30", "02:30"]
    assert clock.take_guessed() == 1
    assert clock.take_guessed() == 0


def test_in_autumn_a_file_out_of_order_is_guessed() -> None:
    clock = LocalClock("Europe/Paris")
    days = [datetime.fromisoformat("2021-10-01") + timedelta(hours=7 * i % 500) for i in range(100)]
    times = pl.concat([pl.Series(days, dtype=pl.Datetime("us")), local("02:50", "02:05", day=AUTUMN)])
    assert utc(clock, times)[-2:] == ["00:50", "00:05"]
    assert clock.take_guessed() >= 2


def test_in_spring_the_hour_that_was_skipped_does_not_exist() -> None:
    clock = LocalClock("Europe/Paris")
    assert utc(clock, local("01:59", "02:30", "03:00", day=SPRING)) == ["00:59", None, "01:00"]


def test_other_zones_have_their_own_nights() -> None:
    clock = LocalClock("America/New_York")
    assert utc(clock, local("01:59", "02:30", "03:00", day="2016-03-13")) == ["06:59", None, "07:00"]
    assert (
        utc(LocalClock("Australia/Lord_Howe"), local("01:40", "01:45", "01:35", "02:10", day="2021-04-04"))[0]
        == "14:40"
    )


def test_no_time_stays_no_time() -> None:
    assert utc(LocalClock("Europe/Paris"), pl.Series([None], dtype=pl.Datetime("us"))) == [None]
