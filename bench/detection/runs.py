"""What every section does: learn a world, watch a stretch of it, and say in minutes what came out."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Final

from bench.detection.cases import ONSET_S
from bench.detection.worlds import DAY_S, MONDAY, World
from tocsin.counts import Tally
from tocsin.territory import france
from tocsin.watch import MONTH_MINUTES, Alarm, Baseline, Level, State, Watch, learn

HISTORY_DAYS: Final = 28
SEED: Final = 100
"""The history's; run i of any section is drawn from SEED + 1 + i."""

A: Final = MONTH_MINUTES


def world_of(kind: str, outcomes: bool, seed: int = SEED) -> World:
    """One country of a kind; every seed is a country of its own, with the same shares."""
    return World(territory=france(), kind=kind, seed=seed, outcomes=outcomes)


@cache
def baseline_of(kind: str, outcomes: bool) -> Baseline:
    """Learned on 28 days of the same kind of world."""
    return learn(world_of(kind, outcomes).history(0, HISTORY_DAYS), france(), hold_s=0)


def working_day(run: int) -> int:
    """A Wednesday, Thursday or Friday after the history."""
    return HISTORY_DAYS + 2 + run % 3


def onset_of(run: int) -> int:
    """17:00 of a run's day, in seconds since 1970."""
    return MONDAY + working_day(run) * DAY_S + ONSET_S


def before_onset(world: World, run: int) -> tuple[Watch, list[Alarm]]:
    """A watch that has seen the run's quiet day up to 17:00, and the pages it raised (there should be none)."""
    watch = Watch(baseline_of(world.kind, world.outcomes), france(), false_alarm_minutes=A)
    quiet = between(world.day(working_day(run)), 0, onset_of(run))
    return watch, opened(watch.decide(quiet, onset_of(run)), Level.PAGE)


def by_minutes(watch: Watch, day: Tally, since: int, minutes: int) -> Iterator[list[Alarm]]:
    """What a copy of the watch says in each of the minutes that follow ``since``."""
    shared = {id(watch.baseline): watch.baseline, id(france()): france()}
    watch = copy.deepcopy(watch, shared)
    for end in range(since + 60, since + (minutes + 1) * 60, 60):
        yield watch.decide(between(day, end - 60, end), end)


def opened(alarms: list[Alarm], level: Level) -> list[Alarm]:
    """Those that open at a level."""
    return [alarm for alarm in alarms if alarm.level is level and alarm.state is State.OPEN]


def between(tally: Tally, since: int, until: int) -> Tally:
    """The rows of a stretch of time."""
    low, high = tally.step.searchsorted([since, until])
    return Tally(cells=tally.cells, step=tally.step[low:high], cell=tally.cell[low:high], counts=tally.counts[low:high])
