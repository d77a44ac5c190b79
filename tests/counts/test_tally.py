"""The tally: long rows in, long rows out."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts.story import FRANCE, Story, total

from tocsin.counts import COUNTERS, KEY, STEP_S, Tally, tally

ROWS = st.lists(
    st.tuples(st.integers(-9, 9), st.sampled_from(["15", "18", None]), st.integers(0, 99), st.integers(0, 99)),
    max_size=12,
)


def long_rows(rows: list[tuple[int, str | None, int, int]]) -> pl.DataFrame:
    """Rows as a tally takes them, most words unknown."""
    frame = pl.DataFrame(
        rows,
        schema={"step": pl.Int64(), "service": pl.String(), "attempts": pl.UInt32(), "late": pl.UInt32()},
        orient="row",
    )
    unknown = [pl.lit(None, pl.String).alias(name) for name in KEY if name != "service"]
    return frame.with_columns(pl.col("step") * STEP_S, *unknown)


@settings(deadline=None)
@given(ROWS)
def test_rows_of_one_step_and_cell_are_added_and_stand_once_in_order(
    rows: list[tuple[int, str | None, int, int]],
) -> None:
    made = Tally.from_frame(long_rows(rows))
    assert (np.diff(made.step) >= 0).all()
    assert len({*zip(made.step.tolist(), made.cell.tolist(), strict=True)}) == len(made)
    assert total(made).get("attempts", 0) == sum(row[2] for row in rows)
    assert total(made, service=None).get("late", 0) == sum(row[3] for row in rows if row[1] is None)


@settings(deadline=None)
@given(ROWS)
def test_long_rows_and_back_is_the_same_tally(rows: list[tuple[int, str | None, int, int]]) -> None:
    made = Tally.from_frame(long_rows(rows))
    again = Tally.from_frame(made.to_frame())
    assert again.to_frame().equals(made.to_frame())
    assert made.to_frame().columns == ["step", *KEY, *COUNTERS]


@settings(deadline=None)
@given(ROWS, st.integers(0, 12))
def test_the_merge_of_parts_is_the_whole(rows: list[tuple[int, str | None, int, int]], cut: int) -> None:
    parts = [Tally.from_frame(long_rows(part)) for part in (rows[:cut], rows[cut:])]
    assert Tally.merge(parts).to_frame().equals(Tally.from_frame(long_rows(rows)).to_frame())


def test_what_is_counted_from_records_goes_through_long_rows_unchanged() -> None:
    counted = tally([Story().call("16:45").call("16:45", area=None).beat("16:46").records], territory=FRANCE, hold_s=0)
    assert total(Tally.from_frame(counted.to_frame())) == total(counted)
