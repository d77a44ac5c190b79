"""Who calls: the first attempts of a day, before anybody redials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tocsin.simulate.country import Country
from tocsin.simulate.disturbance import bursts, class_surges, machines
from tocsin.simulate.first import First, phones
from tocsin.simulate.invented import World, invented
from tocsin.simulate.scenario import Surge
from tocsin.simulate.world import Weather


@dataclass(frozen=True, kw_only=True)
class Day:
    """A local day: its date, its midnight in UTC and its length (23, 24 or 25 hours)."""

    local: date
    start: datetime
    minutes: int
    zone: str

    @classmethod
    def of(cls, day: date, zone: str) -> Day:
        """The day on that date in that zone."""
        start, end = (
            datetime(d.year, d.month, d.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) for d in (day, day + timedelta(1))
        )
        return cls(local=day, start=start, minutes=round((end - start) / timedelta(minutes=1)), zone=zone)

    @property
    def end(self) -> datetime:
        """The next midnight, UTC."""
        return self.start + timedelta(minutes=self.minutes)

    def local_hour(self) -> NDArray[np.float64]:
        """(minutes,) the hour that clocks on the wall show in the middle of each minute."""
        hours = []
        for minute in range(0, self.minutes, 60):
            wall = (self.start + timedelta(minutes=minute)).astimezone(ZoneInfo(self.zone))
            hours.append(wall.hour + wall.minute / 60)
        return np.repeat(hours, 60)[: self.minutes] + np.tile((np.arange(60) + 0.5) / 60, len(hours))[: self.minutes]

    def minute(self, at: datetime) -> int:
        """Minutes from this midnight to that instant."""
        return round((at - self.start) / timedelta(minutes=1))


def level(day: Day, country: Country) -> NDArray[np.float64]:
    """(D, minutes) ordinary demand: 1 is the average of an ordinary week."""
    rule = invented().demand
    hour = np.array(rule.hour) / np.mean(rule.hour)
    wall = day.local_hour()
    curve = rule.month[day.local.month - 1] * np.interp(
        wall, np.arange(-0.5, 25), np.concatenate([hour[-1:], hour, hour[:1]])
    )
    eve, new_year = (day.local.month, day.local.day) == (12, 31), (day.local.month, day.local.day) == (1, 1)
    if eve or new_year:
        for text, times in rule.new_year_hour.items():
            if (int(text) >= 12) == eve:
                curve = np.where(np.floor(wall) == int(text), curve * times, curve)
    return np.outer([_calendar(day.local, cell, country) for cell in country.cells], curve)


def _calendar(day: date, cell: str, country: Country) -> float:
    """The factor of the weekday or public holiday, and of the school holidays, in one cell."""
    rule = invented().demand
    weekday = rule.holiday if country.territory.holidays(day, cell) else rule.weekday[day.weekday()]
    return weekday * (rule.school_holiday if country.territory.school_holiday(day, cell) else 1.0)


def first_attempts(
    day: Day,
    country: Country,
    weather: Weather,
    surges: Sequence[Surge],
    world: World,
    rng: np.random.Generator,
) -> First:
    """Everybody who calls that day, once, in order of time, and the machines that call again and again.

    ``surges`` with times as minutes after this day's midnight · ``world`` says which disturbances come on top.
    """
    ordinary = level(day, country)
    expected = ordinary * weather.demand * country.weight[:, None]
    parts = []
    for s in range(len(country.services)):
        rate = expected * (country.load[s] / 1440)
        for surge in surges:
            rate = rate * _surge(surge, country, s, day.minutes)
        parts.append(_people(rate, s, country, weather, rng))
    curve = country.weight @ ordinary
    if world.disturbed:
        parts.append(bursts(curve, country, weather, rng))
        parts.append(machines(curve, country, weather, rng))
    if world.class_surges:
        parts.append(class_surges(ordinary, country, weather, rng))
    first = First._make(np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(first.time, kind="stable")
    return First._make(column[order] for column in first)


def _surge(surge: Surge, country: Country, service: int, minutes: int) -> NDArray[np.float64]:
    """(D, minutes) or (1, minutes) factors."""
    if surge.services and country.services[service] not in surge.services:
        return np.ones((1, minutes))
    factor = np.interp(np.arange(minutes) + 0.5, surge.at, surge.factor, left=1.0, right=1.0)
    return np.where(country.inside(surge.areas)[:, None], factor, 1.0)


def _people(
    rate: NDArray[np.float64], service: int, country: Country, weather: Weather, rng: np.random.Generator
) -> First:
    """Callers of one service from a (D, minutes) table of expected numbers."""
    cell, minute = np.divmod(np.repeat(np.arange(rate.size), rng.poisson(rate).ravel()), rate.shape[1])
    time = (minute + rng.random(len(minute))) * 60.0
    commune = country.commune_in(cell, rng.random(len(cell)))
    return phones(time, commune, np.full(len(time), service, np.int8), None, country, weather, rng)
