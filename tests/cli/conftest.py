"""A county that is simulated and learned once, in the program itself, for the tests of the commands' parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from tests.front.conftest import AREAS, OUTAGE, QUIET, SERVICES

from tocsin import counts, simulate, territory, watch
from tocsin.cli.charting import LATEST_S
from tocsin.counts import Tally
from tocsin.territory import Territory
from tocsin.watch import Baseline


@dataclass(frozen=True, kw_only=True)
class County:
    """The county, its fifteen quiet days and what is normal there, and the day on which Ashford loses nine calls in ten
    from 10:00 to 13:00."""

    territory: Territory
    quiet: Tally
    baseline: Baseline
    records: pl.DataFrame
    tally: Tally
    complete: Tally


class Heard:
    """Hears what is said aloud: the name of each text, with what its braces hold."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, dict[str, object]]] = []

    def __call__(self, name: str, /, **values: object) -> None:
        self.texts.append((name, values))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.texts]


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    folder = tmp_path_factory.mktemp("county")
    (folder / "areas.csv").write_text(AREAS)
    (folder / "services.csv").write_text(SERVICES)
    (folder / "outage.toml").write_text(OUTAGE)
    (folder / "quiet.toml").write_text(QUIET.format(day="2021-06-02", days=1))
    land = territory.load(folder)
    quiet = simulate.history(simulate.load(Path(folder / "quiet.toml")), land, seed=1, days=15)
    records = pl.concat(simulate.records(simulate.load(Path(folder / "outage.toml")), land, seed=1))
    return County(
        territory=land,
        quiet=quiet,
        baseline=watch.learn(quiet, land, hold_s=60),
        records=records,
        tally=counts.tally([records], territory=land, hold_s=60),
        complete=counts.tally([records], territory=land, hold_s=LATEST_S),
    )
