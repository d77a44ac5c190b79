"""From tallies and alarms to the picture: which stretch of time, which loss in which area, what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls import HEARTBEAT
from tocsin.cli.picture import Course, Marks, Picture
from tocsin.cli.telling import interval_told, scope_told, what_told
from tocsin.counts import Tally
from tocsin.territory import Territory
from tocsin.watch import (
    Alarm,
    Baseline,
    Level,
    Scope,
    State,
    expected_arrivals,
    expected_failures,
    vantages_with,
)
from tocsin.words import Words

STRETCH_S: Final = 600
BEFORE: Final = timedelta(hours=4)
AFTER: Final = timedelta(hours=1)
HOUR_S: Final = 3600
LATEST_S: Final = 7 * 86_400
"""No record is so late that it doesn't count for the map."""
ARRIVED: Final = ("tries", "failed")
"""Calls that got through, as the level counts them: a caller's first tries in ten minutes, less those that failed."""
DROPPED: Final = ("failed", "engaged")
"""Calls that the network lost or misrouted, as the outcome counts them: failures, less those that met a busy line."""
DROPS: Final = ("losses", "rejections")
"""The same of all attempts, redials included: what losses are counted from."""
RISEN: Final = 0.5
"""A curve that lies above its band for more than this share of an alarm is explained."""
MANY: Final = 30
"""An hour of fewer calls says little of an area: one lost call more would darken it. Its hours then count as one."""
FEW: Final = 10
"""Fewer calls than these say nothing of an area at all: it's hatched."""


def picture(
    settled: Tally,
    whole: Tally,
    alarms: Sequence[Alarm],
    baseline: Baseline,
    territory: Territory,
    words: Words,
    *,
    simulated: bool,
) -> Picture:
    """The picture of the gravest alarm, or of all the time where nothing paged.

    ``settled`` what the watch saw, at its hold: the curves, beside what the baseline expects at the same hold ·
    ``whole`` the same records however late they came (`LATEST_S`): the map, for answered calls are recorded when they
    end, and a share of failures among the early records alone would be too high.
    """
    calls = _calls(settled)
    main = _gravest(alarms)
    begin, end = _window(calls, main)
    scope = Scope(area=main.scope.area, service=main.scope.service) if main else Scope()
    times = np.arange(begin // STRETCH_S, -(-end // STRETCH_S)) * STRETCH_S
    courses = [_explained(each, main, words) for each in _courses(calls, baseline, territory, scope, times, words)]
    event = (int(main.onset[1].timestamp()), int((main.closed_at or main.at).timestamp())) if main else (begin, end)
    return Picture(
        title=what_told(main, words).capitalize() if main else words("chart.quiet"),
        scope=scope_told(main.scope, territory, words) if main else words("scope.all", territory=territory.name),
        simulated=simulated,
        outlines=territory.outlines,
        losses=_lost(_calls(whole), calls, baseline, territory, *event, paged=main is not None),
        losses_of=words("chart.worst_loss" if vantages_with(baseline, "outcome") else "chart.worst_missing", many=MANY),
        unknown=words("chart.no_data", few=FEW),
        courses=courses,
        marks=_marks(main, alarms),
        day=words.day(main.onset[1] if main else courses[0].start[0]) if main or courses else "",
        fact=_fact(main, _calls(whole), territory, scope, words),
        credit=words("chart.credit"),
        note=_others(main, alarms, territory, words),
    )


def _others(main: Alarm | None, alarms: Sequence[Alarm], territory: Territory, words: Words) -> str:
    """Which other pages there were, for one sheet shows one; nothing where there were none."""
    others = [alarm for name, alarm in _pages(alarms).items() if main is not None and name != main.alarm]
    if main is None or not others:
        return ""
    named = [
        ", ".join(
            (
                what_told(alarm, words),
                scope_told(alarm.scope, territory, words),
                words.near(alarm.onset[1], main.onset[1]),
            )
        )
        for alarm in sorted(others, key=lambda alarm: alarm.onset[1])
    ]
    return words("chart.others", pages=len(others), named=" · ".join(named))


def _fact(main: Alarm | None, whole: pl.DataFrame, territory: Territory, scope: Scope, words: Words) -> str:
    """How many calls the alarm says were lost and when, beside all attempts of those hours where operators count them.

    The one share that may stand beside the number: those of the curves are of the calls that were recorded soon.
    """
    if main is None or main.lost is None:
        return ""
    onset, end = main.onset[1], main.closed_at or main.at
    told = {"since": words.time(onset), "until": words.near(end, onset), "lost": interval_told(main.lost, words)}
    during = pl.col("step").is_between(int(onset.timestamp()), int(end.timestamp()), closed="left")
    attempts = int(_within(whole, territory, scope, "operator").filter(during)["attempts"].sum())
    if not attempts or main.lost.high > attempts:
        return words("chart.fact", **told)
    return words("chart.fact_share", **told, share=words.percent(main.lost.best / attempts), attempts=attempts)


def _explained(course: Course, main: Alarm | None, words: Words) -> Course:
    """The course with what makes it rise, where more calls came during the alarm than the band allows."""
    if main is None or course.share:
        return course
    end = main.closed_at or main.at
    during = np.array([main.onset[1] <= at < end for at in course.start])
    risen = (course.seen > course.high)[during]
    return replace(course, note=words("chart.risen")) if risen.size and risen.mean() > RISEN else course


def _courses(
    calls: pl.DataFrame, baseline: Baseline, territory: Territory, scope: Scope, times: NDArray[np.int64], words: Words
) -> list[Course]:
    """What the baseline expects of this area and service; where of neither by itself, of the area, or of everything."""
    for wider in (scope, Scope(area=scope.area), Scope()):
        found = [drawn(calls, baseline, territory, wider, times, words) for drawn in (_arrivals, _failures)]
        courses = [course for course in found if course is not None]
        if courses:
            return courses
    return []


def _lost(
    whole: pl.DataFrame,
    settled: pl.DataFrame,
    baseline: Baseline,
    territory: Territory,
    begin: int,
    end: int,
    *,
    paged: bool,
) -> dict[str, float]:
    """The loss of each area; none of any where nothing paged, for then it would be the noise of its worst hour."""
    if paged:
        return losses(whole, settled, baseline, territory, begin, end)
    return dict.fromkeys(whole["area"].drop_nulls().unique(maintain_order=True), 0.0)


def _calls(tally: Tally) -> pl.DataFrame:
    return tally.to_frame().filter(pl.col("service").ne_missing(HEARTBEAT))


def losses(
    whole: pl.DataFrame, settled: pl.DataFrame, baseline: Baseline, territory: Territory, begin: int, end: int
) -> dict[str, float]:
    """The share lost in the worst hour of the clock that ``begin`` to ``end`` touches, by cell area.

    Where outcomes are known: attempts lost or misrouted of those whose outcome is known, as a count of the records
    gives it, by the vantage that shows most. Else: what is missing of the settled calls that were expected. An area
    with fewer than `FEW` isn't there.
    """
    hours = np.arange(begin // HOUR_S, -(-end // HOUR_S)) * HOUR_S
    known = [vantage for vantage in vantages_with(baseline, "outcome") if _has_outcomes(whole, vantage)]
    found: dict[str, float] = {}
    for (area,), rows in whole.filter(pl.col("area").is_not_null()).group_by("area", maintain_order=True):
        if known:
            seen = [rows.filter(pl.col("vantage") == vantage) for vantage in known]
            parts = [(_less(each, DROPS, hours, HOUR_S), _summed(each, "outcomes", hours, HOUR_S)) for each in seen]
        else:
            ours = settled.filter(pl.col("area") == area)
            parts = [_missing(ours, baseline, territory, str(area), hours)]
        shares = [share for part, of in parts if (share := _worst(part, of)) is not None]
        if shares:
            found[str(area)] = max(shares)
    return found


def _worst(part: NDArray[np.float64], of: NDArray[np.float64]) -> float | None:
    """The greatest share of any hour of `MANY`; of all hours together where there is none; None where that is few."""
    many = of >= MANY
    if many.any():
        return float(np.clip((part[many] / of[many]).max(), 0.0, 1.0))
    return float(np.clip(part.sum() / of.sum(), 0.0, 1.0)) if of.sum() >= FEW else None


def _has_outcomes(calls: pl.DataFrame, vantage: str) -> bool:
    return bool(calls.filter(pl.col("vantage") == vantage)["outcomes"].sum())


def _missing(
    rows: pl.DataFrame, baseline: Baseline, territory: Territory, area: str, hours: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N,) the calls that are missing in each hour, and those that were expected; of neither any where none are."""
    vantage = baseline.vantages[0]
    seen = _less(rows.filter(pl.col("vantage") == vantage), ARRIVED, hours, HOUR_S)
    expected = expected_arrivals(baseline, territory, Scope(area=area), vantage, hours, HOUR_S)
    nought = np.zeros(len(hours))
    return (nought, nought) if expected is None else (expected.best - seen, expected.best)


def _pages(alarms: Sequence[Alarm]) -> dict[str, Alarm]:
    """The last word on each page."""
    return {alarm.alarm: alarm for alarm in alarms if alarm.level is Level.PAGE}


def _gravest(alarms: Sequence[Alarm]) -> Alarm | None:
    """The last word on the page that lost most; None where nothing paged."""
    return max(_pages(alarms).values(), key=lambda alarm: alarm.lost.best if alarm.lost else 0.0, default=None)


def _marks(main: Alarm | None, alarms: Sequence[Alarm]) -> Marks:
    if main is None:
        return Marks()
    opened = next(alarm for alarm in alarms if alarm.alarm == main.alarm and alarm.level is Level.PAGE)
    return Marks(onset=main.onset, alarm=opened.at, closed=main.closed_at if main.state is State.CLOSED else None)


def _window(calls: pl.DataFrame, main: Alarm | None) -> tuple[int, int]:
    first, last = calls.select(pl.col("step").min().alias("first"), pl.col("step").max().alias("last")).row(0)
    if main is None:
        return int(first), int(last)
    begin, end = main.onset[1] - BEFORE, (main.closed_at or main.at) + AFTER
    return max(int(first), int(begin.timestamp())), min(int(last), int(end.timestamp()))


def _arrivals(
    calls: pl.DataFrame, baseline: Baseline, territory: Territory, scope: Scope, times: NDArray[np.int64], words: Words
) -> Course | None:
    known = vantages_with(baseline, "level")
    if not known:
        return None
    vantage = "centre" if "centre" in known else known[0]
    expected = expected_arrivals(baseline, territory, scope, vantage, times, STRETCH_S)
    if expected is None:
        return None
    return Course(
        title=words(
            "chart.arrivals", where=scope_told(scope, territory, words), records=_records(baseline, vantage, words)
        ),
        start=_moments(times + STRETCH_S // 2),
        seen=_less(_within(calls, territory, scope, vantage), ARRIVED, times, STRETCH_S),
        expected=expected.best,
        low=expected.low,
        high=expected.high,
    )


def _failures(
    calls: pl.DataFrame, baseline: Baseline, territory: Territory, scope: Scope, times: NDArray[np.int64], words: Words
) -> Course | None:
    known = vantages_with(baseline, "outcome")
    if not known:
        return None
    vantage = "operator" if "operator" in known else known[0]
    rows = _within(calls, territory, scope, vantage)
    k, n = _less(rows, DROPPED, times, STRETCH_S), _summed(rows, "known", times, STRETCH_S)
    expected = expected_failures(baseline, scope, vantage, times, n)
    if expected is None:
        return None
    return Course(
        title=_failures_title(baseline, vantage, scope_told(scope, territory, words), words),
        start=_moments(times + STRETCH_S // 2),
        seen=np.divide(k, n, out=np.full(len(n), np.nan), where=n > 0),
        expected=expected.best,
        low=expected.low,
        high=expected.high,
        share=True,
    )


def _failures_title(baseline: Baseline, vantage: str, where: str, words: Words) -> str:
    """Of which calls it is the share: within a hold failures are recorded sooner than answered calls, which go on."""
    records = words("chart.all", vantage=words(f"records_of.{vantage}"))
    if not baseline.hold_s:
        return words("chart.failures", where=where, records=records)
    return words("chart.failures_held", where=where, records=records, seconds=baseline.hold_s)


def _records(baseline: Baseline, vantage: str, words: Words) -> str:
    """Whose records count: all of them, or those within the hold."""
    of = words(f"records_of.{vantage}")
    return (
        words("chart.held", vantage=of, seconds=baseline.hold_s) if baseline.hold_s else words("chart.all", vantage=of)
    )


def _within(calls: pl.DataFrame, territory: Territory, scope: Scope, vantage: str) -> pl.DataFrame:
    """The rows of a vantage in the scope's area and service."""
    kept = calls.filter(pl.col("vantage") == vantage)
    if scope.service:
        kept = kept.filter(pl.col("service") == scope.service)
    if scope.area:
        inside = [a for a in kept["area"].unique() if a and scope.area in (a, *territory.ancestors(a))]
        kept = kept.filter(pl.col("area").is_in(inside))
    return kept


def _summed(rows: pl.DataFrame, counter: str, times: NDArray[np.int64], stretch_s: int) -> NDArray[np.float64]:
    """(N,) the counter over each stretch that starts at ``times``, which follow one another without a gap."""
    place = (rows["step"].to_numpy() - times[0]) // stretch_s
    inside = (place >= 0) & (place < len(times))
    weights = rows[counter].to_numpy()[inside].astype(float)
    return np.asarray(np.bincount(place[inside], weights=weights, minlength=len(times)), dtype=np.float64)


def _less(
    rows: pl.DataFrame, counters: tuple[str, str], times: NDArray[np.int64], stretch_s: int
) -> NDArray[np.float64]:
    """(N,) the first counter less the second, as `_summed`."""
    whole, part = (_summed(rows, counter, times, stretch_s) for counter in counters)
    return whole - part


def _moments(times: NDArray[np.int64]) -> list[datetime]:
    return [datetime.fromtimestamp(int(second), UTC) for second in times]
