"""Records that lie ahead of those around them in their file."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.cli.conftest import Heard
from tests.cli.test_days import MIDNIGHT, records

from tocsin.calls import RECORD
from tocsin.cli.skew import PATIENCE_S, Skew, in_step

NOTHING = pl.DataFrame(schema=RECORD)


def stream(minutes: list[float], feeds: list[str], *, seen: bool = False) -> pl.DataFrame:
    """A record at each of these minutes after midnight, of these feeds, in this order."""
    at = pl.Series("time", [MIDNIGHT + timedelta(minutes=minute) for minute in minutes]).cast(RECORD["time"])
    made = records(*range(len(minutes))).with_columns(at, pl.Series("feed", feeds, dtype=pl.String))
    return made.with_columns(at.cast(RECORD["seen"]).alias("seen")) if seen else made


def interleaved(names: str, *, ahead: str = "", hours: float = 3, each: int = 200) -> pl.DataFrame:
    """Four records a minute of each of these feeds, as they came; ``ahead`` those of wrong clocks."""
    feeds = [name for _ in range(each) for name in names]
    minutes = [place / len(names) / 4 + (60 * hours if feed in ahead else 0) for place, feed in enumerate(feeds)]
    return stream(minutes, feeds)


def rested(records: pl.DataFrame, size: int, heard: Heard | None = None) -> pl.DataFrame:
    said = heard or Heard()
    return pl.concat(in_step(records.iter_slices(size), Skew(said, set()), said))


@pytest.mark.parametrize("size", [7, 100, 10_000])
@pytest.mark.parametrize("hours", [1, 3, 23])
@pytest.mark.parametrize("names", ["abc", "ab", "abcdefgh", "accccc"])
def test_a_feed_that_is_ahead_is_set_aside_and_named_once(names: str, hours: int, size: int) -> None:
    heard = Heard()
    wrong = interleaved(names, ahead="c" if "c" in names else "b", hours=hours)
    right = wrong.filter(pl.col("feed") != ("c" if "c" in names else "b"))
    good = rested(wrong, size, heard)
    assert good.filter(pl.col("feed").is_in(right["feed"].implode())).height == right.height
    assert good.height - right.height <= 2  # what stands before any other feed has spoken
    (name, told), (_, counted) = heard.texts
    assert (name, told["feed"]) == ("watch.skewed", "c" if "c" in names else "b")
    assert told["minutes"] == pytest.approx(60 * hours, abs=60)
    assert counted == {"records": wrong.height - good.height, "of": wrong.height}


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("wrong", [1, 3, 15])
@pytest.mark.parametrize("place", [0, 100, 390])
def test_records_that_leap_ahead_of_a_file_of_one_feed_are_set_aside_when_others_go_on(
    size: int, wrong: int, place: int
) -> None:
    if place == 0 and size < 10:
        return  # three records alone and nothing else yet: believed
    minutes = [each / 2 for each in range(420)]
    minutes[place : place + wrong] = [540 + each / 10 for each in range(wrong)]
    good = rested(stream(minutes, ["a"] * len(minutes)), size)
    assert good.height == len(minutes) - wrong
    assert good["time"].max() == MIDNIGHT + timedelta(minutes=max(minute for minute in minutes if minute < 500))


DAY = np.sort(np.random.default_rng(7).uniform(0, 1440, 1500))
RARE = np.sort(np.random.default_rng(8).uniform(0, 1440, 25))
SHUFFLED = np.random.default_rng(9).permutation(DAY)


@pytest.mark.parametrize("size", [1, 50, 10_000])
@pytest.mark.parametrize(
    "minutes",
    [
        DAY,
        DAY[::-1],
        SHUFFLED,
        np.concatenate([DAY, DAY]),  # two rooms, one behind the other
        np.concatenate([DAY, DAY + 5760]),  # Monday, then Friday
        np.concatenate([DAY, DAY + 5760, DAY + 2880]),  # Wednesday behind Friday
        np.concatenate([DAY[DAY < 600], DAY[DAY > 840]]),  # nobody got through for four hours
        np.concatenate([DAY, DAY[-3:] + 300]),  # calls begin again just before the file ends
        np.concatenate([RARE + day for day in (0, 0, 1440, 0)]),  # a few rooms that are seldom asked
        np.where(np.arange(len(DAY)) % 9 == 0, DAY - 400, DAY),  # some records hours late
    ],
    ids=["day", "reversed", "shuffled", "rooms", "days", "unordered", "gap", "end", "rare", "late"],
)
def test_records_that_are_not_ahead_all_count(minutes: NDArray[np.float64], size: int) -> None:
    heard = Heard()
    feeds = ["a"] * len(minutes)
    assert rested(stream(minutes.tolist(), feeds), size, heard).height == len(minutes)
    assert heard.texts == []


def test_a_feed_whose_records_were_seen_in_time_only_stands_beside_one_that_is_late() -> None:
    late = interleaved("ab").with_columns(pl.col("time").alias("seen"))
    late = late.with_columns(pl.when(pl.col("feed") == "b").then(pl.col("time") - timedelta(hours=3)).otherwise("time"))
    assert rested(late, 50).height == late.height


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.sampled_from("abc")), max_size=150),
    st.lists(st.integers(1, 40), min_size=1, max_size=20),
)
def test_every_record_counts_or_is_counted_once(rows: list[tuple[int, str]], sizes: list[int]) -> None:
    whole = stream([float(minute) for minute, _ in rows], [feed for _, feed in rows])
    skew, out, at = Skew(Heard(), set()), [], 0
    for size in [*sizes, 150]:
        out.append(skew.sound(whole[at : at + size], 0.0))
        at += size
    out.append(skew.sound(NOTHING, 0.0, last=True))
    good = pl.concat(out)
    assert good["id"].n_unique() == good.height == whole.height - skew.aside


def live(skew: Skew, minute: float, now_s: float) -> int:
    return skew.sound(stream([minute], ["a"]), now_s).height


def test_live_a_leap_waits_until_the_old_time_has_been_silent_by_its_rhythm_and_is_then_believed() -> None:
    skew = Skew(Heard(), set())
    assert skew.sound(stream([each / 6 for each in range(200)], ["a"] * 200), 0.0).height == 200
    for each in range(5):
        assert live(skew, 500 + each / 6, 10.0 * each) == 0
    assert skew.sound(NOTHING, PATIENCE_S - 1).height == 0
    assert skew.sound(NOTHING, PATIENCE_S + 60).height == 5
    assert live(skew, 502, PATIENCE_S + 70) == 1
    assert skew.aside == 0


def test_live_a_feed_that_was_silent_for_hours_by_our_clock_as_by_its_own_has_not_leapt() -> None:
    skew = Skew(Heard(), set())
    skew.sound(stream([each / 6 for each in range(200)], ["a"] * 200), 0.0)
    assert live(skew, 33 + 300, 300 * 60) == 1


def test_live_records_at_the_right_time_pass_at_once_while_a_leap_waits() -> None:
    heard = Heard()
    skew = Skew(heard, set())
    skew.sound(stream([each / 6 for each in range(200)], ["a"] * 200), 0.0)
    assert skew.sound(stream([500, 500.1, 500.2], ["a"] * 3), 10.0).height == 0
    assert [live(skew, 33.5 + each / 6, 20.0 + 10 * each) for each in range(6)] == [1] * 6
    assert (skew.aside, heard.names) == (3, ["watch.skewed"])
    assert skew.sound(NOTHING, 10_000.0).height == 0


def test_it_is_known_from_when_to_when_a_feed_was_ahead_by_the_clock_of_the_others() -> None:
    right = interleaved("abc", each=400)
    hours = pl.col("time").is_between(MIDNIGHT + timedelta(minutes=30), MIDNIGHT + timedelta(minutes=60))
    moved = pl.when(hours & (pl.col("feed") == "c")).then(pl.col("time") + timedelta(hours=3)).otherwise("time")
    skew = Skew(Heard(), set())
    list(in_step(right.with_columns(moved.alias("time")).iter_slices(100), skew, Heard()))
    (aside,) = skew.ledger.asides
    assert (aside.vantage, aside.feed) == ("centre", "c")
    assert aside.since - MIDNIGHT.timestamp() == pytest.approx(30 * 60, abs=60)
    assert (aside.until or 0) - MIDNIGHT.timestamp() == pytest.approx(60 * 60, abs=60)


@pytest.mark.parametrize("size", [7, 10_000])
def test_one_clock_of_a_feed_among_many_sets_its_records_aside_and_not_the_feed(size: int) -> None:
    """One record in 50 of a switch is two hours ahead: the other 49 still tell of a loss."""
    minutes = [place / 10 + (120 if place % 50 == 49 else 0) for place in range(1990)]
    skew = Skew(Heard(), set())
    good = pl.concat(in_step(stream(minutes, ["switch"] * 1990).iter_slices(size), skew, Heard()))
    assert (good.height, skew.aside) == (1951, 39)
    assert skew.ledger.asides == []


def test_a_feed_that_is_ahead_is_noted_from_its_first_record_on_to_where_it_is_right_again() -> None:
    feeds = ["a", "b", "c"] * 300
    minutes = [place / 12 + (180 if feed == "c" and 300 <= place < 600 else 0) for place, feed in enumerate(feeds)]
    skew = Skew(Heard(), set())
    pl.concat(in_step(stream(minutes, feeds).iter_slices(50), skew, Heard()))
    (aside,) = skew.ledger.asides
    assert aside.feed == "c"
    began, ended = (MIDNIGHT + timedelta(minutes=place / 12) for place in (302, 602))
    assert aside.since == pytest.approx(began.timestamp(), abs=60)
    assert aside.until == pytest.approx(ended.timestamp(), abs=60)
