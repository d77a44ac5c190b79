"""What is invented: every parameter of the simulated country, read from ``invented.toml`` into typed values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any, Final, TypeVar

from tocsin.errors import InputError

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Demand:
    """How many people call, and when."""

    callers_a_day: Mapping[str, float]
    population: float
    other_service: float
    hour: tuple[float, ...]
    weekday: tuple[float, ...]
    holiday: float
    school_holiday: float
    month: tuple[float, ...]
    new_year_hour: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Operators:
    """Who carries the callers."""

    share: Mapping[str, float]
    spread: float
    fixed: float
    fixed_spread: float


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One way in which a call fails, as its operator writes it down."""

    share: float
    outcome: str
    sip_status: int
    q850_cause: int


@dataclass(frozen=True, kw_only=True)
class Network:
    """What a call crosses between the caller's phone and the centre."""

    call_servers: int
    call_servers_of: str
    lean: float
    sbcs: int
    setup_s: float
    setup_spread: float
    base_failure: float
    unrecorded: float
    failure: tuple[Failure, ...]


@dataclass(frozen=True, kw_only=True)
class Centres:
    """Who answers, how long it takes and how long they talk."""

    talk_s: Mapping[str, float]
    talk_spread: float
    wrap_s: float
    pocket: float
    pocket_s: float
    answer_s: float
    answer_spread: float
    safety: float
    engaged_after_s: float
    by_town: tuple[str, ...]
    town: int
    national: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Callers:
    """What a caller does whose attempt came to nothing."""

    redial_lost: float
    redial_busy: float
    redial_abandoned: float
    redial_cut: float
    delay_s: float
    delay_spread: float
    tries: int
    other_number: float
    other_phone: float
    instead_of: Mapping[str, str]
    hasty: float
    hasty_s: float
    patience_s: float


@dataclass(frozen=True, kw_only=True)
class Bursts:
    """One accident seen by many."""

    a_day: float
    callers: float
    within_s: float
    services: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class ClassSurges:
    """One class of one cell's callers that call more for a while."""

    a_day: float
    factor: tuple[float, float]
    minutes: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Diallers:
    """Machines that dial again and again."""

    a_day: float
    tries: float
    every_s: float
    talk_s: float


@dataclass(frozen=True, kw_only=True)
class Feeds:
    """How records reach us."""

    heartbeat_s: int
    operator_clock_s: float
    centre_clock_s: float
    export_s: float
    export_spread: float


@dataclass(frozen=True, kw_only=True)
class World:
    """How far a day strays from what a baseline can know; all zero is the exact world."""

    swing: float = 0.0
    swing_h: float = 1.0
    sine: float = 0.0
    sine_h: float = 1.0
    day: float = 0.0
    clip: float = 10.0
    area: float = 0.0
    area_h: float = 1.0
    region: float = 0.0
    region_h: float = 1.0
    shares: float = 0.0
    shares_nation: float = 0.0
    failure: tuple[float, ...] = ()
    disturbed: bool = False
    class_surges: bool = False


@dataclass(frozen=True, kw_only=True)
class Invented:
    """All tables of ``invented.toml``."""

    demand: Demand
    operators: Operators
    network: Network
    centres: Centres
    callers: Callers
    bursts: Bursts
    class_surges: ClassSurges
    diallers: Diallers
    feeds: Feeds
    world: Mapping[str, World]


_FILE: Final = "invented.toml"


@cache
def invented() -> Invented:
    """The packaged table, read once."""
    table = tomllib.loads(resources.files(__package__).joinpath(_FILE).read_text("utf-8"))
    network = dict(table["network"])
    network["failure"] = tuple(typed(Failure, failure) for failure in network["failure"])
    return Invented(
        demand=typed(Demand, table["demand"]),
        operators=typed(Operators, table["operators"]),
        network=typed(Network, network),
        centres=typed(Centres, table["centres"]),
        callers=typed(Callers, table["callers"]),
        bursts=typed(Bursts, table["bursts"]),
        class_surges=typed(ClassSurges, table["class_surges"]),
        diallers=typed(Diallers, table["diallers"]),
        feeds=typed(Feeds, table["feeds"]),
        world={name: typed(World, world) for name, world in table["world"].items()},
    )


def world(name: str) -> World:
    """The world of that name; an unknown name is an error that lists the known ones."""
    worlds = invented().world
    if name not in worlds:
        raise InputError(f"there is no world {name!r}", do=f"take one of {', '.join(worlds)}")
    return worlds[name]


def typed(kind: type[T], table: Mapping[str, Any]) -> T:
    """The table as a frozen value; lists become tuples."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    unknown = table.keys() - known
    if unknown:
        raise InputError(f"unknown field {sorted(unknown)[0]!r}", file=_FILE)
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in table.items()})
