from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.clock import steady, wait, wall


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
