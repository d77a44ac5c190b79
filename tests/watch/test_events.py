from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
from tests.watch.island import Fault, at, baseline, drawn, fault, island, pages, second, watched
from tests.watch.test_cells import place

from tocsin.counts import COUNTERS
from tocsin.watch import Alarm, Level, Scope, State, Watch


@cache
def told(*faults: Fault, seed: int = 5, begin: str = "14:00", until: str = "20:00") -> tuple[Alarm, ...]:
    tally = drawn(second(begin), second(until), seed=seed, faults=faults)
    return tuple(watched(tally, until, baseline()))


NORTH = fault("17:00", "18:00", 0.4, area="N")


def test_one_event_is_one_alarm_from_opening_to_end() -> None:
    alarms = told(NORTH)
    assert len({alarm.alarm for alarm in alarms}) == 1
    states = Counter(alarm.state for alarm in alarms)
    assert states[State.OPEN] == states[State.CLOSED] == 1
    assert alarms[0].state is State.OPEN
    assert alarms[-1].state is State.CLOSED
    assert {alarm.level for alarm in alarms} == {Level.PAGE}
    assert [alarm.at for alarm in alarms] == sorted(alarm.at for alarm in alarms)


def test_the_north_losing_four_in_ten_pages_within_three_minutes_and_is_named() -> None:
    first, *later = told(NORTH)
    assert at("17:00") < first.at <= at("17:03")
    assert first.kind == "failure"
    assert first.e_ratio >= 1
    by_five_past = [alarm for alarm in (first, *later) if alarm.at <= at("17:05")][-1]
    assert by_five_past.scope == Scope(area="NN")


def test_its_onset_is_found() -> None:
    for alarm in told(NORTH):
        low, best, high = alarm.onset
        assert low <= at("17:00") <= high
        assert abs((best - at("17:00")).total_seconds()) <= 120


def test_while_it_lasts_updates_say_how_much_is_lost() -> None:
    updates = [alarm for alarm in told(NORTH) if alarm.state is State.UPDATE and at("17:15") < alarm.at < at("18:00")]
    assert len(updates) >= 3
    lost = [alarm.lost.best for alarm in updates if alarm.lost]
    assert lost == sorted(lost)
    assert all(alarm.lost_per_hour and alarm.lost_per_hour.best > 100 for alarm in updates)


def test_it_closes_soon_after_its_end_and_never_before() -> None:
    last = told(NORTH)[-1]
    assert at("18:00") < last.at <= at("18:08")
    assert last.closed_at is not None
    assert abs((last.closed_at - at("18:00")).total_seconds()) <= 180


def test_the_number_lost_is_the_number_that_was_lost() -> None:
    faults = (NORTH,)
    counts = drawn(second("14:00"), second("20:00"), seed=5, faults=faults)
    within = (counts.step >= second("17:00")) & (counts.step < second("18:00"))
    north = counts.cells["area"].str.starts_with("N").to_numpy()[counts.cell]
    failed = int(counts.counts[within & north][:, COUNTERS.index("failed")].sum())
    tries = int(counts.counts[within & north][:, COUNTERS.index("tries")].sum())
    truth = (failed - 0.02 * tries) / 0.98  # of what is lost one in fifty would have failed by itself
    lost = told(*faults)[-1].lost
    assert lost is not None
    assert lost.low <= truth <= lost.high
    assert lost.high - lost.low < 0.3 * lost.best


@pytest.mark.parametrize("seed", range(21, 26))
def test_whatever_the_draw_a_loss_is_one_page(seed: int) -> None:
    alarms = told(NORTH, seed=seed)
    assert len(pages(list(alarms))) == 1
    closed = [alarm for alarm in alarms if alarm.level is Level.PAGE and alarm.state is State.CLOSED]
    assert len(closed) == 1
    assert closed[0].at > at("18:00")


def test_a_second_fault_elsewhere_pages_by_itself() -> None:
    both = told(fault("17:00", "19:00", 0.4, area="N"), fault("17:40", "19:00", 0.5, area="S"))
    opened = pages(list(both))
    assert len(opened) == 2
    assert at("17:00") < opened[0].at <= at("17:03")
    assert at("17:40") < opened[1].at <= at("17:50")
    assert opened[1].scope.area in ("S1", "S2", "SS")
    ends = [alarm for alarm in both if alarm.state is State.CLOSED]
    assert {alarm.alarm for alarm in ends} == {alarm.alarm for alarm in opened}


def test_what_an_open_event_explains_does_not_page_again() -> None:
    """Everything loses three in ten: no operator, parish or service has an alarm of its own."""
    alarms = told(fault("17:00", "18:30", 0.3))
    assert len(pages(list(alarms))) == 1
    assert alarms[-1].scope == Scope()


def test_a_class_that_fails_is_named() -> None:
    alarms = told(fault("17:00", "18:00", 0.6, operator="B"))
    assert len(pages(list(alarms))) == 1
    named = [alarm for alarm in alarms if alarm.state is State.UPDATE][-1].scope
    assert named.operator == "B"


def test_fixed_lines_are_named_with_the_server_that_carries_them() -> None:
    alarms = told(fault("17:00", "18:00", 0.6, access="fixed"))
    assert alarms[-1].scope in (Scope(access="fixed", node="CS1"), Scope(node="CS1"))


def test_the_evidence_says_what_was_seen_against_what_was_expected() -> None:
    first = told(NORTH)[-1].evidence[0]
    assert (first.family, first.vantage) == ("outcome", "operator")
    assert first.seen > 10 * first.expected > 0
    assert first.of > first.seen
    assert 0 < first.share <= 1


def test_a_surge_is_a_watch_and_loses_nobody() -> None:
    alarms = told(fault("17:00", "18:00", 1.0, kind="more"))
    assert not pages(list(alarms))
    surge = next(alarm for alarm in alarms if alarm.kind == "surge")
    assert surge.level is Level.WATCH
    assert at("17:00") < surge.at <= at("17:10")
    assert surge.lost is surge.lost_per_hour is None
    assert any(alarm.alarm == surge.alarm and alarm.state is State.CLOSED for alarm in alarms)


def test_arrivals_alone_ring_no_bell_when_a_third_is_missing() -> None:
    tally = drawn(second("14:00"), second("19:00"), seed=6, faults=(fault("17:00", "18:00", -0.35, kind="more"),))
    alarms = watched(tally, "19:00", baseline())
    assert not pages(alarms)
    fall = next(alarm for alarm in alarms if alarm.level is Level.WATCH)
    assert fall.kind == "loss"
    assert at("17:00") < fall.at <= at("17:40")


def test_busy_lines_of_a_crowd_do_not_page() -> None:
    crowd = (fault("17:00", "17:30", 1.5, kind="more", area="N1"), fault("17:00", "17:30", 0.4, kind="busy", area="N1"))
    assert not pages(list(told(*crowd)))


def test_a_network_that_answers_busy_pages_though_its_arrivals_raise_a_watch_first() -> None:
    found = pages(list(told(fault("17:00", "19:00", 0.4, kind="busy"))))
    assert found
    assert at("17:00") < found[0].at <= at("17:20")


@pytest.mark.parametrize("share", [0.62, 0.8])
def test_one_gap_is_one_alarm_a_watch_gives_way_to_the_page_that_explains_it(share: float) -> None:
    """Centres alone, and most calls of every class stay away: a watch at once, and a page when it is past doubt."""
    tally = drawn(
        second("14:00"),
        second("20:00"),
        seed=6,
        vantage="centre",
        outcomes=False,
        faults=(fault("17:00", "18:00", share),),
    )
    alarms = watched(tally, "20:00", baseline(vantage="centre", outcomes=False))
    watch, page, gone, *later = (alarm for alarm in alarms if alarm.state is not State.UPDATE)
    assert (watch.level, watch.state, watch.kind) == (Level.WATCH, State.OPEN, "loss")
    assert (page.level, page.state, page.scope) == (Level.PAGE, State.OPEN, Scope())
    assert at("17:00") < watch.at < page.at < at("17:30")
    assert (gone.alarm, gone.state, gone.at) == (watch.alarm, State.CLOSED, page.at)
    assert gone.closed_at is None  # it hasn't ended: the page goes on with it
    assert [(alarm.alarm, alarm.state, alarm.scope) for alarm in later] == [(page.alarm, State.CLOSED, Scope())]


def test_a_watch_over_all_outlasts_a_page_in_one_corner_of_it() -> None:
    """A third of all calls stays away from 17:00; from 18:00 operator B's are lost in one parish, 4 % of the rest."""
    alarms = told(
        fault("17:00", "20:00", -0.35, kind="more"),
        fault("18:00", "19:30", 0.95, area="S2", operator="B"),
        until="19:45",
    )
    page = pages(list(alarms))[0]
    assert at("18:00") < page.at < at("19:30")
    watch = next(alarm for alarm in alarms if alarm.level is Level.WATCH)
    assert watch.at < page.at
    states = [alarm.state for alarm in alarms if alarm.alarm == watch.alarm]
    assert State.CLOSED not in states


@pytest.mark.parametrize("seed", range(31, 35))
def test_a_quiet_evening_pages_nobody(seed: int) -> None:
    assert not pages(list(told(seed=seed)))


def test_totals_of_an_event_that_outlasts_half_a_day_are_kept() -> None:
    tally = drawn(second("00:00"), second("17:00"), seed=7, faults=(fault("02:00", "16:00", 0.3, area="N"),))
    alarms = watched(tally, "17:00", baseline())
    assert len(pages(alarms)) == 1
    last = alarms[-1]
    assert last.state is State.CLOSED
    assert last.closed_at is not None
    assert abs((last.closed_at - at("16:00")).total_seconds()) <= 300
    tries = tally.counts[:, COUNTERS.index("failed")].sum() - 0.02 * tally.counts[:, COUNTERS.index("tries")].sum()
    assert last.lost is not None
    assert np.isclose(last.lost.best, tries, rtol=0.1)


@pytest.mark.parametrize(
    ("where", "stops"),
    [({"area": "S2", "operator": "B", "service": "18"}, False), ({"area": "S2"}, True)],
)
def test_the_whole_goes_on_learning_unless_an_event_is_large_enough_to_mislead_it(
    where: dict[str, str], stops: bool
) -> None:
    """Operator B's calls to 18 in one parish are 1.6 % of all, the parish's are a tenth."""
    tally = drawn(second("14:00"), second("18:00"), seed=5, faults=(fault("15:00", "19:00", 1.0, **where),))
    watch = Watch(baseline(), island())
    assert pages(watch.decide(tally, second("18:00")))
    (event,) = (event for event in watch._events._open if event.level is Level.PAGE)
    frozen = watch._evidence.frozen
    assert frozen[event.scope]
    assert frozen[place(Scope(area="S2"))]  # of whose calls either is a sixth or more
    assert frozen[place(Scope())] == stops
    assert not frozen[place(Scope(area="N1"))]


def test_an_event_that_grows_within_the_first_minute_of_the_records_stands_on_what_has_come() -> None:
    """N1 has failed when the records begin and pages at 17:00:20; all fail from then on, and it grows at 17:00:30."""
    faults = (fault("16:00", "18:00", 1.0, area="N1"), fault("17:00:20", "18:00", 1.0))
    said = watched(drawn(second("17:00"), second("17:10"), seed=0, faults=faults), "17:10", baseline())
    assert [(alarm.at, str(alarm.scope)) for alarm in said[:2]] == [
        (at("17:00:20"), "area N1"), (at("17:00:30"), "everything"),
    ]  # fmt: skip
    assert said[1].evidence[0].seen > 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_page_in_one_parish_does_not_hide_the_fall_of_an_island(seed: int) -> None:
    """Where only arrivals are known: N1's fixed lines fail at 16:30 and page; from 18:00 on, four in ten of all."""
    faults = (fault("16:30", "24:00", 0.8, access="fixed", area="N1"), fault("18:00", "24:00", 0.4))
    known = baseline(vantage="centre", outcomes=False)
    tally = drawn(second("14:00"), second("20:00"), seed=seed, vantage="centre", outcomes=False, faults=faults)
    told = watched(tally, "20:00", known)
    assert pages(told)[0].at < at("16:50")
    wide = [alarm for alarm in told if alarm.scope.area is None and alarm.kind == "loss"]
    assert wide[0].level is Level.WATCH
    assert at("18:00") < wide[0].at < at("18:20")
