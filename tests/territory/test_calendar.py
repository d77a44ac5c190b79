from __future__ import annotations

from datetime import date

import pytest

from tocsin.errors import InputError
from tocsin.territory import france
from tocsin.territory.calendar import public_holidays

FRANCE = france()


def test_public_holidays_differ_where_the_law_does() -> None:
    assert FRANCE.holidays(date(2021, 7, 14))
    assert not FRANCE.holidays(date(2021, 6, 2))
    good_friday, abolition = date(2021, 4, 2), date(2021, 5, 27)
    assert [FRANCE.holidays(good_friday, area) for area in ("67", "57", "35")] == [True, True, False]
    assert [FRANCE.holidays(abolition, area) for area in ("971", "974")] == [True, False]
    assert not FRANCE.holidays(good_friday)
    assert [FRANCE.holidays(date(year, 7, 14)) for year in (1500, 2400)] == [False, False]  # and no crash


def test_schools_break_up_by_zone() -> None:
    winter = date(2021, 2, 9)  # zone A: 6 to 22 February 2021
    assert [FRANCE.school_holiday(winter, area) for area in ("69", "35", "75")] == [True, False, False]
    assert FRANCE.school_holiday(date(2021, 7, 14), "35")
    assert not FRANCE.school_holiday(date(2021, 6, 2), "35")


def test_what_is_not_known_of_the_schools_is_said() -> None:
    summer = date(2021, 7, 14)
    zoned = [area for area in FRANCE.cell_areas if FRANCE.school_holidays_known(summer, area)]
    assert len(zoned) == 94
    assert not {"2A", "2B", "971", "988"} & set(zoned)
    assert not FRANCE.school_holiday(summer, "2A")
    assert [FRANCE.school_holidays_known(date(year, 7, 14), "35") for year in (2015, 2016, 2100)] == [
        False,
        True,
        False,
    ]
    assert not FRANCE.school_holiday(date(2100, 7, 14), "35")
    assert not FRANCE.school_holidays_known(summer, "nowhere")


def test_a_country_that_nobody_knows_is_an_error_that_says_what_to_write() -> None:
    with pytest.raises(InputError) as caught:
        public_holidays("XX", None)
    assert str(caught.value) == (
        "the public holidays of 'XX' are not known: "
        "write an ISO 3166 code that the package holidays knows, or leave it empty."
    )
    with pytest.raises(InputError, match="of 'FR-Bretagne' are not known"):
        public_holidays("FR", "Bretagne")
