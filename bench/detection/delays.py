"""Delays: the minutes from 17:00 to the first page, case by case, beside the yardsticks and the prototype's."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bench.detection.cases import CASES, Case
from bench.detection.oracle import Stream, exact_null, learned_null
from bench.detection.runs import SEED, A, before_onset, by_minutes, onset_of, opened, working_day, world_of
from bench.detection.worlds import World
from tocsin.watch import Alarm, Level, Yardstick

HORIZON_MINUTES: Final = 180


@dataclass(kw_only=True)
class Found:
    """One case's runs: minutes to the first page and to the first watch (infinite: none in three hours), whether the
    first page named the exact scope, and the null that was held at 17:00."""

    pages: list[float] = field(default_factory=list)
    watches: list[float] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    nulls: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return float(np.median(self.pages))

    @property
    def slow(self) -> float:
        """The 90 % delay."""
        return float(np.quantile(self.pages, 0.9, method="higher"))

    @property
    def named(self) -> float:
        """The share of the runs with a page that named the exact scope."""
        return float(np.mean(self.exact)) if self.exact else float("nan")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    case: Case
    found: Found
    exact: Yardstick
    exact_oracle: float
    learned: Yardstick
    learned_oracle: float


def delays(kind: str, cases: Iterable[Case], runs: Iterable[int]) -> tuple[list[Row], int]:
    """The table of one kind of world, and how many pages came before 17:00."""
    found = {case: Found() for case in cases}
    early = 0
    for run in runs:
        for outcomes in sorted({case.outcomes for case in found}):
            world = world_of(kind, outcomes, SEED + 1 + run)
            watch, pages = before_onset(world, run)
            early += len(pages)
            for case in (case for case in found if case.outcomes is outcomes):
                found[case].nulls.append(learned_null(watch, case, world))
                day = world.day(working_day(run), case.lost(world))
                _until_page(found[case], case, run, by_minutes(watch, day, onset_of(run), HORIZON_MINUTES), world)
    rows = []
    for case, each in found.items():
        stream = Stream.of(case, world_of(kind, case.outcomes))
        null = float(np.median(each.nulls))
        rows.append(
            Row(
                case=case,
                found=each,
                exact=stream.yardstick(exact_null(case), A),
                exact_oracle=stream.oracle(exact_null(case), A, SEED),
                learned=stream.yardstick(null, A),
                learned_oracle=stream.oracle(null, A, SEED),
            )
        )
    return rows, early


def _until_page(found: Found, case: Case, run: int, minutes: Iterator[list[Alarm]], world: World) -> None:
    """Take in one run, minute by minute, up to its page."""
    watched = float("inf")
    for alarms in minutes:
        for alarm in opened(alarms, Level.WATCH):
            watched = min(watched, (alarm.at.timestamp() - onset_of(run)) / 60)
        pages = opened(alarms, Level.PAGE)
        if pages:
            found.pages.append((pages[0].at.timestamp() - onset_of(run)) / 60)
            found.exact.append(pages[0].scope == case.where.scope(world))
            found.watches.append(watched)
            return
    found.pages.append(float("inf"))
    found.watches.append(watched)


HEAD: Final = (
    f"{'':45s} |  exact null          |  learned null           | minutes to the page\n"
    f"{'at 17:00':36s} seen by  | Lorden  aware oracle |  null   Lorden  aware oracle |"
    " median    90 %  named  x aware  prototype"
)


def line(row: Row) -> str:
    """One case."""
    case, found = row.case, row.found
    prototype = "unseen" if case.prototype is None else f"{case.prototype:g}"
    watch = "" if found.median < HORIZON_MINUTES else f"  (watch: {np.median(found.watches):.1f})"
    exact, learned = (
        f"{yardstick.lorden:6.2f} {yardstick.scope_aware:6.2f} {oracle:6.2f}"
        for yardstick, oracle in ((row.exact, row.exact_oracle), (row.learned, row.learned_oracle))
    )
    return (
        f"{case.name:36s} {case.family:8s} | {exact} | {100 * np.median(found.nulls):5.1f} % {learned} |"
        f" {found.median:6.2f}  {found.slow:6.2f}  {100 * found.named:4.0f} %"
        f" {found.median / row.learned.scope_aware:6.2f}   {prototype:>6s}{watch}"
    )


def report(runs: int = 40, kinds: Iterable[str] = ("exact", "hard")) -> None:
    """Print the table for each kind of world."""
    for kind in kinds:
        started = time.process_time()
        print(f"\nDelays, {kind} world\n{HEAD}")
        rows, early = delays(kind, CASES, range(runs))
        for row in rows:
            print(line(row))
        print(
            f"{early} pages before 17:00; simulated, {runs} runs a case, seeds {SEED} (history) and {SEED + 1} to "
            f"{SEED + runs}; {time.process_time() - started:.0f} s of a core",
            flush=True,
        )
