from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.clock import Even, steady, wait, wall


def test_the_wall_clock_counts_seconds_since_1970_in_utc() -> None:
    assert abs(datetime.fromtimestamp(wall(), UTC) - datetime.now(UTC)) < timedelta(seconds=5)


def test_who_waits_comes_back_later() -> None:
    begun = wall()
    wait(0.01)
    assert wall() - begun >= 0.009


def test_the_steady_clock_never_goes_back() -> None:
    begun = steady()
    wait(0.01)
    assert steady() - begun >= 0.009


def test_setting_the_clock_moves_no_even_time_and_can_be_asked_for() -> None:
    day, since = 1_622_628_000.0, 50.0
    even = Even(lambda: day, lambda: since)
    since, day = 60.0, day + 10
    assert even() == day
    assert even.left_behind == 0.0
    since, day = 61.0, day + 7201
    assert even() == day - 7200
    assert even.left_behind == 7200.0
