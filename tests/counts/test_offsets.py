"""How far centres' clocks are apart from the operators', learned from what both saw."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts.story import DAY, FRANCE, Story, fingerprint

from tocsin.calls.record import RECORD
from tocsin.counts import learn_offsets, tally


def day_of_calls(ahead_s: float, *, calls: int = 200, callers: bool = True, seed: int = 1) -> pl.DataFrame:
    """A day of the Nord's calls to 15: what operator B delivered, and SAMU 59 with its clock ahead. A fifth of the
    callers dial again within five minutes; the centre misses one call in ten."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, second in enumerate(np.sort(rng.uniform(0, 86_400, calls))):
        for again in (0.0, float(rng.uniform(20, 300)))[: 1 + int(rng.random() < 0.2)]:
            time = DAY + timedelta(seconds=float(second) + again)
            said = {
                "service": "15",
                "outcome": "answered",
                "caller": fingerprint(f"caller {number}"[-8:]) if callers else None,
            }
            rows.append({"time": time, "vantage": "operator", "feed": "operator B", "area": "59350", **said})
            if rng.random() < 0.9:
                there = time + timedelta(seconds=ahead_s + float(rng.uniform(-1, 1)))
                rows.append({"time": there, "vantage": "centre", "feed": "SAMU 59", "area": "59", **said})
    return pl.from_dicts(rows, schema=RECORD).sort("time")


@settings(deadline=None, max_examples=20)
@given(st.floats(-7200, 7200), st.booleans(), st.integers(0, 100))
def test_any_offset_within_two_hours_is_found_to_half_a_second(ahead_s: float, callers: bool, seed: int) -> None:
    learned = learn_offsets([day_of_calls(ahead_s, callers=callers, seed=seed)], territory=FRANCE)
    assert learned == {"SAMU 59": pytest.approx(ahead_s, abs=0.5)}


def test_with_the_learned_offset_the_calls_of_the_day_match() -> None:
    day = day_of_calls(3600.0 + 12)  # another time zone, and twelve seconds
    beats = Story().beats("00:00", "23:59").records.with_columns(pl.col("time") + pl.duration(seconds=3612))
    records = pl.concat([day, beats]).sort("time")
    learned = learn_offsets([records], territory=FRANCE)
    counts = tally([records], territory=FRANCE, hold_s=60, offsets=learned).to_frame().sum()
    assert counts["delivered"].item() > 180
    assert 0.05 < counts["unseen"].item() / counts["delivered"].item() < 0.15


def test_a_feed_that_saw_none_of_the_same_calls_teaches_nothing() -> None:
    mine, other = day_of_calls(0.0, seed=1), day_of_calls(0.0, seed=2)
    strangers = [mine.filter(pl.col("vantage") == "operator"), other.filter(pl.col("vantage") == "centre")]
    anonymous = [part.with_columns(caller=pl.lit(None, pl.String)) for part in strangers]
    assert learn_offsets(anonymous, territory=FRANCE) == {}


def test_a_handful_of_calls_teaches_nothing() -> None:
    assert learn_offsets([day_of_calls(5.0, calls=6)], territory=FRANCE) == {}


def test_thousands_of_calls_in_one_instant_cost_little() -> None:
    day = day_of_calls(0.0, calls=2000, callers=False)
    stopped = pl.concat([day.with_columns(time=DAY)] * 10)
    assert learn_offsets([stopped], territory=FRANCE) == {"SAMU 59": pytest.approx(0.0, abs=0.1)}


def test_one_vantage_alone_and_no_records_teach_nothing() -> None:
    day = day_of_calls(5.0)
    for records in ([], [day.filter(pl.col("vantage") == "centre")], [day.filter(pl.col("vantage") == "operator")]):
        assert learn_offsets(records, territory=FRANCE) == {}
