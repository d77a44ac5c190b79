"""Who calls again: tries and redials, told by the clock."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts.story import FRANCE, Story, total

from tocsin.counts import tally
from tocsin.counts.coded import Cells
from tocsin.counts.tries import Memory, mark_tries


def counted(story: Story) -> dict[str, int]:
    """The whole story's counters."""
    return total(tally([story.records], territory=FRANCE, hold_s=60))


def test_a_caller_who_insists_is_one_try_and_one_redial() -> None:
    story = Story()
    for second in range(0, 56, 7):  # 16:45:00 to 16:45:49: eight dials
        story.call(f"16:45:{second:02}", caller="Anne", outcome="lost")
    assert counted(story) == {
        "attempts": 8,
        "tries": 1,
        "known": 1,
        "failed": 1,
        "callers": 8,
        "redials": 1,
        "outcomes": 8,
        "losses": 8,
    }


def test_a_further_dial_after_two_quiet_minutes_opens_a_new_series() -> None:
    story = Story().call("16:45:00", caller="Anne").call("16:46:00", caller="Anne")  # the redial
    story.call("16:47:59", caller="Anne")  # within 120 s of the last: the same series
    story.call("16:50:00", caller="Anne")  # 121 s later: a new series
    story.call("16:52:00", caller="Anne")  # 120 s later exactly: its redial
    assert counted(story)["redials"] == 2


def test_a_redial_goes_to_the_same_service_at_the_same_vantage() -> None:
    story = Story().call("16:45:00", caller="Anne").call("16:45:30", caller="Anne", service="18")
    story.centre("16:45:31", caller="Anne").call("16:45:40", caller="Benoît")
    assert "redials" not in counted(story)


def test_a_try_is_the_first_in_ten_minutes_whatever_the_service() -> None:
    story = Story().call("16:45:00", caller="Anne").call("16:50:00", caller="Anne", service="18")
    story.call("16:59:59", caller="Anne")  # 9 min 59 s after the last: none
    story.call("17:09:59", caller="Anne")  # ten minutes after it exactly: a try
    assert counted(story)["tries"] == 2


def test_each_vantage_has_a_first_try_of_its_own() -> None:
    assert counted(Story().call("16:45:00", caller="Anne").centre("16:45:01", caller="Anne"))["tries"] == 2


def test_callers_who_are_not_known_count_each_time_and_never_redial() -> None:
    assert counted(Story().call("16:45:00").call("16:45:10").call("16:45:20")) == {
        "attempts": 3,
        "tries": 3,
        "known": 3,
        "outcomes": 3,
    }


def test_a_record_that_came_after_the_hold_is_nobodys_earlier_attempt() -> None:
    story = Story().call("16:45:00", caller="Anne", took=300).call("16:46:00", caller="Anne", took=5)
    assert counted(story) == {"attempts": 1, "tries": 1, "known": 1, "callers": 1, "outcomes": 1, "late": 1}


def test_a_heartbeat_is_no_try() -> None:
    assert counted(Story().beat("16:45:00").beat("16:45:30")) == {"heartbeats": 2}


def test_what_is_remembered_is_one_dial_for_each_caller_and_service() -> None:
    story = Story()
    for second in range(60):
        story.call(f"16:45:{second:02}", caller="Anne", service=("15", "18")[second % 2])
    cells = Cells(FRANCE)
    dials = cells.code(story.records)
    _, _, memory = mark_tries(dials, np.ones(len(dials), dtype=np.bool_), cells, Memory.empty())
    assert (memory.time - dials.time[0]).tolist() == [58_000_000, 59_000_000]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1800), st.sampled_from(["Anne", "Benoît"]), st.sampled_from(["15", "18"])), max_size=40
    )
)
def test_the_rule_read_aloud_gives_the_same_marks(dials: list[tuple[int, str, str]]) -> None:
    """The definition, one dial after another in plain Python, against the vectorised pass."""
    dials = sorted(set(dials))
    story, tries, redials = Story(), 0, 0
    last: dict[str, int] = {}
    series: dict[tuple[str, str], tuple[int, bool]] = {}
    for second, caller, service in dials:
        story.call(f"16:{second // 60:02}:{second % 60:02}", caller=caller, service=service)
        tries += caller not in last or second - last[caller] >= 600
        last[caller] = second
        before = series.get((caller, service))
        near = before is not None and second - before[0] <= 120
        redials += near and before is not None and before[1]
        series[caller, service] = (second, not near)
    counts = counted(story) if dials else {}
    assert (counts.get("tries", 0), counts.get("redials", 0)) == (tries, redials)


@settings(deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_rows_in_a_batch_does_not_matter(order: list[int]) -> None:
    story = Story()
    for clock, outcome in zip(
        ("16:45:00", "16:45:00", "16:45:30", "16:50", "16:59", "17:00"),
        ("lost", "answered", "busy", None, "lost", "answered"),
        strict=True,
    ):
        story.call(clock, caller="Anne", outcome=outcome)
    shuffled = tally([story.records[order]], territory=FRANCE, hold_s=0)
    assert shuffled.to_frame().equals(tally([story.records], territory=FRANCE, hold_s=0).to_frame())
