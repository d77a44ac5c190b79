"""The indicators by their standard names, on calls one can count on one's fingers."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts.story import Story

from tocsin.calls.record import Outcome
from tocsin.counts import KPIS, kpi
from tocsin.errors import UsageError


def one(story: Story) -> dict[str, object]:
    """The single row of a story that has one service and one vantage."""
    (row,) = kpi([story.records]).rows(named=True)
    return row


def test_ten_attempts_of_every_fate() -> None:
    story = Story()
    fates = [*["answered"] * 4, "abandoned", "busy", "refused", "lost", "misrouted", None]
    for fate in fates:
        story.call("16:45", outcome=fate)
    row = one(story)
    assert (row["attempts"], row["answered"]) == (10, 4)
    assert (row["asr"], row["asr_n"], row["asr_of"]) == (pytest.approx(100 * 4 / 9), 4, 9)
    assert (row["abr"], row["abr_n"], row["abr_of"]) == (40.0, 4, 10)
    assert (row["ner"], row["ner_n"], row["ner_of"]) == (pytest.approx(100 * 7 / 9), 7, 9)
    assert (row["ner_emergency"], row["ner_emergency_n"]) == (pytest.approx(100 * 5 / 9), 5)
    assert (row["unknown"], row["unknown_n"], row["unknown_of"]) == (10.0, 1, 10)


@pytest.mark.parametrize(
    ("status", "ser", "seer", "isa"),
    [
        (200, (1, 1), (1, 1), (0, 1)),
        *((status, (0, 1), (1, 1), (0, 1)) for status in (480, 486, 600, 603)),
        *((status, (0, 0), (0, 0), (0, 1)) for status in (300, 302, 380, 401, 402, 407)),
        *((status, (0, 1), (0, 1), (1, 1)) for status in (408, 500, 503, 504)),
        *((status, (0, 1), (0, 1), (0, 1)) for status in (400, 403, 404, 484, 487, 502, 604)),
    ],
)
def test_sip_statuses_count_as_rfc_6076_says(
    status: int, ser: tuple[int, int], seer: tuple[int, int], isa: tuple[int, int]
) -> None:
    row = one(Story().call("16:45", sip_status=status, outcome=None))
    assert (row["ser_n"], row["ser_of"]) == ser
    assert (row["seer_n"], row["seer_of"]) == seer
    assert (row["isa_n"], row["isa_of"]) == isa


def test_without_a_sip_status_there_is_no_sip_ratio_rather_than_a_zero() -> None:
    row = one(Story().call("16:45"))
    assert [row[name] for name in ("ser", "seer", "isa")] == [None, None, None]
    assert [row[f"{name}_of"] for name in ("ser", "seer", "isa")] == [0, 0, 0]


def test_where_nobody_told_an_outcome_it_is_not_known_how_many_were_answered() -> None:
    row = one(Story().call("16:45", outcome=None).call("16:46", outcome=None))
    for name in ("answered", "asr", "abr", "abr_n", "ner", "ner_emergency", "within_15s", "within_20s", "within_60s"):
        assert row[name] is None, name
    assert (row["attempts"], row["abr_of"], row["unknown"]) == (2, 2, 100.0)


def test_of_two_feeds_only_the_one_that_tells_outcomes_is_said_to_have_answered_none() -> None:
    story = Story().call("16:45", outcome=None).centre("16:45", outcome="lost")
    assert kpi([story.records], by=()).select("vantage", "answered", "abr").rows() == [
        ("centre", 0, 0.0),
        ("operator", None, None),
    ]


def test_time_to_answer_is_of_answered_calls_whose_time_is_known() -> None:
    story = Story()
    for ring in (3.0, 15.0, 15.1, 20.0, 60.0, 61.0, None, float("nan")):
        story.call("16:45", ring_s=ring)
    story.call("16:45", ring_s=2.0, outcome="abandoned")
    row = one(story)
    assert (row["within_15s_n"], row["within_15s_of"]) == (2, 6)
    assert (row["within_20s_n"], row["within_20s_of"]) == (4, 6)
    assert (row["within_60s_n"], row["within_60s_of"]) == (5, 6)


def test_vantages_are_never_added_up_and_heartbeats_are_no_calls() -> None:
    story = Story().call("16:45").centre("16:45").centre("16:46").beat("16:45")
    rows = kpi([story.records], by=())
    assert rows.select("vantage", "attempts").rows() == [("centre", 2), ("operator", 1)]


def test_what_is_unknown_is_a_row_of_its_own_at_the_end() -> None:
    story = Story().call("16:45", operator=None).call("16:45", operator="B")
    assert kpi([story.records], by=("operator", "vantage"))["operator"].to_list() == ["B", None]


def test_no_records_give_no_rows_but_all_columns() -> None:
    empty = kpi([])
    assert empty.columns[:4] == ["service", "vantage", "attempts", "answered"]
    assert empty.columns[4:] == [column for it in KPIS for column in (it.name, f"{it.name}_n", f"{it.name}_of")]
    assert empty.is_empty()


def test_an_unknown_word_is_refused_with_the_words_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        kpi([], by=("colour",))
    assert str(refused.value) == (
        "indicators can't be told apart by 'colour': "
        "use some of service, operator, access, area, centre, feed, path, vantage."
    )


FATES = st.sampled_from([*(outcome.value for outcome in Outcome), None])


@settings(deadline=None)
@given(st.lists(st.tuples(FATES, st.sampled_from([None, 200, 302, 486, 503])), max_size=20), st.integers(1, 7))
def test_batches_add_up_and_every_ratio_is_its_numerator_by_its_denominator(
    calls: list[tuple[str | None, int | None]], size: int
) -> None:
    story = Story()
    for fate, status in calls:
        story.call("16:45", outcome=fate, sip_status=status)
    whole = kpi([story.records])
    assert kpi(story.records.iter_slices(size)).equals(whole)
    for it in KPIS:
        ratio = pl.when(pl.col(f"{it.name}_of") > 0).then(100 * pl.col(f"{it.name}_n") / pl.col(f"{it.name}_of"))
        assert whole.select(ratio.eq_missing(pl.col(it.name))).to_series().all()
        assert (whole[f"{it.name}_n"] <= whole[f"{it.name}_of"]).drop_nulls().all()
        assert whole[f"{it.name}_n"].null_count() <= (whole["answered"].null_count() if it.of_unknown else 0)
