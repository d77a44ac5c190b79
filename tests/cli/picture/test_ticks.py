from __future__ import annotations

from datetime import UTC, datetime

from matplotlib.dates import date2num

from tocsin.cli.picture.ticks import Hours, Percent, Whole
from tocsin.words import Words

ENGLISH, FRENCH = Words(language="en"), Words(language="fr")


def test_shares_are_written_as_finely_as_their_ticks_lie_apart() -> None:
    assert Percent(FRENCH).format_ticks([0, 0.005, 0.01]) == ["0,0\u202f%", "0,5\u202f%", "1,0\u202f%"]
    assert Percent(ENGLISH).format_ticks([0, 0.0025, 0.005]) == ["0.00\u202f%", "0.25\u202f%", "0.50\u202f%"]
    assert Percent(ENGLISH).format_ticks([0, 0.1, 0.30000000000000004]) == ["0\u202f%", "10\u202f%", "30\u202f%"]


def test_counts_are_whole() -> None:
    assert Whole(FRENCH)(1200) == "1\u202f200"


def test_hours_are_those_of_the_reader_and_midnight_is_the_day_that_begins() -> None:
    evening, midnight = (date2num(datetime(2021, 5, 31, hour, tzinfo=UTC)) for hour in (20, 22))
    assert (Hours(ENGLISH)(evening), Hours(ENGLISH)(midnight)) == ("22:00", "1 June")
    assert (Hours(FRENCH)(evening), Hours(FRENCH)(midnight)) == ("22 h 00", "1er juin")
