from __future__ import annotations

import numpy as np
from tests.watch.island import PARISHES, PER_MINUTE, STORY, baseline, history, island, shape

from tocsin.watch import Scope, expected_arrivals, expected_failures, vantages_with
from tocsin.watch.demand import local_bin
from tocsin.watch.expected import still
from tocsin.watch.history import profile_groups
from tocsin.watch.nulls import Tracker

MIDNIGHT = int(STORY.timestamp())
HOURS = MIDNIGHT + 3600 * np.arange(24)


def test_what_is_expected_of_the_quiet_days_is_what_came() -> None:
    hours = MIDNIGHT - 3600 * np.arange(15 * 24, 0, -1)
    expected = expected_arrivals(baseline(), island(), Scope(), "operator", hours, 3600)
    assert expected is not None
    came = float(history().to_frame()["tries"].sum())
    assert 0.98 < came / expected.best.sum() < 1.02


def test_the_busy_hours_are_expected_to_be_busy() -> None:
    expected = expected_arrivals(baseline(), island(), Scope(), "operator", HOURS, 3600)
    assert expected is not None
    drawn = 60 * PER_MINUTE * shape(HOURS + 1800)
    assert np.all(np.abs(expected.best / drawn - 1) < 0.1)


def test_the_band_holds_what_is_expected_and_is_narrower_where_more_is_counted() -> None:
    day, hour = (
        expected_arrivals(baseline(), island(), Scope(), "operator", HOURS[:1], stretch) for stretch in (86_400, 3600)
    )
    assert day is not None
    assert hour is not None
    assert day.low[0] < day.best[0] < day.high[0]
    assert day.high[0] / day.low[0] < hour.high[0] / hour.low[0]


def test_parishes_expect_together_what_the_island_expects() -> None:
    parts = [expected_arrivals(baseline(), island(), Scope(area=area), "operator", HOURS, 3600) for area in PARISHES]
    whole = expected_arrivals(baseline(), island(), Scope(), "operator", HOURS, 3600)
    assert whole is not None
    total = sum(part.best.sum() for part in parts if part is not None)
    assert 0.95 < total / whole.best.sum() < 1.05


def test_as_many_fail_as_failed_on_quiet_days_and_many_calls_leave_less_room_for_chance() -> None:
    few, many = (expected_failures(baseline(), Scope(), "operator", HOURS, np.full(24, n)) for n in (20.0, 2000.0))
    assert few is not None
    assert many is not None
    past = history().to_frame()
    assert 0.9 < many.best.mean() / (float(past["failed"].sum()) / float(past["known"].sum())) < 1.1
    assert np.all(few.high - few.low > many.high - many.low)


def test_nothing_is_expected_where_nothing_was_learned() -> None:
    for scope in (Scope(area="elsewhere"), Scope(service="17")):
        assert expected_arrivals(baseline(), island(), scope, "operator", HOURS, 3600) is None
    assert expected_arrivals(baseline(), island(), Scope(), "probe", HOURS, 3600) is None
    assert expected_failures(baseline(), Scope(), "probe", HOURS, np.ones(24)) is None


def test_it_knows_who_tells_outcomes() -> None:
    assert vantages_with(baseline(), "outcome") == ["operator"]
    assert vantages_with(baseline(), "tarot") == []


def test_the_watch_expects_of_all_scopes_at_once_what_a_picture_expects_of_each_over_the_day() -> None:
    known = baseline()
    reference = next(each for each in known.references if each.family_name == "outcome")
    groups, bins = profile_groups(known.lattice), local_bin(HOURS, known.zone)
    rows = np.arange(len(known.lattice))
    table = still(reference, rows[:, None], groups[:, None], bins)
    assert table.shape == (len(known.lattice), 24)
    tracker = Tracker(reference, known.lattice, groups, 0.0)
    none = np.zeros(len(known.lattice.services))
    for hour, bin_ in enumerate(bins):
        assert np.array_equal(table[:, hour], tracker.still(int(bin_), none))
