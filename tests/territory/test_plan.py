from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.territory.belfort import FRANCE

from tocsin.territory.plan import lookup, with_helpers


def test_rows_speak_from_the_smallest_area_upwards() -> None:
    assert list(lookup(FRANCE, "35238")) == ["35238", "353", "35", "R53", "FR"]
    assert list(lookup(FRANCE, "75101")) == ["75101", "75056", "751", "75", "R11", "FR"]
    assert list(lookup(FRANCE, "35")) == ["35", "R53", "FR"]
    assert list(lookup(FRANCE, "nowhere")) == ["nowhere"]


def test_helpers_come_nearest_first_and_once() -> None:
    aid = {"A": ("B", "C"), "B": ("D",), "C": ("B", "E"), "X": ("C",)}
    assert with_helpers(("A", "X"), aid) == ("A", "X", "B", "C", "D", "E")
    assert with_helpers((), aid) == ()


names = st.sampled_from("ABCDEFG")


@given(st.lists(names, max_size=3), st.dictionaries(names, st.lists(names, max_size=4).map(tuple)))
def test_each_centre_stands_once_even_where_help_goes_round(own: list[str], aid: dict[str, tuple[str, ...]]) -> None:
    reached = with_helpers(tuple(own), aid)
    assert len(set(reached)) == len(reached)
    assert set(reached) == set(own).union(*(aid.get(centre, ()) for centre in reached))
