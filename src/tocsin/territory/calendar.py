"""Public and school holidays, from the packages `holidays` and `vacances-scolaires-france`.

Both packages are imported when first asked, because a router or a help text never asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from tocsin.errors import InputError
from tocsin.words import Sentence

if TYPE_CHECKING:
    from holidays import HolidayBase
    from vacances_scolaires_france import SchoolHolidayDates

SCHOOL_ZONES: Final = {"FR": ("A", "B", "C")}
"""The school zones of each country that is known: France's, in the borders that they have had since `SCHOOL_SINCE`."""

SCHOOL_SINCE: Final = date(2015, 9, 1)


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Which holidays an area keeps: ``public`` the subdivision in `holidays`, ``school`` the zone; None: not known."""

    public: str | None = None
    school: str | None = None


@cache
def public_holidays(country: str, subdivision: str | None) -> HolidayBase:
    """The country's public holidays by day, for any year (`InputError` where the package doesn't know the country)."""
    import holidays

    try:
        return holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as error:
        place = country if subdivision is None else f"{country}-{subdivision}"
        raise InputError(Sentence("fault.no_holidays", place=place), do=Sentence("repair.iso")) from error


@cache
def school_calendar() -> SchoolHolidayDates:
    """France's school holidays by day and zone."""
    from vacances_scolaires_france import SchoolHolidayDates

    return SchoolHolidayDates()


@cache
def school_known_until() -> date:
    """The last day of the last summer holidays that are published: of later days nothing is known."""
    last: date = max(school_calendar().data)
    return last
