from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import SimpleNamespace
from typing import cast

import numpy as np
import polars as pl
import pytest
from tests.cli.conftest import County, Heard
from tests.cli.test_days import records
from tests.front.conftest import QUIET

from tocsin import simulate, territory, watch
from tocsin.calls import HEARTBEAT, RECORD
from tocsin.cli.charting import LATEST_S
from tocsin.cli.fitting import SURE
from tocsin.cli.following import Following
from tocsin.cli.pace import Delay
from tocsin.cli.watching import HOLD_S
from tocsin.clock import Even
from tocsin.counts import Tally
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.watch import Alarm, Aside, Baseline, Level, Watch

MIDNIGHT = datetime(2021, 6, 2, tzinfo=UTC)
NOTHING = records()


class Time:
    """A clock that only moves while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Listener:
    """Stands where the watch stands, and notes until when it was told that steps are decided."""

    def __init__(self, hold_s: int) -> None:
        self.baseline = SimpleNamespace(
            hold_s=hold_s,
            territory=territory.france().name,
            offsets={},
            vantages=("centre",),
            feeds=(),
            settled=np.ones((1, 1)),
            lattice=SimpleNamespace(classes=()),
        )
        self.told: list[datetime] = []

    def set_aside(self, asides: Sequence[Aside]) -> None:
        assert not asides

    def decide(self, tally: Tally, until: int) -> list[Alarm]:
        assert tally.step.max(initial=0) < until
        self.told.append(datetime.fromtimestamp(until, UTC))
        return []


def calls(*minutes: float, seen: bool = True, length_s: float | None = None) -> pl.DataFrame:
    """Three calls at each of these minutes after midnight."""
    thrice = records(*([0] * 3 * len(minutes)), seen=seen)
    at = pl.Series("time", [MIDNIGHT + timedelta(minutes=minute) for minute in minutes for _ in range(3)])
    return thrice.with_columns(
        at.cast(thrice.schema["time"]),
        (at if seen else pl.lit(None)).cast(thrice.schema["seen"]).alias("seen"),
        pl.lit(length_s, pl.Float32).alias("talk_s"),
    )


def told(*feeds: list[pl.DataFrame], rounds: int, hold_s: int = HOLD_S, heard: Heard | None = None) -> list[timedelta]:
    """Until when after midnight steps were decided, look by look."""
    time, listener = Time(), Listener(hold_s)
    baseline = cast(Baseline, listener.baseline)
    said = heard if heard is not None else Heard()
    following = Following(baseline, lambda: cast(Watch, listener), territory.france(), said, clock=Even(time, time))
    streams: list[Iterator[pl.DataFrame]] = [iter([*feed, *[NOTHING] * rounds]) for feed in feeds]
    for _ in islice(following.alarms(streams, time.sleep), rounds):
        pass
    following.tell()
    return [at - MIDNIGHT + timedelta(seconds=hold_s) for at in listener.told]


def test_while_files_are_caught_up_on_time_is_that_of_the_one_furthest_behind() -> None:
    assert told([calls(10), calls(20)], [calls(5), calls(30)], rounds=2) == [
        timedelta(minutes=5),
        timedelta(minutes=20),
    ]


def test_when_nothing_comes_the_records_clock_goes_on_with_ours_so_that_a_silence_is_noticed() -> None:
    assert told([calls(10)], rounds=32)[-1] == timedelta(minutes=10, seconds=30)


def test_time_goes_on_while_only_late_records_come() -> None:
    late = [calls(10), *[NOTHING] * 300, calls(3), calls(4)]
    assert told(late, rounds=303)[-1] >= timedelta(minutes=14, seconds=50)


@pytest.mark.parametrize("ahead_h", [2, 23])
@pytest.mark.parametrize("wrong", [1, 2])
def test_a_record_or_two_from_a_clock_hours_ahead_do_not_move_the_clock(ahead_h: int, wrong: int) -> None:
    ahead = calls(10 + 60 * ahead_h).head(wrong)
    steps = told([calls(8, 9, 10), NOTHING, ahead, *[NOTHING] * 10, calls(10.2)], rounds=15)
    assert max(steps) <= timedelta(minutes=10, seconds=30)
    assert steps[-1] >= timedelta(minutes=10, seconds=10)


def test_what_three_records_of_a_rare_feed_say_is_believed() -> None:
    rare = [records(0, 30, 60, seen=True), *[NOTHING] * 1800, records(90, seen=True), *[NOTHING] * 1800]
    assert told([*rare, records(120, seen=True), *[NOTHING] * 1800, records(150, seen=True)], rounds=5404)[
        -1
    ] >= timedelta(minutes=149)


def test_calls_that_do_not_say_when_they_came_are_waited_for_as_long_as_they_take_and_it_is_said() -> None:
    heard = Heard()
    lasting = pl.concat([calls(minute, seen=False, length_s=170) for minute in range(40)])
    steps = told([lasting], rounds=30, hold_s=0, heard=heard)
    ended = timedelta(minutes=39, seconds=170)
    delay = timedelta(seconds=190)
    assert steps[0] == ended - delay
    assert heard.texts == [("watch.delay", {"minutes": 3, "seconds": 10})]


def test_calls_of_unknown_length_are_waited_for_ten_minutes() -> None:
    heard = Heard()
    steps = told([calls(30, seen=False)], rounds=3, hold_s=0, heard=heard)
    assert steps[0] == timedelta(minutes=30) - timedelta(seconds=610)
    assert heard.texts == [("watch.delay", {"minutes": 10, "seconds": 10})]


def test_calls_that_come_after_their_step_was_decided_are_counted_and_said() -> None:
    heard = Heard()
    lasting = pl.concat([calls(minute, seen=False, length_s=170) for minute in range(40)])
    told([lasting, *[NOTHING] * 600, calls(41, seen=False, length_s=480)], rounds=603, hold_s=0, heard=heard)
    assert heard.texts[-1] == ("watch.too_late", {"records": 3, "of": 123})


def test_calls_that_say_when_they_came_and_came_within_the_hold_are_never_too_late() -> None:
    heard = Heard()
    told([calls(10), *[NOTHING] * 30, calls(10.3), calls(10.5)], rounds=33, heard=heard)
    assert heard.texts == []


def following(county: County, baseline: Baseline, *batches: pl.DataFrame) -> Heard:
    """What is said while these batches come one after another."""
    heard, time = Heard(), Time()
    begin = lambda: Watch(baseline, county.territory)  # noqa: E731
    live = Following(baseline, begin, county.territory, heard, clock=Even(time, time))
    for _ in islice(live.alarms([iter([*batches, *[NOTHING] * 5])], time.sleep), len(batches)):
        pass
    return heard


def test_records_that_do_not_fit_the_baseline_are_refused_once_there_are_enough_to_be_sure(county: County) -> None:
    unseen = county.records.with_columns(pl.lit(None, county.records.schema["seen"]).alias("seen"))
    following(county, county.baseline, unseen.head(SURE - 1))
    with pytest.raises(InputError) as error:
        following(county, county.baseline, unseen.head(SURE))
    assert str(error.value) == (
        "these records don't say when they were seen, those of the baseline did: "
        "learn the baseline from records of the same feeds."
    )
    with pytest.raises(InputError) as error:
        following(county, replace(county.baseline, hold_s=0), county.records.head(SURE))
    assert str(error.value) == (
        "these records say when they were seen, those of the baseline didn't: "
        "learn the baseline from records of the same feeds."
    )


def without_seen(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, frame.schema["seen"]).alias("seen"))


def test_the_fit_is_judged_when_every_file_has_spoken_and_one_odd_file_is_set_aside(county: County) -> None:
    ordered = county.records.sort("seen")
    operators, centres = (ordered.filter(pl.col("vantage") == each) for each in ("operator", "centre"))
    heard, time = Heard(), Time()
    live = Following(
        county.baseline,
        lambda: Watch(county.baseline, county.territory),
        county.territory,
        heard,
        clock=Even(time, time),
    )
    odd = iter([without_seen(operators.head(900)), *[NOTHING] * 30])
    looks = live.alarms([odd, iter([NOTHING, NOTHING, centres.head(900), *[NOTHING] * 30])], time.sleep)
    list(islice(looks, 20))
    live.tell()
    told = {str(values["feed"]) for name, values in heard.texts if name == "watch.unfit_unseen"}
    assert told == {f"operator-{letter}" for letter in "ABCD"}
    assert ("watch.unfit", {"records": 900, "of": 1800}) in heard.texts


def test_a_file_that_can_no_longer_be_read_is_left_and_the_others_are_watched_on(county: County) -> None:
    def breaking(error: InputError) -> Iterator[pl.DataFrame]:
        yield county.records.head(50)
        yield NOTHING
        raise error

    heard, time = Heard(), Time()
    live = Following(
        county.baseline,
        lambda: Watch(county.baseline, county.territory),
        county.territory,
        heard,
        clock=Even(time, time),
    )
    broken = InputError("this is a web page", file="one.csv")
    sound = iter([county.records.slice(50, 50), *[NOTHING] * 10])
    list(islice(live.alarms([breaking(broken), sound], time.sleep), 8))
    assert heard.texts == [("watch.file_left", {"error": "one.csv: this is a web page."})]
    with pytest.raises(InputError, match="this is a web page"):
        list(islice(live.alarms([breaking(broken)], time.sleep), 8))


@pytest.mark.parametrize(("hours", "text"), [(2, "watch.clock_forward"), (-2, "watch.clock_back")])
def test_a_machine_whose_clock_is_set_goes_on_evenly_and_pages_the_outage_alone(
    county: County, hours: int, text: str
) -> None:
    """At 9:40 the clock is set; nobody's calls are lost before 10:00."""
    mute = tuple(replace(feed, heartbeat_s=None) for feed in county.baseline.feeds)
    baseline = replace(county.baseline, feeds=mute)
    ordered = county.records.filter(pl.col("service") != HEARTBEAT).sort("seen")
    steady, heard = Time(), Heard()
    begun = steady()
    half_past_nine, at_set = MIDNIGHT + timedelta(hours=9, minutes=30), begun + 600
    even = Even(lambda: steady() + (hours * 3600 if steady() >= at_set else 0), steady)
    live = Following(baseline, lambda: Watch(baseline, county.territory), county.territory, heard, clock=even)

    def grow() -> Iterator[pl.DataFrame]:
        before = MIDNIGHT + timedelta(hours=7)
        while True:
            now = half_past_nine + timedelta(seconds=steady() - begun)
            yield ordered.filter(pl.col("seen").is_between(before, now, closed="right"))
            before = now

    pages: list[Alarm] = []
    for look in live.alarms([grow()], lambda _: steady.sleep(10)):
        pages += [alarm for alarm in look if alarm.level is Level.PAGE]
        if steady() > begun + 3600:
            break
    assert timedelta(hours=10) < pages[0].at - MIDNIGHT <= timedelta(hours=10, minutes=25)
    assert [values for name, values in heard.texts if name == text] == [{"minutes": 120}]


def test_a_vantage_of_the_baseline_that_does_not_come_is_said_after_ten_minutes(county: County) -> None:
    operators = county.records.filter(pl.col("vantage") == "operator").sort("seen").head(900)
    heard, time = Heard(), Time()
    live = Following(
        county.baseline,
        lambda: Watch(county.baseline, county.territory),
        county.territory,
        heard,
        clock=Even(time, time),
    )
    looks = live.alarms([iter([operators, *[NOTHING] * 700])], time.sleep)
    list(islice(looks, 590))
    assert "watch.unheard_vantage" not in heard.names
    list(islice(looks, 30))
    assert [values for name, values in heard.texts if name == "watch.unheard_vantage"] == [{"vantage": "centre"}]


def test_a_vantage_that_turns_up_while_a_file_is_followed_is_named_once(county: County) -> None:
    ordered = county.records.sort("seen")
    probe = ordered.slice(2000, 30).with_columns(
        pl.lit("probe").cast(county.records.schema["vantage"]).alias("vantage")
    )
    heard = following(county, county.baseline, ordered.head(2000), probe, probe)
    assert [text for text in heard.texts if text[0] != "watch.too_late"] == [
        ("watch.strange_vantage", {"vantage": "probe"})
    ]


def test_a_file_followed_for_the_first_time_may_hold_monday_and_friday(county: County) -> None:
    monday = county.records.filter(pl.col("time") < datetime(2021, 6, 2, 9, tzinfo=UTC)).sort("seen")
    friday = monday.with_columns(pl.col("time", "seen") + timedelta(days=4))
    heard = following(county, county.baseline, monday, friday)
    assert heard.names == ["watch.no_records"]


@dataclass(frozen=True, kw_only=True)
class Room:
    baseline: Baseline
    territory: Territory
    calls: pl.DataFrame

    def live(self, until: timedelta) -> list[Alarm]:
        """The pages of the hours from 8:30 to ``until`` after midnight, lived through in looks half a minute apart.

        What ended before 8:30 stands in the file already."""
        time, heard, began = Time(), Heard(), timedelta(hours=8, minutes=30)
        begun = time()
        begin = lambda: Watch(self.baseline, self.territory)  # noqa: E731
        following = Following(self.baseline, begin, self.territory, heard, clock=Even(time, time))

        def grow() -> Iterator[pl.DataFrame]:
            before = MIDNIGHT
            while True:
                at = MIDNIGHT + began + timedelta(seconds=time() - begun)
                yield self.calls.filter(pl.col("ended").is_between(before, at, closed="right")).select(RECORD.names())
                before = at

        pages: list[Alarm] = []
        for look in following.alarms([grow()], lambda _: time.sleep(30)):
            pages += [alarm for alarm in look if alarm.level is Level.PAGE]
            if time() - begun >= (until - began).total_seconds():
                break
        return pages


@pytest.fixture(scope="module")
def room(county: County, tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Quiet weeks and a morning of the county as its switch writes them: when the call ends, without saying when."""
    (path := tmp_path_factory.mktemp("room") / "quiet.toml").write_text(QUIET.format(day="2021-06-02", days=1))
    quiet = simulate.history(simulate.load(path), county.territory, seed=1, days=15, hold_s=LATEST_S)
    learned = watch.learn(quiet, county.territory, hold_s=0)
    feeds = tuple(replace(feed, heartbeat_s=None) for feed in learned.feeds)
    morning = county.records.filter(
        (pl.col("service") != HEARTBEAT) & (pl.col("time") >= MIDNIGHT + timedelta(hours=7))
    )
    length = pl.col("ring_s").fill_null(0) + pl.col("talk_s").fill_null(0)
    ended = (pl.col("time") + pl.duration(microseconds=(length * 1e6).cast(pl.Int64))).alias("ended")
    untimed = morning.with_columns(ended, pl.lit(None, RECORD["seen"]).alias("seen")).sort("ended")
    return Room(baseline=replace(learned, feeds=feeds), territory=county.territory, calls=untimed)


def test_calls_whose_record_comes_when_they_end_page_nobody_on_a_quiet_morning(room: Room) -> None:
    assert room.live(timedelta(hours=9, minutes=55)) == []


def test_without_the_wait_they_would_look_lost(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Delay, "seconds", 0)
    assert room.live(timedelta(hours=9, minutes=55)) != []


def test_an_outage_is_paged_from_such_records_within_the_wait_and_the_usual_minutes(room: Room) -> None:
    pages = room.live(timedelta(hours=10, minutes=40))
    assert pages[0].scope.area == "C1"
    assert timedelta(hours=10) < pages[0].at - MIDNIGHT <= timedelta(hours=10, minutes=25)
