from __future__ import annotations

from datetime import timedelta

from tocsin.clock import wall


def test_the_wall_clock_tells_utc_and_never_runs_back() -> None:
    first, second = wall(), wall()
    assert first.utcoffset() == timedelta(0)
    assert second >= first
