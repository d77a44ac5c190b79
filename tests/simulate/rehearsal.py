"""Days to test on, each simulated once: a small county for what is quick, France for what only a nation shows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.simulate import Scenario, Truth, Vantage, load, records
from tocsin.simulate.country import COUNTRY_SEED
from tocsin.simulate.scenario import parse
from tocsin.territory import Area, Service, Territory, france

FRANCE: Final = france()
PEOPLE: Final = {"T01": 900_000, "T02": 600_000, "T03": 1_500_000}


@cache
def county() -> Territory:
    """Three townships of three million people, who call 911 when in need."""
    areas = {"BRK": Area(code="BRK", name="Brackwater", kind="county", parent=None, population=3_000_000)}
    for code, people in PEOPLE.items():
        areas[code] = Area(code=code, name=code, kind="township", parent="BRK", population=people)
    service = Service(code="911", urn="urn:service:sos", names=MappingProxyType({"en": "Emergency"}))
    return Territory(name="Brackwater", zone="Europe/Paris", areas=areas, services={"911": service})


def written(text: str, *, name: str = "mine") -> Scenario:
    """A scenario of 15 March 2022 with those faults and surges."""
    head = 'title_en = "a test"\ntitle_fr = "un essai"\nday = 2022-03-15\ninvented = ["everything"]\n'
    return parse(head + text, file=f"{name}.toml")


def played(
    scenario: Scenario,
    territory: Territory,
    *,
    seed: int = 1,
    vantage: Vantage = "operator",
    world: str = "ordinary",
    late: bool = True,
    days: int = 0,
    country_seed: int = COUNTRY_SEED,
) -> tuple[pl.DataFrame, Truth]:
    """All its records and the truth."""
    taken = records(
        scenario, territory, seed=seed, vantage=vantage, world=world, late=late, days=days, country_seed=country_seed
    )
    return pl.concat(taken), taken.truth


@cache
def evening(seed: int = 1) -> tuple[pl.DataFrame, Truth]:
    """2 June 2021 in France, seen by operators and centres."""
    return played(load("2021-06-02"), FRANCE, seed=seed, vantage="both")


@cache
def quiet_day() -> pl.DataFrame:
    """The same Wednesday in the same country, if nothing had happened."""
    return played(replace(load("2021-06-02"), days=1, until=None, faults=(), surges=()), FRANCE, vantage="both")[0]


def calls(frame: pl.DataFrame, vantage: str = "operator") -> pl.DataFrame:
    """That vantage's records without the heartbeats."""
    return frame.filter((pl.col("vantage") == vantage) & (pl.col("service") != "heartbeat"))


def column(frame: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """A column of numbers, nulls left out."""
    return frame[name].drop_nulls().cast(pl.Float64).to_numpy()


def outage(truth: Truth) -> pl.Expr:
    """Whether a record is of the hours of the outage."""
    assert truth.onset is not None
    assert truth.end is not None
    return pl.col("time").is_between(truth.onset, truth.end, closed="left")


def lasts_s(truth: Truth) -> float:
    """Seconds from onset to end."""
    assert truth.onset is not None
    assert truth.end is not None
    return (truth.end - truth.onset).total_seconds()


def share(frame: pl.DataFrame, **said: object) -> float:
    """The share of records that say so."""
    return frame.filter(**said).height / frame.height
