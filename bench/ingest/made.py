"""Invented records of a country for the measurement: both vantages, heartbeats, lateness, redials, in order of time.

Drawn far faster than `tocsin simulate` tells its stories, and with none of its realism: only the number of cells, the
lengths of words, the share of unknowns and the order of rows are those of a national feed.
"""

from __future__ import annotations

import math
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls import HEARTBEAT, RECORD, VANTAGES, Outcome
from tocsin.territory import Territory, france

CALLS_S: Final = 2.0
"""Calls a second in the nation: 171,000 a day."""

BEAT_S: Final = 60
"""Every centre's feed sends a heartbeat a minute."""

ROW_GROUP: Final = 100_000
BEGIN: Final = int(datetime(2021, 1, 4, tzinfo=UTC).timestamp() * 1e6)
SERVICES: Final = ("15", "17", "18")
OPERATORS: Final = ("A", "B", "C", "D")
COMMUNES: Final = 3_000


def write(folder: Path, *, records: int, territory: Territory, seed: int = 1) -> None:
    """Write about ``records`` records into ``folder``, as files of at most about a million."""
    rng = np.random.default_rng(seed)
    begin, parts = BEGIN, math.ceil(records / 1_000_000)
    for part in range(parts):
        frame, begin = _stretch(records // parts, begin, territory, rng)
        frame.write_parquet(folder / f"part-{part:04}.parquet", row_group_size=ROW_GROUP)


def _stretch(records: int, begin: int, territory: Territory, rng: np.random.Generator) -> tuple[pl.DataFrame, int]:
    """About ``records`` records from ``begin`` (µs) on, and the time at which they end."""
    areas = territory.cell_areas
    calls = int(records / (1.93 + len(areas) / BEAT_S / CALLS_S))
    end = begin + int(calls / CALLS_S * 1e6)
    communes = pl.Series([code for code, area in territory.areas.items() if area.kind == "commune"])
    chosen = communes.gather(np.linspace(0, len(communes) - 1, COMMUNES).astype(np.int64))
    cell_area = pl.Series([territory.cell_area(code) for code in chosen])
    commune = (COMMUNES * rng.random(calls) ** 2).astype(np.int64)
    time = np.sort(rng.integers(begin, end, calls))
    service, operator = rng.integers(0, 3, calls), rng.choice(4, calls, p=(0.4, 0.25, 0.2, 0.15))
    outcome = rng.choice(len(Outcome), calls, p=(0.85, 0.10, 0.01, 0.01, 0.02, 0.01))
    ring, talk = rng.gamma(2, 4, calls), np.where(outcome == 0, rng.lognormal(4.5, 1.0, calls), np.nan)
    took = np.where(outcome == 0, ring + talk, ring) + rng.random(calls)
    caller = _callers(rng.integers(0, max(1, calls // 2), calls), rng)
    common = {
        "service": pl.Series(SERVICES).gather(service),
        "outcome": pl.Series([fate.value for fate in Outcome]).gather(outcome),
        "ring_s": ring,
        "talk_s": pl.Series(talk).fill_nan(None),
        "caller": pl.select(pl.when(pl.Series(rng.random(calls) < 0.95)).then(caller)).to_series(),
    }
    called = _frame(
        common,
        time=time,
        took=took,
        vantage="operator",
        feed=pl.Series([f"operator {name}" for name in OPERATORS]).gather(operator),
        area=chosen.gather(commune),
        operator=pl.Series(OPERATORS).gather(operator),
        access=pl.Series(["fixed", "mobile"]).gather((rng.random(calls) < 0.75).astype(np.int64)),
        path=pl.Series([f"call server {node}>gateway {node}" for node in range(6)]).gather(rng.integers(0, 6, calls)),
    )
    place = cell_area.gather(commune)
    centre = pl.select(pl.concat_str(pl.lit("SAMU "), place)).to_series()
    said = _frame(
        common,
        time=time + rng.integers(-1_000_000, 1_000_000, calls),
        took=took + 0.5,
        vantage="centre",
        feed=centre,
        area=place,
        centre=centre,
    ).filter(pl.Series(outcome < 2) & pl.Series(rng.random(calls) < 0.98))
    beats = _beats(areas, begin, end)
    first = int(rng.integers(0, 1 << 40))
    ids = (pl.int_range(pl.len(), dtype=pl.Int64) + first).cast(pl.String)
    return pl.concat([called, said, beats]).sort("time").with_columns(id=ids), end


def _frame(common: dict[str, Any], *, time: NDArray[np.int64], took: NDArray[np.float64], **said: Any) -> pl.DataFrame:
    nothing = {name: None for name in RECORD if name not in {*common, *said, "time", "seen"}}
    frame = pl.DataFrame({**common, "time": time, "seen": time + (took * 1e6).astype(np.int64)})
    columns = {
        name: word if isinstance(word, pl.Series) else pl.lit(word) for name, word in {**said, **nothing}.items()
    }
    return frame.with_columns(**columns).select(pl.col(name).cast(dtype) for name, dtype in RECORD.items())


def _callers(numbers: NDArray[np.int64], rng: np.random.Generator) -> pl.Series:
    words = pl.Series([f"{number:016x}" for number in rng.integers(0, 1 << 62, int(numbers.max(initial=0)) + 1)])
    return words.gather(numbers)


def _beats(areas: tuple[str, ...], begin: int, end: int) -> pl.DataFrame:
    times = np.arange(begin, end, BEAT_S * 1_000_000)
    feeds = pl.Series([f"SAMU {area}" for area in areas])
    time = np.repeat(times, len(areas)) + np.tile(np.arange(len(areas)) * 500_000, len(times))
    return _frame(
        {"service": pl.repeat(HEARTBEAT, len(time), eager=True)},
        time=time,
        took=np.full(len(time), 0.2),
        vantage=VANTAGES[1],
        feed=feeds.gather(np.tile(np.arange(len(areas)), len(times))),
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]), records=int(sys.argv[2]), territory=france())
