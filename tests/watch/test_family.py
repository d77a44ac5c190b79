from __future__ import annotations

from itertools import pairwise

import pytest

from tocsin.watch.counting import USED
from tocsin.watch.family import FAMILIES, SIZES, Family, Law


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: str(family.name))
def test_a_family_counts_what_the_watch_spreads(family: Family) -> None:
    assert family.bad in USED
    assert family.of in USED


def test_levels_ring_no_bell_except_where_more_than_half_is_missing() -> None:
    levels = {family.name: family for family in FAMILIES if family.law in (Law.FALL, Law.RISE)}
    paging = [family for family in levels.values() if family.pages and family.weight]
    assert [family.name for family in paging] == ["void"]
    assert paging[0].margin == 0.5


def test_the_weights_of_the_pages_and_of_the_watches_are_each_one() -> None:
    for pages in (True, False):
        assert sum(family.weight for family in FAMILIES if family.pages is pages) == pytest.approx(1)


def test_steps_are_ten_seconds_or_a_minute() -> None:
    assert {family.step_s for family in FAMILIES} <= {10, 60}


def test_sizes_grow_and_stay_below_everything() -> None:
    assert all(low < high < 1 for low, high in pairwise(SIZES))


def test_busy_lines_count_only_where_calls_are_missing_too() -> None:
    assert {family.name: family.guard for family in FAMILIES if family.guard} == {"engaged": "fewer"}


def test_a_guard_costs_no_budget_and_stands_on_arrivals() -> None:
    by_name = {family.name: family for family in FAMILIES}
    for family in FAMILIES:
        if family.guard:
            guard = by_name[family.guard]
            assert (guard.law, guard.weight, guard.bad) == (Law.FALL, 0.0, "arrived")
