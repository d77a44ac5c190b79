from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.cli.conftest import Heard
from tests.cli.test_days import records

from tocsin.cli.clocks import REST_S, Clocks

NOW = datetime(2021, 6, 2, 10, tzinfo=UTC).timestamp()


def feed(name: str, *, until: float, every: float, hours: float = 3) -> pl.DataFrame:
    """Records of a feed every so many minutes, the last of them so many minutes after 10:00."""
    last = 600 + until
    minutes = [last - every * each for each in range(int(60 * hours / every), -1, -1)]
    made = records(*([0] * len(minutes)), seen=True)
    at = pl.Series("time", [datetime(2021, 6, 2, tzinfo=UTC) + timedelta(minutes=each) for each in minutes])
    return made.with_columns(
        at.cast(made.schema["time"]), at.cast(made.schema["seen"]).alias("seen"), pl.lit(name).alias("feed")
    ).select(made.columns)


def clocks(*feeds: pl.DataFrame, heard: Heard | None = None) -> Clocks:
    found = Clocks(heard or Heard())
    for each in feeds:
        found.meet(each, NOW)
    found.caught_up(NOW)
    return found


def minutes(found: Clocks, now: float = NOW) -> float:
    ahead = found.ahead(now)
    assert ahead is not None
    return round((NOW + ahead - NOW) / 60, 1)


def test_one_feed_hours_ahead_does_not_set_the_time_of_three() -> None:
    found = clocks(*(feed(name, until=0, every=1) for name in "ab"), feed("c", until=180, every=1))
    assert minutes(found) == pytest.approx(-2)  # the third most prompt of a record a minute


def test_nor_do_two_of_five_that_are_ahead_alike() -> None:
    found = clocks(*(feed(name, until=0, every=1) for name in "abc"), *(feed(n, until=180, every=1) for n in "de"))
    assert minutes(found) == pytest.approx(-2)


def test_between_two_that_contradict_each_other_it_is_the_earlier() -> None:
    assert minutes(clocks(feed("a", until=0, every=1), feed("b", until=180, every=1))) == pytest.approx(-2)


def test_small_centres_that_are_seldom_asked_do_not_hold_the_time_back() -> None:
    small = [feed(f"small {each}", until=-20, every=30, hours=24) for each in range(10)]
    assert minutes(clocks(feed("large", until=0, every=1), *small)) == pytest.approx(-2)


def test_a_file_at_rest_holds_the_time_back_only_until_it_is_known_to_rest() -> None:
    found = clocks(feed("yesterday", until=-1440, every=1), feed("today", until=0, every=1))
    found.meet(feed("today", until=9, every=1, hours=0.1), NOW + 540)
    assert minutes(found, NOW + 540) < -1400
    assert not found.sure(found.ahead(NOW + 540) or 0)  # so that nothing of today is set aside
    assert minutes(found, NOW + REST_S + 1) == pytest.approx(0, abs=2)


def test_a_feed_that_is_ahead_is_named_once_with_how_much() -> None:
    heard = Heard()
    found = clocks(*(feed(name, until=0, every=1) for name in "ab"), feed("c", until=180, every=1), heard=heard)
    found.meet(feed("a", until=1, every=1, hours=0.1), NOW + 60)
    ahead = found.ahead(NOW + 60)
    assert ahead is not None
    assert found.sure(ahead)
    found.tell(ahead)
    found.tell(ahead)
    assert heard.texts == [("watch.ahead", {"vantage": "centre", "feed": "c", "minutes": 179})]


def test_without_three_records_nobody_knows_the_time() -> None:
    assert clocks(feed("a", until=0, every=1, hours=0.01)).ahead(NOW) is None
