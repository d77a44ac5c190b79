"""Rows that are one call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from tests.calls.samples import FRANCE, KEY

from tocsin.calls.legs import CALL, OpenCalls, calls_of, with_ids
from tocsin.calls.read import context_of

NOON = datetime(2021, 6, 2, 12, tzinfo=UTC)


def legs(*calls: str) -> pl.DataFrame:
    return pl.DataFrame({CALL: calls}, schema={CALL: pl.String})


def test_a_file_at_rest_gives_a_call_once_a_chunk_went_by_without_it() -> None:
    held = OpenCalls(60)
    assert held.step(legs("a", "b"), None)[CALL].to_list() == []
    assert held.step(legs("b", "c"), None)[CALL].to_list() == ["a"]
    assert held.step(legs("c"), None)[CALL].to_list() == ["b", "b"]
    rest = held.rest()
    assert rest is not None
    assert rest[CALL].to_list() == ["c", "c"]
    assert held.rest() is None


def test_a_file_that_grows_gives_a_call_a_minute_after_its_last_leg() -> None:
    held = OpenCalls(60)
    held.step(legs("a"), 0.0)
    assert held.step(legs("a"), 50.0)[CALL].to_list() == []
    assert held.step(legs(), 100.0)[CALL].to_list() == []
    assert held.step(legs("b"), 110.0)[CALL].to_list() == ["a", "a"]


def test_one_answered_leg_makes_an_answered_call_and_else_the_worst_leg_speaks() -> None:
    frame = pl.DataFrame(
        {
            CALL: ["a", "a", "b", "b", "c", "c", "d"],
            "time": [NOON + timedelta(seconds=i) for i in (3, 1, 0, 0, 0, 0, 0)],
            "outcome": ["abandoned", "answered", "busy", "lost", "abandoned", "lost", None],
            "talk_s": [0, 9, 0, 0, 0, 0, 0],
            "centre": [None, "X", None, None, "Y", None, None],
        }
    )
    calls = calls_of(frame)
    assert calls.select(CALL, "outcome", "talk_s", "centre").rows() == [
        ("a", "answered", 9, "X"),
        ("b", "lost", 0, None),
        ("c", "abandoned", 0, "Y"),
        ("d", None, 0, None),
    ]
    assert calls["time"][0] == NOON + timedelta(seconds=1)


def test_a_call_that_its_file_does_not_name_is_named_under_the_key() -> None:
    context = context_of(territory=FRANCE, site=None, key=KEY, hold_s=60)
    calls = pl.DataFrame({CALL: ["0199000111/15", "x"], "id": [None, "given"]})
    made, given = with_ids(calls, context)["id"]
    assert given == "given"
    assert len(made) == 16
    assert "0199" not in made
