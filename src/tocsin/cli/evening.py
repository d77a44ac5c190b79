"""The evening of 2 June 2021, simulated, learned against its quiet weeks and watched: what `tocsin demo` shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from tocsin import simulate, watch
from tocsin.calls import HEARTBEAT
from tocsin.cli.watching import HOLD_S, decide, known_until
from tocsin.counts import Tallier, Tally
from tocsin.simulate import Truth
from tocsin.territory import Territory
from tocsin.watch import MONTH_MINUTES, Alarm, Baseline, Level, State, Watch

SCENARIO: Final = "2021-06-02"
SEED: Final = 2021
COUNTRY_SEED: Final = 62
DAYS: Final = 14
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
SLICE: Final = timedelta(minutes=15)
"""So much is handed to the watch at a time; the watch itself decides in steps of ten seconds and minutes."""


@dataclass(frozen=True, kw_only=True)
class Evening:
    """The records of the day and what really happened; the tally of its quiet weeks.

    ``without_redials`` the centres' records of the same day if nobody tried again.
    """

    records: pl.DataFrame
    without_redials: pl.DataFrame
    truth: Truth
    history: Tally


def play(territory: Territory, progress: Callable[[int, int], None]) -> Evening:
    """Simulate the quiet weeks as tallies and the day as records of both vantages."""
    scenario = simulate.load(SCENARIO)
    history = simulate.history(
        scenario, territory, seed=SEED, country_seed=COUNTRY_SEED, days=DAYS, hold_s=HOLD_S, progress=progress
    )
    played = simulate.records(scenario, territory, seed=SEED, country_seed=COUNTRY_SEED)
    quieter = simulate.records(
        scenario, territory, seed=SEED, country_seed=COUNTRY_SEED, vantage="centre", redials=False
    )
    records, without = (pl.concat(each).sort("time", maintain_order=True) for each in (played, quieter))
    return Evening(records=records, without_redials=without, truth=played.truth, history=history)


def watched(records: pl.DataFrame, baseline: Baseline, territory: Territory, language: str) -> Iterator[Alarm]:
    """Every change of every alarm, minute by minute, at one false alarm a month."""
    watching = Watch(baseline, territory, false_alarm_minutes=MONTH_MINUTES, language=language)
    tallier = Tallier(territory=territory, hold_s=baseline.hold_s, offsets=baseline.offsets)
    tallier.push(records)
    now: datetime = records["time"][0]
    end = known_until(records, baseline.hold_s)
    while now < end:
        now = min(now + SLICE, end)
        yield from decide(tallier, watching, now)


def seen_by(tally: Tally, vantage: str) -> Tally:
    """The part of a tally that one vantage saw."""
    ours = (tally.cells["vantage"] == vantage).to_numpy()[tally.cell]
    return Tally(cells=tally.cells, step=tally.step[ours], cell=tally.cell[ours], counts=tally.counts[ours])


@dataclass(frozen=True, kw_only=True)
class FromCentres:
    """What the centres' arrivals alone show: minutes from onset to page with redials and without (None: no page), and
    the scope-aware yardstick of the loss without redials, in minutes."""

    with_redials: float | None
    without: float | None
    yardstick: float


def from_centres(evening: Evening, territory: Territory, language: str) -> FromCentres:
    """Learn and watch the evening by what the centres saw, as it was and as if nobody had tried again."""
    baseline = watch.learn(seen_by(evening.history, "centre"), territory, hold_s=HOLD_S)
    with_redials, without = (
        _delay(evening.truth, watched(records, baseline, territory, language))
        for records in (evening.records.filter(pl.col("vantage") == "centre"), evening.without_redials)
    )
    return FromCentres(with_redials=with_redials, without=without, yardstick=_yardstick(evening, baseline))


def _delay(truth: Truth, changes: Iterator[Alarm]) -> float | None:
    assert truth.onset is not None
    for alarm in changes:
        if alarm.level is Level.PAGE and alarm.state is State.OPEN and alarm.at >= truth.onset:
            return (alarm.at - truth.onset) / MINUTE
    return None


def _yardstick(evening: Evening, baseline: Baseline) -> float:
    """For the share of fixed lines in what the centres record within the hold: the first hour, without redials."""
    onset = evening.truth.onset
    assert onset is not None
    took = (pl.col("seen") - pl.col("time")).fill_null(timedelta(0))
    calls = evening.without_redials.filter((pl.col("service") != HEARTBEAT) & (took <= timedelta(seconds=HOLD_S)))
    (fixed, others), (fixed_left, others_left) = (
        calls.filter(pl.col("time").is_between(begin, begin + HOUR))
        .select((pl.col("access") == "fixed").sum(), (pl.col("access") != "fixed").sum().alias("others"))
        .row(0)
        for begin in (onset - HOUR, onset)
    )
    grown = others_left / others
    lattice = baseline.lattice
    klass = lattice.classes.index(("access", "fixed"))
    scope = int(lattice.find(*(np.array([part], np.int32) for part in (0, klass, 0)))[0])
    contrast = next(each for each in baseline.references if each.family_name == "contrast")
    return watch.learned_yardstick(
        baseline,
        contrast,
        scope,
        loss=1 - fixed_left / (fixed * grown),
        per_minute=(fixed + others) * grown / 60,
        false_alarm_minutes=MONTH_MINUTES,
    ).scope_aware
