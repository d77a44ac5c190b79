from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from tests.cli.conftest import County

from tocsin.cli.charting import MANY, _worst, picture
from tocsin.watch import Alarm, Cause, Interval, Level, Scope, State
from tocsin.words import Words

BEGAN = datetime(2021, 6, 2, 10, tzinfo=UTC)
ENDED = datetime(2021, 6, 2, 13, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WORDS = Words(language="en", zone="UTC")


def page(state: State, at: datetime, *, area: str | None = "C1", lost: float = 100) -> Alarm:
    return Alarm(
        alarm=f"page of {area}",
        state=state,
        level=Level.PAGE,
        kind="failure",
        cause=Cause.LOST,
        at=at,
        scope=Scope(area=area),
        onset=(BEGAN - MINUTE, BEGAN, BEGAN + MINUTE),
        closed_at=ENDED if state is State.CLOSED else None,
        lost=Interval(low=lost / 2, best=lost, high=2 * lost),
        lost_per_hour=None,
        e_ratio=2,
        evidence=(),
        blind_to=(),
    )


OUTAGE = [page(State.OPEN, BEGAN + 4 * MINUTE, lost=3), page(State.CLOSED, ENDED + 20 * MINUTE)]


def test_the_township_that_loses_its_calls_is_the_darkest(county: County) -> None:
    drawn = picture(county.tally, county.complete, OUTAGE, county.baseline, county.territory, WORDS, simulated=True)
    worst = max(drawn.losses, key=lambda area: drawn.losses[area])
    assert worst == "C1"
    assert drawn.losses["C1"] > 3 * max(loss for area, loss in drawn.losses.items() if area != "C1")


def test_onset_alarm_and_end_are_those_of_the_page(county: County) -> None:
    drawn = picture(county.tally, county.complete, OUTAGE, county.baseline, county.territory, WORDS, simulated=True)
    assert drawn.marks.onset == (BEGAN - MINUTE, BEGAN, BEGAN + MINUTE)
    assert drawn.marks.alarm == BEGAN + 4 * MINUTE
    assert drawn.marks.closed == ENDED
    assert (drawn.title, drawn.scope) == ("Calls fail", "Ashford (C1)")


def test_the_curves_begin_four_hours_before_the_onset_and_stop_an_hour_after_the_end(county: County) -> None:
    drawn = picture(county.tally, county.complete, OUTAGE, county.baseline, county.territory, WORDS, simulated=True)
    for course in drawn.courses:
        assert course.start[0] == BEGAN - timedelta(hours=4) + 5 * MINUTE
        assert ENDED + timedelta(minutes=40) < course.start[-1] <= ENDED + timedelta(minutes=65)


def test_failures_rise_out_of_their_band_while_it_lasts_and_not_before(county: County) -> None:
    drawn = picture(county.tally, county.complete, OUTAGE, county.baseline, county.territory, WORDS, simulated=True)
    failures = next(course for course in drawn.courses if course.share)
    during = np.array([BEGAN <= at < ENDED for at in failures.start])
    above = failures.seen > failures.high
    assert above[during].mean() > 0.7
    assert above[~during].mean() < 0.2


@pytest.mark.parametrize("share", [True, False])
def test_on_quiet_days_as_much_is_seen_as_the_baseline_expects(county: County, share: bool) -> None:
    drawn = picture(county.quiet, county.quiet, [], county.baseline, county.territory, WORDS, simulated=True)
    course = next(course for course in drawn.courses if course.share is share)
    known = ~np.isnan(course.seen)
    seen, expected = course.seen[known], course.expected[known]
    assert abs(seen.mean() / expected.mean() - 1) < 0.1
    assert (seen <= course.high[known]).mean() > 0.9


def test_of_several_pages_the_one_that_lost_most_is_drawn(county: County) -> None:
    other = page(State.OPEN, BEGAN + 9 * MINUTE, area="C2", lost=5)
    drawn = picture(
        county.tally, county.complete, [*OUTAGE, other], county.baseline, county.territory, WORDS, simulated=True
    )
    assert drawn.scope == "Ashford (C1)"
    assert drawn.note == "This page lost most; 1 other is not drawn: calls fail, Brook (C2), 10:00 UTC"


def test_of_one_page_nothing_is_said_of_others(county: County) -> None:
    drawn = picture(county.tally, county.complete, OUTAGE, county.baseline, county.territory, WORDS, simulated=True)
    assert drawn.note == ""


def test_courses_say_of_what_they_are_and_where_the_baseline_knows_no_area_by_itself_they_are_of_everything(
    county: County,
) -> None:
    unknown = [page(State.OPEN, BEGAN + 4 * MINUTE, area="C9")]
    for alarms, where in ((OUTAGE, "Ashford (C1)"), (unknown, f"all of {county.territory.name}")):
        drawn = picture(county.tally, county.complete, alarms, county.baseline, county.territory, WORDS, simulated=True)
        assert [course.title for course in drawn.courses] == [
            f"Calls that didn't fail, per 10 minutes: {where}\n"
            "centre records, within 60 s of the call's start; redials may hide a loss",
            f"Of 100 calls known within 60 s, lost: {where}\n"
            "operator records; answered calls become known when they end",
        ]


def test_how_many_were_lost_stands_beside_all_attempts_of_those_hours(county: County) -> None:
    drawn = picture(county.tally, county.complete, OUTAGE, county.baseline, county.territory, WORDS, simulated=True)
    said = re.fullmatch(
        r"10:00 UTC to 13:00 UTC: 100 \(50 to 200\) calls lost, (\d+)\u202f% of all ([\d\u202f]+) attempts", drawn.fact
    )
    assert said is not None, drawn.fact
    assert int(said[1]) == round(100 * 100 / int(said[2].replace("\u202f", "")))
    assert drawn.day == "2 June 2021"


def test_a_share_of_fewer_calls_than_were_lost_is_not_told(county: County) -> None:
    many = [page(State.OPEN, BEGAN + 4 * MINUTE, lost=1e6)]
    drawn = picture(county.tally, county.complete, many, county.baseline, county.territory, WORDS, simulated=True)
    assert drawn.fact.endswith("calls lost")


def test_where_nothing_paged_the_whole_time_is_drawn_without_marks(county: County) -> None:
    drawn = picture(county.tally, county.complete, [], county.baseline, county.territory, WORDS, simulated=False)
    assert (drawn.title, drawn.scope) == ("Nothing paged", f"all of {county.territory.name}")
    assert drawn.marks.onset is None
    assert set(drawn.losses.values()) == {0.0}, "the worst hour of a quiet day is noise"
    assert drawn.courses[0].start[-1] - drawn.courses[0].start[0] > timedelta(hours=23)


@pytest.mark.parametrize("vantage", ["operator", "centre"])
def test_an_area_that_no_vantage_sees_is_left_out_so_that_it_is_hatched(county: County, vantage: str) -> None:
    from tocsin.cli.evening import seen_by

    settled, complete = seen_by(county.tally, vantage), seen_by(county.complete, vantage)
    drawn = picture(settled, complete, [], county.baseline, county.territory, WORDS, simulated=False)
    assert set(drawn.losses) <= {f"C{n}" for n in range(1, 7)}


def test_the_share_of_an_area_is_that_of_a_count_of_its_records_in_its_worst_hour(county: County) -> None:
    drawn = picture(county.tally, county.complete, OUTAGE, county.baseline, county.territory, WORDS, simulated=True)
    hours = (
        county.records.filter(pl.col("service") != "heartbeat", pl.col("outcome").is_not_null(), pl.col("area") == "C1")
        .filter(pl.col("time").is_between(BEGAN, ENDED, closed="left"))
        .group_by("vantage", pl.col("time").dt.truncate("1h"))
        .agg(pl.len(), lost=pl.col("outcome").cast(pl.String).is_in(["lost", "misrouted"]).mean())
        .filter(pl.col("len") >= MANY)
    )
    assert drawn.losses["C1"] == pytest.approx(hours["lost"].max(), abs=1e-9)
    assert drawn.losses["C1"] > 0.8


def test_an_area_of_few_calls_an_hour_is_told_by_all_its_hours_and_one_of_hardly_any_not_at_all() -> None:
    few, hardly = np.array([20.0, 5.0]), np.array([2.0, 1.0])
    assert _worst(np.array([9.0, 1.0]), few) == pytest.approx(10 / 25)
    assert _worst(hardly, hardly) is None
    assert _worst(np.array([9.0, 40.0]), np.array([30.0, 46.0])) == pytest.approx(40 / 46)
