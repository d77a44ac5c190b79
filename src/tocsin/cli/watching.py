"""From records to a baseline, and from records to alarms: the wiring that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, Protocol

import polars as pl

from tocsin import counts, watch
from tocsin.cli.aloud import Say
from tocsin.cli.days import Days
from tocsin.cli.met import Strangers, check_fit, check_territory
from tocsin.cli.stretches import SILENT_S, Stretches, last_known
from tocsin.counts import STEP_S, Tallier, Tally, learn_offsets
from tocsin.territory import Territory
from tocsin.watch import Alarm, Baseline, Watch

HOLD_S: Final = 60
"""A call counts if its record came within so many seconds of its start, where records say when they came; else 0."""

RECENT: Final = 1000
"""Records by whose gaps the last ones are judged."""


class Watching(Protocol):
    """What takes decided steps: a `Watch`, or one for each of the `Stretches`."""

    @property
    def baseline(self) -> Baseline: ...

    def decide(self, tally: Tally, until: int) -> list[Alarm]: ...


def learn_days(days: Days, territory: Territory) -> Baseline:
    """What is normal, from records laid down by day."""
    hold = HOLD_S if days.met.with_seen else 0
    offsets = {}
    if {"operator", "centre"} <= days.met.vantages and days.fullest:
        offsets = learn_offsets([days.day(days.fullest)], territory=territory)
    tally = counts.tally(days, territory=territory, hold_s=hold, offsets=offsets)
    return watch.learn(tally, territory, hold_s=hold, offsets=offsets)


def watch_days(
    days: Days, baseline: Baseline, begin: Callable[[], Watch], territory: Territory, say: Say
) -> Iterator[Alarm]:
    """Every change of every alarm, as it would have come live. ``begin`` makes a watch of the baseline."""
    check_territory(baseline, territory)
    check_fit(baseline, days.met)
    strangers = Strangers(baseline, say)
    strangers.tell(days.met)
    strangers.tell_missing(days.met)
    stretches = Stretches(begin, say)
    stretches.set_aside(days.asides)
    tallier = Tallier(territory=territory, hold_s=baseline.hold_s, offsets=baseline.offsets)
    recent: pl.DataFrame | None = None
    for day, ends in zip(days, days.ends(SILENT_S), strict=True):
        tallier.push(day)
        recent = day if recent is None else pl.concat([recent.tail(RECENT), day])
        known = known_records(recent) if ends else recent
        if known.height < recent.height:
            say("watch.not_known", records=recent.height - known.height, until=known["time"][-1])
        yield from decide(tallier, stretches, known_until(known, baseline.hold_s) if ends else day["time"][-1])


def known_records(records: pl.DataFrame) -> pl.DataFrame:
    """Those of the last records, in order of time, whose time the others confirm."""
    last = records["time"].dt.epoch("s").tail(RECENT).to_numpy()
    return records.head(records.height - len(last) + last_known(last) + 1)


def known_until(records: pl.DataFrame, hold_s: int) -> datetime:
    """The time at which the last step that these records know whole is decided. ``records`` are in order of time.

    After their last attempt nothing is known: that no more is written there is no sign of a loss. Nor are steps known
    whose records could still have been on their way when the last one came.
    """
    came: datetime = records.select(pl.coalesce("seen", "time").max()).item()
    begun: datetime = records["time"][-1]
    return min(came, begun + timedelta(seconds=hold_s))


def decide(tallier: Tallier, watching: Watching, now: datetime) -> list[Alarm]:
    """What the watch says of the steps that are settled at ``now``, a time on the records' clock."""
    until = int(now.timestamp()) - watching.baseline.hold_s
    return watching.decide(tallier.decide(now), until - until % STEP_S)
