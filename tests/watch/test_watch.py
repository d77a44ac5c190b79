from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.watch.island import baseline, between, drawn, fault, island, pages, second, watched

from tocsin.counts import STEP_S, Tally
from tocsin.watch import MONTH_MINUTES, Alarm, Level, Watch

FROM, UNTIL = "15:30", "18:30"


@cache
def afternoon() -> Tally:
    return drawn(second(FROM), second(UNTIL), seed=5, faults=(fault("17:00", "17:40", 0.4, area="N"),))


def as_json(alarms: list[Alarm]) -> list[dict[str, Any]]:
    return [alarm.as_json() for alarm in alarms]


@cache
def in_one_go() -> tuple[Alarm, ...]:
    return tuple(watched(afternoon(), UNTIL, baseline()))


def test_minute_by_minute_says_what_a_batch_says() -> None:
    watch = Watch(baseline(), island())
    live: list[Alarm] = []
    for minute in range(second(FROM), second(UNTIL), 60):
        live += watch.decide(between(afternoon(), minute, minute + 60), minute + 60)
    assert as_json(live) == as_json(list(in_one_go()))
    assert pages(live)


@cache
def rerouted() -> Tally:
    """From 16:40 on the north's mobile calls cross a server that no call of theirs crossed before: new cells."""
    tally = between(afternoon(), second("16:30"), second("17:30"))
    north = (pl.col("area").str.starts_with("N")) & (pl.col("access") == "mobile") & (pl.col("step") >= second("16:40"))
    return Tally.from_frame(
        tally.to_frame().with_columns(path=pl.when(north).then(pl.lit("CS1")).otherwise(pl.col("path")))
    )


@cache
def rerouted_in_one_go() -> str:
    return lines(Watch(baseline(), island()).decide(rerouted(), second("17:30")))


def lines(alarms: list[Alarm]) -> str:
    return "\n".join(json.dumps(alarm.as_json()) for alarm in alarms)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 360), max_size=12).map(sorted), st.randoms(use_true_random=False))
def test_steps_may_come_in_any_pieces_and_every_byte_is_the_same(cuts: list[int], random: Random) -> None:
    """Each piece has a table of its own cells, in any order, and cells that come at 16:40 are met then."""
    watch = Watch(baseline(), island())
    said: list[Alarm] = []
    begin = second("16:30")
    for end in [*(second("16:30") + STEP_S * cut for cut in cuts), second("17:30")]:
        piece = Tally.from_frame(between(rerouted(), begin, end).to_frame())
        order = np.array(random.sample(range(piece.cells.height), piece.cells.height), np.int64)
        shuffled = Tally(
            cells=piece.cells[order],
            step=piece.step,
            cell=np.argsort(order)[piece.cell].astype(np.int32),
            counts=piece.counts,
        )
        said += watch.decide(shuffled, end)
        begin = end
    assert lines(said) == rerouted_in_one_go()
    assert pages(said)


def test_an_alarm_is_told_in_the_call_that_brings_its_time() -> None:
    watch = Watch(baseline(), island())
    for minute in range(second(FROM), second(UNTIL), 60):
        for alarm in watch.decide(between(afternoon(), minute, minute + 60), minute + 60):
            assert minute < alarm.at.timestamp() <= minute + 60


def test_what_comes_late_never_changes_what_was_said() -> None:
    watch = Watch(baseline(), island())
    said: list[Alarm] = []
    begin = second(FROM)
    for end in range(begin + 600, second(UNTIL) + 1, 600):
        said += watch.decide(between(afternoon(), begin, end), end)  # the whole past once more, each time
    assert as_json(said) == as_json(list(in_one_go()))


def test_time_passes_without_calls_too() -> None:
    """Nothing comes from 17:00 on: empty tallies are minutes of silence, and they page."""
    watch = Watch(baseline(), island())
    calm = drawn(second(FROM), second("17:00"), seed=5)
    assert not pages(watch.decide(calm, second("17:00")))
    nothing = between(calm, 0, 0)
    said: list[Alarm] = []
    for minute in range(second("17:00"), second("17:20"), 60):
        said += watch.decide(nothing, minute + 60)
    assert len(pages(said)) == 1
    assert pages(said)[0].at.timestamp() <= second("17:05")
    assert pages(said)[0].lost is not None


def test_before_the_first_call_there_is_nothing_to_say() -> None:
    watch = Watch(baseline(), island())
    assert watch.decide(between(afternoon(), 0, 0), second(UNTIL)) == []
    assert watch.mixture == 0


def test_it_begins_at_the_first_call() -> None:
    watch = Watch(baseline(), island())
    watch.decide(between(afternoon(), second("16:30"), second("16:31")), second("16:31"))
    assert 0 < watch.mixture < 5


def test_without_a_loss_the_mixture_is_far_below_a_month() -> None:
    watch = Watch(baseline(), island())
    watch.decide(drawn(second(FROM), second(UNTIL), seed=8), second(UNTIL))
    assert 0 < watch.mixture < MONTH_MINUTES / 10


def test_a_patient_officer_is_called_later() -> None:
    """One false page in a century instead of one in a month."""
    soon, late = (
        pages(watched(afternoon(), UNTIL, baseline(), a=a))[0].at for a in (MONTH_MINUTES, 1200 * MONTH_MINUTES)
    )
    assert soon <= late
    assert (late - soon).total_seconds() <= 300


def test_the_officer_reads_french_who_asked_for_it() -> None:
    said = watched(afternoon(), UNTIL, baseline(), language="fr")
    assert said[0].blind_to[0].startswith("Aucun flux de centre")
    assert [alarm.alarm for alarm in said] == [alarm.alarm for alarm in in_one_go()]


@pytest.mark.parametrize("seed", range(41, 45))
def test_nobody_is_paged_on_a_football_evening(seed: int) -> None:
    """From 19:00 to 21:00 a further 15 % of calls stay away, on an evening that is 10 % below the calendar already."""
    tally = drawn(
        second("16:00"),
        second("22:00"),
        seed=seed,
        demand=0.9,
        faults=(fault("19:00", "21:00", -0.15, kind="more"),),
    )
    assert not [alarm for alarm in watched(tally, "22:00", baseline()) if alarm.level is Level.PAGE]


def test_cells_never_met_in_the_history_are_watched_in_the_whole() -> None:
    """A new operator takes all calls: the classes of old fall silent, and the whole still counts its failures."""
    tally = afternoon()
    renamed = Tally(
        cells=tally.cells.with_columns(feed=tally.cells["feed"] + " 2"),
        step=tally.step,
        cell=tally.cell,
        counts=tally.counts,
    )
    assert [alarm.at for alarm in watched(renamed, UNTIL, baseline())] == [alarm.at for alarm in in_one_go()]
