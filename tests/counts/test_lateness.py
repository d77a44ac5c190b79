"""How late each feed's records are."""

from __future__ import annotations

import polars as pl
import pytest
from tests.counts.story import Story

from tocsin.calls.record import RECORD
from tocsin.counts import Lateness


def test_failures_come_at_once_and_successes_when_the_call_ends() -> None:
    lateness, story = Lateness(hold_s=60), Story()
    for took in (0, 1, 1, 2, 2, 3, 60, 90, 240, 600):
        story.call("16:45", took=took)
    lateness.push(story.records)
    (feed,) = lateness.feeds()
    assert (feed.vantage, feed.feed, feed.records, feed.settled, feed.share_settled) == (
        *("operator", "operator B", 10, 7),
        0.7,
    )
    assert feed.half_s == pytest.approx(2, rel=0.02)
    assert feed.most_s == pytest.approx(240, rel=0.02)
    assert feed.nearly_all_s == pytest.approx(600, rel=0.02)


def test_each_feed_has_its_own_and_batches_add_up() -> None:
    lateness = Lateness(hold_s=60)
    for took in (10, 100):
        lateness.push(Story().call("16:45", took=took).centre("16:45", took=2).records)
    assert [(feed.vantage, feed.feed, feed.settled, feed.records) for feed in lateness.feeds()] == [
        ("centre", "SAMU 59", 2, 2),
        ("operator", "operator B", 1, 2),
    ]


def test_a_record_seen_before_it_happened_is_told_apart() -> None:
    lateness = Lateness(hold_s=60)
    lateness.push(Story().call("16:45", took=-3600).call("16:45", took=3).records)
    (feed,) = lateness.feeds()
    assert (feed.early, feed.records) == (1, 2)


def test_records_that_do_not_say_when_they_were_seen_have_no_lateness() -> None:
    lateness = Lateness(hold_s=60)
    lateness.push(Story().call("16:45", feed=None).records)
    (feed,) = lateness.feeds()
    assert (feed.feed, feed.untimed, feed.records, feed.share_settled, feed.half_s) == (None, 1, 0, None, None)


def test_heartbeats_and_empty_batches_tell_nothing() -> None:
    lateness = Lateness(hold_s=60)
    lateness.push(pl.DataFrame(schema=RECORD))
    lateness.push(Story().beat("16:45", took=3).records)
    assert lateness.feeds() == ()
