"""From records to a baseline, and from records to alarms: the wiring that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from tocsin import counts, watch
from tocsin.cli.days import Days
from tocsin.counts import STEP_S, Tallier
from tocsin.counts.offsets import learn_offsets
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.watch import Alarm, Baseline, Watch

HOLD_S = 60
"""A call counts if its record came within so many seconds of its start, where records say when they came; else 0."""


def learn_days(days: Days, territory: Territory) -> Baseline:
    """What is normal, from records laid down by day."""
    hold = HOLD_S if days.with_seen else 0
    offsets = {}
    if {"operator", "centre"} <= days.vantages and days.fullest:
        offsets = learn_offsets([days.day(days.fullest)], territory=territory)
    tally = counts.tally(days, territory=territory, hold_s=hold, offsets=offsets)
    return watch.learn(tally, territory, hold_s=hold, offsets=offsets)


def watch_days(days: Days, watching: Watch, territory: Territory) -> Iterator[Alarm]:
    """Every change of every alarm, as it would have come live."""
    baseline = watching.baseline
    check_fit(baseline, with_seen=days.with_seen, territory=territory)
    tallier = Tallier(territory=territory, hold_s=baseline.hold_s, offsets=baseline.offsets)
    for day in days:
        tallier.push(day)
        yield from decide(tallier, watching, day["time"][-1])
    yield from decide(tallier, watching, known_until(day, baseline.hold_s))


def known_until(records: pl.DataFrame, hold_s: int) -> datetime:
    """The time at which the last step that these records know whole is decided. ``records`` are in order of time.

    After their last attempt nothing is known: that no more is written there is no sign of a loss. Nor are steps known
    whose records could still have been on their way when the last one came.
    """
    came: datetime = records.select(pl.coalesce("seen", "time").max()).item()
    begun: datetime = records["time"][-1]
    return min(came, begun + timedelta(seconds=hold_s))


def decide(tallier: Tallier, watching: Watch, now: datetime) -> list[Alarm]:
    """What the watch says of the steps that are settled at ``now``, a time on the records' clock."""
    until = int(now.timestamp()) - watching.baseline.hold_s
    return watching.decide(tallier.decide(now), until - until % STEP_S)


def check_fit(baseline: Baseline, *, with_seen: bool, territory: Territory) -> None:
    """Raise InputError where a baseline was learned from other records or another territory than these."""
    if baseline.territory != territory.name:
        raise InputError(
            f"the baseline was learned for {baseline.territory}, the records are read for {territory.name}",
            do="give both commands the same --territory",
        )
    if with_seen and baseline.hold_s == 0:
        raise InputError(
            "these records say when they were seen, those of the baseline didn't",
            do="learn the baseline from records of the same feeds",
        )
