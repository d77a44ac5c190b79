"""Clocks that are wrong, told from the records alone."""

from __future__ import annotations

from itertools import accumulate
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.calls import RECORD
from tocsin.calls.rows import LINE
from tocsin.calls.skew import AROUND, DECIDED, JUMPS, UNORDERED, Skew
from tocsin.words import Sentence

DAY = 86_400
START = 1_622_505_600  # 1 June 2021
RNG = np.random.default_rng(2021)
ORDERED = (START + np.sort(RNG.integers(0, 10 * DAY, 2000))).tolist()
SIZES = pytest.mark.parametrize("size", [1, 7, 100, 10_000])


def frame(seconds: list[int]) -> pl.DataFrame:
    times = pl.Series("time", [1_000_000 * second for second in seconds], dtype=pl.Int64).cast(RECORD["time"])
    return pl.DataFrame({"time": times, LINE: range(len(seconds))}).with_columns(
        pl.lit(None, RECORD["seen"]).alias("seen")
    )


def judged(seconds: list[int], size: int) -> tuple[list[int], list[int], dict[Sentence, int]]:
    """Good and wrong (ahead or behind), in seconds, and the remarks."""
    good, ahead, behind, remarks = parted(seconds, size)
    return good, ahead + behind, remarks


def parted(seconds: list[int], size: int) -> tuple[list[int], list[int], list[int], dict[Sentence, int]]:
    """Good, ahead and behind, in seconds, and the remarks."""
    skew = Skew()
    parts = [skew.step(frame(seconds[at : at + size])) for at in range(0, len(seconds), size)]
    parts.append(skew.step(frame([]), last=True))
    good, ahead, behind = (pl.concat(part[i]["time"].dt.epoch("s") for part in parts).to_list() for i in (0, 1, 2))
    return good, ahead, behind, skew.remarks


@SIZES
@pytest.mark.parametrize(("at", "days"), [(500, 2), (500, 40), (1998, 400), (1999, 400)])
def test_one_record_far_ahead_of_its_neighbours_is_found(size: int, at: int, days: int) -> None:
    wrong = [*ORDERED]
    wrong[at] += days * DAY
    good, ahead, _ = judged(wrong, size)
    assert (len(good), ahead) == (1999, [wrong[at]])


@SIZES
def test_a_fifth_of_the_records_from_a_clock_of_next_year_is_found(size: int) -> None:
    wrong = [second + (700 * DAY if i % 5 == 3 else 0) for i, second in enumerate(ORDERED)]
    good, ahead, _ = judged(wrong, size)
    assert (len(good), len(ahead)) == (1600, 400)


@SIZES
@pytest.mark.parametrize(
    "right",
    [
        ORDERED,
        [second + (3 * DAY if i >= 1000 else 0) for i, second in enumerate(ORDERED)],  # a silent feed comes back
        [second + (3 * DAY if i >= 1998 else 0) for i, second in enumerate(ORDERED)],  # just before the file ends
        [second - (DAY + 7 if 500 < i < 900 else 0) for i, second in enumerate(ORDERED)],  # a backlog, a day late
        [second - (DAY + 7 if i % 3 == 0 else 0) for i, second in enumerate(ORDERED)],  # a late feed among others
        [*ORDERED, *ORDERED],  # two feeds, one behind the other
        RNG.permutation(ORDERED).tolist(),  # in no order at all
        ORDERED[:3],
    ],
    ids=["ordered", "gap", "gap at the end", "backlog", "late feed", "two feeds", "shuffled", "three records"],
)
def test_records_that_are_not_ahead_all_count(size: int, right: list[int]) -> None:
    good, ahead, _ = judged(right, size)
    assert ahead == []
    assert good == right


def test_a_clock_set_back_is_counted_and_a_file_in_no_order_said() -> None:
    back = [second + (5 * DAY if i < 900 else 0) for i, second in enumerate(ORDERED)]
    assert judged(back, 100)[2] == {JUMPS: 1}
    assert judged(ORDERED, 100)[2] == {}
    assert judged(RNG.permutation(ORDERED).tolist(), 100)[2] == {UNORDERED: 1}


@settings(deadline=None)
@given(st.lists(st.integers(-DAY * 900, DAY * 900), max_size=150), st.integers(1, 60))
def test_every_record_comes_out_once_and_in_order(offsets: list[int], size: int) -> None:
    seconds = [START + offset for offset in offsets]
    good, ahead, _ = judged(seconds, size)
    assert sorted([*good, *ahead]) == sorted(seconds)
    rest = iter(seconds)
    assert all(second in rest for second in good)


@SIZES
def test_a_file_in_order_of_line_has_no_future_in_the_middle(size: int) -> None:
    """A bank lists line after line; lines busy early and late in the week part the medians from their calls."""
    rng = np.random.default_rng(4)
    week = START + np.sort(rng.integers(0, 7 * DAY, 300))
    ends = [START + np.sort((rng.beta(0.4, 0.4, rng.integers(20, 200)) * 7 * DAY).astype(int)) for _ in range(40)]
    seconds = np.concatenate([week, *ends]).tolist()
    good, ahead, _ = judged(seconds, size)
    assert (len(good), ahead) == (len(seconds), [])


RESET = 946_684_800  # 1 January 2000, where many a clock begins anew


@SIZES
@pytest.mark.parametrize("at", [[0], [0, 1, 2], [500], [500, 501, 502], [1999], [700, 1400], list(range(3, 2000, 5))])
def test_rows_of_a_clock_that_was_reset_are_behind_wherever_they_stand(size: int, at: list[int]) -> None:
    wrong = [*ORDERED]
    for place in at:
        wrong[place] = RESET + place
    good, ahead, behind, _ = parted(wrong, size)
    if size < AROUND and at[0] == 0:  # three rows alone, and nothing else yet: good until shown otherwise
        assert set(behind) <= {wrong[place] for place in at}
        return
    assert (ahead, behind) == ([], [wrong[place] for place in at])
    assert len(good) == 2000 - len(at)


@SIZES
@pytest.mark.parametrize(
    "right",
    [
        [second - (30 * DAY if i % 7 == 0 else 0) for i, second in enumerate(ORDERED)],  # a month late, all the time
        [START - 90 * DAY, START - 89 * DAY, *ORDERED],  # a sparse spring before the summer
        [*ORDERED, *(second - 300 * DAY for second in ORDERED)],  # this year, then last year
        [*ORDERED, START - 70 * DAY],
        ORDERED[::-1],
        [START + 40 * DAY * i for i in range(60)],  # one call in forty days
    ],
    ids=["month late", "sparse before", "two years", "old last", "backwards", "rare"],
)
def test_old_records_that_no_reset_clock_wrote_all_count(size: int, right: list[int]) -> None:
    assert parted(right, size)[:3] == (right, [], [])


@settings(deadline=None)
@given(
    st.lists(st.integers(0, DAY // 2), min_size=60, max_size=250),
    st.integers(3, 9),
    st.integers(0, 50 * DAY),
    st.lists(st.integers(0, 6 * DAY), max_size=4),
    st.sampled_from([1, 7, 64, 1000]),
    st.randoms(use_true_random=False),
)
def test_good_records_all_count_up_to_weeks_late_whatever_a_reset_clock_writes_between(
    gaps: list[int], every: int, late: int, resets: list[int], size: int, random: Random
) -> None:
    good = [second - late * (i % every == 0) for i, second in enumerate(accumulate(gaps, initial=START))]
    rows = [*good]
    for reset in resets:
        rows.insert(random.randint(DECIDED, len(rows) - DECIDED), RESET + reset)
    counted, ahead, behind, _ = parted(rows, size)
    assert (counted, ahead) == (good, [])
    assert sorted(behind) == sorted(RESET + reset for reset in resets)


@SIZES
def test_where_the_middle_falls_between_two_times_neither_is_wrong(size: int) -> None:
    """The first record came two days late, the clock was reset after ten: half of what is there is behind the third."""
    late = START - 2 * DAY - 1
    good = [late, START, START, START, late, START, START, START, late, START]
    rows = [*good, RESET, RESET, RESET, *[START] * 60]
    assert parted(rows, size)[:2] == ([*good, *[START] * 60], [])
