"""Who calls: the first attempts of a day, before anybody redials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tocsin.simulate.country import FIXED, MOBILE, Country
from tocsin.simulate.invented import invented
from tocsin.simulate.scenario import Surge
from tocsin.simulate.world import Weather

PERSON: Final = 0
MACHINE: Final = 1


class First(NamedTuple):
    """First attempts in order of time, (N,) each: ``time`` seconds after midnight; ``kind`` person or machine."""

    time: NDArray[np.float64]
    commune: NDArray[np.int32]
    service: NDArray[np.int8]
    operator: NDArray[np.int8]
    access: NDArray[np.int8]
    caller: NDArray[np.uint64]
    kind: NDArray[np.int8]


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
    holiday = country.territory.holidays(day.local)
    factor = (rule.holiday if holiday else rule.weekday[day.local.weekday()]) * rule.month[day.local.month - 1]
    hour = np.array(rule.hour) / np.mean(rule.hour)
    wall = day.local_hour()
    curve = factor * np.interp(wall, np.arange(-0.5, 25), np.concatenate([hour[-1:], hour, hour[:1]]))
    eve, new_year = (day.local.month, day.local.day) == (12, 31), (day.local.month, day.local.day) == (1, 1)
    if eve or new_year:
        for text, times in rule.new_year_hour.items():
            if (int(text) >= 12) == eve:
                curve = np.where(np.floor(wall) == int(text), curve * times, curve)
    closed = [country.territory.school_holiday(day.local, cell) for cell in country.cells]
    return np.outer(np.where(closed, rule.school_holiday, 1.0), curve)


def first_attempts(
    day: Day,
    country: Country,
    weather: Weather,
    surges: Sequence[tuple[Surge, int]],
    rng: np.random.Generator,
    *,
    disturbed: bool,
) -> First:
    """Everybody who calls that day, once, in order of time, and the machines that call again and again.

    ``surges`` with the minute of this day at which their own midnight lies · ``disturbed``: bursts and auto-diallers.
    """
    ordinary = level(day, country)
    expected = ordinary * weather.demand * country.weight[:, None]
    parts = []
    for s in range(len(country.services)):
        rate = expected * (country.load[s] / 1440)
        for surge, midnight in surges:
            rate = rate * _surge(surge, midnight, country, s, day.minutes)
        parts.append(_people(rate, s, country, weather, rng))
    if disturbed:
        curve = country.weight @ ordinary
        parts.append(_bursts(curve, country, weather, rng))
        parts.append(_machines(curve, country, weather, rng))
    first = First._make(np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(first.time, kind="stable")
    return First._make(column[order] for column in first)


def _surge(surge: Surge, midnight: int, country: Country, service: int, minutes: int) -> NDArray[np.float64]:
    """(D, minutes) or (1, minutes) factors."""
    if surge.services and country.services[service] not in surge.services:
        return np.ones((1, minutes))
    factor = np.interp(np.arange(minutes) + 0.5, np.array(surge.at) + midnight, surge.factor, left=1.0, right=1.0)
    return np.where(country.inside(surge.areas)[:, None], factor, 1.0)


def _people(
    rate: NDArray[np.float64], service: int, country: Country, weather: Weather, rng: np.random.Generator
) -> First:
    """Callers of one service from a (D, minutes) table of expected numbers."""
    cell, minute = np.divmod(np.repeat(np.arange(rate.size), rng.poisson(rate).ravel()), rate.shape[1])
    time = (minute + rng.random(len(minute))) * 60.0
    commune = country.commune_in(cell, rng.random(len(cell)))
    return _phones(time, commune, np.full(len(time), service, np.int8), None, country, weather, rng)


def _phones(
    time: NDArray[np.float64],
    commune: NDArray[np.int32],
    service: NDArray[np.int8],
    access: int | None,
    country: Country,
    weather: Weather,
    rng: np.random.Generator,
) -> First:
    """Give each caller a phone: access (drawn where None), operator and a number of their own."""
    cell = country.cell_of[commune]
    fixed = rng.random(len(time)) < country.fixed[cell] if access is None else np.full(len(time), access == FIXED)
    lot = rng.random(len(time))
    operator = (lot[:, None] > np.cumsum(weather.share, axis=1)[cell, :-1]).sum(axis=1)
    return First(
        time=time,
        commune=commune,
        service=service,
        operator=operator.astype(np.int8),
        access=np.where(fixed, FIXED, MOBILE).astype(np.int8),
        caller=rng.integers(0, 2**64, len(time), dtype=np.uint64),
        kind=np.full(len(time), PERSON, np.int8),
    )


def _bursts(curve: NDArray[np.float64], country: Country, weather: Weather, rng: np.random.Generator) -> First:
    """Accidents seen by many: callers of one commune to one service within minutes, from mobiles."""
    rule = invented().bursts
    codes = [country.services.index(code) for code in rule.services if code in country.services]
    share = np.array([rule.services[country.services[s]] for s in codes])
    nation = country.people.sum() / invented().demand.population
    starts = _instants(rule.a_day * nation if codes else 0.0, curve, rng)
    size = rng.geometric(1 / rule.callers, len(starts))
    commune = rng.choice(len(country.people), len(starts), p=country.people / country.people.sum())
    service = rng.choice(codes, len(starts), p=share / share.sum()) if len(starts) else np.zeros(0, int)
    which = np.repeat(np.arange(len(starts)), size)
    time = starts[which] + rule.within_s * rng.random(len(which))
    keep = time < len(curve) * 60
    which, time = which[keep], time[keep]
    return _phones(time, commune[which].astype(np.int32), service[which].astype(np.int8), MOBILE, country, weather, rng)


def _machines(curve: NDArray[np.float64], country: Country, weather: Weather, rng: np.random.Generator) -> First:
    """Auto-diallers: one fixed line that dials one number again and again."""
    rule = invented().diallers
    starts = _instants(rule.a_day * country.people.sum() / invented().demand.population, curve, rng)
    commune = rng.choice(len(country.people), len(starts), p=country.people / country.people.sum()).astype(np.int32)
    service = rng.choice(len(country.services), len(starts), p=country.load / country.load.sum()).astype(np.int8)
    one = _phones(starts, commune, service, FIXED, country, weather, rng)
    tries = rng.geometric(1 / rule.tries, len(starts))
    every = First._make(np.repeat(column, tries) for column in one)
    first = np.repeat(np.cumsum(tries) - tries, tries)
    time = every.time + (np.arange(len(first)) - first) * rule.every_s * (0.9 + 0.2 * rng.random(len(first)))
    keep = time < len(curve) * 60
    machines = every._replace(time=time, kind=np.full(len(time), MACHINE, np.int8))
    return First._make(column[keep] for column in machines)


def _instants(expected: float, curve: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Seconds of a Poisson number of events that follow the day's curve."""
    number = rng.poisson(expected)
    minute = rng.choice(len(curve), number, p=curve / curve.sum())
    return (minute + rng.random(number)) * 60.0
