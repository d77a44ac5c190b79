from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.watch.island import at, baseline, drawn, fault, island, pages, second, watched, without

from tocsin.counts import COUNTERS, Tally
from tocsin.watch import Alarm, Aside, Baseline, Level, Scope, State, Watch
from tocsin.watch.blind import blind_to

ROOM = "room N1"


def centres(*, beats: bool, lost: bool = False) -> tuple[Tally, Baseline]:
    """The four rooms of the island from 15:00 to 19:00; with ``lost`` no call reaches N1's from 17:00 to 17:45."""
    faults = (fault("17:00", "17:45", 1.0, area="N1"),) if lost else ()
    tally = drawn(
        second("15:00"), second("19:00"), seed=6, vantage="centre", outcomes=False, beats=beats, faults=faults
    )
    return tally, baseline(vantage="centre", outcomes=False, beats=beats)


def silences(alarms: list[Alarm]) -> list[Alarm]:
    return [alarm for alarm in alarms if alarm.kind == "silence"]


def test_a_feed_that_goes_silent_is_a_watch_and_its_missing_calls_page_nobody() -> None:
    tally, known = centres(beats=True)
    alarms = watched(without(tally, "17:00", "17:45", feed=ROOM), "19:00", known)
    assert not pages(alarms)
    opened, closed = silences(alarms)
    assert opened.level is Level.WATCH
    assert opened.state is State.OPEN
    assert opened.scope.feed == ROOM
    assert at("17:03") <= opened.at <= at("17:05")
    assert at("16:58") <= opened.onset[1] < at("17:00")
    assert opened.blind_to[0] == f"Feed {ROOM} is silent: what it alone shows isn't watched."
    assert closed.state is State.CLOSED
    assert closed.alarm == opened.alarm
    assert closed.closed_at is not None
    assert at("17:45") <= closed.closed_at <= closed.at <= at("17:46")
    assert not any(ROOM in sentence for sentence in closed.blind_to)


def test_calls_that_stop_while_the_heartbeats_go_on_page() -> None:
    tally, known = centres(beats=True, lost=True)
    alarms = watched(tally, "19:00", known)
    assert not silences(alarms)
    opened = pages(alarms)
    assert opened
    assert at("17:00") < opened[0].at <= at("17:10")
    assert opened[0].scope.area in ("N1", "NN") or opened[0].scope.centre == ROOM


def test_a_feed_without_heartbeats_pages_and_the_alarm_says_what_it_cannot_tell() -> None:
    tally, known = centres(beats=False)
    alarms = watched(without(tally, "17:00", "17:45", feed=ROOM), "19:00", known)
    assert not silences(alarms)
    opened = pages(alarms)
    assert opened
    assert at("17:00") < opened[0].at <= at("17:10")
    assert any("send no heartbeat" in sentence and ROOM in sentence for sentence in opened[0].blind_to)


def test_a_feed_that_is_heard_again_watches_again() -> None:
    tally, known = centres(beats=True)
    broken = without(tally, "15:30", "16:00", feed=ROOM)
    mute = without(broken, "17:00", "17:45", feed=ROOM, calls_only=True)
    alarms = watched(mute, "19:00", known)
    assert [alarm.state for alarm in silences(alarms)] == [State.OPEN, State.CLOSED]
    opened = pages(alarms)
    assert opened
    assert at("17:00") < opened[0].at <= at("17:10")


def test_two_missed_heartbeats_are_no_silence() -> None:
    tally, known = centres(beats=True)
    assert not silences(watched(without(tally, "17:00", "17:02", feed=ROOM), "19:00", known))


def test_a_feed_speaks_by_its_calls_too() -> None:
    tally, known = centres(beats=True)
    beats = tally.cells["service"].eq("heartbeat").to_numpy()[tally.cell]
    late = tally.step >= second("16:00")
    calls_alone = Tally(
        cells=tally.cells,
        step=tally.step[~(beats & late)],
        cell=tally.cell[~(beats & late)],
        counts=tally.counts[~(beats & late)],
    )
    said = silences(watched(calls_alone, "19:00", known))
    assert not [alarm for alarm in said if alarm.scope.feed == ROOM]  # sixteen calls a minute


def test_the_change_carries_the_time_at_which_it_could_be_known() -> None:
    """With a hold of a minute a step is decided a minute later, and so is silence."""
    tally, known = centres(beats=True)
    broken = without(tally, "17:00", "17:45", feed=ROOM)
    prompt, held = (silences(watched(broken, "19:00", replace(known, hold_s=hold))) for hold in (0, 60))
    assert [later.at - sooner.at for sooner, later in zip(prompt, held, strict=True)] == [timedelta(minutes=1)] * 2


def test_a_feed_whose_records_are_set_aside_pages_nobody_and_alarms_say_so_in_both_languages() -> None:
    tally, known = centres(beats=False)
    mute = without(tally, "17:00", "17:45", feed=ROOM)
    aside = Aside(vantage="centre", feed=ROOM, since=second("17:00"), until=second("17:45"))
    watch = Watch(known, island())
    watch.set_aside([aside])
    assert not pages(watch.decide(mute, second("19:00")))
    said = [blind_to(known, [], language, aside={ROOM: aside.since})[0] for language in ("en", "fr")]
    assert said == [
        f"Records of feed {ROOM} are set aside since 2022-03-22 17:00 UTC: what it alone shows isn't watched.",
        f"Les enregistrements du flux {ROOM} sont écartés depuis 2022-03-22 17:00 UTC : ce que lui seul montre "
        "n'est pas surveillé.",
    ]


def test_one_that_is_set_aside_no_more_is_watched_again() -> None:
    tally, known = centres(beats=False)
    mute = without(tally, "17:00", "18:30", feed=ROOM)
    watch = Watch(known, island())
    watch.set_aside([Aside(vantage="centre", feed=ROOM, since=second("17:00"), until=second("17:45"))])
    opened = pages(watch.decide(mute, second("19:00")))
    assert opened
    assert at("17:45") < opened[0].at <= at("18:00")


@pytest.mark.parametrize("seconds", [-10, 0, 10])
def test_a_feed_set_aside_in_the_step_of_its_page_pages_or_sleeps_and_no_other_place_is_named(seconds: int) -> None:
    """Without it, N1's loss pages at 17:00:20; an aside that began just then left evidence that wasn't there."""
    known = baseline(vantage="centre")
    lost = fault("17:00", "18:00", 0.5, area="N1")
    tally = drawn(second("15:00"), second("18:00"), seed=5, vantage="centre", faults=(lost,))
    (page,) = pages(watched(tally, "18:00", known))
    watch = Watch(known, island())
    since = int(page.at.timestamp()) + seconds
    watch.set_aside([Aside(vantage="centre", feed=ROOM, since=since, until=None)])
    assert {alarm.scope.area for alarm in pages(watch.decide(tally, second("18:00")))} <= {"N1"}


def test_records_of_one_feed_alone_set_aside_in_the_step_of_its_page_end_no_watch() -> None:
    tally = drawn(second("15:00"), second("18:00"), seed=5, faults=(fault("17:00", "18:00", 0.3),))
    (page,) = pages(watched(tally, "18:00", baseline()))
    watch = Watch(baseline(), island())
    watch.set_aside([Aside(vantage="operator", feed="switch", since=int(page.at.timestamp()), until=None)])
    assert not pages(watch.decide(tally, second("18:00")))


def test_what_a_silent_feed_did_not_tell_is_not_told_as_lost() -> None:
    """N1 loses half of its calls from 17:00 on; its room's feed is silent from 17:40 to 20:30, and nobody knows."""
    lossy = drawn(
        second("15:00"),
        second("21:00"),
        seed=3,
        vantage="centre",
        outcomes=False,
        beats=True,
        faults=(fault("17:00", "21:00", 0.5, area="N1"),),
    )
    usual = drawn(second("15:00"), second("21:00"), seed=3, vantage="centre", outcomes=False, beats=True)
    told = watched(
        without(lossy, "17:40", "20:30", feed=ROOM), "21:00", baseline(vantage="centre", outcomes=False, beats=True)
    )
    page = next(alarm for alarm in told if alarm.level is Level.PAGE)
    said = [alarm for alarm in told if alarm.alarm == page.alarm]
    assert not [alarm for alarm in said if at("17:44") <= alarm.at < at("20:30")]  # nothing new is known of it
    missing = _calls(without(usual, "17:40", "20:30", feed=ROOM)) - _calls(without(lossy, "17:40", "20:30", feed=ROOM))
    lost = said[-1].lost
    assert lost is not None
    assert lost.low <= missing <= lost.high
    assert lost.high < _calls(usual) - _calls(lossy)


def _calls(tally: Tally) -> int:
    return int(tally.counts[:, COUNTERS.index("attempts")].sum())


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_page_is_not_renamed_onto_a_room_that_has_fallen_silent(seed: int) -> None:
    """Operator A loses 45 in a hundred from 17:00 on; twelve minutes later N1's room tells nothing any more."""
    lossy = drawn(
        second("15:00"),
        second("18:30"),
        seed=seed,
        vantage="centre",
        outcomes=False,
        beats=True,
        faults=(fault("17:00", "18:30", 0.45, operator="A"),),
    )
    told = watched(
        without(lossy, "17:12", "18:30", feed=ROOM), "18:30", baseline(vantage="centre", outcomes=False, beats=True)
    )
    (page,) = pages(told)
    assert page.at < at("17:12")
    assert {alarm.scope for alarm in told if alarm.level is Level.PAGE} == {Scope(operator="A")}
