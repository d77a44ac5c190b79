from __future__ import annotations

from tocsin.cli.leftout import stretches
from tocsin.watch import LeftOut

TEN = 1_622_628_000


def hours(family: str, start: int, end: int, seen: float, area: str = "C1") -> LeftOut:
    return LeftOut(
        scope={"area": area}, start=TEN + start * 3600, end=TEN + end * 3600, seen=seen, expected=100.0, family=family
    )


def test_the_same_hours_are_named_once_however_many_families_showed_them() -> None:
    (stretch,) = stretches([hours("level", 0, 3, 60), hours("outcome", 0, 3, 10), hours("outcome", 2, 4, 90)])
    assert (stretch.start, stretch.end) == (TEN, TEN + 4 * 3600)
    assert stretch.families == ("outcome", "level")
    assert stretch.of[0].seen == 10


def test_other_places_and_other_hours_are_named_each_the_largest_first() -> None:
    found = stretches([hours("level", 0, 1, 90), hours("level", 5, 6, 20), hours("level", 0, 1, 50, area="C2")])
    assert [(one.of[0].scope["area"], one.of[0].seen) for one in found] == [("C1", 20), ("C2", 50), ("C1", 90)]


def test_of_nothing_there_is_nothing_to_name() -> None:
    assert stretches([]) == []
