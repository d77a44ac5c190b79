"""What operators say they delivered, against what centres saw: evenings told by the clock."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts.story import FRANCE, Story, at, total

from tocsin.counts import Tallier, tally


def judged(story: Story, *, hold_s: float = 60, offsets: dict[str, float] | None = None) -> tuple[int, int]:
    """How many attempts were compared, and how many of them no centre saw; live and afterwards alike."""
    counts = afterwards(story, hold_s=hold_s, offsets=offsets)
    assert live(story, "15:40", "18:00", every_s=60, hold_s=hold_s, offsets=offsets) == counts
    return counts


def afterwards(story: Story, *, hold_s: float = 60, offsets: dict[str, float] | None = None) -> tuple[int, int]:
    """The same from history."""
    counts = total(tally([story.records], territory=FRANCE, hold_s=hold_s, offsets=offsets))
    return counts.get("delivered", 0), counts.get("unseen", 0)


def live(
    story: Story, begin: str, end: str, *, every_s: int, hold_s: float, offsets: dict[str, float] | None = None
) -> tuple[int, int]:
    """The same as it comes in: each record is pushed when it is seen."""
    tallier, compared, unseen = Tallier(territory=FRANCE, hold_s=hold_s, offsets=offsets), 0, 0
    records, now = story.records.with_columns(moment=pl.coalesce("seen", "time")).sort("moment"), at(begin)
    while now < at(end):
        now += timedelta(seconds=every_s)
        arrived = int(records["moment"].search_sorted(now))
        tallier.push(records[:arrived].drop("moment"))
        records = records[arrived:]
        decided = total(tallier.decide(now))
        compared, unseen = compared + decided.get("delivered", 0), unseen + decided.get("unseen", 0)
    return compared, unseen


def evening(beats_until: str = "17:30") -> Story:
    """SAMU 59 has shown that it takes the Nord's calls to 15, and sends a sign of life every 30 s."""
    return Story().centre("16:30").beats("16:30", beats_until)


def test_a_delivered_call_is_seen_by_the_centre_within_five_seconds() -> None:
    assert judged(evening().call("16:45:00").centre("16:45:05")) == (1, 0)
    assert judged(evening().call("16:45:05").centre("16:45:00")) == (1, 0)


def test_a_delivered_call_that_no_centre_saw_is_unseen() -> None:
    assert judged(evening().call("16:45:00").centre("16:45:05.5")) == (1, 1)
    assert judged(evening().call("16:45:00").centre("16:45:00", service="18")) == (1, 1)
    assert judged(evening().call("16:45:00").centre("16:45:00", area="62")) == (1, 1)


def test_abandoned_is_delivered_and_what_failed_or_is_unknown_is_not() -> None:
    story = evening()
    for outcome in ("abandoned", "lost", "busy", "refused", "misrouted", None):
        story.call("16:45:00", outcome=outcome)
    assert judged(story) == (1, 1)


def test_one_record_of_the_centre_stands_for_one_call() -> None:
    assert judged(evening().call("16:45:00").call("16:45:01").centre("16:45:02")) == (2, 1)


def test_callers_that_both_know_must_be_the_same() -> None:
    assert judged(evening().call("16:45:00", caller="Anne").centre("16:45:01", caller="Benoît")) == (1, 1)
    assert judged(evening().call("16:45:00", caller="Anne").centre("16:45:01")) == (1, 0)
    crossed = evening().call("16:45:00", caller="Anne").call("16:45:02", caller="Benoît")
    crossed.centre("16:45:00", caller="Benoît").centre("16:45:02", caller="Anne")
    assert judged(crossed) == (2, 0)


def test_the_record_that_names_the_caller_goes_before_the_nearer_one_that_names_nobody() -> None:
    story = evening().call("16:45:00", caller="Anne").call("16:45:01", caller="Chloé")
    assert judged(story.centre("16:45:00").centre("16:45:02", caller="Anne")) == (2, 0)


def test_the_centres_clock_is_set_right_first() -> None:
    ahead = {"SAMU 59": 120.0}
    story = Story().centre("16:32", took=-119).beats("16:30", "17:30", took=-119.5)
    story.call("16:45:00", took=2).centre("16:47:01", took=-119)  # two minutes ahead, and seen a second later
    assert judged(story, offsets=ahead) == (1, 0)
    assert judged(story) == (0, 0)
    untold = Story().centre("16:32").beats("16:30", "17:30").call("16:45:00").centre("16:47:01")
    assert afterwards(untold, offsets=ahead) == (1, 0)
    assert afterwards(untold) == (1, 1)


def test_where_no_centre_feed_has_brought_such_calls_nothing_is_compared() -> None:
    assert judged(Story().beats("16:30", "17:00").call("16:45:00")) == (0, 0)
    assert judged(evening().call("16:45:00", service="18").call("16:45:00", area="62041")) == (0, 0)


def test_a_centre_covers_a_service_from_its_first_call_on() -> None:
    story = Story().beats("16:30", "17:30").call("16:40").centre("16:45").call("16:50")
    assert judged(story) == (1, 1)
    assert judged(Story().call("16:45:00").centre("16:45:00")) == (1, 0)
    assert judged(Story().call("16:45:00").centre("16:45:01")) == (0, 0)


def test_a_feed_that_falls_silent_freezes_the_comparison_from_its_last_sign_of_life() -> None:
    story = evening(beats_until="16:45")  # the last at 16:44:30
    story.call("16:44:20").call("16:44:40").call("16:46:00").call("16:50:00")
    assert judged(story) == (1, 1)


def test_a_silent_feed_freezes_its_own_services_only() -> None:
    story = evening(beats_until="16:45").centre("16:30", feed="CTA 59", service="18")
    story.beats("16:30", "17:30", feed="CTA 59").call("17:00", service="18").call("17:00", service="15")
    assert judged(story) == (1, 1)


def test_a_service_that_two_centres_answer_freezes_when_either_is_silent() -> None:
    story = evening(beats_until="16:45").centre("16:30", feed="SAMU 62").beats("16:30", "17:30", feed="SAMU 62")
    assert judged(story.call("16:40").call("17:00")) == (1, 1)


def test_a_feed_without_heartbeats_is_compared_only_between_two_of_its_own_records() -> None:
    story = Story().centre("16:43:30").call("16:45:00").centre("16:45:40", caller="Anne")
    story.call("16:50:00")  # nothing before it, nothing after it: total loss or silence, nobody can tell
    assert judged(story) == (1, 1)


def test_a_clock_that_jumps_freezes_the_comparison() -> None:
    for jump in ("15:45", "17:45"):  # an hour back, an hour ahead
        story = evening(beats_until="16:45").beats(jump, f"{jump[:2]}:59")
        assert judged(story.call("16:40").call("16:50")) == (1, 1)


def test_a_clock_that_jumps_by_half_a_minute_is_known_by_the_callers() -> None:
    story = evening()
    for minute in range(45, 50):
        story.call(f"16:{minute}:00", caller=f"caller{minute}").centre(f"16:{minute}:30", caller=f"caller{minute}")
    assert judged(story) == (0, 0)


def test_a_clock_that_jumps_back_by_half_a_minute_is_known_by_its_heartbeats() -> None:
    story = Story().centre("16:30", took=0.5)
    for minute in range(30, 45):
        story.beat(f"16:{minute}:00", took=0.2)
    for minute in range(44, 60):
        story.beat(f"16:{minute}:30", took=30.2)  # sent at 16:45:00 and later, stamped half a minute before
    story.call("16:42", took=2)
    for minute in range(45, 58):
        story.call(f"16:{minute}:10", took=2).centre(f"16:{minute - 1}:40", took=32)  # nobody knows the caller
    assert judged(story) == (1, 1)


def test_signs_of_life_from_the_future_are_none() -> None:
    story = Story().centre("16:30", took=0.5)
    for minute in range(40, 56):
        story.beat(f"16:{minute}:00", took=-30)  # the centre's clock has gone half a minute ahead
    assert judged(story.call("16:45:00", took=2)) == (0, 0)


def test_a_feed_that_sends_calls_late_freezes_until_a_punctual_one_follows() -> None:
    story = evening().centre("16:44:00", talk_s=20.0, took=150)  # ended by 16:44:20, reached us at 16:46:30
    story.call("16:45:00").call("16:46:00").call("16:50:00")  # judged at 16:46:00, 16:47:00, 16:51:00
    assert judged(story) == (1, 1)
    assert judged(story.call("16:57:00")) == (2, 2)  # ten minutes on, nothing is held against it
    story.centre("16:48:00", talk_s=20.0, took=21).call("16:50:30")
    assert judged(story) == (4, 4)


def test_a_long_call_is_no_late_record() -> None:
    assert judged(evening().centre("16:40", talk_s=240.0, took=241).call("16:45:00")) == (1, 1)


def test_a_record_of_the_centre_that_came_too_late_to_be_waited_for_does_not_count() -> None:
    assert judged(evening().call("16:45:00", took=3).centre("16:45:01", took=58)) == (1, 0)
    assert judged(evening().call("16:45:00", took=3).centre("16:45:01", talk_s=59.0, took=60)) == (1, 1)


def test_an_attempt_that_came_in_the_last_seconds_of_the_wait_is_left_out() -> None:
    assert judged(evening().call("16:45:00", took=55)) == (1, 1)
    assert judged(evening().call("16:45:00", took=55.5)) == (0, 0)


def test_a_call_lost_before_the_centre_and_dialled_again_is_left_to_the_redials() -> None:
    story = evening().call("16:45:00", caller="Anne").call("16:45:20", caller="Anne").centre("16:45:21", caller="Anne")
    assert judged(story) == (1, 0)


def test_a_second_call_is_unseen_although_the_first_was_seen() -> None:
    story = evening().call("16:44:20", caller="Anne").centre("16:44:21", caller="Anne").call("16:45:00", caller="Anne")
    assert judged(story) == (2, 1)


def test_what_was_compared_stands_in_its_step_among_the_rest() -> None:
    story = evening()
    for minute in range(40, 50):
        story.call(f"16:{minute}:00").centre(f"16:{minute}:01").call(f"16:{minute}:30", area=None)
    tallier = Tallier(territory=FRANCE, hold_s=0)
    tallier.push(story.records)
    decided = tallier.decide(at("18:00"))
    assert total(decided)["delivered"] == 10
    assert (np.diff(decided.step) >= 0).all()
    assert len({*zip(decided.step.tolist(), decided.cell.tolist(), strict=True)}) == len(decided)


def test_without_a_hold_an_attempt_is_judged_a_minute_later_in_the_step_of_that_minute() -> None:
    counts = tally([evening().call("16:45:03").records], territory=FRANCE, hold_s=0).to_frame()
    (step,) = counts.filter(pl.col("unseen") > 0)["step"]
    assert step == int(at("16:46:00").timestamp())


def test_files_of_one_vantage_after_another_compare_nothing_rather_than_everything() -> None:
    calls, centre = Story().call("16:45:00").call("16:46:00").call("20:00"), evening().centre("16:45:00")
    counts = total(tally([calls.records, centre.records], territory=FRANCE, hold_s=60))
    assert "delivered" not in counts


def test_in_a_crowd_nobody_is_missed() -> None:
    story = evening()
    for _ in range(600):  # an auto-dialler, or a clock that stands still
        story.call("16:45:00").centre("16:45:00")
    assert judged(story) == (512, 0)


CALLERS = st.sampled_from([None, "Anne", "Benoît"])
ATTEMPTS = st.lists(st.tuples(st.integers(0, 40), CALLERS), max_size=8)


@settings(deadline=None)
@given(ATTEMPTS, ATTEMPTS)
def test_never_more_seen_than_the_centre_saw_nor_more_compared_than_delivered(
    attempts: list[tuple[int, str | None]], seen: list[tuple[int, str | None]]
) -> None:
    story = evening()
    for second, caller in attempts:
        story.call(f"16:45:{second:02}", caller=caller)
    for second, caller in seen:
        story.centre(f"16:45:{second:02}", caller=caller)
    compared, unseen = afterwards(story)
    assert unseen <= compared <= len(attempts)
    assert compared - unseen <= len(seen)


@settings(deadline=None, max_examples=25)
@given(ATTEMPTS, ATTEMPTS, st.sampled_from([0, 30, 60, 120]))
def test_judged_live_as_judged_afterwards(
    attempts: list[tuple[int, str | None]], seen: list[tuple[int, str | None]], hold_s: int
) -> None:
    story = evening(beats_until="16:44")
    for second in range(0, 240, 20):
        story.beat(f"16:{44 + second // 60}:{second % 60:02}", took=second % 7 if hold_s else None)
    for second, caller in attempts:
        story.call(f"16:45:{second:02}", caller=caller, took=second % 7 if hold_s else None)
    for second, caller in seen:
        story.centre(f"16:45:{second:02}", caller=caller, took=second % 5 if hold_s else None)
    assert live(story, "16:25", "16:50", every_s=10, hold_s=hold_s) == afterwards(story, hold_s=hold_s)


@pytest.mark.parametrize("hold_s", [0, 30, 60, 120])
def test_whatever_the_hold_the_same_calls_are_compared(hold_s: int) -> None:
    assert judged(evening().call("16:45:00").centre("16:45:01").call("16:46:00"), hold_s=hold_s) == (2, 1)
