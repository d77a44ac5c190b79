"""The hard world for a year, and a hundred football evenings: every page is false, and there should be none."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bench.detection.runs import HISTORY_DAYS, SEED, A, baseline_of, between, opened, world_of
from bench.detection.worlds import DAY_S, MONDAY, World
from tocsin.counts import Tally
from tocsin.territory import france
from tocsin.watch import Level, Watch

HOUR_S: Final = 3600
KICK_OFF_S: Final = 20 * HOUR_S
EVENING: Final = (17 * HOUR_S, 23 * HOUR_S)


@dataclass(kw_only=True)
class Quiet:
    """What a stretch without any loss raised: pages and watches by scope, and the largest M."""

    minutes: int = 0
    pages: Counter[str] = field(default_factory=Counter)
    watches: Counter[str] = field(default_factory=Counter)
    largest: float = 0.0

    def take(self, watch: Watch, day: Tally, since: int, until: int) -> None:
        """Watch a stretch in quarters of an hour; M is looked at every quarter."""
        for end in range(since + 900, until + 1, 900):
            alarms = watch.decide(between(day, end - 900, end), end)
            self.pages.update(f"{alarm.kind}: {alarm.scope}" for alarm in opened(alarms, Level.PAGE))
            self.watches.update(f"{alarm.kind}: {alarm.scope}" for alarm in opened(alarms, Level.WATCH))
            self.largest = max(self.largest, watch.mixture)
        self.minutes += (until - since) // 60

    def line(self, name: str) -> str:
        """One line of the table."""
        return (
            f"{name:36s} {self.minutes / 1440:4.0f} days  pages {self.pages.total():3d} "
            f"(promised at most {self.minutes / A:.1f})  watches {self.watches.total():4d}"
            f"  largest M {self.largest:7,.0f} of {A:,.0f}"
        )


def days(kind: str, outcomes: bool, number: int) -> Quiet:
    """So many days on end after the history, one watch."""
    world, quiet = world_of(kind, outcomes), Quiet()
    watch = Watch(baseline_of(kind, outcomes), france(), false_alarm_minutes=A)
    for day in range(HISTORY_DAYS, HISTORY_DAYS + number):
        start = MONDAY + day * DAY_S
        quiet.take(watch, world.day(day), start, start + DAY_S)
    return quiet


def evenings(kind: str, outcomes: bool, runs: Iterable[int]) -> Quiet:
    """Evenings from 17:00 to 23:00 at which 15 % of demand falls away within ten minutes at 20:00, each a new watch."""
    quiet = Quiet()
    for run in runs:
        world: World = world_of(kind, outcomes, SEED + 1 + run)
        day = HISTORY_DAYS + run % 7
        start = MONDAY + day * DAY_S
        watch = Watch(baseline_of(kind, outcomes), france(), false_alarm_minutes=A)
        quiet.take(watch, world.day(day, football=KICK_OFF_S), start + EVENING[0], start + EVENING[1])
    return quiet


def report(number: int = 365, runs: int = 100) -> None:
    """Print the table."""
    started = time.process_time()
    for outcomes, known in ((True, "outcomes"), (False, "arrivals only")):
        _tell(f"hard, {known}, days on end", days("hard", outcomes, number))
        _tell(f"hard, {known}, football evenings", evenings("hard", outcomes, range(runs)))
    print(
        f"simulated; seed {SEED}, evenings {SEED + 1} to {SEED + runs}; {time.process_time() - started:.0f} s of a core"
    )


def _tell(name: str, quiet: Quiet) -> None:
    print(quiet.line(name), flush=True)
    for what, times in quiet.pages.most_common():
        print(f"    {times:4d} x page of {what}", flush=True)
    for what, times in quiet.watches.most_common(5):
        print(f"    {times:4d} x watch of {what}", flush=True)
