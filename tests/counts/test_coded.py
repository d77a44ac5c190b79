"""Records as numbers: cells, marks and the order of equals."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
import pytest
from tests.counts.story import FRANCE, Story, total

from tocsin.calls.record import HEARTBEAT, RECORD, Outcome
from tocsin.counts import KEY, READ, tally
from tocsin.counts.coded import DELIVERED, ENGAGED, FAILED, KNOWN, OUTCOME_MARKS, Cells, in_order

BEAT: Final[dict[str, Any]] = {"vantage": "centre", "feed": "SAMU 59", "service": HEARTBEAT, "outcome": None}


def test_a_hundred_thousand_cells_are_kept_apart() -> None:
    calls = Story().call("16:45").records
    centres = pl.DataFrame({"centre": [f"centre {number}" for number in range(100_000)]})
    batch = calls.drop("centre").join(centres, how="cross").select(RECORD.names())
    counted = tally([batch[:50_000], batch[50_000:], batch], territory=FRANCE, hold_s=0)
    assert len(counted) == len(counted.cells) == 100_000
    assert (counted.counts[:, 0] == 2).all()


def test_areas_roll_up_to_the_cell_area_and_the_unknown_is_null() -> None:
    story = Story()
    for area in ("59350", "2A004", "97105", "59", "R32", "FR", "99999", None):
        story.call("16:45", area=area)
    areas = tally([story.records], territory=FRANCE, hold_s=0).to_frame().group_by("area").agg(pl.col("attempts").sum())
    assert dict(areas.iter_rows()) == {"59": 2, "2A": 1, "971": 1, "R32": 1, "FR": 1, None: 2}


def test_a_heartbeat_counts_in_its_feeds_cell_alone() -> None:
    story = Story().call("16:45", service=HEARTBEAT, operator="B", path="a>b", centre="SAMU 59", access="fixed")
    (cell,) = tally([story.records], territory=FRANCE, hold_s=0).cells.rows(named=True)
    assert cell == dict.fromkeys(KEY) | {"vantage": "operator", "feed": "operator B", "service": HEARTBEAT}


def test_the_heartbeats_of_a_feed_share_a_cell_whatever_else_they_say() -> None:
    cells = Cells(FRANCE)
    story = Story().beat("16:45").call("16:45", **{**BEAT, "path": "a>b", "area": "59"}).call("16:45", **BEAT)
    assert cells.code(story.records).cell.tolist() == [0, 0, 0]
    assert len(cells.frame) == 1


def test_short_calls_are_answered_ones_under_ten_seconds() -> None:
    story = Story().call("16:45", talk_s=9.9).call("16:45", talk_s=10.0).call("16:45", talk_s=None)
    story.call("16:45", talk_s=3.0, outcome="lost").call("16:45", talk_s=float("nan"))
    counts = total(tally([story.records], territory=FRANCE, hold_s=0))
    assert (counts["answered"], counts["short"]) == (2, 1)


def test_absurd_lengths_of_calls_are_counted_all_the_same() -> None:
    story = Story()
    for length in (float("inf"), -float("inf"), -1.0, 3e38, float("nan")):
        story.call("16:45", ring_s=length, talk_s=length).centre("16:45", ring_s=length, talk_s=length)
    assert total(tally([story.records], territory=FRANCE, hold_s=60))["attempts"] == 10


def test_every_outcome_is_either_delivered_or_failed() -> None:
    assert set(OUTCOME_MARKS) == set(Outcome)
    assert {marks - KNOWN for marks in OUTCOME_MARKS.values()} == {DELIVERED, FAILED, FAILED | ENGAGED}


def test_busy_and_refused_fail_apart_from_what_the_network_lost() -> None:
    engaged = {outcome for outcome, marks in OUTCOME_MARKS.items() if marks & ENGAGED}
    assert engaged == {Outcome.BUSY, Outcome.REFUSED}


@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_the_marks_of_a_record_are_those_of_its_outcome(outcome: Outcome | None) -> None:
    coded = Cells(FRANCE).code(Story().call("16:45", outcome=outcome).records)
    assert coded.marks.tolist() == [0 if outcome is None else OUTCOME_MARKS[outcome]]


def test_only_the_columns_that_are_read_are_needed() -> None:
    records = Story().call("16:45", caller="Anne").centre("16:45").beat("16:45").records
    whole, part = (tally([batch], territory=FRANCE, hold_s=60) for batch in (records, records.select(READ)))
    assert part.to_frame().equals(whole.to_frame())


def test_equals_in_time_stand_in_an_order_of_their_own_whatever_the_order_of_arrival() -> None:
    story = Story()
    for caller in ("Anne", "Benoît", None):
        for service in ("15", "18"):
            for outcome in ("lost", "answered", None):
                story.call("16:45", caller=caller, service=service, outcome=outcome)
    orders = []
    for seed in range(5):
        cells = Cells(FRANCE)
        coded = cells.code(story.records.sample(fraction=1, shuffle=True, seed=seed))
        coded = coded[in_order(coded, cells.rank)]
        words = cells.frame["service"].gather(coded.cell).to_list()
        orders.append([*zip(coded.caller.tolist(), words, coded.marks.tolist(), strict=True)])
    assert all(order == orders[0] for order in orders)
    assert len(set(orders[0])) == 18


def test_cells_keep_their_rows_and_their_words_from_batch_to_batch() -> None:
    cells = Cells(FRANCE)
    first = cells.code(Story().call("16:45").call("16:45", feed="operator C").records).cell
    cells.code(Story().call("16:45", feed="operator D").records)
    again = cells.code(Story().call("16:45", feed="operator C").call("16:45").records).cell
    assert again.tolist() == first[::-1].tolist()
    assert cells.frame["feed"].to_list() == ["operator B", "operator C", "operator D"]
    assert len(np.unique(cells.rank)) == 3
