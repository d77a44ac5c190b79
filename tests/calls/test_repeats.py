"""The same record again: exact within 48 hours, and bounded in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.calls import RECORD
from tocsin.calls import repeats as room
from tocsin.calls.repeats import Repeats

MONDAY = datetime(2021, 6, 7, tzinfo=UTC)


def records(*rows: tuple[str | None, str | None, float]) -> pl.DataFrame:
    """Rows of feed, id, hours after Monday."""
    feeds, ids, hours = zip(*rows, strict=True) if rows else ((), (), ())
    times = [MONDAY + timedelta(hours=hour) for hour in hours]
    return pl.DataFrame(
        {"feed": feeds, "id": ids, "time": times}, schema={name: RECORD[name] for name in ("feed", "id", "time")}
    )


@pytest.mark.parametrize(("hours", "again"), [(0, True), (47.9, True), (48.1, False), (-47.9, True), (200, False)])
def test_the_same_feed_and_id_is_a_repeat_within_48_hours_either_way(hours: float, again: bool) -> None:
    seen = Repeats()
    seen.find(records(("a", "1", 100)), "file")
    assert seen.find(records(("a", "1", 100 + hours)), "file").tolist() == [again]


def test_another_feed_or_id_or_none_is_no_repeat() -> None:
    seen = Repeats()
    seen.find(records(("a", "1", 0), ("a", None, 0)), "file")
    assert seen.find(records(("b", "1", 0), ("a", "2", 0), ("a", None, 0)), "file").tolist() == [False] * 3


def test_without_a_feed_the_file_stands_in() -> None:
    seen = Repeats()
    seen.find(records((None, "1", 0)), "one")
    assert seen.find(records((None, "1", 0)), "two").tolist() == [False]
    assert seen.find(records((None, "1", 0)), "one").tolist() == [True]


def test_old_days_are_forgotten_beyond_the_bound_and_near_ones_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "KEPT", 10)
    seen = Repeats()
    for day in range(20):
        assert not seen.find(records(*((f"{day}", f"{i}", 24.0 * day) for i in range(5))), "file").any()
    assert seen.held <= 10 + 5
    assert seen.find(records(("19", "1", 24.0 * 19), ("18", "1", 24.0 * 18)), "file").all()


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("123"), st.integers(0, 120)), max_size=30),
    st.integers(1, 30),
)
def test_it_finds_what_a_plain_search_finds(rows: list[tuple[str, str, int]], size: int) -> None:
    seen = Repeats()
    kept: list[tuple[str, str, int]] = []
    for at in range(0, len(rows), size):
        batch = sorted(rows[at : at + size], key=lambda row: row[2] // 24)  # a batch is taken day by day
        found = seen.find(records(*batch), "file").tolist()
        for (feed, name, hour), again in zip(batch, found, strict=True):
            near = [one for one in kept if one[:2] == (feed, name) and abs(one[2] - hour) < 48]
            assert again == bool(near)
            if not again:
                kept.append((feed, name, hour))
