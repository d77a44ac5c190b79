"""The territory: a country's areas, services, numbers and calendar, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.territory.area import Area
from tocsin.territory.calendar import (
    SCHOOL_SINCE,
    Calendar,
    public_holidays,
    school_calendar,
    school_known_until,
)
from tocsin.territory.network import Node, Operator
from tocsin.territory.numbering import Numbering
from tocsin.territory.service import Service, find_service

if TYPE_CHECKING:
    from tocsin.territory.outline import Outline


@dataclass(frozen=True, kw_only=True, eq=False)
class Territory:
    """A country as tocsin sees it. `france()` is packaged; `load(folder)` reads any other.

    ``zone`` the IANA name of its time zone · ``areas`` by code, a parent always among them · ``services`` by short
    number · ``cell_kinds`` the kinds of area whose calls are counted (France: département and collectivity); where
    there are none, the deepest areas are counted themselves · ``country`` ISO 3166-1, for the public holidays; None
    where they aren't known · ``calendars`` by area · ``outline_file`` what `outlines` reads. Two territories are
    equal only if they are the same object, so one may be a key.
    """

    name: str
    zone: str
    areas: Mapping[str, Area] = field(repr=False)
    services: Mapping[str, Service] = field(repr=False)
    cell_kinds: tuple[str, ...] = ()
    country: str | None = None
    numbering: Numbering = field(default_factory=Numbering, repr=False)
    calendars: Mapping[str, Calendar] = field(default_factory=dict, repr=False)
    operators: Mapping[str, Operator] = field(default_factory=dict, repr=False)
    nodes: Mapping[str, Node] = field(default_factory=dict, repr=False)
    outline_file: Path | None = None

    def parent(self, code: str) -> str | None:
        """The area above; None at the top and for a code that nobody knows."""
        area = self.areas.get(code)
        return area.parent if area else None

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The areas above, from the nearest to the top: ("35", "R53", "FR") of Rennes's "35238"."""
        above = []
        parent = self.parent(code)
        while parent is not None:
            above.append(parent)
            parent = self.parent(parent)
        return tuple(above)

    @cached_property
    def rollup(self) -> Mapping[str, str]:
        """Every area that lies in a cell area -> that cell area, itself included; for a column of areas at once."""
        cells = set(self.cell_areas)
        found: dict[str, str] = {}
        for code, area in self.areas.items():
            here: Area | None = area
            while here is not None and here.code not in cells:
                here = self.areas.get(here.parent or "")
            if here is not None:
                found[code] = here.code
        return found

    def cell_area(self, code: str) -> str | None:
        """The area under which a call from here is counted: of a commune its département.

        None for a code that nobody knows, and for an area above the cells: a région holds several.
        """
        return self.rollup.get(code)

    @cached_property
    def cell_areas(self) -> tuple[str, ...]:
        """All areas that calls are counted under, sorted by code."""
        if self.cell_kinds:
            return tuple(sorted(code for code, area in self.areas.items() if area.kind in self.cell_kinds))
        parents = {area.parent for area in self.areas.values()}
        return tuple(sorted(code for code in self.areas if code not in parents))

    @cached_property
    def leaves(self) -> Mapping[str, tuple[str, ...]]:
        """The smallest areas of every cell area, where calls come from: in France its communes."""
        divided = {area.parent for area in self.areas.values()} | {area.district for area in self.areas.values()}
        smallest: dict[str, list[str]] = {cell: [] for cell in self.cell_areas}
        for code, cell in self.rollup.items():
            if code not in divided:
                smallest[cell].append(code)
        return {cell: tuple(codes) for cell, codes in smallest.items()}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The areas directly below each area that has some."""
        below: dict[str, list[str]] = {}
        for code, area in self.areas.items():
            if area.parent is not None:
                below.setdefault(area.parent, []).append(code)
        return {code: tuple(codes) for code, codes in below.items()}

    def service(self, text: str) -> Service | None:
        """The service of a short number or a URN, however written ("15", "116 000", "urn:service:sos.ambulance")."""
        return find_service(self.services, text)

    def access_of(self, number: str) -> str | None:
        """How the caller of a number reaches the operator: `fixed`, `mobile`, or None where the number can't tell."""
        return self.numbering.access_of(number)

    def holidays(self, day: date, cell_area: str | None = None) -> bool:
        """Whether a day is a public holiday in the whole country or, where one is named, in a cell area.

        Of a country whose holidays aren't known, no day is. (France: Alsace and Moselle keep two days more, each
        overseas département the day on which slavery ended there.)
        """
        if self.country is None:
            return False
        public = self._calendar(cell_area).public if cell_area is not None else None
        return day in public_holidays(self.country, public)

    def school_holiday(self, day: date, cell_area: str) -> bool:
        """Whether the schools of a cell area are on holiday; False where `school_holidays_known` is False."""
        if not self.school_holidays_known(day, cell_area):
            return False
        return bool(school_calendar().is_holiday_for_zone(day, self._calendar(cell_area).school))

    def school_holidays_known(self, day: date, cell_area: str) -> bool:
        """Whether anything is known of the schools there and then.

        In France the 94 départements of zones A, B and C, from 1 September 2015 (the zones were others before) to the
        last published summer. Corsica and the overseas areas set their own calendars: unknown here.
        """
        return self._calendar(cell_area).school is not None and SCHOOL_SINCE <= day <= school_known_until()

    def _calendar(self, code: str) -> Calendar:
        """The calendar of an area, else of the nearest area above that has one."""
        areas = (code, *self.ancestors(code))
        return next((self.calendars[area] for area in areas if area in self.calendars), Calendar())

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """Rings to draw by cell area; empty where the territory has none. See `tocsin.territory.outline`."""
        from tocsin.territory.outline import read_outlines  # NumPy, which the router must start without

        return read_outlines(self.outline_file) if self.outline_file else {}
