"""From records to tallies, live and from history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts.story import DAY, FRANCE, Story, at, fingerprint, same, total

from tocsin.calls.record import HEARTBEAT, RECORD, Outcome
from tocsin.counts import COUNTERS, KEY, Tallier, Tally, tallies, tally

RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.integers(0, 1_500_000).map(lambda ms: DAY + timedelta(milliseconds=ms)),
            "took": st.sampled_from([None, 0, 3, 57, 60, 61, 300]),
            "vantage": st.sampled_from(["operator", "centre", "probe", None]),
            "feed": st.sampled_from(["operator B", "SAMU 59", None]),
            "service": st.sampled_from(["15", "18", HEARTBEAT]),
            "area": st.sampled_from(["59350", "59", "R32", "FR", "nowhere", None]),
            "operator": st.sampled_from(["B", None]),
            "path": st.sampled_from(["call server 1>trunk 2", None]),
            "outcome": st.sampled_from([*(outcome.value for outcome in Outcome), None]),
            "talk_s": st.sampled_from([None, 0.0, 9.9, 10.0, 200.0]),
            "caller": st.sampled_from([None, fingerprint("Anne"), fingerprint("Benoît")]),
        }
    ),
    max_size=30,
)


def batch(rows: list[dict[str, object]]) -> pl.DataFrame:
    """The drawn rows as records."""
    if not rows:
        return pl.DataFrame(schema=RECORD)
    records = pl.from_dicts(rows, schema={**RECORD, "took": pl.Int64()})
    return records.with_columns(seen=pl.col("time") + pl.duration(seconds="took")).select(RECORD.names())


def live(records: pl.DataFrame, every_s: int) -> Tally:
    """As the watch does it: each record is pushed when it is seen, and time moves on by ``every_s``."""
    tallier, decided = Tallier(territory=FRANCE, hold_s=60), []
    moment = records.select(pl.coalesce("seen", "time")).to_series()
    for second in range(0, 2000, every_s):
        now = DAY + timedelta(seconds=second)
        tallier.push(records.filter((moment >= now) & (moment < now + timedelta(seconds=every_s))))
        decided.append(tallier.decide(now + timedelta(seconds=every_s)))
    return Tally.merge(decided)


@settings(deadline=None, max_examples=40)
@given(RECORDS, st.sampled_from([10, 17, 60]))
def test_live_and_afterwards_are_the_same_tally(rows: list[dict[str, object]], every_s: int) -> None:
    records = batch(rows)
    tallier = Tallier(territory=FRANCE, hold_s=60)
    tallier.push(records)
    afterwards = tallier.decide(DAY + timedelta(hours=2))
    assert same(live(records, every_s), afterwards)
    assert same(tally([records], territory=FRANCE, hold_s=60), afterwards)


@settings(deadline=None, max_examples=40)
@given(RECORDS, st.integers(1, 7))
def test_the_order_of_arrival_does_not_matter(rows: list[dict[str, object]], size: int) -> None:
    records = batch(rows)
    shuffled = records.sample(fraction=1, shuffle=True, seed=size)
    one, many = (Tallier(territory=FRANCE, hold_s=60) for _ in range(2))
    one.push(records)
    for part in shuffled.iter_slices(size):
        many.push(part)
    upto = DAY + timedelta(hours=1)
    assert same(one.decide(upto), many.decide(upto))


@settings(deadline=None)
@given(RECORDS)
def test_every_record_counts_exactly_once(rows: list[dict[str, object]]) -> None:
    counts = total(tally([batch(rows)], territory=FRANCE, hold_s=60))
    assert sum(counts.get(name, 0) for name in ("attempts", "heartbeats", "late")) == len(rows)


@settings(deadline=None)
@given(RECORDS)
def test_a_part_is_never_more_than_its_whole(rows: list[dict[str, object]]) -> None:
    frame = tally([batch(rows)], territory=FRANCE, hold_s=60).to_frame()
    for part, whole in (
        *(("tries", "attempts"), ("known", "tries"), ("failed", "known"), ("callers", "attempts")),
        *(("redials", "callers"), ("answered", "attempts"), ("short", "answered"), ("unseen", "delivered")),
        *(("engaged", "failed"), ("rejections", "losses"), ("engaged", "rejections")),
        *(("outcomes", "attempts"), ("losses", "outcomes"), ("known", "outcomes"), ("failed", "losses")),
    ):
        assert (frame[part] <= frame[whole]).all(), f"{part} <= {whole}"


@settings(deadline=None)
@given(RECORDS, st.integers(1, 10))
def test_history_in_batches_is_history_at_once(rows: list[dict[str, object]], size: int) -> None:
    records = batch(rows).sort("time").filter(pl.col("time").is_first_distinct())
    parts = tally(records.iter_slices(size), territory=FRANCE, hold_s=60)
    assert same(parts, tally([records], territory=FRANCE, hold_s=60))


def test_a_step_is_decided_one_hold_after_its_end() -> None:
    tallier = Tallier(territory=FRANCE, hold_s=60)
    tallier.push(Story().call("16:45:07", took=20).records)
    assert len(tallier.decide(at("16:46:09.9"))) == 0
    decided = tallier.decide(at("16:46:10"))
    assert decided.step.tolist() == [int(at("16:45:00").timestamp())]
    assert total(decided) == {"attempts": 1, "tries": 1, "known": 1, "outcomes": 1}
    assert len(tallier.decide(at("16:50:00"))) == 0


def test_what_comes_after_its_step_was_decided_is_late_and_says_so() -> None:
    tallier = Tallier(territory=FRANCE, hold_s=60)
    tallier.decide(at("16:50:00"))
    tallier.push(Story().call("16:45:07").call("16:45:08", took=400).records)
    late = tallier.decide(at("16:50:10"))
    assert total(late, area="59", service="15") == {"late": 2}
    assert late.step.tolist() == [int(at("16:45:00").timestamp())]


def test_a_clock_that_jumps_back_decides_nothing_twice() -> None:
    tallier = Tallier(territory=FRANCE, hold_s=0)
    tallier.push(Story().call("16:45:00").records)
    assert total(tallier.decide(at("16:46")))["attempts"] == 1
    tallier.push(Story().call("15:45:00").records)
    assert total(tallier.decide(at("15:46"))) == {"late": 1}
    tallier.push(Story().call("16:45:59").call("16:46:00").records)
    counts = total(tallier.decide(at("16:47")))
    assert (counts["late"], counts["attempts"]) == (1, 1)


def test_callers_are_remembered_for_ten_minutes_from_step_to_step_and_from_batch_to_batch() -> None:
    clocks = ("16:45:00", "Anne"), ("16:54:49", "Benoît"), ("16:54:59", "Anne"), ("17:05:00", "Anne")
    dials = [Story().call(clock, caller=caller).records for clock, caller in clocks]
    tallier, tries = Tallier(territory=FRANCE, hold_s=0), []
    for dial in dials:
        tallier.push(dial)
        tries.append(total(tallier.decide(dial["time"][0] + timedelta(seconds=10))).get("tries", 0))
    assert tries == [1, 1, 0, 1]
    parts = tallies(dials, territory=FRANCE, hold_s=0)
    assert [total(part).get("tries", 0) for part in parts] == [1, 1, 0, 1, 0]


def test_each_vantages_callers_are_remembered_while_the_others_file_is_read() -> None:
    operator = [Story().call(clock, caller="Anne").records for clock in ("16:45", "16:50")]
    centre = [Story().centre(clock, caller="Anne").records for clock in ("18:45", "18:50")]
    parts = tallies([operator[0], centre[0], operator[1], centre[1]], territory=FRANCE, hold_s=0)
    assert [total(part).get("tries", 0) for part in parts] == [1, 1, 0, 0, 0]


def test_cells_of_later_tallies_only_grow() -> None:
    tallier = Tallier(territory=FRANCE, hold_s=0)
    tallier.push(Story().call("16:45").call("16:45", service="18").records)
    before = tallier.decide(at("16:46"))
    tallier.push(Story().call("16:47", service="18").call("16:47", area="13055").records)
    after = tallier.decide(at("16:48"))
    assert after.cells[:2].equals(before.cells)
    assert after.cells[2]["area"].to_list() == ["13"]


@pytest.mark.parametrize("year", [1901, 1970, 2100])
def test_any_century_is_counted(year: int) -> None:
    time = datetime(year, 1, 1, 0, 0, 3, tzinfo=UTC)
    story = Story().call("16:45").centre("16:45")
    counted = tally([story.records.with_columns(time=pl.lit(time))], territory=FRANCE, hold_s=60)
    assert counted.step.tolist() == [int(time.timestamp()) - 3] * 2


@pytest.mark.parametrize("clock", ["2021-03-28T00:59:59.9+00:00", "2021-10-31T00:59:59.9+00:00"])
def test_the_nights_of_the_clock_change_are_hours_like_any_other(clock: str) -> None:
    before = datetime.fromisoformat(clock)
    rows: list[dict[str, object]] = [{"time": before + timedelta(seconds=second), "service": "15"} for second in (0, 1)]
    counted = tally([batch(rows)], territory=FRANCE, hold_s=0)
    assert (counted.step[1] - counted.step[0], len(counted)) == (10, 2)


def test_nothing_comes_of_nothing() -> None:
    nothing = pl.DataFrame(schema=RECORD)
    tallier = Tallier(territory=FRANCE, hold_s=60)
    tallier.push(nothing)
    history = [tally(batches, territory=FRANCE, hold_s=60) for batches in ([], [nothing, nothing])]
    for counted in (tallier.decide(at("16:45")), *history):
        assert len(counted) == 0
        assert counted.counts.shape == (0, len(COUNTERS))
        assert counted.cells.columns == list(KEY)


def test_records_that_know_only_time_and_service_are_counted() -> None:
    rows: list[dict[str, object]] = [{"time": at("16:45"), "service": "15"}] * 3
    assert total(tally([batch(rows)], territory=FRANCE, hold_s=60)) == {"attempts": 3, "tries": 3}


def test_history_is_read_no_faster_than_its_tallies_are_taken() -> None:
    read = []

    def batches() -> Iterator[pl.DataFrame]:
        for minute in range(5):
            read.append(minute)
            yield Story().call(f"16:4{minute}").records

    parts = tallies(batches(), territory=FRANCE, hold_s=0)
    assert total(next(parts))["attempts"] == 1
    assert read == [0]


def test_a_row_of_an_earlier_day_in_history_is_counted_where_it_belongs() -> None:
    today, yesterday = Story().call("40:45", caller="Anne"), Story().call("16:45", caller="Anne")
    counted = tally([today.records, yesterday.records], territory=FRANCE, hold_s=60)
    assert counted.step.tolist() == [int(at("16:45").timestamp()), int(at("40:45").timestamp())]
    assert total(counted)["tries"] == 2
