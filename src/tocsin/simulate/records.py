"""Records of a scenario, day by day, and the truth beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.errors import UsageError
from tocsin.simulate.attempts import NO_FAULT, Attempts, attempts, looks
from tocsin.simulate.country import COUNTRY_SEED, Country, build
from tocsin.simulate.demand import Day, first_attempts
from tocsin.simulate.invented import world as world_named
from tocsin.simulate.reach import chances, reached
from tocsin.simulate.scenario import Fault, Scenario, Surge
from tocsin.simulate.truth import Truth
from tocsin.simulate.vantage import centre_records, heartbeats, operator_records
from tocsin.simulate.world import weather
from tocsin.territory import Territory

Vantage = Literal["operator", "centre", "both"]
VANTAGE_CHOICES: Final = ("operator", "centre", "both")
_SLACK = timedelta(seconds=10)
"""Records this close to a day's end are handed over with the next day, so that clocks that differ keep the order."""


@dataclass(kw_only=True)
class Records(Iterator[pl.DataFrame]):
    """Batches of records in order of `time`, one a local day; when the last is taken, `truth` is known."""

    scenario: Scenario
    country: Country
    seed: int
    country_seed: int
    days: int
    vantage: Vantage
    world: str
    late: bool
    redials: bool
    progress: Callable[[int, int], None] | None
    _chances: NDArray[np.float64] = field(init=False)
    _batches: Iterator[pl.DataFrame] = field(init=False)
    _lost: NDArray[np.int64] = field(init=False)
    _attempts: NDArray[np.int64] = field(init=False)
    _ended: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        reached(self.scenario, self.country)  # a scope that doesn't exist is an error before anything is drawn
        self._chances = chances(self.scenario.faults, self.country, np.random.default_rng([self.seed, 7]))
        self._lost = np.zeros(len(self.country.cells), np.int64)
        self._attempts = np.zeros(len(self.country.cells), np.int64)
        self._batches = self._play()

    def __next__(self) -> pl.DataFrame:
        return next(self._batches)

    @property
    def truth(self) -> Truth:
        """What really happened; known only when every batch was taken."""
        if not self._ended:
            raise UsageError("the truth is known when all records were taken", do="take them first")
        scenario, cells = self.scenario, self.country.cells
        onset, end = (scenario.instant(m, self.country.territory.zone) for m in scenario.window or (0, 0))
        hit = [cells[d] for d in np.flatnonzero((self._chances > 0).any(axis=0))]
        return Truth(
            scenario=scenario.name,
            title_en=scenario.title_en,
            title_fr=scenario.title_fr,
            seed=self.seed,
            country_seed=self.country_seed,
            world=self.world,
            onset=onset if scenario.window else None,
            end=end if scenario.window else None,
            scope=reached(scenario, self.country),
            lost=int(self._lost.sum()),
            attempts=int(self._attempts.sum()),
            lost_by_area={cell: int(self._lost[cells.index(cell)]) for cell in hit},
            attempts_by_area=dict(zip(cells, self._attempts.tolist(), strict=True)),
            sources=scenario.sources,
            invented=scenario.invented,
            invented_fr=scenario.invented_fr,
        )

    def _play(self) -> Iterator[pl.DataFrame]:
        zone = self.country.territory.zone
        total = self.days + self.scenario.days
        held: pl.DataFrame | None = None
        for i in range(total):
            day = Day.of(self.scenario.day + timedelta(days=i - self.days), zone)
            batch = pl.concat([held, *self._day(day)]) if held is not None else pl.concat(self._day(day))
            batch = batch.sort("time", maintain_order=True)
            last = i + 1 == total
            ready = len(batch) if last else int(batch["time"].search_sorted(day.end - _SLACK))
            if last and self.scenario.until is not None:
                ready = int(batch["time"].search_sorted(self.scenario.instant(self.scenario.until, zone)))
            held = batch[ready:]
            if self.progress:
                self.progress(i + 1, total)
            yield batch[:ready]
        self._ended = True

    def _day(self, day: Day) -> list[pl.DataFrame]:
        """All records of one day, each vantage's after the other's."""
        country, ordinal = self.country, day.local.toordinal()
        world = world_named(self.world)
        rng = np.random.default_rng([self.seed, ordinal, 8])
        sky = weather(world, country, seed=self.seed, ordinal=ordinal, minutes=day.minutes)
        faults, surges = self._on(day)
        first = first_attempts(day, country, sky, surges, world, rng)
        made = attempts(first, country, sky, faults, chances=self._chances, redials=self.redials, rng=rng)
        self._count(made, day)
        look = looks(self.scenario.faults)
        frames = []
        if self.vantage != "centre":
            own = np.random.default_rng([self.seed, ordinal, 9])
            feeds = [country.operator_feed(o) for o in range(len(country.operators))]
            frames.append(operator_records(made, look, country, day, own, late=self.late))
            frames.append(heartbeats(feeds, "operator", day, own, late=self.late))
        if self.vantage != "operator":
            own = np.random.default_rng([self.seed, ordinal, 10])
            feeds = [country.centre_feed(r) for r in range(len(country.regions))]
            frames.append(centre_records(made, look, country, day, own, late=self.late))
            frames.append(heartbeats(feeds, "centre", day, own, late=self.late))
        return [self._silenced(frame, day) for frame in frames]

    def _on(self, day: Day) -> tuple[list[Fault], list[Surge]]:
        """Faults and surges with their times as minutes after that day's midnight (negative: before it)."""

        def minute(at: int) -> int:
            return day.minute(self.scenario.instant(at, day.zone))

        faults = [replace(fault, start=minute(fault.start), end=minute(fault.end)) for fault in self.scenario.faults]
        return faults, [replace(surge, at=tuple(map(minute, surge.at))) for surge in self.scenario.surges]

    def _count(self, made: Attempts, day: Day) -> None:
        cell = self.country.cell_of[made.commune]
        window = self.scenario.window or (0, self.scenario.days * 1440)
        start, end = (60.0 * day.minute(self.scenario.instant(at, day.zone)) for at in window)
        inside = (made.time >= start) & (made.time < end)
        size = len(self.country.cells)
        self._attempts += np.bincount(cell[inside], minlength=size)
        self._lost += np.bincount(cell[made.fault != NO_FAULT], minlength=size)

    def _silenced(self, frame: pl.DataFrame, day: Day) -> pl.DataFrame:
        """Without what silent feeds would have handed over."""
        for fault in self.scenario.faults:
            if fault.kind != "silence":
                continue
            start, end = (self.scenario.instant(m, day.zone) for m in (fault.start, fault.end))
            dumb = [feed for feed in frame["feed"].unique() if any(fnmatchcase(feed, name) for name in fault.feeds)]
            when = pl.coalesce("seen", "time")
            frame = frame.filter(~(pl.col("feed").is_in(dumb) & (when >= start) & (when < end)))
        return frame


def records(
    scenario: Scenario,
    territory: Territory,
    *,
    seed: int,
    days: int = 0,
    vantage: Vantage = "both",
    world: str = "ordinary",
    late: bool = True,
    redials: bool = True,
    country_seed: int = COUNTRY_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> Records:
    """The scenario as records, after ``days`` quiet days: the same arguments give the same records, byte for byte.

    ``country_seed`` draws who lives with which operator and behind which equipment (absent: the one country that the
    command line has), ``seed`` what happens on the days: a baseline learned with one seed fits the days of any. Each
    day and each vantage is drawn by itself: a quiet day is the same with any number of days before it, and the centres'
    records are the same with or without the operators'. ``world`` is `exact`, `ordinary`, `swing` or `hard`
    (``invented.toml``) · ``late`` False: no record has a `seen` · ``redials`` False: nobody tries again, so that what
    redials hide can be measured · ``progress(done, total)`` is called after each day. Names that the country doesn't
    have are an `InputError` with file and field.
    """
    if vantage not in VANTAGE_CHOICES:
        raise UsageError(f"there is no vantage {vantage!r} here", do=f"take one of {', '.join(VANTAGE_CHOICES)}")
    if days < 0:
        raise UsageError(f"there can't be {days} quiet days before", do="ask for none or more")
    if seed < 0 or country_seed < 0:
        raise UsageError("a seed is a whole number from 0 on", do="take another")
    world_named(world)
    return Records(
        scenario=scenario,
        country=build(territory, country_seed),
        seed=seed,
        country_seed=country_seed,
        days=days,
        vantage=vantage,
        world=world,
        late=late,
        redials=redials,
        progress=progress,
    )
