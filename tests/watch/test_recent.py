from __future__ import annotations

import numpy as np
from tests.watch.island import baseline, cells, island

from tocsin.watch.counting import USED
from tocsin.watch.lattice import Membership
from tocsin.watch.recent import KEPT_MINUTES, Recent

ALL = np.ones(2, bool)
ONE_VANTAGE = np.zeros(2, np.int8)


def add(recent: Recent, minute: int, *, rows: int = 1, each: int = 1) -> None:
    cell = np.arange(rows, dtype=np.int32) % 2
    recent.add(minute, cell, np.full((rows, len(USED)), each, np.uint32))


def counted(recent: Recent, since: int, until: int) -> list[int]:
    return [int(each) for each in recent.series(since, until, ALL, ONE_VANTAGE, 1)[:, 0, 0]]


def test_a_scopes_past_is_told_minute_by_minute() -> None:
    recent = Recent()
    for minute in (100, 101, 101, 103):
        add(recent, minute, rows=2, each=3)
    assert counted(recent, 99, 105) == [0, 6, 12, 0, 6, 0]
    only_first = recent.series(100, 102, np.array([True, False]), ONE_VANTAGE, 1)
    assert only_first[:, 0, 0].tolist() == [3, 6]
    assert recent.series(100, 102, ALL, np.array([-1, 0], np.int8), 1)[:, 0, 0].tolist() == [3, 6]
    assert counted(recent, 105, 100) == []
    assert recent.first == 100


def test_what_is_older_than_half_a_day_is_forgotten_and_memory_stays_bounded() -> None:
    recent = Recent()
    for minute in range(10 * KEPT_MINUTES):
        add(recent, minute, rows=4)
    now = 10 * KEPT_MINUTES
    assert counted(recent, now - KEPT_MINUTES, now) == [4] * KEPT_MINUTES
    assert sum(counted(recent, 0, 6 * KEPT_MINUTES)) == 0
    assert len(recent._minute) <= 4 * 4 * KEPT_MINUTES
    assert recent.first is not None
    assert now - 4 * KEPT_MINUTES < recent.first <= now - KEPT_MINUTES


def test_a_total_of_three_days_outlives_the_rows_it_was_counted_from_and_costs_no_memory() -> None:
    recent = Recent()
    member = Membership(start=np.array([0, 1, 2]), scope=np.array([0, 1], np.int32))
    for minute in range(5):
        add(recent, minute, rows=4)
    total = recent.total(3, 1, 2)
    three_days = 6 * KEPT_MINUTES
    for minute in range(5, three_days):
        add(recent, minute, rows=4)
        recent.carry_on(total, member, ONE_VANTAGE)
    assert total.counts[0, :, 0].tolist() == [2 * (three_days - 3)] * 2
    assert len(recent._minute) <= 4 * 4 * KEPT_MINUTES
    assert counted(recent, 5, 6) == [0]


def test_totals_of_several_events_are_carried_on_beside_each_other_and_agree_with_the_series() -> None:
    lattice = baseline().lattice
    member = lattice.membership(cells(), island())
    vantage = np.zeros(cells().height, np.int8)
    rng = np.random.default_rng(4)
    recent = Recent()
    everyone = np.ones(cells().height, bool)
    totals = {}
    for minute in range(2000):
        cell = rng.integers(0, cells().height, 3).astype(np.int32)
        recent.add(minute, cell, rng.integers(0, 5, (3, len(USED))).astype(np.uint32))
        if minute in (1400, 1700):
            totals[minute - 100] = recent.total(minute - 100, 1, len(lattice))
        for since, total in totals.items():
            if minute % (37 if since == 1300 else 50) == 0:
                recent.carry_on(total, member, vantage)
                series = recent.series(since, minute + 1, everyone, vantage, 1)
                assert (total.counts[0, 0] == series.sum(axis=(0, 1))).all()


def test_a_row_is_added_to_a_total_once_however_often_it_is_asked_for() -> None:
    """Work is what doesn't grow with an event's age: each call spreads the rows that came since the last."""
    recent = Recent()
    member = Membership(start=np.array([0, 1, 2]), scope=np.array([0, 0], np.int32))
    total = recent.total(0, 1, 1)
    for minute in range(100):
        add(recent, minute, rows=2)
        for _ in range(3):
            recent.carry_on(total, member, ONE_VANTAGE)
        assert total.counts[0, 0, 0] == total.added == 2 * (minute + 1)


def test_a_membership_of_cells_met_later_is_counted_too() -> None:
    recent = Recent()
    total = recent.total(0, 1, 1)
    add(recent, 1)
    recent.carry_on(total, Membership(start=np.array([0, 1]), scope=np.array([0], np.int32)), np.zeros(1, np.int8))
    assert total.counts[0, 0, 0] == 1
    recent.add(2, np.array([1], np.int32), np.ones((1, len(USED)), np.uint32))
    both = Membership(start=np.array([0, 1, 2]), scope=np.array([0, 0], np.int32))
    recent.carry_on(total, both, np.zeros(2, np.int8))
    assert total.counts[0, 0, 0] == 2
