"""What disturbs a day: accidents seen by many, machines that dial, one class of callers that calls more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tocsin.simulate.country import FIXED, MOBILE, Country
from tocsin.simulate.first import MACHINE, First, phones
from tocsin.simulate.invented import invented
from tocsin.simulate.world import Weather


def bursts(curve: NDArray[np.float64], country: Country, weather: Weather, rng: np.random.Generator) -> First:
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
    return phones(time, commune[which].astype(np.int32), service[which].astype(np.int8), MOBILE, country, weather, rng)


def machines(curve: NDArray[np.float64], country: Country, weather: Weather, rng: np.random.Generator) -> First:
    """Auto-diallers: one fixed line that dials one number again and again."""
    rule = invented().diallers
    starts = _instants(rule.a_day * country.people.sum() / invented().demand.population, curve, rng)
    commune = rng.choice(len(country.people), len(starts), p=country.people / country.people.sum()).astype(np.int32)
    service = rng.choice(len(country.services), len(starts), p=country.load / country.load.sum()).astype(np.int8)
    one = phones(starts, commune, service, FIXED, country, weather, rng)
    tries = rng.geometric(1 / rule.tries, len(starts))
    every = First._make(np.repeat(column, tries) for column in one)
    before = np.arange(tries.sum()) - np.repeat(np.cumsum(tries) - tries, tries)  # how often it has dialled
    time = every.time + rule.every_s * (before + 0.2 * rng.random(len(before)))
    keep = time < len(curve) * 60
    dialled = every._replace(time=time, kind=np.full(len(time), MACHINE, np.int8))
    return First._make(column[keep] for column in dialled)


def class_surges(ordinary: NDArray[np.float64], country: Country, weather: Weather, rng: np.random.Generator) -> First:
    """More callers, for a while, of one cell and one class: a service, an operator or an access.

    ``ordinary`` (D, minutes) the day's level. A surge draws the extra callers of the whole cell and keeps the class's.
    """
    rule = invented().class_surges
    nation = country.people.sum() / invented().demand.population
    parts = [phones(np.zeros(0), np.zeros(0, np.int32), np.zeros(0, np.int8), None, country, weather, rng)]
    for start in _instants(rule.a_day * nation, country.weight @ ordinary, rng):
        cell = rng.choice(len(country.cells), p=country.weight)
        rate = np.zeros(ordinary.shape[1])
        first = int(start / 60)
        last = first + round(rng.uniform(*rule.minutes))
        rate[first:last] = (rng.uniform(*rule.factor) - 1) * ordinary[cell, first:last]
        number = rng.poisson(rate * country.weight[cell] * country.load.sum() / 1440)
        time = (np.repeat(np.arange(len(rate)), number) + rng.random(number.sum())) * 60.0
        commune = country.commune_in(np.full(len(time), cell), rng.random(len(time)))
        service = rng.choice(len(country.services), len(time), p=country.load / country.load.sum()).astype(np.int8)
        extra = phones(time, commune, service, None, country, weather, rng)
        keep = _of_one_class(extra, country, rng)
        parts.append(First._make(column[keep] for column in extra))
    return First._make(np.concatenate(column) for column in zip(*parts, strict=True))


def _of_one_class(extra: First, country: Country, rng: np.random.Generator) -> NDArray[np.bool_]:
    kind = rng.integers(3)
    if kind == 0:
        return np.asarray(extra.service == rng.choice(len(country.services), p=country.load / country.load.sum()))
    if kind == 1:
        return np.asarray(extra.operator == rng.integers(len(country.operators)))
    return np.asarray(extra.access == rng.choice([FIXED, MOBILE]))


def _instants(expected: float, curve: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Seconds of a Poisson number of events that follow the day's curve."""
    number = rng.poisson(expected)
    minute = rng.choice(len(curve), number, p=curve / curve.sum())
    return (minute + rng.random(number)) * 60.0
