"""A feed that stops speaking, told from calls that stop coming."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from tests.counts.story import DAY, Story, at

from tocsin.calls.record import RECORD
from tocsin.counts import FeedLife, Life, Silence
from tocsin.counts.silence import CHANCE


def calls_every_minute(begin: int, end: int) -> Story:
    """A centre's calls, one a minute, between two minutes after 16:00."""
    story = Story()
    for minute in range(begin, end):
        story.centre(f"16:{minute:02}:10")
    return story


def states(silence: Silence, *clocks: str) -> list[Life]:
    """The state of the one feed there is at each time."""
    return [feed.state for clock in clocks for feed in silence.feeds(at(clock))]


def test_heartbeats_without_calls_are_a_living_feed() -> None:
    silence = Silence()
    silence.push(calls_every_minute(0, 45).beats("16:00", "16:54").records)  # the last call at 16:44:10
    assert states(silence, "16:54:20") == [Life.ALIVE]  # 44 gaps of a minute: (1 + 10.25/44)^-44 = 1e-4
    assert states(silence, "16:54:30") == [Life.NO_CALLS]


def test_neither_heartbeats_nor_calls_is_a_silent_feed() -> None:
    silence = Silence()
    silence.push(calls_every_minute(0, 45).beats("16:00", "16:45").records)  # the last beat at 16:44:30
    assert states(silence, "16:45", "16:46", "16:46:03") == [Life.ALIVE, Life.ALIVE, Life.SILENT]


def test_calls_still_coming_are_a_sign_of_life_although_heartbeats_stopped() -> None:
    silence = Silence()
    silence.push(calls_every_minute(0, 59).beats("16:00", "16:30").records)
    assert states(silence, "16:59") == [Life.ALIVE]


def test_a_feed_that_never_beat_is_quiet_since_nobody_can_tell() -> None:
    silence = Silence()
    silence.push(calls_every_minute(0, 45).records)
    assert states(silence, "16:50", "16:54", "16:55") == [Life.ALIVE, Life.ALIVE, Life.QUIET]


def test_what_is_known_of_a_feed_is_said() -> None:
    silence = Silence()
    silence.push(calls_every_minute(0, 45).beats("16:00", "16:45").records)
    (feed,) = silence.feeds(at("16:50"))
    assert (feed.vantage, feed.feed, feed.last_beat, feed.last_call) == (
        *("centre", "SAMU 59"),
        *(at("16:44:30"), at("16:44:10")),
    )
    assert feed.call_every_s == 60
    assert abs((feed.beat_every_s or 0) - 30) < 0.6


def test_a_late_record_is_a_sign_of_life_when_it_comes() -> None:
    silence = Silence()
    silence.push(Story().beats("16:00", "16:45").centre("16:20", took=1790).records)
    assert states(silence, "16:51") == [Life.ALIVE]


def test_a_clock_that_is_ahead_is_no_life() -> None:
    silence = Silence()
    silence.push(Story().beats("17:00", "17:30").records)
    assert states(silence, "16:30") == [Life.AHEAD]


def test_of_one_sign_no_rhythm_is_known() -> None:
    silence = Silence()
    silence.push(pl.DataFrame(schema=RECORD))
    silence.push(Story().beat("16:45").records)
    assert states(silence, "20:00") == [Life.NEW]


def test_batches_one_after_another_are_one_stream() -> None:
    whole, parts = Silence(), Silence()
    records = calls_every_minute(0, 45).beats("16:00", "16:45").records.sort("time")
    whole.push(records)
    for part in records.iter_slices(7):
        parts.push(part.reverse())
    assert parts.feeds(at("16:50")) == whole.feeds(at("16:50"))


def test_the_longest_time_without_any_sign_is_told_across_batches_and_an_early_row_does_not_shorten_it() -> None:
    silence = Silence()
    silence.push(calls_every_minute(0, 5).records)
    silence.push(Story().centre("16:11:10").centre("16:12:10").records)
    silence.push(Story().centre("16:09").centre("16:13").records)
    (feed,) = silence.feeds(at("16:20"))
    assert (feed.longest_s, feed.longest_from) == (7 * 60, at("16:04:10"))
    assert (feed.beats, feed.calls) == (0, 9)
    assert silence.last() == at("16:13")
    assert Silence().last() is None


DAYS = 10
BY_HOUR = np.array([1, 1, 0.5, 0.5, 0.5, 0.5, 1, 2, 4, *[6] * 12, 4, 2, 2])  # calls an hour of a small place, in Paris


def small_place(seed: int) -> NDArray[np.float64]:
    """Ten days of calls at random, in hours since midnight in Paris."""
    rng = np.random.default_rng(seed)
    hours = np.repeat(np.arange(24 * DAYS), rng.poisson(np.tile(BY_HOUR, DAYS)))
    return np.sort(hours + rng.random(len(hours)))


def told(hours: NDArray[np.float64], at_hour: float) -> FeedLife:
    """What is told of the calls up to an hour; Paris is two hours ahead of UTC."""
    times = [DAY + timedelta(hours=hour - 2) for hour in hours[hours < at_hour]]
    silence = Silence("Europe/Paris")
    rows = Story().centre("00:00").records
    silence.push(pl.concat([rows] * len(times)).with_columns(pl.Series("time", times).cast(rows.schema["time"])))
    (feed,) = silence.feeds(DAY + timedelta(hours=at_hour - 2))
    return feed


@pytest.mark.parametrize(("first", "last"), [(1, 7), (7, 12), (12, 25)])
def test_of_files_that_end_at_a_random_minute_hardly_one_is_told_to_have_stopped(first: int, last: int) -> None:
    rng = np.random.default_rng(first)
    cuts = [(seed, 24 * rng.integers(3, DAYS) + rng.uniform(first, last)) for seed in range(400)]
    false = sum(told(small_place(seed), float(cut)).state is Life.QUIET for seed, cut in cuts)
    assert false <= 400 * CHANCE + 1  # two of 400 come once in a thousand such tests


@pytest.mark.parametrize(("hour", "least", "most"), [(14, 1.2, 2.6), (2, 5.0, 8.5)])
def test_a_feed_that_died_is_told_after_the_time_that_its_hour_takes(hour: int, least: float, most: float) -> None:
    """By day nine to twelve calls are six an hour; at two in the morning the first hours bring hardly one."""
    calls = small_place(1)
    died = 24 * 8 + hour
    takes = told(calls[calls < died], died).told_after_s
    assert takes is not None
    assert least <= takes / 3600 <= most
    last = calls[calls < died][-1]
    before, after = (told(calls[calls < died], last + takes / 3600 + by) for by in (-0.02, 0.02))
    assert (before.state, after.state) == (Life.ALIVE, Life.QUIET)


def test_the_stated_chance_is_the_share_of_living_feeds_that_stay_away_for_so_long() -> None:
    """A hundred thousand feeds with a call every ten minutes by day, known for ten days: five of each hour's calls."""
    rng = np.random.default_rng(3)
    takes = np.array([told(small_place(seed), 24 * 9 + 12).told_after_s or np.inf for seed in range(40)]) / 3600
    expected = 6 * takes  # within the twelve hours of day
    assert takes.max() < 8
    assert np.exp(-expected).mean() <= 2 * CHANCE
    assert (rng.poisson(expected, (20_000, 40)) == 0).mean() <= 2 * CHANCE


def test_of_a_file_of_a_day_the_mean_gap_counts() -> None:
    calls = np.arange(0, 30, 0.5)
    assert told(calls, 30).told_after_s == pytest.approx(29.5 * 3600 * (CHANCE ** (-1 / 59) - 1))


def test_rarer_calls_than_one_in_a_day_are_never_told_to_have_stopped() -> None:
    assert told(np.array([0.0, 30, 60, 90]), 2000).state is Life.ALIVE
