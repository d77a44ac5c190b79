"""The evening of 2 June 2021, simulated, learned against its quiet weeks and watched: what `tocsin demo` shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from tocsin import simulate, watch
from tocsin.calls import FAILED, HEARTBEAT
from tocsin.cli.watching import HOLD_S, decide
from tocsin.counts import Tallier, Tally
from tocsin.simulate import Truth
from tocsin.territory import Territory
from tocsin.watch import MONTH_MINUTES, Alarm, Baseline, Level, State, Watch

SCENARIO: Final = "2021-06-02"
SEED: Final = 2021
COUNTRY_SEED: Final = 62
DAYS: Final = 14
MINUTE: Final = timedelta(minutes=1)
NOON: Final = timedelta(hours=12)
AGAIN: Final = "10m"
"""Who calls again within ten minutes of a failed attempt is the same caller trying again."""


@dataclass(frozen=True, kw_only=True)
class Evening:
    """The records of the day and what really happened; the tally of its quiet weeks."""

    records: pl.DataFrame
    truth: Truth
    history: Tally


def play(territory: Territory, progress: Callable[[int, int], None]) -> Evening:
    """Simulate the quiet weeks as tallies and the day as records of both vantages."""
    scenario = simulate.load(SCENARIO)
    history = simulate.history(
        scenario, territory, seed=SEED, country_seed=COUNTRY_SEED, days=DAYS, hold_s=HOLD_S, progress=progress
    )
    played = simulate.records(scenario, territory, seed=SEED, country_seed=COUNTRY_SEED)
    records = pl.concat(played).sort("time", maintain_order=True)
    return Evening(records=records, truth=played.truth, history=history)


def watched(
    records: pl.DataFrame, baseline: Baseline, territory: Territory, language: str, *, since: datetime
) -> Iterator[Alarm]:
    """Every change of every alarm, minute by minute, at one false alarm a month."""
    watching = Watch(baseline, territory, false_alarm_minutes=MONTH_MINUTES, language=language)
    tallier = Tallier(territory=territory, hold_s=baseline.hold_s, offsets=baseline.offsets)
    tallier.push(records.filter(pl.col("time") >= since))
    last: datetime = records["time"][-1]
    now = since
    while now < last + timedelta(seconds=baseline.hold_s) + MINUTE:
        now += MINUTE
        yield from decide(tallier, watching, now)


def seen_by(tally: Tally, vantage: str) -> Tally:
    """The part of a tally that one vantage saw."""
    ours = (tally.cells["vantage"] == vantage).to_numpy()[tally.cell]
    return Tally(cells=tally.cells, step=tally.step[ours], cell=tally.cell[ours], counts=tally.counts[ours])


def without_redials(records: pl.DataFrame) -> pl.DataFrame:
    """The centres' records less those of callers who try again after a failed attempt that an operator saw."""
    failed = records.filter(
        pl.col("vantage") == "operator", pl.col("outcome").cast(pl.String).is_in(FAILED), pl.col("caller").is_not_null()
    )
    before = failed.select("caller", "time", pl.lit(True).alias("again")).sort("time")
    centre = records.filter(pl.col("vantage") == "centre").sort("time")
    joined = centre.join_asof(before, on="time", by="caller", tolerance=AGAIN, check_sortedness=False)
    return joined.filter(pl.col("again").is_null()).drop("again")


def first_page(changes: Iterator[Alarm], onset: datetime) -> Alarm | None:
    """The first page since the onset."""
    return next((a for a in changes if a.level is Level.PAGE and a.state is State.OPEN and a.at >= onset), None)


def centre_delays(evening: Evening, territory: Territory, language: str) -> tuple[float | None, float | None]:
    """Minutes from onset to page from the centres' arrivals alone, with redials and without; None: it never pages."""
    onset = evening.truth.onset
    assert onset is not None
    baseline = watch.learn(seen_by(evening.history, "centre"), territory, hold_s=HOLD_S)
    since = (onset - timedelta(hours=4)).astimezone(UTC)
    centre = evening.records.filter(pl.col("vantage") == "centre")
    with_, without = (
        first_page(watched(records, baseline, territory, language, since=since), onset)
        for records in (centre, without_redials(evening.records))
    )
    return tuple((page.at - onset) / MINUTE if page else None for page in (with_, without))  # type: ignore[return-value]


def yardstick(evening: Evening) -> float:
    """Lorden's bound log(A) / KL, in minutes, for the share of fixed lines in the centres' arrivals without redials.

    What no detector of that one scope and size, which knew the share exactly, could beat on average (Lorden 1971).
    """
    onset = evening.truth.onset
    assert onset is not None
    calls = without_redials(evening.records).filter(pl.col("service") != HEARTBEAT)
    hour = timedelta(hours=1)
    before, after = (
        calls.filter(pl.col("time").is_between(begin, begin + hour)).select(
            (pl.col("access") == "fixed").mean().alias("share"), (pl.len() / 60).alias("rate")
        )
        for begin in (onset - hour, onset)
    )
    p, q, rate = before["share"][0], after["share"][0], after["rate"][0]
    nats = q * math.log(q / p) + (1 - q) * math.log((1 - q) / (1 - p))
    return float(np.log(MONTH_MINUTES) / (rate * nats))
