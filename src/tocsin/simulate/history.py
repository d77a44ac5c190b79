"""Quiet history as tallies: what a baseline is learned from, without a file of records in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tocsin.counts import Tally, tally
from tocsin.errors import UsageError
from tocsin.simulate.country import COUNTRY_SEED
from tocsin.simulate.records import Vantage, records
from tocsin.simulate.scenario import Scenario, load
from tocsin.territory import Territory


def history(
    scenario: Scenario | None,
    territory: Territory,
    *,
    seed: int,
    days: int,
    vantage: Vantage = "both",
    hold_s: float = 60.0,
    world: str = "ordinary",
    late: bool = True,
    redials: bool = True,
    country_seed: int = COUNTRY_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> Tally:
    """The ``days`` quiet days before a scenario's day (None: before 2 June 2021), tallied with that hold.

    They are the very records that `records` puts before the scenario with the same arguments, tallied day by day:
    memory grows with the steps and cells, not with the records. Clock offsets are taken as zero.
    """
    if days < 1:
        raise UsageError(f"history of {days} days is no history", do="ask for one day or more")
    last = scenario or load("2021-06-02")
    quiet = replace(last, day=last.day - timedelta(days=days), days=days, until=None, faults=(), surges=())
    taken = records(
        quiet,
        territory,
        seed=seed,
        vantage=vantage,
        world=world,
        late=late,
        redials=redials,
        country_seed=country_seed,
        progress=progress,
    )
    return tally(taken, territory=territory, hold_s=hold_s)
