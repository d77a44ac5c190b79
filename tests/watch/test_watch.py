from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.watch.island import baseline, between, drawn, fault, island, pages, second, watched

from tocsin.counts import Tally
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


@pytest.mark.parametrize("seed", [1, 2])
def test_steps_may_come_in_any_pieces(seed: int) -> None:
    rng = np.random.default_rng(seed)
    watch = Watch(baseline(), island())
    said: list[Alarm] = []
    begin = second(FROM)
    while begin < second(UNTIL):
        end = min(begin + 10 * int(rng.integers(0, 90)), second(UNTIL))
        said += watch.decide(between(afternoon(), begin, end), end)
        begin = end
    assert as_json(said) == as_json(list(in_one_go()))


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
    assert said[0].blind_to[0].startswith("Aucune source de centre")
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


@pytest.mark.parametrize("seed", [51, 52])
@pytest.mark.parametrize("outcomes", [True, False])
def test_mobiles_that_are_called_more_page_nobody_for_fixed_lines(outcomes: bool, seed: int) -> None:
    """From 17:00 to 18:00 mobiles make half as many calls again: the share of fixed lines falls, their calls don't."""
    known = baseline() if outcomes else baseline(vantage="centre", outcomes=False)
    tally = drawn(
        second("15:00"),
        second("18:30"),
        seed=seed,
        vantage="operator" if outcomes else "centre",
        outcomes=outcomes,
        faults=(fault("17:00", "18:00", 0.5, kind="more", access="mobile"),),
    )
    said = watched(tally, "18:30", known)
    assert not [alarm for alarm in said if alarm.level is Level.PAGE]
    assert "surge" in {alarm.kind for alarm in said}
