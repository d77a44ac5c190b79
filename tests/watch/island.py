"""An island of four parishes on which calls fall independently, minute by minute: what the watch is tested in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls.record import HEARTBEAT
from tocsin.counts import COUNTERS, KEY, STEP_S, Tally
from tocsin.territory import Area, Service, Territory
from tocsin.watch import Alarm, Baseline, Level, State, Watch, learn

MONDAY: Final = datetime(2022, 3, 7, tzinfo=UTC)
DAYS: Final = 15
"""Days of history; the story's day is the Tuesday after them."""

STORY: Final = MONDAY + timedelta(days=DAYS)
PARISHES: Final = {"N1": 0.4, "N2": 0.2, "S1": 0.3, "S2": 0.1}
SERVICES: Final = {"15": 0.6, "18": 0.4}
OPERATORS: Final = {"A": 0.6, "B": 0.4}
FIXED: Final = 0.3
PER_MINUTE: Final = 40.0
FAILURE: Final = 0.02
MONTH: Final = 43_200.0


@cache
def island() -> Territory:
    """North and south of two parishes each, one clock for all."""
    areas = {"ISL": Area(code="ISL", name="Island", kind="nation", parent=None, population=1_000_000)}
    for region in ("NN", "SS"):
        areas[region] = Area(code=region, name=region, kind="region", parent="ISL", population=500_000)
    for code, share in PARISHES.items():
        parent = code[0] * 2
        areas[code] = Area(code=code, name=code, kind="parish", parent=parent, population=int(1_000_000 * share))
    services = {
        code: Service(code=code, urn=f"urn:service:sos.x{code}", names=MappingProxyType({"en": code}))
        for code in SERVICES
    }
    return Territory(name="Island", zone="UTC", areas=areas, services=services)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is lost: ``share`` of the calls from ``begin`` to before ``end`` (clock on the story's day) in ``where``."""

    begin: str
    end: str
    share: float
    where: tuple[tuple[str, str], ...]
    kind: str  # lost; busy, which counts as engaged; more, which multiplies calls by 1 + share


def fault(begin: str, end: str, share: float, *, kind: str = "lost", **where: str) -> Fault:
    return Fault(begin=begin, end=end, share=share, where=tuple(where.items()), kind=kind)


def at(clock: str) -> datetime:
    """The time on the story's day: "17:00" or "17:00:10"; hours may pass midnight, or lie before it ("-24:00")."""
    hours, minutes, seconds = (*clock.split(":"), "0")[:3]
    return STORY + timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))


def second(clock: str) -> int:
    return int(at(clock).timestamp())


@cache
def cells(*, vantage: str = "operator", feed: str | None = "switch") -> pl.DataFrame:
    """One cell per parish, service, operator and access; at a centre's vantage the parish's own centre and feed."""
    rows = [
        {
            "vantage": vantage,
            "feed": feed if vantage == "operator" else f"room {area}",
            "area": area,
            "service": service,
            "operator": operator,
            "access": access,
            "path": "CS1" if access == "fixed" else None,
            "centre": None if vantage == "operator" else f"room {area}",
        }
        for area in PARISHES
        for service in SERVICES
        for operator in OPERATORS
        for access in ("fixed", "mobile")
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(KEY, pl.String))


def _shares() -> NDArray[np.float64]:
    return np.array(
        [
            a * s * o * f
            for a in PARISHES.values()
            for s in SERVICES.values()
            for o in OPERATORS.values()
            for f in (FIXED, 1 - FIXED)
        ]
    )


def shape(seconds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Demand over the day: fewest calls at 04:00, most at 16:00."""
    return np.asarray(1 - 0.4 * np.cos(2 * np.pi * (seconds % 86_400 - 4 * 3600) / 86_400))


def drawn(
    begin: int,
    end: int,
    *,
    seed: int,
    faults: tuple[Fault, ...] = (),
    vantage: str = "operator",
    outcomes: bool = True,
    feed: str | None = "switch",
    beats: bool = False,
    demand: float = 1.0,
    failure: float = FAILURE,
) -> Tally:
    """The calls from second ``begin`` to before ``end``: independent, Poisson; ``demand`` multiplies all of them.

    With ``outcomes`` a lost call is counted as failed, else it leaves no trace. With ``beats`` each feed sends a
    heartbeat a minute.
    """
    rng = np.random.default_rng((seed, begin))
    table = cells(vantage=vantage, feed=feed)
    steps = np.arange(begin, end, STEP_S)
    rate = shape(steps)[:, None] * _shares()[None, :] * PER_MINUTE * demand / 6
    lost, busy = np.zeros_like(rate), np.zeros_like(rate)
    for each in faults:
        when = (steps >= second(each.begin)) & (steps < second(each.end))
        inside = np.ones(table.height, bool)
        for name, value in each.where:
            column = table[name]
            known = column.str.starts_with(value) if name == "area" else column == value
            inside &= known.fill_null(value=False).to_numpy()
        region = when[:, None] & inside[None, :]
        if each.kind == "more":
            rate = np.where(region, rate * (1 + each.share), rate)
        elif each.kind == "busy":
            busy = np.where(region, 1 - (1 - busy) * (1 - each.share), busy)
        else:
            lost = np.where(region, 1 - (1 - lost) * (1 - each.share), lost)
    n = rng.poisson(rate)
    gone = rng.binomial(n, 1 - (1 - lost) * (1 - failure)) if outcomes else rng.binomial(n, lost)
    engaged = rng.binomial(n - gone, busy) if outcomes else np.zeros_like(n)
    n = n if outcomes else n - gone
    counters = {"attempts": n, "tries": n}
    if outcomes:
        failed = gone + engaged
        counters |= {"known": n, "failed": failed, "outcomes": n, "losses": failed}
        counters |= {"engaged": engaged, "rejections": engaged}
    calls = _sparse(table, steps, counters)
    return Tally.merge([calls, _beats(table, begin, end)]) if beats else calls


def _sparse(table: pl.DataFrame, steps: NDArray[np.int64], counters: dict[str, NDArray[np.int64]]) -> Tally:
    row, cell = np.nonzero(counters["attempts"])
    counts = np.zeros((len(row), len(COUNTERS)), np.uint32)
    for name, values in counters.items():
        counts[:, COUNTERS.index(name)] = values[row, cell]
    return Tally(cells=table, step=steps[row], cell=cell.astype(np.int32), counts=counts)


def _beats(table: pl.DataFrame, begin: int, end: int) -> Tally:
    feeds = table.select("vantage", "feed").unique().sort("feed")
    every = pl.DataFrame({"step": np.arange(begin // 60 * 60, end, 60)})
    blank = [pl.lit(None, pl.String).alias(name) for name in KEY if name not in ("vantage", "feed", "service")]
    frame = every.join(feeds, how="cross").with_columns(*blank, service=pl.lit(HEARTBEAT), heartbeats=pl.lit(1))
    return Tally.from_frame(frame)


def without(tally: Tally, begin: str, end: str, *, feed: str, calls_only: bool = False) -> Tally:
    """The tally as it is when ``feed`` sends nothing (or no calls) from ``begin`` to before ``end``."""
    mine = (tally.cells["feed"] == feed).fill_null(value=False)
    if calls_only:
        mine &= tally.cells["service"] != HEARTBEAT
    gone = mine.to_numpy()[tally.cell] & (tally.step >= second(begin)) & (tally.step < second(end))
    return Tally(cells=tally.cells, step=tally.step[~gone], cell=tally.cell[~gone], counts=tally.counts[~gone])


def between(tally: Tally, begin: int, end: int) -> Tally:
    low, high = np.searchsorted(tally.step, [begin, end])
    return Tally(cells=tally.cells, step=tally.step[low:high], cell=tally.cell[low:high], counts=tally.counts[low:high])


@cache
def history(*, vantage: str = "operator", outcomes: bool = True, beats: bool = False) -> Tally:
    """Fifteen quiet days."""
    begin = int(MONDAY.timestamp())
    return drawn(begin, second("00:00"), seed=1, vantage=vantage, outcomes=outcomes, beats=beats)


@cache
def baseline(*, vantage: str = "operator", outcomes: bool = True, beats: bool = False) -> Baseline:
    return learn(history(vantage=vantage, outcomes=outcomes, beats=beats), island(), hold_s=0)


def watched(tally: Tally, until: str, known: Baseline, *, language: str = "en", a: float = MONTH) -> list[Alarm]:
    """All that the watch says of a tally up to ``until``."""
    return Watch(known, island(), false_alarm_minutes=a, language=language).decide(tally, second(until))


def pages(alarms: list[Alarm]) -> list[Alarm]:
    """The pages that opened."""
    return [alarm for alarm in alarms if alarm.level is Level.PAGE and alarm.state is State.OPEN]


def bursting(tally: Tally, *, seed: int, of: int = 8) -> Tally:
    """The same where one row in ten is a burst: each of its calls came ``of`` times, and fared alike."""
    burst = np.random.default_rng(seed).random(len(tally)) < 0.1
    counts = np.where(burst[:, None], tally.counts * of, tally.counts).astype(np.uint32)
    return Tally(cells=tally.cells, step=tally.step, cell=tally.cell, counts=counts)
