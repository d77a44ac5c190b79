"""A feed that stops speaking, told from calls that stop coming."""

from __future__ import annotations

import polars as pl
from tests.counts.story import Story, at

from tocsin.calls.record import RECORD
from tocsin.counts import Life, Silence


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
    silence.push(calls_every_minute(0, 45).beats("16:00", "16:58").records)  # the last call at 16:44:10
    assert states(silence, "16:58:09") == [Life.ALIVE]
    assert states(silence, "16:58:11") == [Life.NO_CALLS]


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
    assert states(silence, "16:50", "16:58", "16:59") == [Life.ALIVE, Life.ALIVE, Life.QUIET]


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
