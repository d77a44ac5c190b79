from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import SimpleNamespace
from typing import cast

import polars as pl
from tests.cli.test_days import records

from tocsin import territory
from tocsin.cli.following import follow_alarms
from tocsin.counts import Tallier, Tally
from tocsin.watch import Alarm, Watch

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
        self.baseline = SimpleNamespace(hold_s=hold_s)
        self.told: list[datetime] = []

    def decide(self, tally: Tally, until: int) -> list[Alarm]:
        assert tally.step.max(initial=0) < until
        self.told.append(datetime.fromtimestamp(until, UTC))
        return []


def told(*feeds: list[pl.DataFrame], rounds: int, hold_s: int = 0) -> list[timedelta]:
    """Until when after midnight steps were decided, look by look."""
    time, listener = Time(), Listener(hold_s)
    tallier = Tallier(territory=territory.france(), hold_s=hold_s)
    streams: list[Iterator[pl.DataFrame]] = [iter([*feed, *[NOTHING] * rounds]) for feed in feeds]
    looks = follow_alarms(streams, tallier, cast(Watch, listener), clock=time, sleep=time.sleep)
    for _ in islice(looks, rounds):
        pass
    return [at - MIDNIGHT for at in listener.told]


def test_while_files_are_caught_up_on_time_is_that_of_the_one_furthest_behind() -> None:
    assert told([records(10), records(20)], [records(5), records(30)], rounds=2) == [
        timedelta(minutes=5),
        timedelta(minutes=20),
    ]


def test_when_nothing_comes_the_records_clock_goes_on_with_ours_so_that_a_silence_is_noticed() -> None:
    assert told([records(10)], rounds=32)[-1] == timedelta(minutes=10, seconds=30)


def test_no_step_is_decided_before_its_hold_is_over() -> None:
    assert told([records(10)], rounds=1, hold_s=60) == [timedelta(minutes=9)]


def test_time_never_runs_back() -> None:
    decided = told([records(10), records(3), records(12)], rounds=3)
    assert decided == sorted(decided)
